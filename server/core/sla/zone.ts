// How far a zone's wall clock stands from UTC, as stretches of constant offset. The rules come from the zone data behind
// `Temporal`, old summer times and future ones alike. Everything else in this folder adds and subtracts numbers.
import { instant } from '../../../shared/time.ts';
import { civilDay } from './civil-day.ts';

/** From `from` to before `until` (ms since 1970), local time is UTC + `offsetMs`. */
export interface Stretch {
  readonly from: number;
  readonly until: number;
  readonly offsetMs: number;
}

export interface Zone {
  readonly name: string;
  /** Stretches that cover [from, until) without a hole, in order. */
  stretches(from: number, until: number): readonly Stretch[];
  offsetAt(at: number): number;
}

const dayMs = 86_400_000;
/** A year of a zone has two transitions, rarely four; more is broken data. */
const transitionsMax = 16;

/** The zone of this IANA name; the inventory's schema has checked that it exists. Keeps what it looked up. */
export function zoneOf(name: string): Zone {
  const years = new Map<number, readonly Stretch[]>();
  const ofYear = (year: number): readonly Stretch[] => {
    const known = years.get(year);
    if (known !== undefined) return known;
    const read = readYear(name, year);
    years.set(year, read);
    return read;
  };
  return {
    name,
    stretches(from, until) {
      const found: Stretch[] = [];
      for (let year = yearAt(from); year <= yearAt(Math.max(from, until - 1)); year += 1) {
        for (const each of ofYear(year)) {
          if (each.until <= from || each.from >= until) continue;
          found.push({
            from: Math.max(each.from, from),
            until: Math.min(each.until, until),
            offsetMs: each.offsetMs,
          });
        }
      }
      return found;
    },
    offsetAt(at) {
      const stretch = ofYear(yearAt(at)).find((each) => at >= each.from && at < each.until);
      return stretch?.offsetMs ?? 0;
    },
  };
}

/** The UTC year of an instant, without a date object. */
function yearAt(at: number): number {
  let year = 1970 + Math.floor(at / (365.2425 * dayMs));
  if (civilDay(year, 1, 1) * dayMs > at) year -= 1;
  else if (civilDay(year + 1, 1, 1) * dayMs <= at) year += 1;
  return year;
}

function readYear(name: string, year: number): readonly Stretch[] {
  const until = civilDay(year + 1, 1, 1) * dayMs;
  const found: Stretch[] = [];
  let from = civilDay(year, 1, 1) * dayMs;
  for (let step = 0; step < transitionsMax && from < until; step += 1) {
    const local = Temporal.Instant.fromEpochMilliseconds(instant(from)).toZonedDateTimeISO(name);
    const next = local.getTimeZoneTransition('next')?.epochMilliseconds ?? until;
    found.push({ from, until: Math.min(next, until), offsetMs: local.offsetNanoseconds / 1_000_000 });
    from = next;
  }
  return found;
}
