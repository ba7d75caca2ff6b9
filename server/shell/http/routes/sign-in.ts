// GET /sign-in (a person's browser), POST /sign-in-links (the administrator's token), GET and DELETE /session.
// A link works once; what the browser gets is a strict, script-proof cookie.
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { failure } from '../../../../shared/failure.ts';
import { limits } from '../../../../shared/limits.ts';
import { second, toIso } from '../../../../shared/time.ts';
import { cookieOf, sessionCookie } from '../access/guard.ts';
import { sendFailure } from '../answer.ts';
import { sendPage } from '../console-files.ts';
import { signInPage, tooManyPage, usedLinkPage } from '../pages.ts';
import type { Api, RouteParts } from '../parts.ts';
import { publicUrlOf } from '../public-url.ts';

const querySchema = z.strictObject({ token: z.string().min(1).max(200) });

export function signInRoutes(api: Api, parts: RouteParts): void {
  api.get('/sign-in', { schema: { hide: true } }, async (request, reply) => {
    const query = querySchema.safeParse(request.query);
    if (!query.success) return sendPage(reply, 400, signInPage);
    const redeemed = parts.signIn.redeem(query.data.token);
    if (!redeemed.ok) {
      const tooMany = parts.failures.failed(request.ip);
      parts.log.warn({ address: request.ip, tooMany }, 'sign-in refused');
      return tooMany ? sendPage(reply, 429, tooManyPage) : sendPage(reply, 403, usedLinkPage);
    }
    parts.log.info({ by: redeemed.value.by, address: request.ip }, 'signed in');
    const cookie = cookieText(redeemed.value.session, request, limits.consoleSessionMs / second);
    return reply.header('set-cookie', cookie).redirect('/', 303);
  });
}

function cookieText(value: string, request: FastifyRequest, maxAgeSeconds: number): string {
  const secure = request.protocol === 'https' ? '; Secure' : '';
  return `${sessionCookie}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}${secure}`;
}

export function signInLinkRoutes(api: Api, parts: RouteParts): void {
  api.post(
    '/sign-in-links',
    {
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

  api.get(
    '/session',
    {
      schema: {
        summary: 'Who is asking',
        response: { 200: z.object({ by: z.string(), kind: z.enum(['administrator', 'session']) }) },
      },
    },
    async (request) => parts.guard.caller(request),
  );

  api.delete(
    '/session',
    { schema: { summary: 'Sign out', response: { 204: z.null() } } },
    async (request, reply) => {
      const secret = cookieOf(request);
      if (secret !== undefined) parts.signIn.end(secret);
      return reply
        .code(204)
        .header('set-cookie', cookieText('', request, 0))
        .send(null);
    },
  );
}
