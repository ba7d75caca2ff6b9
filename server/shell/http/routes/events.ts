// GET /wall and GET /stream: server-sent events. The route only lets the caller in; what is sent is the business of
// `gateway/console-session.ts`.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Channel } from '../../gateway/console-session.ts';
import { sendFailure } from '../answer.ts';
import type { Api, RouteParts } from '../parts.ts';

export function eventRoutes(api: Api, parts: RouteParts): void {
  const watch = (channel: Channel) => async (request: FastifyRequest, reply: FastifyReply) => {
    const watching = parts.consoles.watch(
      reply.raw,
      channel,
      () => parts.guard.identify(request) !== undefined,
    );
    if (!watching.ok) return sendFailure(reply, watching.failure, 503);
    // From here on the response is the console session's.
    reply.hijack();
    return reply;
  };
  api.get(
    '/wall',
    { schema: { summary: 'Server-sent events: one wall.snapshot, then wall.delta and wall.heartbeat' } },
    watch('wall'),
  );
  api.get(
    '/stream',
    { schema: { summary: 'Server-sent events: each incident and ticket change' } },
    watch('stream'),
  );
}
