// Recurring maintenance: a small part of iCalendar's RRULE (RFC 5545, 3.3.10), expanded to instants in a site's zone.
// Stands outside the core, which knows instants only. The wall clock is kept: 02:00 stays 02:00 over a change of the
// clocks. Must never run longer than the horizon and the age of a window allow.
import { type Failure, failure } from '../../../shared/failure.ts';
import { limits } from '../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import { type Instant, instant } from '../../../shared/time.ts';

const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
type Weekday = (typeof weekdays)[number];

export interface WeekdayRule {
  readonly day: Weekday;
  /** `2TU` = the second Tuesday, `-1SU` = the last Sunday; with FREQ=MONTHLY only. */
  readonly nth?: number;
}

export interface Recurrence {
  readonly freq: 'DAILY' | 'WEEKLY' | 'MONTHLY';
  readonly interval: number;
  readonly byDay: readonly WeekdayRule[];
  /** 1 to 31, or -1 (the last day of the month) to -31. */
  readonly byMonthDay: readonly number[];
  readonly count?: number;
  /** Last instant at which an occurrence may start, or the last local day. */
  readonly until?: { readonly at: Instant } | { readonly day: string };
}

const intervalMax = 366;

/**
 * `FREQ=WEEKLY;BYDAY=TU,TH;INTERVAL=2;COUNT=10`. Fails with `input.invalid` and one issue for each mistake.
 * Known parts: FREQ (DAILY, WEEKLY, MONTHLY), INTERVAL, BYDAY, BYMONTHDAY, COUNT or UNTIL.
 */
export function parseRecurrence(text: string): Result<Recurrence> {
  const issues: string[] = [];
  const parts = new Map<string, string>();
  for (const part of text.replace(/^RRULE:/, '').split(';')) {
    const [name = '', value = '', ...rest] = part.split('=');
    if (value === '' || rest.length > 0) issues.push(`wanted: NAME=VALUE, given: "${part}"`);
    else if (!known.includes(name)) issues.push(`wanted: one of ${known.join(', ')}, given: "${name}"`);
    else if (parts.has(name)) issues.push(`${name} stands twice`);
    else parts.set(name, value);
  }
  const read = reader(parts, issues);
  const freq = read('FREQ', (value) => frequencies.find((each) => each === value), frequencies.join(', '));
  if (!parts.has('FREQ')) issues.push(`FREQ is missing; wanted: FREQ=${frequencies.join('|')}`);
  const interval = read('INTERVAL', whole(1, intervalMax), `1 to ${intervalMax}`) ?? 1;
  const byDay = read('BYDAY', listOf(weekdayRule), 'MO, TU, WE, TH, FR, SA, SU, or 2TU, -1SU') ?? [];
  const byMonthDay = read('BYMONTHDAY', listOf(monthDay), '1 to 31, or -1 to -31') ?? [];
  const count = read('COUNT', whole(1, limits.recurrenceCountMax), `1 to ${limits.recurrenceCountMax}`);
  const until = read('UNTIL', untilOf, '20261231 or 20261231T235959Z');
  if (count !== undefined && until !== undefined) issues.push('COUNT and UNTIL exclude each other');
  if (freq === 'WEEKLY' && byMonthDay.length > 0) issues.push('BYMONTHDAY does not go with FREQ=WEEKLY');
  if (freq !== 'MONTHLY' && byDay.some((each) => each.nth !== undefined))
    issues.push('a number before a day (2TU) goes with FREQ=MONTHLY only');
  if (issues.length > 0 || freq === undefined) return fail(mistakes(issues));
  return ok({
    freq,
    interval,
    byDay,
    byMonthDay,
    ...(count === undefined ? {} : { count }),
    ...(until === undefined ? {} : { until }),
  });
}

const known: readonly string[] = ['FREQ', 'INTERVAL', 'BYDAY', 'BYMONTHDAY', 'COUNT', 'UNTIL'];
const frequencies = ['DAILY', 'WEEKLY', 'MONTHLY'] as const;

function mistakes(issues: readonly string[]): Failure {
  const message = `the recurrence has ${issues.length} mistake(s)`;
  return failure('input.invalid', message, {
    issues: issues.map((each) => ({ path: 'body.recurrence', message: each })),
  });
}

type Read = <T>(name: string, parse: (value: string) => T | undefined, wanted: string) => T | undefined;

function reader(parts: ReadonlyMap<string, string>, issues: string[]): Read {
  return (name, parse, wanted) => {
    const value = parts.get(name);
    if (value === undefined) return undefined;
    const parsed = parse(value);
    if (parsed === undefined) issues.push(`${name}: wanted: ${wanted}, given: "${value}"`);
    return parsed;
  };
}

function whole(min: number, max: number): (value: string) => number | undefined {
  return (value) => {
    const number = /^-?\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
    return number >= min && number <= max ? number : undefined;
  };
}

function listOf<T>(parse: (value: string) => T | undefined): (value: string) => readonly T[] | undefined {
  return (value) => {
    const items = value.split(',').map(parse);
    const good = items.filter((item) => item !== undefined);
    return good.length === items.length && good.length <= 31 ? good : undefined;
  };
}

function weekdayRule(value: string): WeekdayRule | undefined {
  const match = /^(-?[1-5])?([A-Z]{2})$/.exec(value);
  const day = weekdays.find((each) => each === match?.[2]);
  if (match === null || day === undefined) return undefined;
  return match[1] === undefined ? { day } : { day, nth: Number(match[1]) };
}

function monthDay(value: string): number | undefined {
  const number = whole(-31, 31)(value);
  return number === 0 ? undefined : number;
}

function untilOf(value: string): Recurrence['until'] {
  const match = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)Z)?$/.exec(value);
  if (match === null) return undefined;
  const [, year, month, day, hours, minutes, seconds] = match;
  const text = `${year}-${month}-${day}`;
  try {
    if (hours === undefined) return { day: Temporal.PlainDate.from(text).toString() };
    const at = Temporal.Instant.from(`${text}T${hours}:${minutes}:${seconds}Z`);
    return { at: instant(at.epochMilliseconds) };
  } catch {
    return undefined;
  }
}

export interface Expansion {
  readonly recurrence: Recurrence;
  /** The first occurrence: gives the time of day and, where the rule names none, the day. */
  readonly startsAt: Instant;
  readonly timeZone: string;
  /** Wanted are starts from here ... */
  readonly from: Instant;
  /** ... to before here. */
  readonly to: Instant;
}

/** Starts of the occurrences in `from`..`to`, earliest first. */
export function expand({ recurrence, startsAt, timeZone, from, to }: Expansion): readonly Instant[] {
  const first = Temporal.Instant.fromEpochMilliseconds(startsAt).toZonedDateTimeISO(timeZone);
  const firstDay = first.toPlainDate();
  const timeOfDay = first.toPlainTime();
  const lastDay = Temporal.Instant.fromEpochMilliseconds(to).toZonedDateTimeISO(timeZone).toPlainDate();
  const starts: Instant[] = [];
  let counted = 0;
  for (let period = firstPeriod(recurrence, firstDay, from); ; period += 1) {
    const days = daysOf(recurrence, firstDay, period);
    if (days.from.since(lastDay).sign > 0) return starts;
    for (const day of days.matching) {
      if (Temporal.PlainDate.compare(day, firstDay) < 0) continue;
      const zoned = day.toZonedDateTime({ timeZone, plainTime: timeOfDay });
      const at = instant(zoned.epochMilliseconds);
      counted += 1;
      if (isPast(recurrence, day, at, counted)) return starts;
      if (at >= to) return starts;
      if (at >= from) starts.push(at);
    }
  }
}

/** Does the rule hold at its own start? A rule that does not would leave open whether that day counts. */
export function matchesStart(recurrence: Recurrence, startsAt: Instant, timeZone: string): boolean {
  const from = startsAt;
  const to = instant(startsAt + 1);
  return expand({ recurrence, startsAt, timeZone, from, to }).length === 1;
}

function isPast(
  { count, until }: Recurrence,
  day: Temporal.PlainDate,
  at: Instant,
  counted: number,
): boolean {
  if (count !== undefined && counted > count) return true;
  if (until === undefined) return false;
  return 'at' in until ? at > until.at : Temporal.PlainDate.compare(day, until.day) > 0;
}

/** Days, weeks or months after the first that cannot matter any more are skipped, unless they must be counted. */
function firstPeriod(
  { freq, interval, count }: Recurrence,
  firstDay: Temporal.PlainDate,
  from: Instant,
): number {
  if (count !== undefined) return 0;
  const fromDay = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO('UTC').toPlainDate();
  const days = firstDay.until(fromDay).days;
  const daysOfPeriod = freq === 'DAILY' ? interval : freq === 'WEEKLY' ? 7 * interval : 31 * interval;
  // Two periods early: the zone, and a week or month that has begun before.
  return Math.max(0, Math.floor(days / daysOfPeriod) - 2);
}

interface Days {
  /** First day of the period. */
  readonly from: Temporal.PlainDate;
  readonly matching: readonly Temporal.PlainDate[];
}

function daysOf(recurrence: Recurrence, firstDay: Temporal.PlainDate, period: number): Days {
  const { freq, interval } = recurrence;
  const step = period * interval;
  if (freq === 'DAILY') {
    const day = firstDay.add({ days: step });
    const matching = isNamedWeekday(recurrence, day) && isNamedMonthDay(recurrence, day) ? [day] : [];
    return { from: day, matching };
  }
  if (freq === 'WEEKLY') {
    const monday = firstDay.subtract({ days: firstDay.dayOfWeek - 1 }).add({ days: 7 * step });
    const week = Array.from({ length: 7 }, (_each, index) => monday.add({ days: index }));
    const named = recurrence.byDay.length > 0;
    const matching = week.filter((day) =>
      named ? isNamedWeekday(recurrence, day) : day.dayOfWeek === firstDay.dayOfWeek,
    );
    return { from: monday, matching };
  }
  const from = firstDay.with({ day: 1 }).add({ months: step });
  const month = Array.from({ length: from.daysInMonth }, (_each, index) => from.add({ days: index }));
  const named = recurrence.byDay.length + recurrence.byMonthDay.length > 0;
  const matching = month.filter((day) =>
    named ? isNamedWeekday(recurrence, day) && isNamedMonthDay(recurrence, day) : day.day === firstDay.day,
  );
  return { from, matching };
}

/** No name given = every day has it. */
function isNamedWeekday({ byDay }: Recurrence, day: Temporal.PlainDate): boolean {
  const fromStart = Math.ceil(day.day / 7);
  const fromEnd = -Math.ceil((day.daysInMonth - day.day + 1) / 7);
  const name = weekdays[day.dayOfWeek - 1];
  return (
    byDay.length === 0 ||
    byDay.some(
      (each) =>
        each.day === name && (each.nth === undefined || each.nth === fromStart || each.nth === fromEnd),
    )
  );
}

function isNamedMonthDay({ byMonthDay }: Recurrence, day: Temporal.PlainDate): boolean {
  return (
    byMonthDay.length === 0 ||
    byMonthDay.some((each) => each === day.day || each === day.day - day.daysInMonth - 1)
  );
}
