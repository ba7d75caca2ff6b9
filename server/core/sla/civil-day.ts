// Days of the Gregorian calendar as plain numbers: 0 is 1970-01-01. Everything in this folder counts in them, because a
// number is compared, stepped and used as a key a thousand times faster than a date object. Knows no zone and no hour.
import { assert } from '../../../shared/assert.ts';

/** Days since 1970-01-01; whole, may be negative. */
export type CivilDay = number;

/** `month` 1..12. A day past the month's end runs over into the next month. Proleptic Gregorian, any year. */
export function civilDay(year: number, month: number, dayOfMonth: number): CivilDay {
  // Years that begin in March put the leap day at the end, where it disturbs no month (Hinnant, days_from_civil).
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + dayOfMonth - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

export interface CivilDate {
  readonly year: number;
  /** 1..12 */
  readonly month: number;
  readonly dayOfMonth: number;
}

export function dateOf(day: CivilDay): CivilDate {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return { year, month, dayOfMonth: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1 };
}

/** 0 is Sunday, as in `weekdays`. */
export function weekdayOf(day: CivilDay): number {
  return (((day + 4) % 7) + 7) % 7;
}

/** `2026-11-20`. */
export function isoOf(day: CivilDay): string {
  const { year, month, dayOfMonth } = dateOf(day);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(dayOfMonth)}`;
}

/** Easter Sunday by the Gregorian computus (Meeus, Astronomical Algorithms, ch. 8). Valid from 1583 on. */
export function easterOf(year: number): CivilDay {
  assert(year >= 1583, 'the Gregorian Easter is asked for a Gregorian year');
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return civilDay(year, Math.floor(n / 31), (n % 31) + 1);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
