// Who checks the checkers: cores broken on purpose must fail the simulation, each for its own reason, where the real
// core passes. If a mutant lives, the oracle or the books are blind.
import { describe, expect, test } from 'vitest';
import type { Cores } from './cores.ts';
import type { FaultMix } from './mixes.ts';
import { crashing, later, mutants, outages } from './mutants.ts';
import { runSeed } from './run.ts';
import type { FailureKind } from './score.ts';

const seeds = [101, 102, 103];
/** Two simulated days of crashes on a busy machine. */
const timeoutMs = 60_000;

function kindsOf(mix: FaultMix, cores?: Cores): ReadonlySet<FailureKind> {
  const results = (cores === undefined ? seeds : seeds.slice(0, 2)).map((seed) =>
    runSeed({ seed, days: 1, sites: 4, mix, cores }),
  );
  return new Set(results.flatMap(({ failures }) => failures.map(({ kind }) => kind)));
}

describe('sim: a broken core is noticed', () => {
  test.for([
    ['crashes', crashing],
    ['outages', outages],
    ['plans, copies and torn writes', later],
  ] as const)('the real core passes the same seeds: %s', { timeout: timeoutMs }, ([, mix]) => {
    expect([...kindsOf(mix)]).toEqual([]);
  });

  test.for(mutants)('$promise', { timeout: timeoutMs }, ({ cores, mix, noticed }) => {
    const kinds = kindsOf(mix, cores);
    expect(noticed.filter((kind) => kinds.has(kind))).not.toEqual([]);
  });
});
