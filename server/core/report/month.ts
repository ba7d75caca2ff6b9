// A calendar month as instants, by the wall clock of a site. Conversion only: no clock is read.
import { assert } from '../../../shared/assert.ts';
import type { Span } from './spans.ts';

/** `2026-11`. Years 2000 to 2999: what a report can be about. */
export const monthPattern = /^2[0-9]{3}-(0[1-9]|1[0-2])$/;

/** Midnight to midnight at the place, so 28 to 31 days, an hour more or less where the clocks change. */
export function monthSpan(month: string, timeZone: string): Span {
  assert(monthPattern.test(month), 'a month is checked at the door');
  const first = Temporal.PlainDate.from(`${month}-01`);
  const startOf = (date: Temporal.PlainDate): number => date.toZonedDateTime(timeZone).epochMilliseconds;
  return { from: startOf(first), to: startOf(first.add({ months: 1 })) };
}

/** `2026-01` -> `2025-12`. */
export function monthBefore(month: string): string {
  assert(monthPattern.test(month), 'a month is checked at the door');
  return Temporal.PlainYearMonth.from(month).subtract({ months: 1 }).toString();
}
