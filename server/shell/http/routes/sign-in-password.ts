// GET /sign-in-options, POST /set-up and POST /sign-in: outside the guard, because whoever asks has no credential yet. Both
// posts must come from this server's own page, are limited by address and login, and stand in the audit log. Must never
// tell whether a login exists, nor let set-up be reached a second time.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { passwordSignInSchema, setUpSchema, signInOptionsSchema } from '../../../../shared/api/people.ts';
import { type Failure, failure } from '../../../../shared/failure.ts';
import type { Person } from '../../../ports/people.ts';
import { addressKey, plainAddress } from '../../gateway/address-rate.ts';
import { publicRoute } from '../access/caller.ts';
import { fromOwnPage } from '../access/guard.ts';
import { digestOf, sameDigest } from '../access/secret.ts';
import { sendFailure } from '../answer.ts';
import type { Api, RouteParts } from '../parts.ts';
import { sessionCookieText } from '../session-cookie.ts';

export function passwordSignInRoutes(api: Api, parts: RouteParts): void {
  api.get(
    '/sign-in-options',
    {
      config: publicRoute,
      schema: {
        summary: 'By which ways one may sign in here',
        querystring: z.strictObject({}),
        response: { 200: signInOptionsSchema },
        security: [],
      },
    },
    async () => {
      const had = parts.accounts.hadPeople();
      const { identityProvider: provider } = parts;
      return { setUp: !had, password: had, oidc: provider === undefined ? null : { name: provider.name } };
    },
  );
  setUpRoute(api, parts);
  signInRoute(api, parts);
}

function setUpRoute(api: Api, parts: RouteParts): void {
  const { accounts, failures, adminToken } = parts;
  const adminDigest = digestOf(adminToken);
  api.post(
    '/set-up',
    {
      config: publicRoute,
      schema: {
        summary: 'The first administrator, once; wants the token of data/admin-token',
        querystring: z.strictObject({}),
        body: setUpSchema,
        response: { 204: z.null() },
        security: [],
      },
      // Before the body is judged, so that afterwards there is nothing here at all.
      onRequest: async (request, reply) => {
        if (!accounts.hadPeople()) return;
        return sendFailure(reply, failure('not-found', `there is no ${request.method} at this address`));
      },
    },
    async (request, reply) => {
      if (!fromOwnPage(request)) return foreign(reply);
      const { token, ...asked } = request.body;
      if (!sameDigest(digestOf(token), adminDigest)) {
        noteRefusal(parts, request, {
          login: asked.login,
          action: 'set-up.refused',
          because: 'auth.refused',
        });
        if (failures.failed(request.ip)) return sendFailure(reply, tooMany());
        return sendFailure(reply, failure('auth.refused', 'this is not the token of data/admin-token'));
      }
      const made = await accounts.setUp(asked);
      if (!made.ok) return sendFailure(reply, made.failure);
      return letIn(parts, { request, reply, person: made.value, action: 'set-up' });
    },
  );
}

function signInRoute(api: Api, parts: RouteParts): void {
  api.post(
    '/sign-in',
    {
      config: publicRoute,
      schema: {
        summary: 'Sign in with login, password and, where there is one, a code of the second factor',
        querystring: z.strictObject({}),
        body: passwordSignInSchema,
        response: { 204: z.null() },
        security: [],
      },
    },
    async (request, reply) => {
      if (!fromOwnPage(request)) return foreign(reply);
      const signedIn = await parts.accounts.signIn({
        ...request.body,
        address: addressKey(plainAddress(request.ip)),
      });
      if (signedIn.ok) return letIn(parts, { request, reply, person: signedIn.value, action: 'sign-in' });
      const { code } = signedIn.failure;
      noteRefusal(parts, request, { login: request.body.login, action: 'sign-in.refused', because: code });
      return sendFailure(reply, signedIn.failure);
    },
  );
}

interface LetIn {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly person: Person;
  readonly action: 'sign-in' | 'set-up';
}

function letIn({ signIn, audit, log }: RouteParts, { request, reply, person, action }: LetIn): FastifyReply {
  const { login, name: by } = person;
  const session = signIn.start({ by, via: 'password', login });
  audit.signIn({ by, via: 'password', action, object: login, detail: '204', address: request.ip });
  log.info({ by, login, address: request.ip }, 'signed in');
  return reply.code(204).header('set-cookie', sessionCookieText(session, request)).send(null);
}

interface Refusal {
  readonly login: string;
  readonly action: 'sign-in.refused' | 'set-up.refused';
  readonly because: string;
}

/** `by` is nobody: whoever typed the login need not be that person. */
function noteRefusal(
  { audit, log }: RouteParts,
  request: FastifyRequest,
  { login, action, because }: Refusal,
): void {
  audit.refusedSignIn({ by: '-', action, object: login, detail: because, address: request.ip });
  log.warn({ address: request.ip, because }, 'sign-in refused');
}

function foreign(reply: FastifyReply): FastifyReply {
  const message = 'wanted: the header "x-vigia-console: 1" and this server\'s own Origin';
  return sendFailure(reply, failure('auth.refused', message), 403);
}

function tooMany(): Failure {
  return failure('limit.reached', 'too many wrong credentials from this address; wait a minute', {
    retryable: true,
  });
}
