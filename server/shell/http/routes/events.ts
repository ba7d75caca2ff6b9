// GET /wall and GET /stream: server-sent events. The route only lets the caller in and says whose; what is sent is the business of
// `gateway/console-session.ts`.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Channel } from '../../gateway/viewer.ts';
import { scopedFor } from '../access/caller.ts';
import { sendFailure } from '../answer.ts';
import type { Api, RouteParts } from '../parts.ts';

export function eventRoutes(api: Api, parts: RouteParts): void {
  const watch = (channel: Channel) => async (request: FastifyRequest, reply: FastifyReply) => {
    const { customers } = parts.guard.caller(request);
    const watching = parts.consoles.watch({
      response: reply.raw,
      channel,
      seen: parts.seenBy(request).seen,
      // Whose scope is another by now comes back, and is shown that one.
      stillWelcome: () => {
        const now = parts.guard.identify(request);
        return now !== undefined && JSON.stringify(now.customers) === JSON.stringify(customers);
      },
    });
    if (!watching.ok) return sendFailure(reply, watching.failure, 503);
    // From here on the response is the console session's.
    reply.hijack();
    return reply;
  };
  api.get(
    '/wall',
    {
      config: scopedFor('viewer'),
      schema: { summary: 'Server-sent events: one wall.snapshot, then wall.delta and wall.heartbeat' },
    },
    watch('wall'),
  );
  api.get(
    '/stream',
    {
      config: scopedFor('viewer'),
      schema: { summary: 'Server-sent events: each incident and ticket change' },
    },
    watch('stream'),
  );
}
