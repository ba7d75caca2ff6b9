// How often each kind of fault comes, by name of the mix. Data only; faults.ts, extra-faults.ts and later-faults.ts draw
// by it, calm.ts thins it for long runs.
import { hour } from '../../shared/time.ts';

export interface FaultMix {
  /** Mean calm between two faults of one site, beyond `apartMsMin`. */
  readonly siteCalmMs: number;
  /** Mean distance between two tries to place a poor link among a site's other faults. */
  readonly poorCalmMs: number;
  readonly nocCalmMs: number;
  readonly serverCalmMs: number;
  readonly deskCalmMs: number;
  /** Between two tries to place a flapping link, a frozen agent, a hung connection or a machine that stays away. */
  readonly extraCalmMs: number;
  readonly providerCalmMs: number;
  /** Dead anchors, a slow desk. */
  readonly noiseCalmMs: number;
  /** Machines that run on other machines. */
  readonly guests: boolean;
  /** The kinds of later-kinds.ts, and machines that tell which one they are; absent = none of it. */
  readonly later?: LaterMix;
}

export interface LaterMix {
  /** Between two tries to place a planned work or a silence at one site, ... */
  readonly plannedCalmMs: number;
  /** ... a copy of an agent's disk that runs elsewhere, ... */
  readonly cloneCalmMs: number;
  /** ... a write of an agent that is torn; and between two of the correlator's. */
  readonly tornCalmMs: number;
}

export const usualMix: FaultMix = {
  siteCalmMs: 4 * hour,
  poorCalmMs: 6 * hour,
  nocCalmMs: 18 * hour,
  serverCalmMs: 14 * hour,
  deskCalmMs: 24 * hour,
  extraCalmMs: 6 * hour,
  providerCalmMs: 12 * hour,
  noiseCalmMs: 24 * hour,
  guests: true,
};

const unheardOf = 1_000_000 * hour;
/** What the first seeds failed under: `seeds.txt` says which run under it. */
export const firstMix: FaultMix = {
  ...usualMix,
  extraCalmMs: unheardOf,
  providerCalmMs: unheardOf,
  noiseCalmMs: unheardOf,
  guests: false,
};
/** All there is. `usual` stays without the later kinds, because the kept seeds tell their stories under it. */
export const allMix: FaultMix = {
  ...usualMix,
  later: { plannedCalmMs: 5 * hour, cloneCalmMs: 36 * hour, tornCalmMs: 16 * hour },
};
export const mixes = { all: allMix, usual: usualMix, first: firstMix } as const;
export type MixName = keyof typeof mixes;

export function mixNamed(name: string | undefined): MixName | undefined {
  return name === 'all' || name === 'usual' || name === 'first' ? name : undefined;
}
