// The test of a channel: one notice past every queue, and what became of it for each recipient. Keeps nothing.

import { failure } from '../../../shared/failure.ts';
import { limits } from '../../../shared/limits.ts';
import { fail, type Result } from '../../../shared/result.ts';
import type { Channel, ChannelFailure, Notice } from '../../ports/channel.ts';
import type { Clock } from '../../ports/clock.ts';

/**
 * To everybody whom the channel tells by default, one after the other; one answer for each. Whose turn has not come within
 * `limits.channelTestMs` is not told: a person waits for the answer.
 */
export async function tellTest(
  channel: Channel,
  given: { readonly clock: Pick<Clock, 'now'>; readonly text: string },
): Promise<readonly Result<void, ChannelFailure>[]> {
  const { clock, text } = given;
  const began = clock.now();
  const answers: Result<void, ChannelFailure>[] = [];
  for (const recipient of channel.recipients([])) {
    if (clock.now() - began > limits.channelTestMs) {
      const message = `${channel.name}: not tried, the ones before took too long`;
      answers.push(fail(failure('unavailable', message, { retryable: true })));
      continue;
    }
    const notice: Notice = {
      key: `test:${channel.name}:${began}`,
      kind: 'test',
      priority: 'standard',
      title: 'Teste do Vigia',
      text,
      to: [],
    };
    answers.push(await channel.send(notice, recipient));
  }
  return answers;
}
