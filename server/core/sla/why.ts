// Why a deadline is what it is: day by day what counted, what did not and which holiday was to blame, as data that a
// person can check with a calendar. `why-sentence.ts` says it in words. Costs more than `slaOf`; asked for one incident
// at a time (its page, its ticket), not for the whole wall.
import { limits } from '../../../shared/limits.ts';
import type { SlaClock } from '../../../shared/plan-policy.ts';
import { earlier, type Instant, instant, later } from '../../../shared/time.ts';
import type { Calendar } from './calendar.ts';
import type { Calendars } from './calendars.ts';
import { type CivilDay, weekdayOf } from './civil-day.ts';
import type { Holiday } from './holidays.ts';
import { joinedPauses } from './pauses.ts';
import { type Counting, countedMs, explainedUntil, type Sla, type SlaQuestion, slaOf } from './sla.ts';

export interface LocalMoment {
  readonly day: CivilDay;
  /** 0..1439 */
  readonly minute: number;
}

/** - `day`: one day of the site. - `folded`: days of the middle, told as a sum. */
export type WhyEntry =
  | {
      readonly kind: 'day';
      readonly day: CivilDay;
      readonly countedMs: number;
      /** Taken out of this day's count by pauses. */
      readonly pausedMs: number;
      /** When support closed that day, if the clock stood still from then on; minutes of the day. */
      readonly closedAtMinute?: number;
      /** Why nothing of it counted. */
      readonly out?: 'weekend' | 'holiday' | 'closed' | 'paused';
      /** Holidays of the day that took hours from it, with the law that makes each one. */
      readonly holidays: readonly Pick<Holiday, 'name' | 'law' | 'scope'>[];
    }
  | {
      readonly kind: 'folded';
      readonly days: number;
      readonly countedMs: number;
    };

export interface Why {
  readonly sla: Sla;
  readonly clock: SlaClock;
  readonly from: LocalMoment;
  /** The deadline, or now where there is none yet. */
  readonly until: LocalMoment;
  readonly untilIsDue: boolean;
  /** Empty for a clock of 24 hours a day: there is nothing to explain but its pauses. */
  readonly days: readonly WhyEntry[];
  /** In all, on this clock. */
  readonly pausedMs: number;
}

const dayMs = 86_400_000;
const minuteMs = 60_000;

export function whyOf(question: SlaQuestion, calendars: Calendars): Why {
  const sla = slaOf(question, calendars);
  const calendar = calendars.of(question.plan, question.place, question.customer);
  const counting: Counting = { clock: sla.clock, calendar, pauses: joinedPauses(question.pauses) };
  const until = explainedUntil(sla, question.now);
  const from = momentOf(sla.startedAt, calendar);
  const end = momentOf(until, calendar);
  return {
    sla,
    clock: sla.clock,
    from,
    until: end,
    untilIsDue: sla.dueAt !== undefined,
    days: sla.clock === '24x7' ? [] : daysOf({ from: sla.startedAt, until, counting }),
    pausedMs:
      countedMs(sla.startedAt, until, { ...counting, pauses: [] }) -
      countedMs(sla.startedAt, until, counting),
  };
}

function momentOf(at: Instant, calendar: Calendar): LocalMoment {
  const local = at + calendar.zone.offsetAt(at);
  const day = Math.floor(local / dayMs);
  return { day, minute: Math.floor((local - day * dayMs) / minuteMs) };
}

interface Stretch {
  readonly from: Instant;
  readonly until: Instant;
  readonly counting: Counting;
}

function daysOf({ from, until, counting }: Stretch): readonly WhyEntry[] {
  const { calendar } = counting;
  const first = momentOf(from, calendar).day;
  const last = Math.min(momentOf(until, calendar).day, first + limits.slaDaysMax);
  const entries: WhyEntry[] = [];
  const half = Math.floor(limits.slaWhyDaysMax / 2);
  let folded = { days: 0, countedMs: 0 };
  for (let day = first; day <= last; day += 1) {
    const entry = dayEntry(day, { from, until, counting });
    const inTheMiddle = day - first >= half && last - day >= half;
    if (last - first < limits.slaWhyDaysMax || !inTheMiddle) {
      if (folded.days > 0) entries.push({ kind: 'folded', ...folded });
      folded = { days: 0, countedMs: 0 };
      entries.push(entry);
    } else folded = { days: folded.days + 1, countedMs: folded.countedMs + entry.countedMs };
  }
  return entries;
}

function dayEntry(day: CivilDay, { from, until, counting }: Stretch): Extract<WhyEntry, { kind: 'day' }> {
  const { calendar } = counting;
  const start = startOf(day, calendar);
  const end = startOf(day + 1, calendar);
  const begins = later(from, start);
  const ends = earlier(until, end);
  const counted = countedMs(begins, ends, counting);
  const open = countedMs(begins, ends, { ...counting, pauses: [] });
  const minutes = calendar.minutesOf(day);
  const closes = minutes.at(-1)?.until;
  const reason = minutes.length === 0 ? reasonOf(day, calendar) : 'closed';
  return {
    kind: 'day',
    day,
    countedMs: counted,
    pausedMs: open - counted,
    closedAtMinute: counted > 0 && counted === open && until > ends ? closes : undefined,
    out: counted > 0 ? undefined : open > 0 ? 'paused' : reason,
    holidays: weekdayOff(day, calendar)
      ? []
      : calendar.holidaysOn(day).map(({ name, law, scope }) => ({ name, law, scope })),
  };
}

function reasonOf(day: CivilDay, calendar: Calendar): 'weekend' | 'holiday' | 'closed' {
  if (weekdayOff(day, calendar)) return 'weekend';
  return calendar.holidaysOn(day).length > 0 ? 'holiday' : 'closed';
}

/** Closed by the week itself, so that no holiday is to blame. */
function weekdayOff(day: CivilDay, calendar: Calendar): boolean {
  if (calendar.minutesOf(day).length > 0) return false;
  const weekday = weekdayOf(day);
  return weekday === 0 || weekday === 6 ? !calendar.worksOn(weekday) : false;
}

/** The first instant of a local day: where the zone skips midnight, the first minute after the gap. */
function startOf(day: CivilDay, calendar: Calendar): Instant {
  const midnight = day * dayMs;
  // No zone is farther from UTC than 15 hours.
  for (const stretch of calendar.zone.stretches(midnight - 15 * 3_600_000, midnight + 15 * 3_600_000)) {
    const at = Math.max(stretch.from, midnight - stretch.offsetMs);
    if (at < stretch.until && at + stretch.offsetMs >= midnight) return instant(at);
  }
  return instant(midnight);
}
