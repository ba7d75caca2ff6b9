// A site's finished outages of the last 30 days: for the history line of a ticket, and so that the same outage told by
// two agents, or told late, is recorded once.
import { limits } from '../../../shared/limits.ts';
import { day, type Instant } from '../../../shared/time.ts';
import type { PastOutage, SiteState } from '../state.ts';

const historyMs = 30 * day;

export function rememberOutage(site: SiteState, outage: PastOutage, now: Instant): SiteState {
  const kept = site.past.filter((each) => now - each.to <= historyMs);
  return { ...site, past: [...kept, outage].slice(-limits.pastOutagesMax) };
}

/** Already known: the same cause with any common moment. */
export function isRemembered(site: SiteState, outage: Pick<PastOutage, 'causeKey' | 'from' | 'to'>): boolean {
  return site.past.some(
    (each) => each.causeKey === outage.causeKey && each.from <= outage.to && outage.from <= each.to,
  );
}

export interface PastTotals {
  readonly count: number;
  readonly downtimeMs: number;
  /** The one that began last. */
  readonly last?: PastOutage;
}

/** Of the 30 days before `now`; planned work is no occurrence. */
export function pastTotals(site: SiteState, causeKey: string, now: Instant): PastTotals {
  const own = site.past.filter(
    (each) => each.causeKey === causeKey && each.planned !== true && now - each.to <= historyMs,
  );
  return {
    count: own.length,
    downtimeMs: own.reduce((sum, each) => sum + each.downtimeMs, 0),
    last: own.reduce<PastOutage | undefined>(
      (last, each) => (last === undefined || each.from >= last.from ? each : last),
      undefined,
    ),
  };
}
