// Who asks and what that one may do: the words in which guard, routes and scope speak of it. Every route says in its
// configuration the least role it needs, and whether it knows how to answer somebody who may see some customers only.
import { type Customers, mayAct, type Role, type SignInWay } from '../../../../shared/api/people.ts';
import { type Failure, failure } from '../../../../shared/failure.ts';
import type { Instant } from '../../../../shared/time.ts';

export interface Caller {
  readonly kind: 'administrator' | 'session' | 'token';
  /** As it appears in timelines. */
  readonly by: string;
  readonly role: Role;
  /** Null: sees all. */
  readonly customers: Customers;
  readonly via: SignInWay;
  /** Whose account it is; absent: a link, a token. */
  readonly login?: string;
  /** When the session or token ends; absent: not by itself. */
  readonly expiresAt?: Instant;
}

export type RouteAccess =
  | { readonly kind: 'public' }
  | {
      readonly kind: 'guarded';
      readonly least: Role;
      /** `scoped`: the answer is cut to the caller's customers. `whole`: only for who sees all. */
      readonly sees: 'scoped' | 'whole';
    };

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Absent: an administrator's, so that a forgotten line lets nobody in. */
    readonly access?: RouteAccess;
  }
}

/** The configuration of a route for this role and above that answers each caller with that caller's customers. */
export function scopedFor(least: Role): { readonly access: RouteAccess } {
  return { access: { kind: 'guarded', least, sees: 'scoped' } };
}

/** The same for a route about the whole server: who sees some customers only is refused. */
export function wholeFor(least: Role): { readonly access: RouteAccess } {
  return { access: { kind: 'guarded', least, sees: 'whole' } };
}

/** Outside the guard: the route judges credentials itself or needs none. */
export const publicRoute: { readonly access: RouteAccess } = { access: { kind: 'public' } };

/** Why this caller may not; undefined: may. */
export function refusalOf(caller: Caller, access: RouteAccess | undefined): Failure | undefined {
  const { least, sees } =
    access === undefined || access.kind === 'public'
      ? ({ least: 'administrator', sees: 'whole' } as const)
      : access;
  if (!mayAct(caller.role, least)) {
    return failure('auth.refused', `this needs the role "${least}"; you have "${caller.role}"`);
  }
  if (sees === 'whole' && caller.customers !== null) {
    return failure('auth.refused', 'this is only for those who see every customer');
  }
  return undefined;
}
