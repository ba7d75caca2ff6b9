// Who is signed in and what that role may do. Asked once per sign-in (and after the server restarted), above all views.
// Hiding what a role may not do is a courtesy to the person: the server judges every request itself.
import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { mayAct, type Role, type SessionAnswer, sessionSchema } from '../../../shared/api/people.ts';
import { useDetail } from './use-detail.ts';
import { useWall } from './wall-context.ts';

interface SessionView {
  readonly session?: SessionAnswer;
  /** The server did not say: then everything is offered, and the server refuses what is not allowed. */
  readonly unknown: boolean;
  /** Asks again, after the person changed something about the own account. */
  readonly again: () => void;
}

const SessionContext = createContext<SessionView>({ unknown: false, again: () => {} });

/** Stands where the wall has data: it goes with the session, so that the next person is asked for anew. */
export function SessionProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const version = useWall((state) => state.view?.server.startedAt);
  const { loaded, again } = useDetail({ url: '/api/v1/session', schema: sessionSchema, version });
  const { value, failure } = loaded;
  const view = useMemo(
    () => ({ session: value, unknown: value === undefined && failure !== undefined, again }),
    [value, failure, again],
  );
  return <SessionContext value={view}>{children}</SessionContext>;
}

/** Undefined until the server has said it. */
export function useSession(): SessionAnswer | undefined {
  return useContext(SessionContext).session;
}

export function useSessionAgain(): () => void {
  return useContext(SessionContext).again;
}

/** Whether to offer what needs at least this role. */
export function useMay(least: Role): boolean {
  const { session, unknown } = useContext(SessionContext);
  return session === undefined ? unknown : mayAct(session.role, least);
}

/** Whether to offer what an operator does to this incident: what many customers share is not for one of them to act on. */
export function useMayActOn({ site }: { readonly site: string | null }): boolean {
  const scope = useSession()?.customers ?? null;
  return useMay('operator') && (scope === null || site !== null);
}
