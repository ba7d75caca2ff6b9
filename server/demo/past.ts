// What has happened in the fleet of the demonstration before it begins: two months of measurements, the outages in them,
// and when each site's agents were enrolled. Worked out when somebody asks, never stored: the same fleet, the same past.
// Outages are told by the agents as late data, which never opens a ticket.
import { seededRandom } from '../../shared/random.ts';
import { day, hour, type Instant, instant, minute, plus, second } from '../../shared/time.ts';
import type { Rollup } from '../../shared/wire/messages.ts';
import { type DemoSite, demoSites } from './fleet.ts';

export interface MeasuredMinute {
  readonly site: DemoSite;
  /** Index of the link among the site's own. */
  readonly link: number;
  readonly startOf: Instant;
  readonly trouble: 'up' | 'down' | 'degraded';
}

/** Twelve rounds of a link: quiet, slow and lossy, or dead. */
export function calmMinute({ site, link, startOf, trouble }: MeasuredMinute): Omit<Rollup, 'seq'> {
  const at = minuteOf(startOf);
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

export interface PastOutage {
  readonly customer: string;
  readonly link: number;
  readonly from: Instant;
  readonly to: Instant;
}

export interface Past {
  /** The story follows from here on. */
  readonly until: Instant;
  /** Of all sites, the oldest first; no two at the same time, so that each is one link's own. */
  readonly outages: readonly PastOutage[];
  /** Before the month before the present one began, whatever the day; of each site another. */
  readonly enrolledAt: (site: DemoSite) => Instant;
}

/** The outages that the newcomer sees first, in hours before the story and in minutes. */
const recent = [
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
] as const;

/** How often a link of a provider fails in 30 days, and for how many minutes in the mean. */
const habits: Readonly<Record<string, { readonly monthly: number; readonly minutes: number }>> = {
  algar: { monthly: 0.35, minutes: 14 },
  tim: { monthly: 0.8, minutes: 18 },
  vivo: { monthly: 1, minutes: 24 },
  claro: { monthly: 1.3, minutes: 34 },
  brisanet: { monthly: 1.6, minutes: 52 },
};

/** This month and the one before, at the most; the last days are told by `recent`. */
const reachDays = 62;
const recentDays = 6;
/** Between any two outages. */
const apartMs = 20 * minute;
const triesMax = 30;
const seed = 4_100;

export function createPast(until: Instant): Past {
  const outages: PastOutage[] = recent.map(({ customer, link, hoursAgo, minutes }) => {
    const from = plus(until, -hoursAgo * hour);
    return { customer, link, from, to: plus(from, minutes * minute + 17 * second) };
  });
  const random = seededRandom(seed);
  for (const { customer, links } of demoSites) {
    for (const [link, { provider }] of links.entries()) {
      const { monthly, minutes } = habits[provider] ?? { monthly: 0, minutes: 0 };
      const times = Math.floor((monthly * reachDays) / 30 + random.next());
      for (let time = 0; time < times; time += 1) {
        const lastMs = Math.round(minutes * (0.2 + 1.6 * random.next())) * minute + random.below(minute);
        const free = placeFor(lastMs, { outages, until, random });
        if (free !== undefined) outages.push({ customer, link, from: free, to: plus(free, lastMs) });
      }
    }
  }
  return {
    until,
    outages: outages.sort((a, b) => a.from - b.from),
    enrolledAt: ({ customer, city }) =>
      plus(until, -(reachDays + 2 + ((customer.length * 7 + city.length * 3) % 24)) * day),
  };
}

interface Placing {
  readonly outages: readonly PastOutage[];
  readonly until: Instant;
  readonly random: ReturnType<typeof seededRandom>;
}

/** Undefined: no place was found, and the link has one outage less. */
function placeFor(lastMs: number, { outages, until, random }: Placing): Instant | undefined {
  const widthMs = (reachDays - recentDays) * day - lastMs;
  for (let tried = 0; tried < triesMax; tried += 1) {
    const from = plus(until, -reachDays * day + random.below(widthMs));
    const to = plus(from, lastMs);
    if (outages.every((each) => to + apartMs < each.from || each.to + apartMs < from)) return from;
  }
  return undefined;
}

/** The past's minutes of one link within the time asked for, the oldest first. */
export function pastMinutes(
  { outages, until, enrolledAt }: Past,
  {
    site,
    link,
    from,
    to,
  }: Pick<MeasuredMinute, 'site' | 'link'> & { readonly from: number; readonly to: number },
): readonly Omit<Rollup, 'seq'>[] {
  const first = Math.ceil(Math.max(from, enrolledAt(site)) / minute) * minute;
  const own = outages.filter((each) => each.customer === site.customer && each.link === link);
  const minutes: Omit<Rollup, 'seq'>[] = [];
  for (let at = first; at < to && at <= until; at += minute) {
    const down = own.some((each) => each.from < at + minute / 2 && at + minute / 2 < each.to);
    minutes.push(calmMinute({ site, link, startOf: instant(at), trouble: down ? 'down' : 'up' }));
  }
  return minutes;
}

export function minuteOf(at: Instant): Instant {
  return instant(Math.floor(at / minute) * minute);
}

/** Between -2 and 2, without a period that the eye finds. */
function waveAt(step: number, phase: number): number {
  return Math.sin(step * 0.61 + phase) + Math.sin(step * 0.173 + phase * 2.7);
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
