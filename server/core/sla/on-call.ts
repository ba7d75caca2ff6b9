// Who is on call now, until when, and who comes next: what a person wants to know before an escalation calls anybody. Looks
// at the instants at which the rota can change, within two weeks; `rota.ts` answers for each of them. Pure.
import type { OnCallRole, Rota } from '../../../shared/sla-policy.ts';
import { day, type Instant, instant, minute } from '../../../shared/time.ts';
import { isoOf } from './civil-day.ts';
import { onCallAt } from './rota.ts';
import type { Zone } from './zone.ts';

export interface OnCallSpell {
  readonly from: Instant;
  /** Absent: no change within the two weeks. */
  readonly until?: Instant;
  /** Empty: the rota names nobody. */
  readonly people: readonly string[];
}

export interface OnCallOutlook {
  /** `from` is the moment asked for: when it began is not looked up. */
  readonly now: OnCallSpell;
  /** The next who are somebody, perhaps after a stretch of nobody; absent: none within the two weeks. */
  readonly next?: OnCallSpell;
}

/** A turn of a week is over within it, whatever day it began on; an override may lie beyond. */
const outlookMs = 14 * day;

export function onCallOutlook(role: OnCallRole, at: Instant, rota: Rota, zone: Zone): OnCallOutlook {
  const spells: OnCallSpell[] = [{ from: at, people: onCallAt(role, at, rota, zone) }];
  for (const from of changePoints(role, at, rota, zone)) {
    const people = onCallAt(role, from, rota, zone);
    const last = spells.at(-1);
    if (last === undefined || same(last.people, people)) continue;
    spells[spells.length - 1] = { ...last, until: from };
    spells.push({ from, people });
    // Now, at most a stretch without anybody, the next and its end.
    if (spells.length > 3) break;
  }
  const [now = { from: at, people: [] }, ...later] = spells;
  return { now, next: later.find(({ people }) => people.length > 0) };
}

/** Every instant after `at` at which a line of this role begins or ends, a day begins, or the zone's clock jumps. */
function changePoints(role: OnCallRole, at: Instant, rota: Rota, zone: Zone): readonly Instant[] {
  const until = at + outlookMs;
  const minutes = new Set([
    0,
    ...rota.weekly.filter((each) => each.role === role).flatMap(({ from, until }) => [from, until]),
  ]);
  const overrides = rota.overrides.filter((each) => each.role === role);
  const found = new Set<number>();
  for (const stretch of zone.stretches(at, until)) {
    found.add(stretch.from);
    const localFrom = stretch.from + stretch.offsetMs;
    const firstDay = Math.floor(localFrom / day);
    const lastDay = Math.floor((stretch.until + stretch.offsetMs) / day);
    for (let today = firstDay; today <= lastDay; today += 1) {
      const wall = isoOf(today);
      const turns = overrides.flatMap(({ from, until: end }) =>
        [from, end].filter((each) => each.startsWith(wall)),
      );
      for (const minuteOfDay of [...minutes, ...turns.map(minuteOf)]) {
        const point = today * day + minuteOfDay * minute - stretch.offsetMs;
        if (point >= stretch.from && point < stretch.until) found.add(point);
      }
    }
  }
  return [...found]
    .filter((point) => point > at)
    .sort((a, b) => a - b)
    .map(instant);
}

/** Of `2026-12-24T18:00`. */
function minuteOf(wall: string): number {
  const [hours = 0, minutes = 0] = wall.slice(11).split(':').map(Number);
  return hours * 60 + minutes;
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}
