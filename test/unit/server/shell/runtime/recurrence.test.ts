// Recurrence against a plain enumeration day by day, and the mistakes a person may make in a rule.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  expand,
  matchesStart,
  parseRecurrence,
  type Recurrence,
} from '../../../../../server/shell/runtime/recurrence.ts';
import { day, hour, type Instant, instant, toIso } from '../../../../../shared/time.ts';

const names = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
const saoPaulo = 'America/Sao_Paulo';

function parsed(text: string): Recurrence {
  const result = parseRecurrence(text);
  if (!result.ok) throw new Error(result.failure.issues?.map((issue) => issue.message).join('; '));
  return result.value;
}

function issuesOf(text: string): readonly string[] {
  const result = parseRecurrence(text);
  return result.ok ? [] : (result.failure.issues ?? []).map((issue) => issue.message);
}

function starts(text: string, from: string, days: number, timeZone = saoPaulo): string[] {
  const startsAt = instant(Date.parse(from));
  const range = { from: startsAt, to: instant(startsAt + days * day) };
  return expand({ recurrence: parsed(text), startsAt, timeZone, ...range }).map(toIso);
}

/** Slow and plain: asks each day whether the rule names it. Weekday and week by arithmetic of its own. */
function dayByDay(
  rule: Recurrence,
  startsAt: Instant,
  timeZone: string,
  range: { from: Instant; to: Instant },
) {
  const first = Temporal.Instant.fromEpochMilliseconds(startsAt).toZonedDateTimeISO(timeZone);
  const found: Instant[] = [];
  let counted = 0;
  let current = first.toPlainDate();
  for (let index = 0; index < 1_500; index += 1, current = current.add({ days: 1 })) {
    if (!isNamed(rule, first.toPlainDate(), current, index)) continue;
    const at = instant(
      current.toZonedDateTime({ timeZone, plainTime: first.toPlainTime() }).epochMilliseconds,
    );
    counted += 1;
    if (rule.count !== undefined && counted > rule.count) break;
    if (rule.until !== undefined && 'at' in rule.until && at > rule.until.at) break;
    if (at >= range.to) break;
    if (at >= range.from) found.push(at);
  }
  return found;
}

function isNamed(
  { freq, interval, byDay, byMonthDay }: Recurrence,
  first: Temporal.PlainDate,
  current: Temporal.PlainDate,
  index: number,
): boolean {
  const name = names[(Math.floor(Date.parse(`${current.toString()}T12:00:00Z`) / day) + 3) % 7];
  const last = current.add({ months: 1 }).with({ day: 1 }).subtract({ days: 1 }).day;
  const nth = Math.floor((current.day - 1) / 7) + 1;
  const nthLast = -(Math.floor((last - current.day) / 7) + 1);
  const weekdayNamed = byDay.some(
    (each) => each.day === name && (each.nth === undefined || each.nth === nth || each.nth === nthLast),
  );
  const dayNamed = byMonthDay.includes(current.day) || byMonthDay.includes(current.day - last - 1);
  if (freq === 'DAILY')
    return (
      index % interval === 0 && (byDay.length === 0 || weekdayNamed) && (byMonthDay.length === 0 || dayNamed)
    );
  if (freq === 'WEEKLY') {
    const week = Math.floor((index + first.dayOfWeek - 1) / 7);
    return (
      week % interval === 0 && (byDay.length === 0 ? current.dayOfWeek === first.dayOfWeek : weekdayNamed)
    );
  }
  const months = (current.year - first.year) * 12 + current.month - first.month;
  if (months % interval !== 0) return false;
  if (byDay.length + byMonthDay.length === 0) return current.day === first.day;
  return (byDay.length === 0 || weekdayNamed) && (byMonthDay.length === 0 || dayNamed);
}

const rules = fc
  .record({
    freq: fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY'),
    interval: fc.integer({ min: 1, max: 5 }),
    days: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 4 }),
    nth: fc.constantFrom('', '', '1', '2', '5', '-1'),
    monthDays: fc.uniqueArray(fc.constantFrom(1, 13, 29, 30, 31, -1, -2), { maxLength: 3 }),
    end: fc.oneof(
      fc.constant(''),
      fc.integer({ min: 1, max: 40 }).map((count) => `;COUNT=${count}`),
      fc.constantFrom(';UNTIL=20270610T030000Z', ';UNTIL=20261220T110000Z'),
    ),
  })
  .map(({ freq, interval, days, nth, monthDays, end }) => {
    const byDay =
      days.length === 0 ? '' : `;BYDAY=${days.map((each) => `${freq === 'MONTHLY' ? nth : ''}${each}`)}`;
    const byMonthDay = freq === 'WEEKLY' || monthDays.length === 0 ? '' : `;BYMONTHDAY=${monthDays}`;
    return `FREQ=${freq};INTERVAL=${interval}${byDay}${byMonthDay}${end}`;
  });

describe('recurrence: expansion', () => {
  it('gives what an enumeration day by day gives', () => {
    fc.assert(
      fc.property(
        rules,
        fc.integer({ min: 0, max: 500 * 24 }),
        fc.integer({ min: 0, max: 700 }),
        fc.constantFrom(saoPaulo, 'America/Manaus', 'America/New_York', 'UTC'),
        (text, startHour, fromDay, timeZone) => {
          const rule = parsed(text);
          const startsAt = instant(Date.UTC(2026, 0, 1) + startHour * hour);
          const from = instant(startsAt + fromDay * day);
          const range = { from, to: instant(from + 62 * day) };
          expect(expand({ recurrence: rule, startsAt, timeZone, ...range })).toEqual(
            dayByDay(rule, startsAt, timeZone, range),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keeps the wall clock where the clocks change', () => {
    expect(starts('FREQ=DAILY', '2026-03-07T08:00:00Z', 2, 'America/New_York')).toEqual([
      '2026-03-07T08:00:00.000Z',
      '2026-03-08T07:00:00.000Z',
      '2026-03-09T07:00:00.000Z',
    ]);
  });

  it('knows the second Tuesday and the last day of a month', () => {
    expect(starts('FREQ=MONTHLY;BYDAY=2TU', '2026-11-10T05:00:00Z', 62)).toEqual([
      '2026-11-10T05:00:00.000Z',
      '2026-12-08T05:00:00.000Z',
    ]);
    expect(starts('FREQ=MONTHLY;BYMONTHDAY=-1', '2026-11-30T05:00:00Z', 62)).toEqual([
      '2026-11-30T05:00:00.000Z',
      '2026-12-31T05:00:00.000Z',
    ]);
  });

  it('ends after COUNT occurrences and includes the day of UNTIL', () => {
    expect(starts('FREQ=DAILY;COUNT=2', '2026-11-10T05:00:00Z', 62)).toHaveLength(2);
    expect(starts('FREQ=DAILY;UNTIL=20261112', '2026-11-10T05:00:00Z', 62)).toHaveLength(3);
  });

  it('comes to an end when the rule never matches again', () => {
    expect(starts('FREQ=DAILY;BYMONTHDAY=31;BYDAY=MO;INTERVAL=7', '2026-11-10T05:00:00Z', 62)).toEqual([]);
  });

  it('says whether the first occurrence meets its own rule', () => {
    const tuesday = instant(Date.parse('2026-11-24T05:00:00Z'));
    expect(matchesStart(parsed('FREQ=WEEKLY;BYDAY=TU'), tuesday, saoPaulo)).toBe(true);
    expect(matchesStart(parsed('FREQ=WEEKLY;BYDAY=WE'), tuesday, saoPaulo)).toBe(false);
    // 01:00 UTC is still Monday in São Paulo.
    const night = instant(Date.parse('2026-11-24T01:00:00Z'));
    expect(matchesStart(parsed('FREQ=WEEKLY;BYDAY=MO'), night, saoPaulo)).toBe(true);
  });
});

describe('recurrence: mistakes', () => {
  it.each([
    ['', 'wanted: NAME=VALUE, given: ""'],
    ['FREQ=HOURLY', 'FREQ: wanted: DAILY, WEEKLY, MONTHLY, given: "HOURLY"'],
    ['INTERVAL=2', 'FREQ is missing; wanted: FREQ=DAILY|WEEKLY|MONTHLY'],
    ['FREQ=DAILY;INTERVAL=0', 'INTERVAL: wanted: 1 to 366, given: "0"'],
    ['FREQ=DAILY;FREQ=DAILY', 'FREQ stands twice'],
    [
      'FREQ=DAILY;BYSETPOS=1',
      'wanted: one of FREQ, INTERVAL, BYDAY, BYMONTHDAY, COUNT, UNTIL, given: "BYSETPOS"',
    ],
    ['FREQ=WEEKLY;BYDAY=XX', 'BYDAY: wanted: MO, TU, WE, TH, FR, SA, SU, or 2TU, -1SU, given: "XX"'],
    ['FREQ=WEEKLY;BYDAY=2TU', 'a number before a day (2TU) goes with FREQ=MONTHLY only'],
    ['FREQ=WEEKLY;BYMONTHDAY=1', 'BYMONTHDAY does not go with FREQ=WEEKLY'],
    ['FREQ=MONTHLY;BYMONTHDAY=0', 'BYMONTHDAY: wanted: 1 to 31, or -1 to -31, given: "0"'],
    ['FREQ=MONTHLY;BYMONTHDAY=32', 'BYMONTHDAY: wanted: 1 to 31, or -1 to -31, given: "32"'],
    ['FREQ=DAILY;COUNT=1001', 'COUNT: wanted: 1 to 1000, given: "1001"'],
    ['FREQ=DAILY;UNTIL=20261301', 'UNTIL: wanted: 20261231 or 20261231T235959Z, given: "20261301"'],
    ['FREQ=DAILY;COUNT=2;UNTIL=20261231', 'COUNT and UNTIL exclude each other'],
  ])('%s is refused with what is wanted', (text, message) => {
    expect(issuesOf(text)).toContain(message);
  });

  it('names all mistakes of a rule at once', () => {
    expect(issuesOf('FREQ=YEARLY;INTERVAL=x;BYDAY=FOO')).toHaveLength(3);
  });
});
