// The oracle: minute by minute, is support open? A world is one place, one week of hours and two years, painted into an
// array with one cell per UTC minute; every question walks those cells one after the other. No calendar arithmetic, no
// zone data, no code of the program.
import { type Closures, closuresOf, type Wishes, walkDays } from './almanac.ts';

export interface WorldSpec {
  readonly state: string;
  readonly town: string;
  readonly zone: ZoneName;
  /** By weekday, Sunday first: open [from, until) in minutes. */
  readonly week: readonly (readonly (readonly [number, number])[])[];
  readonly wishes: Wishes;
  /** Questions lie in this year and the next. */
  readonly year: number;
}

/** Wall clocks by hand. `Synthetic/Future` is a summer time that no zone has: it skips and repeats midnights from 2027 on. */
export const zoneNames = [
  'America/Sao_Paulo',
  'America/Cuiaba',
  'America/Manaus',
  'America/Rio_Branco',
  'America/Noronha',
  'Synthetic/Future',
] as const;
export type ZoneName = (typeof zoneNames)[number];

const base: Readonly<Record<ZoneName, number>> = {
  'America/Sao_Paulo': -180,
  'America/Cuiaba': -240,
  'America/Manaus': -240,
  'America/Rio_Branco': -300,
  'America/Noronha': -120,
  'Synthetic/Future': -180,
};

/** Summer times: the wall is an hour ahead from the first UTC minute to before the second. */
export const summers: Readonly<Partial<Record<ZoneName, readonly (readonly [string, string])[]>>> = {
  // Decretos 6.558/2008 and 9.242/2017: Sundays at 00:00 of the wall clock.
  'America/Sao_Paulo': [
    ['2016-10-16T03:00Z', '2017-02-19T02:00Z'],
    ['2017-10-15T03:00Z', '2018-02-18T02:00Z'],
    ['2018-11-04T03:00Z', '2019-02-17T02:00Z'],
  ],
  'America/Cuiaba': [
    ['2016-10-16T04:00Z', '2017-02-19T03:00Z'],
    ['2017-10-15T04:00Z', '2018-02-18T03:00Z'],
    ['2018-11-04T04:00Z', '2019-02-17T03:00Z'],
  ],
  'Synthetic/Future': [
    // Begins at 12:30 of a working Monday and ends at 00:30 of the night: worse than any law so far.
    ['2027-10-18T15:30Z', '2028-02-15T02:30Z'],
    ['2028-10-16T11:00Z', '2029-02-20T18:00Z'],
  ],
};

export const minuteMs = 60_000;
/** Questions are asked in quarters of a second, so that a minute's parts can be walked too. */
export const tickMs = 250;

export interface World {
  readonly spec: WorldSpec;
  /** Milliseconds of cell 0. */
  readonly startMs: number;
  /** 1: open. */
  readonly open: Uint8Array;
}

export function offsetMinutes(zone: ZoneName, atMs: number): number {
  const summer = (summers[zone] ?? []).some(
    ([from, until]) => atMs >= Date.parse(from) && atMs < Date.parse(until),
  );
  return base[zone] + (summer ? 60 : 0);
}

/** Paints each UTC minute by what the wall shows in it. */
export function paint(spec: WorldSpec): World {
  const firstYear = spec.year - 1;
  const days = walkDays(firstYear, spec.year + 2);
  const closures = new Map<number, Closures>();
  for (let year = firstYear; year <= spec.year + 2; year += 1)
    closures.set(year, closuresOf(year, spec.state, spec.town, spec.wishes));
  // The wall's minutes, as the calendar on the site's wall would list them.
  const wall = new Uint8Array(days.length * 1_440);
  days.forEach(({ year, month, day, weekday }, index) => {
    const date = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
    const closed = closures.get(year)?.get(date) ?? [];
    for (const [from, until] of spec.week[weekday] ?? []) {
      for (let minute = from; minute < until; minute += 1) {
        if (!closed.some(([start, end]) => minute >= start && minute < end)) wall[index * 1_440 + minute] = 1;
      }
    }
  });
  const wallStart = Date.UTC(firstYear, 0, 1);
  const startMs = Date.UTC(spec.year, 0, 1) - 86_400_000;
  const cells = Math.floor((Date.UTC(spec.year + 2, 2, 1) - startMs) / minuteMs);
  const changes = (summers[spec.zone] ?? []).flat().map((at) => Date.parse(at));
  const open = new Uint8Array(cells);
  let offset = offsetMinutes(spec.zone, startMs);
  let at = startMs;
  for (let cell = 0; cell < cells; cell += 1, at += minuteMs) {
    if (changes.includes(at)) offset = offsetMinutes(spec.zone, at);
    open[cell] = wall[(at - wallStart) / minuteMs + offset] ?? 0;
  }
  return { spec, startMs, open };
}

/** `until` is Infinity for a pause without end. */
export interface Stop {
  readonly from: number;
  readonly until: number;
}

const halted = (at: number, stops: readonly Stop[]): boolean =>
  stops.some(({ from, until }) => at >= from && at < until);

export const isOpen = (world: World, at: number): boolean =>
  world.open[Math.floor((at - world.startMs) / minuteMs)] === 1;

/** What counts between two instants (multiples of a tick): minute after minute, and tick after tick where a minute is cut. */
export function counted(
  world: World,
  from: number,
  to: number,
  stops: readonly Stop[],
  always = false,
): number {
  let sum = 0;
  walk(world, from, (at, ms, open) => {
    if (at >= to) return false;
    const until = Math.min(at + ms, to);
    if ((!open && !always) || covered(at, until, stops)) return true;
    if (!touched(at, until, stops)) sum += until - at;
    else for (let tick = at; tick < until; tick += tickMs) if (!halted(tick, stops)) sum += tickMs;
    return true;
  });
  return sum;
}

/** The first instant by which so much is counted; undefined when the painted years end before. */
export function deadline(
  world: World,
  from: number,
  targetMs: number,
  stops: readonly Stop[],
  always = false,
): number | undefined {
  if (targetMs === 0) return from;
  let left = targetMs;
  let due: number | undefined;
  walk(world, from, (at, ms, open) => {
    // Nothing counts any more once a stop without end has begun.
    if (stops.some((stop) => stop.until === Number.POSITIVE_INFINITY && at >= stop.from)) return false;
    if ((!open && !always) || covered(at, at + ms, stops)) return true;
    if (!touched(at, at + ms, stops)) {
      if (left <= ms) due = at + left;
      left -= ms;
      return left > 0;
    }
    for (let tick = at; tick < at + ms; tick += tickMs) {
      if (!halted(tick, stops)) left -= tickMs;
      if (left <= 0) {
        due = tick + tickMs;
        return false;
      }
    }
    return true;
  });
  return due;
}

/** The first open minute from here on; undefined past the painted years. */
export function opening(world: World, at: number): number | undefined {
  let found: number | undefined;
  walk(world, at, (minute, _ms, open) => {
    if (open) found = minute;
    return !open;
  });
  return found;
}

const touched = (from: number, until: number, stops: readonly Stop[]): boolean =>
  stops.some((stop) => stop.from < until && stop.until > from);

const covered = (from: number, until: number, stops: readonly Stop[]): boolean =>
  stops.some((stop) => stop.from <= from && stop.until >= until);

/** Visits the rest of the minute of `from`, then every minute. */
function walk(world: World, from: number, visit: (at: number, ms: number, open: boolean) => boolean): void {
  let cell = Math.floor((from - world.startMs) / minuteMs);
  if (cell < 0) throw new Error('before the painted years');
  let at = from;
  for (; cell < world.open.length; cell += 1) {
    const end = world.startMs + (cell + 1) * minuteMs;
    if (!visit(at, end - at, world.open[cell] === 1)) return;
    at = end;
  }
}
