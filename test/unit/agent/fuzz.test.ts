// Whatever a server says, in whatever order, the agent neither crashes nor says anything wrong. A short run; the long one
// is fuzz-long.test.ts.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FuzzedAgent } from '../../fakes/fuzzed-agent.ts';
import { serverText } from '../../fakes/server-fuzz.ts';
import { edgeTexts } from '../../fakes/wire-fuzz.ts';

test('5,000 hostile frames end no agent', () => {
  let texts = 0;
  let messages = 0;
  fc.assert(
    fc.property(
      fc.nat(),
      fc.array(serverText, { minLength: 200, maxLength: 300, size: 'max' }),
      (seed, frames) => {
        const agent = new FuzzedAgent(seed);
        for (const frame of frames) agent.hear(frame);
        texts += agent.counts.texts;
        messages += agent.counts.messages;
      },
    ),
    { numRuns: 25 },
  );
  expect(texts).toBeGreaterThanOrEqual(5_000);
  expect(messages).toBeGreaterThan(1_500);
});

test('frames of the largest size, the deepest nesting and the strangest text end no agent', () => {
  const agent = new FuzzedAgent(1);
  for (const text of edgeTexts) agent.hear(text);
  for (const text of edgeTexts)
    agent.hear(text.replace('"beat"', '"beat.reply"').replace('"changes"', '"assignment"'));
  expect(agent.counts.messages).toBe(0);
});
