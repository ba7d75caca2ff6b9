// The simulation as a test: every seed that ever failed (seeds.txt) and fixed fresh ones, each run twice, because a
// run that differs from itself proves nothing. `npm run sim` runs more.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type MixName, mixes } from './faults.ts';
import { percentile } from './report.ts';
import { type RunResult, runSeed } from './run.ts';

interface Listed {
  readonly seed: number;
  readonly days: number;
  readonly sites: number;
  readonly mix: MixName;
}

/** `seed days sites mix  # why`, one a line. */
function listed(): readonly Listed[] {
  const text = readFileSync(new URL('./seeds.txt', import.meta.url), 'utf8');
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [seed, days, sites, mix] = line.split(/\s+/);
      return { seed: Number(seed), days: Number(days), sites: Number(sites), mix: mixNamed(mix) };
    });
}

function mixNamed(name: string | undefined): MixName {
  if (name === 'first' || name === 'usual') return name;
  throw new RangeError(`seeds.txt names a mix: first or usual, not ${name}`);
}

function run({ seed, days, sites, mix }: Listed): RunResult {
  return runSeed({ seed, days, sites, mix: mixes[mix] });
}

const fresh: readonly Listed[] = Array.from({ length: 20 }, (_, index) => {
  return { seed: 7_001 + index, days: 2, sites: 6, mix: 'usual' };
});

function failuresOf(result: RunResult): readonly string[] {
  return result.failures.map(({ kind, what }) => `${kind}: ${what}`);
}

describe('sim: each real outage gets exactly one right ticket and nothing else gets any', () => {
  test.for(listed())(
    'a seed that once failed passes: $seed, $days days, $sites sites, $mix faults',
    (one) => {
      expect(failuresOf(run(one))).toEqual([]);
    },
  );

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
