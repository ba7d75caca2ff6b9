// The built console from disk, and what stands in its place while it is not built. Served to strangers too: it holds no data,
// and its first page is the sign-in form. Files with a digest in their name are cached for ever, the page itself never.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { failure } from '../../../shared/failure.ts';
import { sendFailure } from './answer.ts';
import { consoleMissingPage, notFoundPage } from './pages.ts';
import type { Api, RouteParts } from './parts.ts';

export async function consoleRoutes(api: Api, { settings }: RouteParts): Promise<void> {
  const { consoleDirectory } = settings;
  await api.register(fastifyStatic, {
    root: consoleDirectory,
    prefix: '/',
    index: false,
    wildcard: true,
    preCompressed: true,
    dotfiles: 'deny',
    cacheControl: false,
    suppressWarning: true,
    setHeaders: (reply, path) => {
      const forEver = path.includes(`${join(consoleDirectory, 'assets')}`);
      reply.header('cache-control', forEver ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  api.get('/', { schema: { hide: true } }, async (_request, reply) => {
    if (!existsSync(join(consoleDirectory, 'index.html'))) return sendPage(reply, 503, consoleMissingPage);
    return reply.header('cache-control', 'no-cache').sendFile('index.html', { cacheControl: false });
  });
  // The address that tickets carry. Who comes from a foreign page is without the strict cookie on this request only: the
  // console's own requests have it.
  api.get(
    '/incidents/:id',
    { schema: { hide: true, params: z.strictObject({ id: z.string().max(80) }) } },
    async (request, reply) => {
      const address = `/#incident=${encodeURIComponent(request.params.id)}`;
      return reply.header('cache-control', 'no-store').redirect(address, 303);
    },
  );
}

export function sendPage(reply: FastifyReply, status: number, page: string): FastifyReply {
  return reply.code(status).type('text/html; charset=utf-8').header('cache-control', 'no-store').send(page);
}

export function notFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const wantsPage = request.method === 'GET' && request.headers.accept?.includes('text/html') === true;
  if (wantsPage && !request.url.startsWith('/api/')) return sendPage(reply, 404, notFoundPage);
  return sendFailure(reply, failure('not-found', `there is no ${request.method} at this address`));
}
