// Who checks the checkers: cores broken on purpose must fail the simulation, each for its own reason, where the real
// core passes. If a mutant lives, the oracle or the books are blind.
import { describe, expect, test } from 'vitest';
import { hour, minute } from '../../shared/time.ts';
import type { Cores } from './cores.ts';
import type { FaultMix } from './faults.ts';
import { blipsCount, dedupForgotten, lateIsNews, receiptTooEarly, ticketTwice } from './mutants.ts';
import { runSeed } from './run.ts';
import type { FailureKind } from './score.ts';

/** What is not asked about here. */
const others = {
  extraCalmMs: 100_000 * hour,
  providerCalmMs: 100_000 * hour,
  noiseCalmMs: 100_000 * hour,
  guests: false,
};
/** Crashes as often as they can be told apart, so that each has agents' changes on its way. */
const crashing: FaultMix = {
  siteCalmMs: 20 * minute,
  poorCalmMs: 12 * hour,
  ...others,
  nocCalmMs: 12 * hour,
  serverCalmMs: 10 * minute,
  deskCalmMs: 24 * hour,
};
/** Faults of sites only. */
const outages: FaultMix = {
  siteCalmMs: 30 * minute,
  poorCalmMs: 12 * hour,
  ...others,
  nocCalmMs: 100_000 * hour,
  serverCalmMs: 100_000 * hour,
  deskCalmMs: 100_000 * hour,
};
const seeds = [101, 102, 103];
/** Two simulated days of crashes on a busy machine. */
const timeoutMs = 60_000;

interface Mutant {
  readonly promise: string;
  readonly cores: Cores;
  readonly mix: FaultMix;
  /** At least one failure is of these kinds. */
  readonly noticed: readonly FailureKind[];
}

const mutants: readonly Mutant[] = [
  {
    promise: 'a receipt that leaves before its commit loses changes',
    cores: receiptTooEarly,
    mix: crashing,
    noticed: ['lost-or-doubled'],
  },
  {
    promise: 'a forgotten receipt applies changes twice',
    cores: dedupForgotten,
    mix: crashing,
    noticed: ['lost-or-doubled'],
  },
  {
    promise: 'a ticket asked for under two keys is a duplicate',
    cores: ticketTwice,
    mix: outages,
    noticed: ['duplicate'],
  },
  {
    promise: 'a blip that counts opens false tickets',
    cores: blipsCount,
    mix: outages,
    noticed: ['false'],
  },
  {
    promise: 'late data that passes for news opens wrong tickets',
    cores: lateIsNews,
    mix: outages,
    noticed: ['false', 'wrong-kind', 'duplicate', 'after-the-fact'],
  },
];

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
  ] as const)('the real core passes the same seeds: %s', { timeout: timeoutMs }, ([, mix]) => {
    expect([...kindsOf(mix)]).toEqual([]);
  });

  test.for(mutants)('$promise', { timeout: timeoutMs }, ({ cores, mix, noticed }) => {
    const kinds = kindsOf(mix, cores);
    expect(noticed.filter((kind) => kinds.has(kind))).not.toEqual([]);
  });
});
