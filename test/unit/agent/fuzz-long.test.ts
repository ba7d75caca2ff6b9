// 200,000 hostile frames against one agent: no crash, and no memory that grows.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FuzzedAgent } from '../../fakes/fuzzed-agent.ts';
import { serverText } from '../../fakes/server-fuzz.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

const texts = 200_000;
const seedOf = Math.floor(Math.random() * 2 ** 31);

function heapBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

test('200,000 hostile frames end no agent and fill no memory', () => {
  console.log(`fuzz seed ${seedOf}`);
  const agent = new FuzzedAgent(seedOf);
  const chunk = 5_000;
  const heaps: number[] = [];
  for (let done = 0; done < texts; done += chunk) {
    for (const text of fc.sample(serverText, { numRuns: chunk, seed: seedOf + done })) agent.hear(text);
    if (done % 40_000 === 0) heaps.push(heapBytes());
  }
  heaps.push(heapBytes());
  const mib = heaps.map((bytes) => (bytes / 1024 / 1024).toFixed(1));
  console.log(`fuzz: ${JSON.stringify(agent.counts)}, heap ${mib.join(' ')} MiB`);
  expect(agent.counts.texts).toBe(texts);
  expect(agent.counts.messages).toBeGreaterThan(texts / 4);
  expect(agent.counts.sessions).toBeGreaterThan(100);
  expect((heaps.at(-1) ?? 0) - (heaps[1] ?? 0)).toBeLessThan(8 * 1024 * 1024);
});
