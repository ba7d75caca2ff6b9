// GET /channels: by which ways the NOC is told, and how they fare. POST /channels/{name}/test: one notice to everybody whom
// that channel tells by default, now. Must never show an address of a person or a hook.
import { z } from 'zod';
import {
  type ChannelItem,
  type ChannelTestAnswer,
  channelListSchema,
  channelTestSchema,
} from '../../../../shared/api/channels.ts';
import { failure } from '../../../../shared/failure.ts';
import { type Instant, toIso } from '../../../../shared/time.ts';
import type { Channel } from '../../../ports/channel.ts';
import type { ChannelState } from '../../notices/channel-line.ts';
import { tellTest } from '../../notices/tell-test.ts';
import { wholeFor } from '../access/caller.ts';
import { sendFailure } from '../answer.ts';
import type { Api, RouteParts } from '../parts.ts';

export type ChannelParts = Pick<RouteParts, 'clock' | 'guard' | 'log' | 'channels'>;

const paramsSchema = z.strictObject({ name: z.string().min(1).max(40) });

export function channelRoutes(api: Api, parts: ChannelParts): void {
  const { clock, guard, log } = parts;
  const channels = parts.channels?.list ?? [];
  api.get(
    '/channels',
    {
      config: wholeFor('viewer'),
      schema: { summary: 'By which ways the NOC is told', response: { 200: channelListSchema } },
    },
    async () => ({
      items: channels.map((channel) => itemOf(channel, parts.channels?.stateOf(channel.name))),
    }),
  );
  api.post(
    '/channels/:name/test',
    {
      config: wholeFor('administrator'),
      schema: {
        summary: 'Tell everybody of this channel that it works',
        params: paramsSchema,
        response: { 200: channelTestSchema },
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      const channel = channels.find((each) => each.name === name);
      if (channel === undefined) return sendFailure(reply, failure('not-found', `não há canal "${name}"`));
      const { by } = guard.caller(request);
      log.info({ by, channel: name }, 'channel tested');
      return await testAnswer(channel, by, clock.now());
    },
  );
}

async function testAnswer(channel: Channel, by: string, now: Instant): Promise<ChannelTestAnswer> {
  const text = `Este aviso foi pedido por ${by} para conferir o canal "${channel.name}". Nada está fora do ar.`;
  const answers = await tellTest(channel, { now, text });
  const errors = answers.flatMap((answer) => (answer.ok ? [] : [answer.failure.message]));
  return { sent: answers.length - errors.length, failed: errors.length, errors };
}

function itemOf(channel: Channel, state: ChannelState | undefined): ChannelItem {
  const { sent = 0, retried = 0, refused = 0, givenUp = 0, waiting = 0 } = state ?? {};
  const { lastSentAt, lastError } = state ?? {};
  return {
    name: channel.name,
    kind: channel.kind,
    recipients: channel.recipients([]).length,
    sent,
    retried,
    refused,
    givenUp,
    waiting,
    lastSentAt: lastSentAt === undefined ? null : toIso(lastSentAt),
    lastError: lastError === undefined ? null : { at: toIso(lastError.at), message: lastError.message },
  };
}
