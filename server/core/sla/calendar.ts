// One plan's business time at one place: which milliseconds count. Made once and asked thousands of times: it keeps, for
// each UTC day, the open spans in milliseconds, and works them out from support hours, holidays and zone when first
// asked. The rule: an instant counts if the wall clock at the site shows an open minute of an open day. In an hour that
// a summer time skips nothing counts; an hour that it repeats counts twice. Never reads a clock.
import { limits } from '../../../shared/limits.ts';
import type { HolidaySwitches } from '../../../shared/sla-policy.ts';
import { type Instant, instant } from '../../../shared/time.ts';
import { type CivilDay, dateOf, weekdayOf } from './civil-day.ts';
import { type Holiday, holidaysOf, type Place } from './holidays.ts';
import { type MinuteSpan, type WeekOfHours, without } from './support-hours.ts';
import type { Zone } from './zone.ts';

/** From `from` to before `until`, in ms since 1970. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

export interface Calendar {
  readonly zone: Zone;
  /** Open spans of a UTC day, in order, never touching inside that day. */
  openOn(utcDay: CivilDay): OpenDay;
  /** What closes this day of the place's own calendar; most days nothing. */
  holidaysOn(localDay: CivilDay): readonly Holiday[];
  /** Open minutes of this day of the place's own calendar, without regard to the zone. */
  minutesOf(localDay: CivilDay): readonly MinuteSpan[];
  /** Whether support works on this day of the week at all (0 is Sunday). */
  worksOn(weekday: number): boolean;
  /** How often the kept days were thrown away because they were too many. */
  readonly cleared: number;
}

export interface OpenDay {
  readonly spans: readonly Span[];
  readonly openMs: number;
}

const dayMs = 86_400_000;
const minuteMs = 60_000;
const noHolidays: readonly Holiday[] = [];

export interface CalendarParts {
  readonly hours: WeekOfHours;
  readonly place: Pick<Place, 'state' | 'city'>;
  readonly zone: Zone;
  readonly switches: HolidaySwitches;
}

export function createCalendar({ hours, place, zone, switches }: CalendarParts): Calendar {
  const years = new Map<number, ReadonlyMap<CivilDay, readonly Holiday[]>>();
  const days = new Map<CivilDay, OpenDay>();
  let cleared = 0;

  const holidaysOn = (localDay: CivilDay): readonly Holiday[] => {
    const { year } = dateOf(localDay);
    let known = years.get(year);
    if (known === undefined) {
      known = byDay(holidaysOf(year, place, switches));
      years.set(year, known);
    }
    return known.get(localDay) ?? noHolidays;
  };
  const minutesOf = (localDay: CivilDay): readonly MinuteSpan[] => {
    let open = hours[weekdayOf(localDay)] ?? [];
    for (const { fromMinute, untilMinute } of holidaysOn(localDay)) {
      if (open.length === 0) break;
      open = without(open, { from: fromMinute, until: untilMinute });
    }
    return open;
  };
  const openOn = (utcDay: CivilDay): OpenDay => {
    const known = days.get(utcDay);
    if (known !== undefined) return known;
    if (days.size >= limits.slaDaysKeptMax) {
      days.clear();
      cleared += 1;
    }
    const spans = spansOf(utcDay, zone, minutesOf);
    const day = { spans, openMs: spans.reduce((sum, span) => sum + span.until - span.from, 0) };
    days.set(utcDay, day);
    return day;
  };
  return {
    zone,
    openOn,
    holidaysOn,
    minutesOf,
    worksOn: (weekday) => (hours[weekday] ?? []).length > 0,
    get cleared() {
      return cleared;
    },
  };
}

function byDay(holidays: readonly Holiday[]): ReadonlyMap<CivilDay, readonly Holiday[]> {
  const days = new Map<CivilDay, readonly Holiday[]>();
  for (const holiday of holidays) days.set(holiday.day, [...(days.get(holiday.day) ?? []), holiday]);
  return days;
}

/** Open spans inside one UTC day: for each stretch of constant offset, the local days that it touches. */
function spansOf(
  utcDay: CivilDay,
  zone: Zone,
  minutesOf: (localDay: CivilDay) => readonly MinuteSpan[],
): readonly Span[] {
  const found: Span[] = [];
  const start = utcDay * dayMs;
  for (const stretch of zone.stretches(start, start + dayMs)) {
    const firstLocal = Math.floor((stretch.from + stretch.offsetMs) / dayMs);
    const lastLocal = Math.floor((stretch.until - 1 + stretch.offsetMs) / dayMs);
    for (let localDay = firstLocal; localDay <= lastLocal; localDay += 1) {
      const midnight = localDay * dayMs - stretch.offsetMs;
      for (const minutes of minutesOf(localDay)) {
        const from = Math.max(stretch.from, midnight + minutes.from * minuteMs);
        const until = Math.min(stretch.until, midnight + minutes.until * minuteMs);
        if (from < until) found.push({ from, until });
      }
    }
  }
  return found;
}

/**
 * Business milliseconds in [from, to). 0 when `to` is not after `from`. Counting ends `limits.slaDaysMax` days after
 * `from` (20 years).
 */
export function businessMsBetween(from: Instant, to: Instant, calendar: Calendar): number {
  let sum = 0;
  const firstDay = Math.floor(from / dayMs);
  const lastDay = Math.min(Math.floor((to - 1) / dayMs), firstDay + limits.slaDaysMax);
  for (let utcDay = firstDay; utcDay <= lastDay; utcDay += 1) {
    const { spans, openMs } = calendar.openOn(utcDay);
    if (utcDay > firstDay && utcDay < lastDay) {
      sum += openMs;
      continue;
    }
    for (const span of spans) {
      const ms = Math.min(span.until, to) - Math.max(span.from, from);
      if (ms > 0) sum += ms;
    }
  }
  return sum;
}

/**
 * The first instant by which `ms` of business time have passed since `from`: the end of a day, not the beginning of the
 * next, when it ends exactly there. `from` itself for 0. Undefined when `limits.slaDaysMax` days do not hold so much
 * (everything is closed).
 */
export function addBusinessMs(from: Instant, ms: number, calendar: Calendar): Instant | undefined {
  if (ms <= 0) return from;
  let left = ms;
  const firstDay = Math.floor(from / dayMs);
  for (let utcDay = firstDay; utcDay <= firstDay + limits.slaDaysMax; utcDay += 1) {
    const { spans, openMs } = calendar.openOn(utcDay);
    if (utcDay > firstDay && openMs < left) {
      left -= openMs;
      continue;
    }
    for (const span of spans) {
      const start = Math.max(span.from, from);
      const open = span.until - start;
      if (open <= 0) continue;
      if (open >= left) return instant(start + left);
      left -= open;
    }
  }
  return undefined;
}

export function isOpenAt(at: Instant, calendar: Calendar): boolean {
  const { spans } = calendar.openOn(Math.floor(at / dayMs));
  return spans.some(({ from, until }) => at >= from && at < until);
}

/** The first open instant from `at` on, `at` itself if it is open; undefined when nothing opens for 20 years. */
export function nextOpeningFrom(at: Instant, calendar: Calendar): Instant | undefined {
  const firstDay = Math.floor(at / dayMs);
  for (let utcDay = firstDay; utcDay <= firstDay + limits.slaDaysMax; utcDay += 1) {
    const span = calendar.openOn(utcDay).spans.find(({ until }) => until > at);
    if (span !== undefined) return instant(Math.max(span.from, at));
  }
  return undefined;
}

/** The end of the open time that holds `at`, at most 8 days on; undefined when support is closed then. */
export function closingFrom(at: Instant, calendar: Calendar): Instant | undefined {
  let end: number = at;
  const firstDay = Math.floor(at / dayMs);
  for (let utcDay = firstDay; utcDay <= firstDay + 8; utcDay += 1) {
    for (const { from, until } of calendar.openOn(utcDay).spans) {
      if (from <= end && until > end) end = until;
    }
    if (end < (utcDay + 1) * dayMs) break;
  }
  return end === at ? undefined : instant(end);
}
