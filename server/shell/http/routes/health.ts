// GET /healthz, /readyz, /metrics: for supervisors and Prometheus. Served at the root, where such programs look, and
// again under /api/v1. At the root /metrics is for this machine only unless a credential comes with it.
import { isIPv4 } from 'node:net';
import { z } from 'zod';
import { failure } from '../../../../shared/failure.ts';
import { scopedFor, wholeFor } from '../access/caller.ts';
import { sendFailure } from '../answer.ts';
import type { Api, RouteParts } from '../parts.ts';

const readySchema = z.object({
  ready: z.boolean(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), reason: z.string().nullable() })),
});

export function healthRoutes(api: Api, parts: RouteParts, { guarded }: { readonly guarded: boolean }): void {
  api.get(
    '/healthz',
    {
      config: scopedFor('viewer'),
      schema: {
        summary: 'The process answers',
        hide: !guarded,
        response: { 200: z.object({ alive: z.literal(true), release: z.string() }) },
      },
    },
    async () => ({ alive: true as const, release: parts.settings.release }),
  );

  api.get(
    '/readyz',
    {
      config: wholeFor('viewer'),
      schema: {
        summary: 'Ready for work, with the reasons if not',
        hide: !guarded,
        response: { 200: readySchema, 503: readySchema },
      },
    },
    async (_request, reply) => {
      const checks = parts.ready().map(({ name, ok, reason }) => ({ name, ok, reason: reason ?? null }));
      const ready = checks.every((check) => check.ok);
      return reply.code(ready ? 200 : 503).send({ ready, checks });
    },
  );

  api.get(
    '/metrics',
    { config: wholeFor('viewer'), schema: { summary: 'Prometheus text format', hide: !guarded } },
    async (request, reply) => {
      const caller = parts.guard.identify(request);
      // Figures count everybody's: who may see some customers only is a stranger here.
      if (!guarded && !isLoopback(request.ip) && caller?.customers !== null) {
        return sendFailure(reply, failure('auth.missing', 'wanted: "Authorization: Bearer <token>"'));
      }
      return reply
        .type('text/plain; version=0.0.4; charset=utf-8')
        .serializer(String)
        .send(parts.metrics.text());
    },
  );
}

function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, '');
  return plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'));
}
