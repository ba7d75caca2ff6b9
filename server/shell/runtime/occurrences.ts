// When a maintenance window happens: its occurrences as instants, ahead and, for a preview, back in time. Stands between what a
// person defined and the core, which knows instants only. Pure conversion: reads no clock.
import { day, type Instant, instant, plus } from '../../../shared/time.ts';
import type { Occurrence } from '../../core/planned.ts';
import type { WindowDefinition } from '../../ports/planned.ts';
import { expand, parseRecurrence, type Recurrence } from './recurrence.ts';

export type WindowTimes = Pick<WindowDefinition, 'startsAt' | 'endsAt' | 'recurrence' | 'returnBy'>;

export interface TimeSpan {
  readonly from: Instant;
  readonly to: Instant;
}

/**
 * Those that are not over at `from` and, where the window recurs, start before `to`; earliest first. A window that happens
 * once is given however far ahead it is.
 */
export function occurrencesOf(
  window: WindowTimes,
  timeZone: string,
  { from, to }: TimeSpan,
): readonly Occurrence[] {
  const { startsAt, endsAt } = window;
  const recurrence = recurrenceOf(window);
  const starts =
    recurrence === undefined
      ? [startsAt]
      : expand({ recurrence, startsAt, timeZone, from: instant(from - (endsAt - startsAt) + 1), to });
  return starts.map((start) => occurrenceAt(window, start)).filter((each) => each.endsAt > from);
}

/**
 * The same rule as if it had always stood: what touches `from`..`to`, also before the window's own start. Its end (COUNT,
 * UNTIL) is left aside. A window that happens once has only itself.
 */
export function occurrencesBack(
  window: WindowTimes,
  timeZone: string,
  { from, to }: TimeSpan,
): readonly Occurrence[] {
  const recurrence = recurrenceOf(window);
  const back = instant(from - (window.endsAt - window.startsAt));
  const starts =
    recurrence === undefined
      ? [window.startsAt]
      : expand({ ...backdated(recurrence, window.startsAt, timeZone, back), timeZone, from: back, to });
  return starts
    .map((start) => occurrenceAt(window, start))
    .filter((each) => each.endsAt > from && each.startsAt < to);
}

/** What stands in the store was parsed when it came in; a release that knows less takes the first occurrence. */
function recurrenceOf({ recurrence }: WindowTimes): Recurrence | undefined {
  const parsed = recurrence === undefined ? undefined : parseRecurrence(recurrence);
  return parsed?.ok === true ? parsed.value : undefined;
}

function occurrenceAt({ startsAt, endsAt, returnBy }: WindowTimes, start: Instant): Occurrence {
  return {
    startsAt: start,
    endsAt: plus(start, endsAt - startsAt),
    ...(returnBy === undefined ? {} : { returnBy: plus(start, returnBy - startsAt) }),
  };
}

/**
 * The rule with a first day before `from`, whole periods earlier, so that every second week stays the same second week. A
 * monthly rule begins on the first of its month, and names the day that its first occurrence would have given.
 */
function backdated(
  { freq, interval, byDay, byMonthDay }: Recurrence,
  startsAt: Instant,
  timeZone: string,
  from: Instant,
): { readonly recurrence: Recurrence; readonly startsAt: Instant } {
  const first = Temporal.Instant.fromEpochMilliseconds(startsAt).toZonedDateTimeISO(timeZone);
  const days = Math.max(0, Math.ceil((startsAt - from) / day)) + 1;
  const periods = (daysOfPeriod: number): number => interval * Math.ceil(days / (daysOfPeriod * interval));
  const unnamed = byDay.length + byMonthDay.length === 0;
  const early =
    freq === 'DAILY'
      ? first.subtract({ days: periods(1) })
      : freq === 'WEEKLY'
        ? first.subtract({ weeks: periods(7) })
        : first.with({ day: 1 }).subtract({ months: periods(28) });
  return {
    recurrence: {
      freq,
      interval,
      byDay,
      byMonthDay: freq === 'MONTHLY' && unnamed ? [first.day] : byMonthDay,
    },
    startsAt: instant(early.epochMilliseconds),
  };
}
