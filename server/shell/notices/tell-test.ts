// The test of a channel: one notice past every queue, and what became of it for each recipient. Keeps nothing.
import type { Result } from '../../../shared/result.ts';
import type { Instant } from '../../../shared/time.ts';
import type { Channel, Notice } from '../../ports/channel.ts';

/** To everybody whom the channel tells by default, one after the other; one answer for each. */
export async function tellTest(
  channel: Channel,
  given: { readonly now: Instant; readonly text: string },
): Promise<readonly Result<void>[]> {
  const answers: Result<void>[] = [];
  for (const recipient of channel.recipients([])) {
    const notice: Notice = {
      key: `test:${channel.name}:${given.now}`,
      kind: 'test',
      priority: 'standard',
      title: 'Teste do Vigia',
      text: given.text,
      to: [],
    };
    answers.push(await channel.send(notice, recipient));
  }
  return answers;
}
