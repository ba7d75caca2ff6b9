// Who is signed in, in the bar: name and role, the way to the own account, and out. A disclosure, not an ARIA menu: what
// it opens is ordinary links and buttons, read in order.
import { type ReactNode, type RefObject, useEffect, useId, useRef, useState } from 'react';
import type { SessionAnswer } from '../../../shared/api/people.ts';
import { accountWords } from '../i18n/account-words.ts';
import { useWords } from '../i18n/words.ts';
import { act } from '../request.ts';
import { pageHash } from '../route.ts';
import { Icon } from './icon.tsx';
import { useSession } from './session.tsx';
import { useWallContext } from './wall-context.ts';

export function AccountMenu(): ReactNode {
  const session = useSession();
  return session === undefined ? null : <Menu session={session} />;
}

function Menu({ session }: { readonly session: SessionAnswer }): ReactNode {
  const words = useWords(accountWords);
  const [open, setOpen] = useState(false);
  const id = useId();
  const whole = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  useOutside(open, whole, () => setOpen(false));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes what is open, wherever in it the focus stands
    <div
      className="account"
      ref={whole}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        event.preventDefault();
        setOpen(false);
        opener.current?.focus();
      }}
    >
      <button
        type="button"
        className="account-button"
        ref={opener}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen((before) => !before)}
      >
        <Icon name="person" />
        <span className="visually-hidden">{words.menu.open}: </span>
        <span className="account-name">{session.by}</span>
        <span className="account-chevron">
          <Icon name="chevron" />
        </span>
      </button>
      <div className="account-menu" id={id} hidden={!open}>
        <p>
          <strong>{session.by}</strong>
          {session.login !== null && session.login !== session.by && (
            <span className="muted account-login">{session.login}</span>
          )}
        </p>
        <p className="muted">
          {words.role[session.role]} ·{' '}
          {session.customers === null ? words.allCustomers : words.someCustomers(session.customers.length)}
        </p>
        {session.via === 'link' && <p className="muted">{words.menu.byLink}</p>}
        {session.login !== null && (
          <a className="button" href={pageHash('people', 'account')} onClick={() => setOpen(false)}>
            <Icon name="pen" />
            {words.menu.account}
          </a>
        )}
        <SignOut />
      </div>
    </div>
  );
}

/** Calls `leave` when the pointer or the focus goes anywhere else while `open`. */
function useOutside(open: boolean, whole: RefObject<HTMLElement | null>, leave: () => void): void {
  const latest = useRef(leave);
  latest.current = leave;
  useEffect(() => {
    if (!open) return;
    const outside = (event: Event): void => {
      if (event.target instanceof Node && !whole.current?.contains(event.target)) latest.current();
    };
    // Also where the focus went on by Tab.
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
    };
  }, [open, whole]);
}

function SignOut(): ReactNode {
  const words = useWords(accountWords).menu;
  const { openAgain } = useWallContext();
  const [state, setState] = useState<'idle' | 'sending' | 'failed'>('idle');
  const signOut = async (): Promise<void> => {
    setState('sending');
    const answer = await act('DELETE', '/api/v1/session');
    // The stream is refused now, and with that everything seen is forgotten. A session that was over is out as well.
    if (answer.ok || answer.failure.kind === 'signed-out') openAgain();
    else setState('failed');
  };
  return (
    <>
      <button type="button" className="button" disabled={state === 'sending'} onClick={() => void signOut()}>
        <Icon name="carries" />
        {state === 'sending' ? words.signingOut : words.signOut}
      </button>
      {state === 'failed' && (
        <p className="form-error" role="alert">
          <Icon name="down" />
          {words.failed}
        </p>
      )}
    </>
  );
}
