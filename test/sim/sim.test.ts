// The simulation as a test: fixed fresh seeds, and some of them twice, because a run that differs from itself proves
// nothing. The seeds that ever failed are played by kept-*.test.ts; `npm run sim` runs more.
import { describe, expect, test } from 'vitest';
import { failuresOf, type Listed, run } from './kept.ts';
import { percentile } from './report.ts';
import { type RunResult, runSeed } from './run.ts';

const fresh: readonly Listed[] = Array.from({ length: 20 }, (_, index) => {
  return { seed: 7_001 + index, days: 2, sites: 6, mix: 'usual' };
});

describe('sim: each real outage gets exactly one right ticket and nothing else gets any', () => {
  test.for(fresh)('fresh seed $seed passes', (one) => {
    expect(failuresOf(run(one))).toEqual([]);
  });
});

describe('sim: determinism', () => {
  test.for(fresh.slice(0, 3))('seed $seed gives the same journal twice', (one) => {
    const [first, second] = [run(one), run(one)];
    expect(first.inputs).toBeGreaterThan(100);
    expect(second.digest).toBe(first.digest);
    expect(second.events).toBe(first.events);
  });

  test('another seed gives another journal', () => {
    const [first, second] = [
      runSeed({ seed: 1, days: 0.3, sites: 2 }),
      runSeed({ seed: 2, days: 0.3, sites: 2 }),
    ];
    expect(second.digest).not.toBe(first.digest);
  });
});

describe('sim: the quiet fast path', () => {
  test('what is skipped changes neither which tickets are opened nor how fast', () => {
    const seeds = [7_001, 7_002];
    const run = (skip: boolean): readonly RunResult[] =>
      seeds.map((seed) => runSeed({ seed, days: 1, sites: 3, skip }));
    const [skipped, whole] = [run(true), run(false)];
    const sum = (results: readonly RunResult[], value: (one: RunResult) => number): number =>
      results.reduce((total, one) => total + value(one), 0);
    expect(sum(skipped, (one) => one.score.expected)).toBe(sum(whole, (one) => one.score.expected));
    expect(sum(skipped, (one) => one.score.found)).toBe(sum(whole, (one) => one.score.found));
    expect(sum(skipped, (one) => one.events)).toBeLessThan(sum(whole, (one) => one.events) / 4);
    const all = (results: readonly RunResult[]): readonly number[] =>
      results.flatMap(({ score }) => Object.values(score.askedMs).flat());
    const apart = (percentile(all(skipped), 0.5) ?? 0) - (percentile(all(whole), 0.5) ?? 0);
    expect(Math.abs(apart)).toBeLessThan(3_000);
  });
});
