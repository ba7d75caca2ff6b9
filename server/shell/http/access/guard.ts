// Who asks: bearer token of the administrator, or the cookie of a console session. Stands before every /api/v1 route,
// before its body is read. A cookie travels by itself, so unsafe methods with one must prove that this server's own page
// sent them (Origin and a header that no form can set). Must never tell why a credential is wrong.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Failure, failure } from '../../../../shared/failure.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { sendFailure } from '../answer.ts';
import type { Counter } from '../metrics.ts';
import type { FailedSignIns } from './failed-sign-ins.ts';
import { digestOf, sameDigest } from './secret.ts';
import type { SignIn } from './sign-in.ts';

export const sessionCookie = 'vigia_session';
/** Set by the console on every unsafe request. */
export const consoleHeader = 'x-vigia-console';

export interface Caller {
  readonly kind: 'administrator' | 'session';
  /** As it appears in timelines. */
  readonly by: string;
}

export interface Guard {
  /** Fastify hook: answers 401, 403 or 429 itself, else remembers the caller. */
  check(request: FastifyRequest, reply: FastifyReply): Promise<unknown>;
  /** Who was let in. Only behind `check`. */
  caller(request: FastifyRequest): Caller;
  /** The same without answering and without the proof for unsafe methods. */
  identify(request: FastifyRequest): Caller | undefined;
}

export interface GuardParts {
  readonly adminDigest: string;
  readonly signIn: SignIn;
  readonly failures: FailedSignIns;
  readonly refusals: Counter;
}

export const administrator: Caller = { kind: 'administrator', by: 'administrador' };
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

export function createGuard(parts: GuardParts): Guard {
  const callers = new WeakMap<FastifyRequest, Caller>();
  return {
    check: async (request, reply) => {
      const judged = judge(request, parts);
      if (judged.ok) {
        callers.set(request, judged.value);
        return undefined;
      }
      parts.refusals.add(judged.failure.code);
      if (judged.counts && parts.failures.failed(request.ip)) {
        const wait = failure('limit.reached', 'too many wrong credentials from this address; wait a minute', {
          retryable: true,
        });
        return sendFailure(reply, wait);
      }
      if (judged.failure.code === 'auth.missing') reply.header('www-authenticate', 'Bearer realm="vigia"');
      return sendFailure(reply, judged.failure, judged.status);
    },
    // A route outside the guard would be a bug; it gets a name that shows in the timeline rather than a crash.
    caller: (request) => callers.get(request) ?? { kind: 'session', by: 'desconhecido' },
    identify: (request) => {
      const judged = identify(request, parts);
      return judged.ok ? judged.value : undefined;
    },
  };
}

type Judged = { readonly ok: true; readonly value: Caller } | Refusal;

interface Refusal {
  readonly ok: false;
  readonly failure: Failure;
  readonly status: number;
  /** A wrong token may be a guess; an old cookie is a screen that was left open. */
  readonly counts: boolean;
}

function judge(request: FastifyRequest, parts: GuardParts): Judged {
  const identified = identify(request, parts);
  if (!identified.ok) {
    const counts = identified.failure.code === 'auth.refused' && request.headers.authorization !== undefined;
    return { ...identified, status: 401, counts };
  }
  if (identified.value.kind === 'session' && !safeMethods.has(request.method) && !fromOwnPage(request)) {
    const message = `a console session may only do this from the console: wanted the header "${consoleHeader}: 1" and this server's own Origin`;
    return { ok: false, failure: failure('auth.refused', message), status: 403, counts: false };
  }
  return identified;
}

function identify(request: FastifyRequest, { adminDigest, signIn }: GuardParts): Result<Caller> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const token = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization)?.[1];
    if (token !== undefined && sameDigest(digestOf(token), adminDigest)) return ok(administrator);
    return fail(failure('auth.refused', 'the bearer token is wrong'));
  }
  const secret = cookieOf(request);
  if (secret === undefined) {
    return fail(
      failure('auth.missing', 'wanted: "Authorization: Bearer <token>" or a signed-in console session'),
    );
  }
  const session = signIn.session(secret);
  if (session === undefined)
    return fail(failure('auth.refused', 'the console session is over; sign in again'));
  return ok({ kind: 'session', by: session.by });
}

/** The session's secret from the Cookie header; undefined when there is none. */
export function cookieOf(request: FastifyRequest): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === sessionCookie && value !== undefined && value !== '') return value;
  }
  return undefined;
}

function fromOwnPage(request: FastifyRequest): boolean {
  const { origin } = request.headers;
  if (request.headers[consoleHeader] !== '1' || origin === undefined || !URL.canParse(origin)) return false;
  return new URL(origin).origin === `${request.protocol}://${request.host}`;
}
