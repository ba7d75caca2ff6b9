// All faults of one run, drawn from the seed before anything runs: the first kinds, then the later ones where a site is
// calm. Data only.
import { extraFaults } from './extra-faults.ts';
import { type Fault, firstFaults } from './faults.ts';
import { laterFaults } from './later-faults.ts';
import { type FaultMix, usualMix } from './mixes.ts';
import type { World } from './world.ts';

/** All faults up to `days`, numbered in order of their start. */
export function drawFaults(
  seed: number,
  world: World,
  days: number,
  mix: FaultMix = usualMix,
): readonly Fault[] {
  const first = firstFaults(seed, world, days, mix);
  const known = [...first, ...extraFaults({ seed, world, days, mix }, first)];
  const all = [...known, ...laterFaults({ seed, world, days, mix }, known)];
  return all.sort((a, b) => a.at - b.at).map((fault, index) => ({ ...fault, id: index + 1 }));
}
