// The hours in which support works by one contract, as a week of minutes. Whose hours they are says `contract.ts`. Knows
// no zone and no holiday.
import { type Opening, weekdays } from '../../../shared/plan-policy.ts';

/** Minutes of a local day, from the first to before the last; 0..1440. */
export interface MinuteSpan {
  readonly from: number;
  readonly until: number;
}

/** Index 0 is Sunday. Spans of a day are in order and never touch. */
export type WeekOfHours = readonly (readonly MinuteSpan[])[];

export function supportHours(openings: readonly Opening[]): WeekOfHours {
  return weekdays.map((weekday) => joined(openings.filter(({ days }) => days.includes(weekday))));
}

/** Spans that overlap or touch become one. */
function joined(spans: readonly MinuteSpan[]): readonly MinuteSpan[] {
  const result: MinuteSpan[] = [];
  for (const { from, until } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && from <= last.until) {
      result[result.length - 1] = { from: last.from, until: Math.max(last.until, until) };
    } else result.push({ from, until });
  }
  return result;
}

/** What is left of the spans outside this closure. */
export function without(spans: readonly MinuteSpan[], closed: MinuteSpan): readonly MinuteSpan[] {
  return spans.flatMap(({ from, until }) =>
    [
      { from, until: Math.min(until, closed.from) },
      { from: Math.max(from, closed.until), until },
    ].filter((rest) => rest.from < rest.until),
  );
}
