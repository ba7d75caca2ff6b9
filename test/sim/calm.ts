// How dense the histories are. The mixes are written for short runs: some five faults a day and site, so that two days
// meet every kind. A month of that is no site's month. Long runs thin every kind alike, so that days without a fault,
// deadlines learned over weeks and spools that roll over are met too. Data only.
import { day, hour } from '../../shared/time.ts';
import { type FaultMix, type LaterMix, type MixName, mixes } from './mixes.ts';

/** Runs of so many days and more are calm unless told otherwise. */
export const longDaysMin = 15;
const usualCalmHours = mixes.usual.siteCalmMs / hour;
const longCalmHours = day / hour;

/** Mean hours of calm between two faults of a site, where nobody names them. */
export function defaultCalmHours(days: number): number {
  return days < longDaysMin ? usualCalmHours : longCalmHours;
}

/** The mix with `calmHours` (> 0) between two faults of a site, and all its other kinds rarer by the same factor. */
export function calmMix(name: MixName, calmHours: number): FaultMix {
  const mix = mixes[name];
  const times = (calmHours * hour) / mix.siteCalmMs;
  return {
    siteCalmMs: mix.siteCalmMs * times,
    poorCalmMs: mix.poorCalmMs * times,
    nocCalmMs: mix.nocCalmMs * times,
    serverCalmMs: mix.serverCalmMs * times,
    deskCalmMs: mix.deskCalmMs * times,
    extraCalmMs: mix.extraCalmMs * times,
    providerCalmMs: mix.providerCalmMs * times,
    noiseCalmMs: mix.noiseCalmMs * times,
    guests: mix.guests,
    ...(mix.later === undefined ? {} : { later: calmLater(mix.later, times) }),
  };
}

function calmLater(later: LaterMix, times: number): LaterMix {
  return {
    plannedCalmMs: later.plannedCalmMs * times,
    cloneCalmMs: later.cloneCalmMs * times,
    tornCalmMs: later.tornCalmMs * times,
  };
}
