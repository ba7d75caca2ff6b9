// What the agents of the demonstration remember when it begins: hours of measurements for the charts, and outages of the
// last days, which the server takes for history (late data never opens a ticket). Pure: the same fleet, the same past.
import { hour, type Instant, instant, minute, plus, second } from '../../shared/time.ts';
import type { Rollup } from '../../shared/wire/messages.ts';
import type { DemoSite } from './fleet.ts';

/** How far back the charts reach. */
const pastMinutes = 180;

export interface MeasuredMinute {
  readonly site: DemoSite;
  /** Index of the link among the site's own. */
  readonly link: number;
  readonly startOf: Instant;
  readonly trouble: 'up' | 'down' | 'degraded';
}

/** Twelve rounds of a link: quiet, slow and lossy, or dead. */
export function calmMinute({ site, link, startOf, trouble }: MeasuredMinute): Omit<Rollup, 'seq'> {
  const at = instant(Math.floor(startOf / minute) * minute);
  const key = site.links[link]?.key ?? '';
  const sent = 36;
  if (trouble === 'down') return { at, link: key, sent, lost: sent };
  const wave = waveAt(at / minute, site.customer.length + link * 5);
  const base = trouble === 'degraded' ? 120 : 9 + ((site.city.length * 3 + link * 11) % 34);
  const avg = base * (1 + 0.12 * wave);
  return {
    at,
    link: key,
    sent,
    lost: trouble === 'degraded' ? 7 + Math.round(wave) : wave > 1.75 ? 1 : 0,
    rttMinMs: tenth(avg * 0.86),
    rttAvgMs: tenth(avg),
    rttMaxMs: tenth(avg * 1.5 + 4 + 3 * Math.abs(wave)),
    rttP95Ms: tenth(avg * 1.3 + 2),
    jitterMs: tenth(trouble === 'degraded' ? 38 + 4 * wave : 1.2 + 0.6 * Math.abs(wave)),
  };
}

/** All links of a site, the oldest minute first. */
export function pastRollups(site: DemoSite, now: Instant): readonly Omit<Rollup, 'seq'>[] {
  return Array.from({ length: pastMinutes }, (_, index) => plus(now, (index - pastMinutes) * minute)).flatMap(
    (startOf) => site.links.map((_, link) => calmMinute({ site, link, startOf, trouble: 'up' })),
  );
}

export interface PastOutage {
  readonly customer: string;
  readonly link: number;
  readonly hoursAgo: number;
  readonly minutes: number;
}

/** Within the seven days that an agent's spool holds. */
export const pastOutages: readonly PastOutage[] = [
  { customer: 'aurora', link: 0, hoursAgo: 31, minutes: 14 },
  { customer: 'aurora', link: 0, hoursAgo: 97, minutes: 42 },
  { customer: 'aurora', link: 1, hoursAgo: 120, minutes: 6 },
  { customer: 'mare', link: 0, hoursAgo: 54, minutes: 88 },
  { customer: 'serra', link: 0, hoursAgo: 20, minutes: 3 },
  { customer: 'serra', link: 0, hoursAgo: 44, minutes: 5 },
  { customer: 'figo', link: 0, hoursAgo: 76, minutes: 21 },
  { customer: 'norte', link: 0, hoursAgo: 63, minutes: 190 },
  { customer: 'equador', link: 0, hoursAgo: 138, minutes: 75 },
  { customer: 'coral', link: 1, hoursAgo: 12, minutes: 33 },
];

export function stretchOf({ hoursAgo, minutes }: PastOutage, now: Instant) {
  const from = plus(now, -hoursAgo * hour);
  return { from, to: plus(from, minutes * minute + 17 * second) };
}

/** Between -2 and 2, without a period that the eye finds. */
function waveAt(step: number, phase: number): number {
  return Math.sin(step * 0.61 + phase) + Math.sin(step * 0.173 + phase * 2.7);
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
