// POST /desk-events: what the desk tells by itself. Outside the guard: the signature (or, where a desk signs nothing, the
// last part of the address) is the credential. Answers fast; what follows comes later. Must never tell a stranger which
// tickets exist, nor write the address into a log.
import { z } from 'zod';
import { failure } from '../../../../shared/failure.ts';
import { limits } from '../../../../shared/limits.ts';
import type { Result } from '../../../../shared/result.ts';
import type { DeskHintRequest } from '../../../ports/desk-client.ts';
import { publicRoute } from '../access/caller.ts';
import { createFailedSignIns } from '../access/failed-sign-ins.ts';
import { sendFailure } from '../answer.ts';
import type { Api, HttpParts } from '../parts.ts';

export interface DeskEventParts extends Pick<HttpParts, 'clock' | 'log'> {
  readonly deskEvents?: {
    /** As the configuration names the desk. */
    readonly kind: string;
    /** As `DeskEar.hear`. */
    readonly hear: (request: DeskHintRequest) => Result<void>;
  };
}

/** `token` is as secret as a password: it appears in no log, answer or metric. */
const paramsSchema = z.strictObject({
  kind: z.string().min(1).max(64).optional(),
  token: z.string().min(1).max(256).optional(),
});
const takenSchema = z.object({ taken: z.literal(true) });

export function deskEventRoutes(api: Api, parts: DeskEventParts): void {
  // Signatures are over the bytes as they came, whatever they are called.
  api.removeAllContentTypeParsers();
  api.addContentTypeParser<Buffer>('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  const failures = createFailedSignIns(parts.clock);
  for (const path of ['/desk-events', '/desk-events/:kind', '/desk-events/:kind/:token'] as const) {
    api.post(
      path,
      {
        config: publicRoute,
        bodyLimit: limits.deskEventBytesMax,
        // The body is bytes to Fastify; each adapter has the schema of what stands in them.
        schema: {
          summary: 'What people did with a ticket at the desk, told by the desk',
          params: paramsSchema,
          response: { 202: takenSchema },
          security: [],
        },
      },
      async (request, reply) => {
        const { kind, token: pathToken } = request.params;
        const { deskEvents } = parts;
        if (deskEvents === undefined || (kind !== undefined && kind !== deskEvents.kind)) {
          return sendFailure(reply, failure('not-found', 'there is no such desk'));
        }
        const raw = request.body instanceof Uint8Array ? request.body : new Uint8Array();
        const headers = Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, single(value)]),
        );
        const heard = deskEvents.hear({ headers, raw, now: parts.clock.now(), pathToken });
        if (heard.ok) return reply.code(202).send({ taken: true });
        const { code } = heard.failure;
        // A desk tells of all its tickets at its own address; a "no" would make some of them give up telling.
        if (code === 'not-found' && kind !== undefined) return reply.code(202).send({ taken: true });
        if (code === 'auth.refused') {
          parts.log.warn(
            { desk: deskEvents.kind, from: request.ip },
            'an event of the desk was not believed',
          );
          if (failures.failed(request.ip)) {
            const wait = 'too many events that are not believed came from this address; wait a minute';
            return sendFailure(reply, failure('limit.reached', wait, { retryable: true }));
          }
        }
        return sendFailure(reply, heard.failure);
      },
    );
  }
}

/** A credential that came twice is none. */
function single(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' || value === undefined ? value : undefined;
}
