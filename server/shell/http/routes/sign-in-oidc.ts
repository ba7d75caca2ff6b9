// GET /sign-in/oidc (to the provider), GET /sign-in/oidc/callback (back from it), POST /api/v1/sign-in/oidc (the code of the
// second factor, where there is one). Only with a provider configured. Every refusal leads to the sign-in page with one word
// of a closed set: why exactly stands in the log and the audit log. Must never lead to an address that a request names.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { oidcCodeSchema, type SignInReturn } from '../../../../shared/api/people.ts';
import { assertNever } from '../../../../shared/assert.ts';
import { failure } from '../../../../shared/failure.ts';
import { limits } from '../../../../shared/limits.ts';
import { minute } from '../../../../shared/time.ts';
import {
  comeBackPath,
  type IdentityProvider,
  type ProvenIdentity,
} from '../../../ports/identity-provider.ts';
import type { Person } from '../../../ports/people.ts';
import { addressKey, plainAddress } from '../../gateway/address-rate.ts';
import { type Attempts, createAttempts } from '../access/attempts.ts';
import { publicRoute } from '../access/caller.ts';
import { cookieOf, fromOwnPage } from '../access/guard.ts';
import { createOidcAttempts, type OidcAttempts } from '../access/oidc-attempts.ts';
import { sendFailure } from '../answer.ts';
import type { Counter } from '../metrics.ts';
import { attemptCookie, codeCookie, oidcCookieText } from '../oidc-cookies.ts';
import type { Api, RouteParts } from '../parts.ts';
import { sessionCookieText } from '../session-cookie.ts';

interface OidcParts extends RouteParts {
  readonly provider: IdentityProvider;
  readonly attempts: OidcAttempts;
  readonly begun: Attempts;
  readonly outcomes: Counter;
  readonly exchanges: Exchanges;
}

/** How many codes are being exchanged now. */
interface Exchanges {
  running: number;
}

/** `root` has no prefix, `api` is below /api/v1. Nothing is there without a provider. */
export function oidcRoutes(root: Api, api: Api, parts: RouteParts): void {
  const { identityProvider: provider, clock, metrics } = parts;
  if (provider === undefined) return;
  const outcomes = metrics.counter(
    'vigia_oidc_sign_ins_total',
    'Sign-ins by OpenID Connect, by what came of them; given-up: too many were outstanding',
    {
      name: 'outcome',
      values: [
        'begun',
        'good',
        'code',
        'denied',
        'unavailable',
        'expired',
        'refused',
        'failed',
        'limit',
        'given-up',
      ],
    },
  );
  const oidc: OidcParts = {
    ...parts,
    provider,
    outcomes,
    exchanges: { running: 0 },
    attempts: createOidcAttempts({ clock, onGivenUp: () => outcomes.add('given-up') }),
    begun: createAttempts({ clock, max: limits.oidcAttemptsPerAddressPerMinuteMax, windowMs: minute }),
  };
  const hidden = { config: publicRoute, schema: { hide: true } };
  root.get('/sign-in/oidc', hidden, (request, reply) => begin(oidc, request, reply));
  root.get(comeBackPath, hidden, (request, reply) => comeBack(oidc, request, reply));
  codeRoute(api, oidc);
}

async function begin(parts: OidcParts, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { provider, attempts, begun, outcomes } = parts;
  const elsewhere = publicAddress(request, provider);
  if (elsewhere !== undefined) return reply.redirect(elsewhere, 303);
  if (!begun.begin(addressKey(plainAddress(request.ip))))
    return refuse(parts, { request, reply, word: 'limit' });
  outcomes.add('begun');
  const { browser, ...secrets } = attempts.begin();
  const sent = await provider.sendOut(secrets);
  if (sent.kind === 'to')
    return reply
      .header('set-cookie', oidcCookieText(attemptCookie, request, browser))
      .redirect(sent.url, 303);
  attempts.take(secrets.state, browser);
  return refuse(parts, { request, reply, word: 'unavailable', reason: sent.reason });
}

/**
 * The provider leads back to the public address, and the cookie must be there: who came by another name of this server
 * goes there first. Once only, because behind a proxy that changes the Host header the names never agree.
 */
function publicAddress(request: FastifyRequest, { publicUrl }: IdentityProvider): string | undefined {
  if (request.host === new URL(publicUrl).host) return undefined;
  return queryOf(request) === 'here=1' ? undefined : `${publicUrl}/sign-in/oidc?here=1`;
}

async function comeBack(
  parts: OidcParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { provider, attempts, failures, exchanges } = parts;
  reply.header('set-cookie', oidcCookieText(attemptCookie, request));
  const query = queryOf(request);
  const state = new URLSearchParams(query).get('state');
  const secrets =
    state === null || query.length > limits.oidcQueryCharsMax
      ? undefined
      : attempts.take(state, cookieOf(request, attemptCookie.name));
  if (secrets === undefined) {
    const word = failures.failed(request.ip) ? 'limit' : 'expired';
    return refuse(parts, { request, reply, word });
  }
  if (exchanges.running >= limits.oidcExchangesAtOnceMax)
    return refuse(parts, { request, reply, word: 'limit' });
  exchanges.running += 1;
  const came = await provider.comeBack(query, secrets);
  exchanges.running -= 1;
  switch (came.kind) {
    case 'proven':
      return enter(parts, { request, reply, identity: came.identity });
    case 'denied':
      return refuse(parts, { request, reply, word: 'denied', reason: came.reason });
    case 'unavailable':
      return refuse(parts, { request, reply, word: 'unavailable', reason: came.reason });
    case 'refused':
      return refuse(parts, { request, reply, word: 'failed', reason: came.reason });
    default:
      return assertNever(came);
  }
}

interface Entering {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly identity: ProvenIdentity;
}

function enter(parts: OidcParts, { request, reply, identity }: Entering): FastifyReply {
  const { accounts, provider, attempts, outcomes, log } = parts;
  const admitted = accounts.admit(identity, provider);
  switch (admitted.kind) {
    case 'admitted': {
      const { person, notes } = admitted;
      const session = letIn(parts, { request, person, detail: ['303', ...notes].join(' ') });
      return reply.header('set-cookie', session).redirect('/', 303);
    }
    case 'code': {
      outcomes.add('code');
      log.info({ login: admitted.login, address: request.ip }, 'signed in elsewhere; a code is wanted');
      const secret = attempts.waitForCode(identity);
      return reply
        .header('set-cookie', oidcCookieText(codeCookie, request, secret))
        .redirect(returnAddress('code'), 303);
    }
    case 'refused': {
      const { because, login } = admitted;
      const { issuer, subject } = identity;
      log.warn({ because, login, issuer, subject }, 'an account of the provider may not enter here');
      return refuse(parts, { request, reply, word: 'refused', because, object: login });
    }
    default:
      return assertNever(admitted);
  }
}

function codeRoute(api: Api, parts: OidcParts): void {
  const { accounts, provider, attempts, audit, log } = parts;
  api.post(
    '/sign-in/oidc',
    {
      config: publicRoute,
      schema: {
        summary: 'The code of the second factor, after the provider has said who it is',
        querystring: z.strictObject({}),
        body: oidcCodeSchema,
        response: { 204: z.null() },
        security: [],
      },
    },
    async (request, reply) => {
      if (!fromOwnPage(request)) {
        const message = 'wanted: the header "x-vigia-console: 1" and this server\'s own Origin';
        return sendFailure(reply, failure('auth.refused', message), 403);
      }
      const secret = cookieOf(request, codeCookie.name);
      const identity = secret === undefined ? undefined : attempts.waiting(secret);
      if (secret === undefined || identity === undefined)
        return sendFailure(reply, failure('conflict', 'no sign-in waits for a code; begin again'));
      const admitted = accounts.admit(identity, {
        mapsRoles: provider.mapsRoles,
        code: request.body.code,
      });
      if (admitted.kind === 'admitted') {
        attempts.done(secret);
        const { person, notes } = admitted;
        const session = letIn(parts, { request, person, detail: ['204', ...notes].join(' ') });
        const cookies = [session, oidcCookieText(codeCookie, request)];
        return reply.code(204).header('set-cookie', cookies).send(null);
      }
      const { login = '-' } = admitted;
      const refusal =
        admitted.kind === 'code' ? admitted.failure : failure('auth.refused', 'this code is not taken');
      const detail = admitted.kind === 'code' ? refusal.code : `oidc.${admitted.because}`;
      const { ip: address } = request;
      audit.refusedSignIn({
        by: '-',
        via: 'oidc',
        action: 'sign-in.refused',
        object: login,
        detail,
        address,
      });
      log.warn({ address, detail }, 'sign-in refused');
      return sendFailure(reply, refusal);
    },
  );
}

interface LetIn {
  readonly request: FastifyRequest;
  readonly person: Person;
  readonly detail: string;
}

/** Gives the session's cookie. */
function letIn({ signIn, audit, log, outcomes }: OidcParts, { request, person, detail }: LetIn): string {
  const { login, name: by } = person;
  const session = signIn.start({ by, via: 'oidc', login });
  audit.signIn({ by, via: 'oidc', action: 'sign-in', object: login, detail, address: request.ip });
  log.info({ by, login, detail, address: request.ip }, 'signed in');
  outcomes.add('good');
  return sessionCookieText(session, request);
}

interface Refusal {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly word: Exclude<SignInReturn, 'code'>;
  /** For the log alone. */
  readonly reason?: string;
  /** For the audit log, finer than the word. */
  readonly because?: string;
  readonly object?: string | undefined;
}

/** Back to the sign-in page. `by` is nobody. */
function refuse({ audit, log, outcomes }: OidcParts, refusal: Refusal): FastifyReply {
  const { request, reply, word, reason, because = word, object = '/sign-in/oidc' } = refusal;
  const { ip: address } = request;
  outcomes.add(word);
  const deed = { by: '-', via: 'oidc', action: 'sign-in.refused' } as const;
  audit.refusedSignIn({ ...deed, object, detail: `oidc.${because}`, address });
  log.warn({ address, because, reason }, 'sign-in by OpenID Connect refused');
  return reply.redirect(returnAddress(word), 303);
}

function returnAddress(word: SignInReturn): string {
  return `/?sign-in=${word}`;
}

function queryOf({ url }: FastifyRequest): string {
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at + 1);
}
