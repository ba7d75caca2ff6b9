// A channel that keeps what it was told and answers as the test says. Two people have an address of their own.
import type { Channel, Notice } from '../../../server/ports/channel.ts';
import { ok, type Result } from '../../../shared/result.ts';

export interface Recorded {
  readonly recipient: string;
  readonly notice: Notice;
}

export interface RecordedChannel extends Channel {
  readonly told: readonly Recorded[];
  keys(): readonly string[];
  /** The next sends answer this, in order; then all is well again. Refused ones are not told. */
  answer(...answers: readonly Result<void>[]): void;
}

export function createRecordedChannel(
  name = 'plantao',
  people: Readonly<Record<string, string>> = {},
): RecordedChannel {
  const told: Recorded[] = [];
  const answers: Result<void>[] = [];
  return {
    name,
    kind: 'webhook',
    told,
    keys: () => told.map(({ notice }) => notice.key),
    answer: (...given) => void answers.push(...given),
    recipients: (to) => {
      const known = to.flatMap((each) => people[each] ?? []);
      return known.length === 0 ? ['noc'] : known;
    },
    send: async (notice, recipient) => {
      const answer = answers.shift() ?? ok(undefined);
      if (answer.ok) told.push({ recipient, notice });
      return answer;
    },
  };
}
