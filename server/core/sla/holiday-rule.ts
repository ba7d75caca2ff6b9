// What a line of the holiday lists means: on which day of a year it falls, by which law, and what is not sure about it.
// The lists themselves are `national-holidays.ts`, `state-holidays.ts` and `city-holidays.ts`. Names and laws are shown
// to people as they stand (Brazilian proper names; they are not translated).
import { assert, assertNever, present } from '../../../shared/assert.ts';
import { type CivilDay, civilDay, dateOf, easterOf, weekdayOf } from './civil-day.ts';

/** `01-25` (month-day), or days from Easter Sunday such as `easter+60`. */
export type HolidayDate = `${number}-${number}` | `easter${'+' | '-'}${number}`;

/**
 * How a law moves its day.
 * - `acre`: from Tuesday, Wednesday or Thursday to Friday (Lei estadual 2.126/2009, as amended by 2.247/2009).
 * - `alagoas`: from Tuesday to Monday, from Thursday to Friday (Lei estadual 7.530/2013, single paragraph).
 * - `sunday`: from a working day to the Sunday after it (Lei estadual 12.906/2004, now in 18.531/2022).
 */
export type Moved = 'acre' | 'alagoas' | 'sunday';

/** Days that a switch of the configuration decides on. */
export type SwitchedDay = 'carnival-monday' | 'carnival-tuesday' | 'ash-wednesday' | 'corpus-christi';

export interface HolidayRule {
  readonly on: HolidayDate;
  readonly name: string;
  readonly law: string;
  /** The first year in which the law holds; absent: all of 2024-2030 and before. */
  readonly fromYear?: number;
  readonly moved?: Moved;
  /** Days that a decree set for single years, against the rule; `MM-DD` by year. */
  readonly byYear?: Readonly<Record<number, `${number}-${number}`>>;
  readonly switched?: SwitchedDay;
  /** What could not be confirmed, for whoever checks the list; in Portuguese, because an operator reads it. */
  readonly doubt?: string;
}

/** The day of this year on which the rule's holiday is kept; undefined before its law, or on 29 February without one. */
export function dayOfRule(rule: HolidayRule, year: number): CivilDay | undefined {
  if (rule.fromYear !== undefined && year < rule.fromYear) return undefined;
  const decreed = rule.byYear?.[year];
  if (decreed !== undefined) return dayOfDate(decreed, year);
  const day = dayOfDate(rule.on, year);
  if (day === undefined || rule.moved === undefined) return day;
  return movedDay(day, rule.moved);
}

/** @returns undefined when the year has no such day (29 February). */
export function dayOfDate(on: HolidayDate, year: number): CivilDay | undefined {
  const parts = /^(?:easter([+-]\d+)|(\d\d)-(\d\d))$/.exec(on);
  assert(parts !== null, `a holiday's date is written MM-DD or easter+n: ${on}`);
  const [, offset, month, dayOfMonth] = parts;
  if (offset !== undefined) return easterOf(year) + Number(offset);
  const wanted = Number(present(month, 'month'));
  const day = civilDay(year, wanted, Number(present(dayOfMonth, 'day of month')));
  return dateOf(day).month === wanted ? day : undefined;
}

function movedDay(day: CivilDay, moved: Moved): CivilDay {
  const weekday = weekdayOf(day);
  switch (moved) {
    case 'acre':
      return weekday >= 2 && weekday <= 4 ? day + (5 - weekday) : day;
    case 'alagoas':
      if (weekday === 2) return day - 1;
      return weekday === 4 ? day + 1 : day;
    case 'sunday':
      return weekday === 0 ? day : day + (7 - weekday);
    default:
      return assertNever(moved);
  }
}
