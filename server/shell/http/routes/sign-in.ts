// GET /sign-in (a person's browser), POST /sign-in-links (the administrator's token), GET and DELETE /session.
// A link works once; what the browser gets is a strict, script-proof cookie.
import { z } from 'zod';
import { sessionSchema } from '../../../../shared/api/people.ts';
import { failure } from '../../../../shared/failure.ts';
import { toIso } from '../../../../shared/time.ts';
import { isoOrNull } from '../../../core/view/incident-row.ts';
import { publicRoute, scopedFor, wholeFor } from '../access/caller.ts';
import { cookieOf } from '../access/guard.ts';
import { sendFailure } from '../answer.ts';
import { sendPage } from '../console-files.ts';
import { signInPage, tooManyPage, usedLinkPage } from '../pages.ts';
import type { Api, RouteParts } from '../parts.ts';
import { publicUrlOf } from '../public-url.ts';
import { noCookieText, sessionCookieText } from '../session-cookie.ts';

const querySchema = z.strictObject({ token: z.string().min(1).max(200) });

export function signInRoutes(api: Api, parts: RouteParts): void {
  api.get('/sign-in', { config: publicRoute, schema: { hide: true } }, async (request, reply) => {
    const query = querySchema.safeParse(request.query);
    if (!query.success) return sendPage(reply, 400, signInPage);
    const redeemed = parts.signIn.redeem(query.data.token);
    if (!redeemed.ok) {
      const tooMany = parts.failures.failed(request.ip);
      parts.log.warn({ address: request.ip, tooMany }, 'sign-in refused');
      const refused = { by: '-', action: 'sign-in.refused', object: '/sign-in', detail: 'auth.refused' };
      parts.audit.refusedSignIn({ ...refused, via: 'link', address: request.ip });
      return tooMany ? sendPage(reply, 429, tooManyPage) : sendPage(reply, 403, usedLinkPage);
    }
    const { by, session } = redeemed.value;
    parts.log.info({ by, address: request.ip }, 'signed in');
    const deed = { by, action: 'sign-in', object: '/sign-in', detail: '303' };
    parts.audit.signIn({ ...deed, via: 'link', address: request.ip });
    return reply.header('set-cookie', sessionCookieText(session, request)).redirect('/', 303);
  });
}

export function signInLinkRoutes(api: Api, parts: RouteParts): void {
  api.post(
    '/sign-in-links',
    {
      config: wholeFor('administrator'),
      schema: {
        summary: 'A one-time link (15 min) that signs a person in at the console',
        body: z
          .strictObject({ name: z.string().trim().min(1).max(80).describe('Who it is for').default('NOC') })
          .nullish(),
        response: { 201: z.object({ url: z.string(), expiresAt: z.string() }) },
      },
    },
    async (request, reply) => {
      if (parts.guard.caller(request).kind !== 'administrator') {
        return sendFailure(
          reply,
          failure('auth.refused', 'only the administrator token makes sign-in links'),
          403,
        );
      }
      const { token, expiresAt } = parts.signIn.newLink(request.body?.name ?? 'NOC');
      const url = `${publicUrlOf(request, parts.settings)}/sign-in?token=${token}`;
      return reply.code(201).send({ url, expiresAt: toIso(expiresAt) });
    },
  );
}

/** Who is asking, and the end of a session. */
export function sessionRoutes(api: Api, parts: RouteParts): void {
  api.get(
    '/session',
    {
      config: scopedFor('viewer'),
      schema: {
        summary: 'Who is asking',
        response: { 200: sessionSchema },
      },
    },
    async (request) => {
      const { by, role, customers, via, login, expiresAt } = parts.guard.caller(request);
      const person = login === undefined ? undefined : parts.accounts.person(login);
      return {
        by,
        role,
        customers: customers === null ? null : [...customers],
        via,
        login: login ?? null,
        totp: person?.totp !== undefined,
        password: person?.passwordHash !== undefined,
        expiresAt: isoOrNull(expiresAt),
      };
    },
  );

  api.delete(
    '/session',
    { config: scopedFor('viewer'), schema: { summary: 'Sign out', response: { 204: z.null() } } },
    async (request, reply) => {
      const secret = cookieOf(request);
      if (secret !== undefined) parts.signIn.end(secret);
      return reply.code(204).header('set-cookie', noCookieText(request)).send(null);
    },
  );
}
