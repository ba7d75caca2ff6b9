// POST /account/...: one's own password and second factor. Only for who signed in to an account: a link or a token has none.
// Must never show a secret again that was shown once.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  passwordChangeSchema,
  recoveryCodesSchema,
  totpConfirmationSchema,
  totpRemovalSchema,
  totpSecretSchema,
} from '../../../../shared/api/people.ts';
import { failure } from '../../../../shared/failure.ts';
import type { Result } from '../../../../shared/result.ts';
import { scopedFor } from '../access/caller.ts';
import { sendFailure } from '../answer.ts';
import type { Api, RouteParts } from '../parts.ts';
import { sessionCookieText } from '../session-cookie.ts';

const config = scopedFor('viewer');
const nothing = z.null();

export function accountRoutes(api: Api, parts: RouteParts): void {
  passwordRoute(api, parts);
  secondFactorRoutes(api, parts);
}

function passwordRoute(api: Api, { accounts, guard, signIn }: RouteParts): void {
  api.post(
    '/account/password',
    {
      config,
      schema: {
        summary: 'Change your own password; every other session of yours ends',
        body: passwordChangeSchema,
        response: { 204: nothing },
      },
    },
    async (request, reply) => {
      const { login, by, via } = guard.caller(request);
      if (login === undefined) return noAccount(reply);
      const changed = await accounts.changePassword(login, request.body);
      if (!changed.ok) return sendOwn(reply, changed);
      // All sessions ended, this one too: the cookie is a new one.
      const session = signIn.start({ by, via, login });
      return reply.code(204).header('set-cookie', sessionCookieText(session, request)).send(null);
    },
  );
}

function secondFactorRoutes(api: Api, { accounts, guard }: RouteParts): void {
  const loginOf = (request: FastifyRequest): string | undefined => guard.caller(request).login;

  api.post(
    '/account/totp',
    {
      config,
      schema: {
        summary:
          'Begin with a second factor: a secret for the telephone, in force once a code of it is confirmed',
        response: { 200: totpSecretSchema },
      },
    },
    async (request, reply) => {
      const login = loginOf(request);
      if (login === undefined) return noAccount(reply);
      const offered = accounts.offerTotp(login);
      return offered.ok ? offered.value : sendFailure(reply, offered.failure);
    },
  );

  api.post(
    '/account/totp/confirmation',
    {
      config,
      schema: {
        summary: 'The first code of the new second factor; answers the recovery codes, once',
        body: totpConfirmationSchema,
        response: { 200: recoveryCodesSchema },
      },
    },
    async (request, reply) => {
      const login = loginOf(request);
      if (login === undefined) return noAccount(reply);
      const confirmed = accounts.confirmTotp(login, request.body.code);
      return confirmed.ok ? { recoveryCodes: [...confirmed.value] } : sendOwn(reply, confirmed);
    },
  );

  api.post(
    '/account/totp/removal',
    {
      config,
      schema: {
        summary: 'Take your second factor away',
        body: totpRemovalSchema,
        response: { 204: nothing },
      },
    },
    async (request, reply) => {
      const login = loginOf(request);
      if (login === undefined) return noAccount(reply);
      const removed = await accounts.removeTotp(login, request.body.password);
      return removed.ok ? reply.code(204).send(null) : sendOwn(reply, removed);
    },
  );
}

/** A wrong password typed here ends no session, so it is 403: a 401 would tell the console to sign in again. */
function sendOwn(reply: FastifyReply, refused: Result<unknown> & { readonly ok: false }): FastifyReply {
  return sendFailure(reply, refused.failure, refused.failure.code === 'auth.refused' ? 403 : undefined);
}

function noAccount(reply: FastifyReply): FastifyReply {
  return sendFailure(
    reply,
    failure('conflict', 'you came by a link or a token; there is no account behind it'),
  );
}
