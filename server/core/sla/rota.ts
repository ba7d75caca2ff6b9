// Who is on call at an instant: a weekly rota in one zone, with turns by week and overrides. Answers with the names that
// the configuration wrote; how they are reached is not its business. An empty answer means that nobody is.
import { assert } from '../../../shared/assert.ts';
import { weekdays } from '../../../shared/plan-policy.ts';
import type { OnCallRole, Rota } from '../../../shared/sla-policy.ts';
import type { Instant } from '../../../shared/time.ts';
import { type CivilDay, civilDay, dateOf, isoOf, weekdayOf } from './civil-day.ts';
import type { Zone } from './zone.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;

type WeeklyEntry = Rota['weekly'][number];

/** The wall clock of the rota's zone decides. Of two overrides at once the later line wins; weekly lines add up. */
export function onCallAt(role: OnCallRole, at: Instant, rota: Rota, zone: Zone): readonly string[] {
  const localMs = at + zone.offsetAt(at);
  const today = Math.floor(localMs / dayMs);
  const minute = Math.floor((localMs - today * dayMs) / minuteMs);
  const wall = `${isoOf(today)}T${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
  const override = rota.overrides.findLast(
    (each) => each.role === role && each.from <= wall && wall < each.until,
  );
  if (override !== undefined) return override.people;
  const names = rota.weekly.flatMap((entry) => {
    const began = entry.role === role ? turnBegan(entry, today, minute) : undefined;
    return began === undefined ? [] : peopleOf(entry, began);
  });
  return [...new Set(names)];
}

/** The day on which the turn that holds this minute began; undefined when none does. A night belongs to its evening. */
function turnBegan(entry: WeeklyEntry, today: CivilDay, minute: number): CivilDay | undefined {
  const begins = (day: CivilDay): boolean => entry.days.some((day_) => weekdays[weekdayOf(day)] === day_);
  const overnight = entry.until <= entry.from;
  if (begins(today) && minute >= entry.from && (overnight || minute < entry.until)) return today;
  if (overnight && begins(today - 1) && minute < entry.until) return today - 1;
  return undefined;
}

/** All of the line, or whose week it is. Before the first week the turns are counted backwards. */
function peopleOf({ people, turnsFrom }: WeeklyEntry, began: CivilDay): readonly string[] {
  if (turnsFrom === undefined) return people;
  const weeks = Math.floor((began - dayOfIso(turnsFrom)) / 7);
  const turn = ((weeks % people.length) + people.length) % people.length;
  return people.slice(turn, turn + 1);
}

function dayOfIso(iso: string): CivilDay {
  const [year = 0, month = 0, dayOfMonth = 0] = iso.split('-').map(Number);
  const day = civilDay(year, month, dayOfMonth);
  assert(dateOf(day).month === month, `the schema has checked that this date exists: ${iso}`);
  return day;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
