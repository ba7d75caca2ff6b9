// Pauses stop a clock: intervals in which nobody could work (the customer asked to wait, a technician could not enter).
// Here they are put in order and joined, and a clock is run around them. Says nothing about who may pause.
import { limits } from '../../../shared/limits.ts';
import type { Instant } from '../../../shared/time.ts';

/** `until` absent: still paused, nobody knows how long. */
export interface Pause {
  readonly from: Instant;
  readonly until?: Instant;
}

/** In order, joined where they overlap or touch, the empty and the backward ones dropped. At most the first 200 count. */
export function joinedPauses(pauses: readonly Pause[]): readonly Pause[] {
  const joined: Pause[] = [];
  const real = pauses.filter(({ from, until }) => until === undefined || from < until);
  for (const pause of [...real].sort((a, b) => a.from - b.from).slice(0, limits.slaPausesMax)) {
    const last = joined.at(-1);
    if (last === undefined || (last.until !== undefined && pause.from > last.until)) joined.push(pause);
    else joined[joined.length - 1] = { from: last.from, until: laterEnd(last.until, pause.until) };
  }
  return joined;
}

function laterEnd(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  if (a === undefined || b === undefined) return undefined;
  return a >= b ? a : b;
}

export function isPausedAt(at: Instant, joined: readonly Pause[]): boolean {
  return joined.some(({ from, until }) => at >= from && (until === undefined || at < until));
}

/** A stretch in which the clock may run. `until` absent: without end. */
export interface Free {
  readonly from: Instant;
  readonly until?: Instant;
}

/** What lies between the pauses from `start` on. Empty when a pause without end covers it all. */
export function freeFrom(start: Instant, joined: readonly Pause[]): readonly Free[] {
  const free: Free[] = [];
  let cursor = start;
  for (const { from, until } of joined) {
    if (until !== undefined && until <= cursor) continue;
    if (from > cursor) free.push({ from: cursor, until: from });
    if (until === undefined) return free;
    cursor = until;
  }
  return [...free, { from: cursor }];
}
