// GET /channels: by which ways the NOC is told, how they fare, by which routes, and who is on call. POST
// /channels/{name}/test: one notice to everybody whom that channel tells by default, now. Must never show an address of a
// person or a hook, nor test one channel more often than `limits.channelTestEveryMs`: its people would learn to look away.
import { z } from 'zod';
import {
  type ChannelTestAnswer,
  channelListSchema,
  channelTestSchema,
} from '../../../../shared/api/channels.ts';
import { failure } from '../../../../shared/failure.ts';
import { limits } from '../../../../shared/limits.ts';
import { type Instant, second } from '../../../../shared/time.ts';
import type { Channel } from '../../../ports/channel.ts';
import { troubleOf } from '../../notices/channel-line.ts';
import { tellTest } from '../../notices/tell-test.ts';
import { wholeFor } from '../access/caller.ts';
import { sendFailure } from '../answer.ts';
import { channelAnswer, type PastTest, troubleOf as told } from '../channel-answer.ts';
import type { Api, RouteParts } from '../parts.ts';

export type ChannelParts = Pick<RouteParts, 'clock' | 'guard' | 'log' | 'channels' | 'metrics'>;

const paramsSchema = z.strictObject({ name: z.string().min(1).max(40) });

export function channelRoutes(api: Api, parts: ChannelParts): void {
  const { clock, guard, log } = parts;
  const channels = parts.channels?.list ?? [];
  const tests = new Map<string, PastTest>();
  const mayTest = createTestPace(parts);
  api.get(
    '/channels',
    {
      config: wholeFor('viewer'),
      schema: { summary: 'By which ways the NOC is told', response: { 200: channelListSchema } },
    },
    async () => channelAnswer({ board: parts.channels, tests, now: clock.now() }),
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
      const waitMs = mayTest(name);
      if (waitMs > 0) {
        const seconds = Math.ceil(waitMs / second);
        const message = `o canal "${name}" acabou de ser testado: espere ${seconds} s`;
        return sendFailure(
          reply.header('retry-after', String(seconds)),
          failure('limit.reached', message, { retryable: true }),
        );
      }
      const { by } = guard.caller(request);
      log.info({ by, channel: name }, 'channel tested');
      const at = clock.now();
      const answer = await testAnswer(channel, by, parts);
      tests.set(name, { at, by, sent: answer.sent, failed: answer.failed });
      return answer;
    },
  );
}

/** For each channel: 0 when it may be tested now, which counts as begun; else how long not yet, ms. */
function createTestPace({ clock, metrics }: ChannelParts): (name: string) => number {
  const refused = metrics.counter(
    'vigia_channel_tests_refused_total',
    'Tests of a channel not sent because one was sent just before',
  );
  const begun = new Map<string, Instant>();
  return (name) => {
    const now = clock.now();
    const before = begun.get(name);
    const waitMs = before === undefined ? 0 : before + limits.channelTestEveryMs - now;
    if (waitMs <= 0) begun.set(name, now);
    else refused.add();
    return Math.max(0, waitMs);
  };
}

async function testAnswer(
  channel: Channel,
  by: string,
  { clock }: Pick<ChannelParts, 'clock'>,
): Promise<ChannelTestAnswer> {
  const text = `Este aviso foi pedido por ${by} para conferir o canal "${channel.name}". Nada está fora do ar.`;
  const answers = await tellTest(channel, { clock, text });
  const troubles = answers.flatMap((answer) => (answer.ok ? [] : [told(troubleOf(answer.failure))]));
  return {
    sent: answers.length - troubles.length,
    failed: troubles.length,
    errors: troubles.map(({ message }) => message),
    troubles,
  };
}
