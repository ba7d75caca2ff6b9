// Who asks and whether that one may: bearer token of the administrator or of a program, or the cookie of a console session.
// Stands before every /api/v1 route, before its body is read. A cookie travels by itself, so unsafe methods with one must
// prove that this server's own page sent them (Origin and a header that no form can set). Must never tell why a credential
// is wrong.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Failure, failure } from '../../../../shared/failure.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { sendFailure } from '../answer.ts';
import type { Counter } from '../metrics.ts';
import type { Accounts } from './accounts.ts';
import type { ApiTokens } from './api-tokens.ts';
import { type Caller, refusalOf } from './caller.ts';
import type { FailedSignIns } from './failed-sign-ins.ts';
import { digestOf, sameDigest } from './secret.ts';
import type { SignIn } from './sign-in.ts';

export const sessionCookie = 'vigia_session';
/** Set by the console on every unsafe request. */
export const consoleHeader = 'x-vigia-console';

export interface Guard {
  /** Fastify hook: answers 401, 403 or 429 itself, else remembers the caller. */
  check(request: FastifyRequest, reply: FastifyReply): Promise<unknown>;
  /** Who was let in. Only behind `check`. */
  caller(request: FastifyRequest): Caller;
  /** The same; undefined when this request was not let in. */
  letIn(request: FastifyRequest): Caller | undefined;
  /** The same without answering and without the proof for unsafe methods. */
  identify(request: FastifyRequest): Caller | undefined;
}

export interface GuardParts {
  readonly adminDigest: string;
  readonly signIn: SignIn;
  readonly accounts: Pick<Accounts, 'person'>;
  readonly tokens: Pick<ApiTokens, 'use'>;
  readonly failures: FailedSignIns;
  readonly refusals: Counter;
}

export const administrator: Caller = {
  kind: 'administrator',
  by: 'administrador',
  role: 'administrator',
  customers: null,
  via: 'token',
};
/** A route outside the guard would be a bug: nobody, who sees nothing. */
const stranger: Caller = { kind: 'session', by: 'desconhecido', role: 'viewer', customers: [], via: 'link' };
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** It may change something. */
export function isUnsafe({ method }: Pick<FastifyRequest, 'method'>): boolean {
  return !safeMethods.has(method);
}

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
    caller: (request) => callers.get(request) ?? stranger,
    letIn: (request) => callers.get(request),
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
  if (identified.value.kind === 'session' && isUnsafe(request) && !fromOwnPage(request)) {
    const message = `a console session may only do this from the console: wanted the header "${consoleHeader}: 1" and this server's own Origin`;
    return { ok: false, failure: failure('auth.refused', message), status: 403, counts: false };
  }
  if (identified.value.kind === 'session' && fromForeignPage(request)) {
    const message = 'a console session may not be used from another site';
    return { ok: false, failure: failure('auth.refused', message), status: 403, counts: false };
  }
  const refusal = refusalOf(identified.value, request.routeOptions.config.access);
  return refusal === undefined ? identified : { ok: false, failure: refusal, status: 403, counts: false };
}

function identify(request: FastifyRequest, parts: GuardParts): Result<Caller> {
  const { authorization } = request.headers;
  if (authorization !== undefined) return identifyToken(authorization, parts);
  const secret = cookieOf(request);
  if (secret === undefined) {
    return fail(
      failure('auth.missing', 'wanted: "Authorization: Bearer <token>" or a signed-in console session'),
    );
  }
  const session = parts.signIn.session(secret);
  if (session === undefined) return fail(sessionOver());
  const { by, via, login, expiresAt } = session;
  // Whoever may make a link owns the machine, so it lets in as an administrator.
  if (login === undefined)
    return ok({ kind: 'session', by, via, expiresAt, role: 'administrator', customers: null });
  const person = parts.accounts.person(login);
  if (person === undefined || person.disabled) return fail(sessionOver());
  const { name, role, customers } = person;
  return ok({ kind: 'session', by: name, via, login, expiresAt, role, customers });
}

function identifyToken(authorization: string, { adminDigest, tokens }: GuardParts): Result<Caller> {
  const given = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization)?.[1];
  if (given === undefined) return fail(failure('auth.refused', 'the bearer token is wrong'));
  if (sameDigest(digestOf(given), adminDigest)) return ok(administrator);
  const token = tokens.use(given);
  if (token === undefined) return fail(failure('auth.refused', 'the bearer token is wrong'));
  const { name, role, customers, expiresAt } = token;
  const ends = expiresAt === undefined ? {} : { expiresAt };
  return ok({ kind: 'token', by: name, role, customers, via: 'token', ...ends });
}

function sessionOver() {
  return failure('auth.refused', 'the console session is over; sign in again');
}

/** A secret from the Cookie header, without `wanted` the session's; undefined when there is none. */
export function cookieOf(request: FastifyRequest, wanted = sessionCookie): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === wanted && value !== undefined && value !== '') return value;
  }
  return undefined;
}

/** This server's own page sent it: its Origin, and a header that no form and no foreign script can set. */
export function fromOwnPage(request: FastifyRequest): boolean {
  const { origin } = request.headers;
  return request.headers[consoleHeader] === '1' && origin !== undefined && isOwnOrigin(origin, request);
}

/** A page of somewhere else asks with the cookie of this one: reading event streams needs no header that would show it. */
function fromForeignPage(request: FastifyRequest): boolean {
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  return origin !== undefined && !isOwnOrigin(origin, request);
}

function isOwnOrigin(origin: string, request: FastifyRequest): boolean {
  return URL.canParse(origin) && new URL(origin).origin === `${request.protocol}://${request.host}`;
}
