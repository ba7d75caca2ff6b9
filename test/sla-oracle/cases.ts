// Random questions to the SLA engine and the oracle's answers to them, compared field by field. Draws hard ones on purpose:
// month and year ends, 29 February, midnights, holidays, the hours around a summer time's begin and end, pauses that
// overlap, run backwards or never end. One seed always draws the same cases.
import { createCalendars } from '../../server/core/sla/calendars.ts';
import type { Sla, SlaQuestion, SlaState } from '../../server/core/sla/sla.ts';
import { slaOf } from '../../server/core/sla/sla.ts';
import { type Stretch, type Zone, zoneOf } from '../../server/core/sla/zone.ts';
import { slaPoliciesSchema } from '../../shared/sla-policy.ts';
import { type Instant, instant } from '../../shared/time.ts';
import { priorities } from '../../shared/words.ts';
import { easter, states, stepped, towns, type Wishes } from './almanac.ts';
import {
  counted,
  deadline,
  isOpen,
  offsetMinutes,
  opening,
  paint,
  type Stop,
  summers,
  tickMs,
  type World,
  type WorldSpec,
  type ZoneName,
  zoneNames,
} from './oracle.ts';

export interface Outcome {
  readonly cases: number;
  readonly worlds: number;
  readonly differences: readonly string[];
  /** How often each state and circumstance came up: a proof that asks easy questions proves little. */
  readonly seen: ReadonlyMap<string, number>;
}

const hour = 3_600_000;
const day = 24 * hour;
const differencesMax = 10;

/** `cases` questions in worlds of `perWorld` each. Stops early after ten differences. */
export function compare(seed: number, cases: number, perWorld: number): Outcome {
  const random = generator(seed);
  const differences: string[] = [];
  const seen = new Map<string, number>();
  let done = 0;
  let worlds = 0;
  while (done < cases && differences.length < differencesMax) {
    const drawn = drawWorld(random);
    const world = paint(drawn.spec);
    worlds += 1;
    for (let left = Math.min(perWorld, cases - done); left > 0; left -= 1) {
      done += 1;
      const wrong = check(drawQuestion(random, drawn), world, drawn, seen);
      if (wrong !== undefined) differences.push(wrong);
    }
  }
  return { cases: done, worlds, differences, seen };
}

interface Drawn {
  readonly spec: WorldSpec;
  readonly calendars: ReturnType<typeof createCalendars>;
  readonly criticalAlways: boolean;
  readonly targets: Readonly<Record<(typeof priorities)[number], number>>;
  readonly special: readonly number[];
}

function check(
  question: SlaQuestion,
  world: World,
  drawn: Drawn,
  seen: Map<string, number>,
): string | undefined {
  const got = slaOf(question, drawn.calendars);
  const want = answer(question, world, drawn);
  const see = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);
  see(`state ${want.state}`);
  see(question.priority);
  see(drawn.spec.zone);
  if (question.pauses.length > 0) see('with pauses');
  if (want.dueAt === undefined) see('without a deadline');
  const wrong = (
    ['state', 'startedAt', 'dueAt', 'elapsedMs', 'attendedAt', 'supportOpensAt'] as const
  ).filter((field) => got[field] !== want[field]);
  if (wrong.length === 0) return undefined;
  const told = wrong.map((field) => `${field}: ${String(got[field])}, oracle ${String(want[field])}`);
  return `${told.join('; ')}\n${JSON.stringify({ question, spec: drawn.spec })}`;
}

type Answer = Pick<Sla, 'state' | 'startedAt' | 'dueAt' | 'elapsedMs' | 'attendedAt' | 'supportOpensAt'>;

/** The rules of the contract, said once more. */
function answer(question: SlaQuestion, world: World, { criticalAlways, targets }: Drawn): Answer {
  const { priority, now } = question;
  const always = priority === 'critical' && criticalAlways;
  const start =
    priority === 'critical' ? question.detectedAt : (question.registeredAt ?? question.detectedAt);
  const stops: Stop[] = question.pauses
    .map((pause) => ({ from: pause.from, until: pause.until ?? Number.POSITIVE_INFINITY }))
    .filter(({ from, until }) => until > from);
  const signs = [question.acknowledgedAt, question.forwardedAt, question.resolvedAt].filter(
    (at) => at !== undefined && at <= now,
  );
  const attended = signs.length > 0 ? Math.min(...signs.map(Number)) : undefined;
  const end = attended ?? now;
  const target = targets[priority];
  const endless = Math.min(
    ...stops.filter(({ until }) => until === Number.POSITIVE_INFINITY).map((s) => s.from),
  );
  let due = deadline(world, start, target, stops, always);
  if (due !== undefined && target > 0 && due > endless) due = undefined;
  const openNow = isOpen(world, now);
  let state: SlaState;
  if (target > 0 && due !== undefined && end > due) state = 'missed';
  else if (attended !== undefined) state = 'met';
  else if (stops.some(({ from, until }) => now >= from && now < until)) state = 'paused';
  else if (!always && !openNow) state = 'outside-hours';
  else state = target === 0 ? 'at-once' : 'running';
  return {
    state,
    startedAt: instant(start),
    dueAt: due === undefined ? undefined : instant(due),
    elapsedMs: end > start ? counted(world, start, end, stops, always) : 0,
    attendedAt: attended === undefined ? undefined : instant(attended),
    supportOpensAt: openNow ? undefined : optional(opening(world, now)),
  };
}

const optional = (at: number | undefined): Instant | undefined =>
  at === undefined ? undefined : instant(at);

// ---- drawing ----

export type Random = () => number;

/** mulberry32 */
export function generator(seed: number): Random {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const upTo = (random: Random, max: number): number => Math.floor(random() * max);
function pick<T>(random: Random, from: readonly T[]): T {
  const picked = from[upTo(random, from.length)];
  if (picked === undefined) throw new Error('nothing to pick from');
  return picked;
}

const work = ['mon', 'tue', 'wed', 'thu', 'fri'];
const all = ['sun', ...work, 'sat'];
/** Weeks of hours as a configuration writes them. */
const weeks: readonly (readonly { days: readonly string[]; from: string; until: string }[])[] = [
  [{ days: work, from: '08:00', until: '18:00' }],
  [{ days: work, from: '08:00', until: '18:00' }],
  [{ days: work, from: '08:00', until: '20:00' }],
  [
    { days: work, from: '08:00', until: '12:00' },
    { days: work, from: '13:00', until: '18:00' },
    { days: ['sat'], from: '08:00', until: '12:00' },
  ],
  [{ days: all, from: '00:00', until: '24:00' }],
  [
    { days: all, from: '22:15', until: '24:00' },
    { days: all, from: '00:00', until: '06:45' },
  ],
  [
    { days: work, from: '07:00', until: '19:30' },
    { days: ['wed', 'thu'], from: '18:00', until: '23:45' },
  ],
];

function drawWorld(random: Random): Drawn {
  const town = random() < 0.6 ? pick(random, towns) : `${pick(random, states)}/Cidade Qualquer`;
  const [state = '', name = ''] = town.split('/');
  const zone = pick(random, zoneNames);
  // The years of the last summer times, and from 2024 on.
  const year =
    zone === 'Synthetic/Future'
      ? 2027 + upTo(random, 2)
      : pick(random, [2018, 2024, 2025, 2026, 2027, 2028, 2029]);
  const hours = pick(random, weeks);
  const criticalAlways = random() < 0.5;
  const targets = {
    critical: pick(random, [0, 0, 15 * 60_000, hour]),
    priority: pick(random, [2 * hour, 2 * hour, 10 * hour, tickMs]),
    standard: pick(random, [4 * hour, 4 * hour, 40 * hour, 0]),
  };
  const wishes = drawWishes(random, year);
  const contract = { hours, targets, criticalClock: criticalAlways ? '24x7' : 'support-hours' };
  const otherwise = { criticalClock: criticalAlways ? 'support-hours' : '24x7' };
  const policies = slaPoliciesSchema.parse({
    holidays: {
      ...wishes,
      extraDays: wishes.extraDays.map(({ date, from, until }) => ({
        date,
        name: 'extra',
        from: clock(from),
        until: clock(until),
      })),
      removedDays: wishes.removedDays.map((date) => ({ date })),
    },
    // Every other year the customer's own contract says it, over a plan that says the opposite.
    ...(year % 2 === 0
      ? { plans: { PRO: contract } }
      : { plans: { PRO: otherwise }, customers: { aurora: contract } }),
  });
  const week = all.map((each) =>
    hours
      .filter(({ days }) => days.includes(each))
      .map(({ from, until }): readonly [number, number] => [minutes(from), minutes(until)]),
  );
  const spec: WorldSpec = { state, town: name, zone, week, wishes, year };
  return {
    spec,
    calendars: createCalendars(policies, (wanted) =>
      wanted === 'Synthetic/Future' ? synthetic() : zoneOf(wanted),
    ),
    criticalAlways,
    targets,
    special: specialInstants(spec),
  };
}

const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

function drawWishes(random: Random, year: number): Wishes {
  const wish = (): 'law' | 'always' | 'never' => pick(random, ['law', 'law', 'always', 'never']);
  const paschal = easter(year);
  const carnival = stepped(year, paschal.month, paschal.day, -47);
  return {
    carnivalMonday: wish(),
    carnivalTuesday: wish(),
    ashWednesday: pick(random, ['law', 'until-noon', 'closed'] as const),
    corpusChristi: wish(),
    extraDays: [
      { date: `${year}-12-24`, from: 840, until: 1_440 },
      { date: '12-31', from: 0, until: 1_440 },
      { date: '02-29', from: 0, until: 1_440 },
      { date: carnival, from: 600, until: 615 },
    ].filter(() => random() < 0.3),
    removedDays: ['11-02', `${year + 1}-01-01`, '02-29'].filter(() => random() < 0.2),
  };
}

/** The zone that the oracle has by hand, as the program wants it: only for rules that no zone data has. */
function synthetic(): Zone {
  const name: ZoneName = 'Synthetic/Future';
  const changes = (summers[name] ?? []).flat().map((at) => Date.parse(at));
  const cuts = [Number.NEGATIVE_INFINITY, ...changes, Number.POSITIVE_INFINITY];
  const offsetAt = (at: number): number => offsetMinutes(name, at) * 60_000;
  const stretches = (from: number, until: number): readonly Stretch[] =>
    cuts.slice(1).flatMap((cut, index) => {
      const begin = Math.max(from, cuts[index] ?? from);
      const end = Math.min(until, cut);
      return begin < end ? [{ from: begin, until: end, offsetMs: offsetAt(begin) }] : [];
    });
  return { name, stretches, offsetAt };
}

/** Instants around which calendars go wrong. */
function specialInstants({ year, zone }: WorldSpec): readonly number[] {
  const local = (date: string, minute: number): number => {
    const utc = Date.parse(`${date}T00:00:00Z`) + minute * 60_000;
    return utc - offsetMinutes(zone, utc) * 60_000;
  };
  const paschal = easter(year);
  const dates = [
    `${year}-01-31`,
    `${year}-02-28`,
    `${year}-03-01`,
    `${year}-12-31`,
    `${year + 1}-01-01`,
    `${year}-11-19`,
    `${year}-11-20`,
    `${year}-11-21`,
    `${year}-07-09`,
    `${year}-04-21`,
    `${year}-12-24`,
    ...(year % 4 === 0 ? [`${year}-02-29`] : []),
    ...[-48, -46, -2, 8, 60].map((by) => stepped(year, paschal.month, paschal.day, by)),
  ];
  const changes = (summers[zone] ?? []).flat().map((at) => Date.parse(at));
  return [
    ...dates.flatMap((date) => [local(date, 0), local(date, 480), local(date, 1_080)]),
    ...changes.filter((at) => at > Date.UTC(year, 0, 10) && at < Date.UTC(year + 1, 9, 1)),
  ];
}

function drawQuestion(random: Random, { spec, special }: Drawn): SlaQuestion {
  // One in three has all its instants on quarters of an hour, so that pauses, deadlines and closings meet exactly.
  const grain = random() < 0.33 ? 15 * 60_000 : tickMs;
  const tick = (ms: number): Instant => instant(Math.round(ms / grain) * grain);
  const span = (max: number): number => random() ** 3 * max;
  const begin =
    random() < 0.5
      ? pick(random, special) + (random() - 0.5) * 8 * hour
      : Date.UTC(spec.year, 0, 2) + random() * 600 * day;
  // One in four stands exactly on a minute, where windows begin and end.
  const detectedAt = random() < 0.25 ? instant(Math.floor(begin / 60_000) * 60_000) : tick(begin);
  const after = (max: number): Instant => tick(detectedAt + span(max));
  const now = after(9 * day);
  const maybe = (chance: number, max: number): Instant | undefined =>
    random() < chance ? after(max) : undefined;
  const pauses = Array.from({ length: random() < 0.55 ? 0 : 1 + upTo(random, 3) }, () => {
    const from = tick(detectedAt + (random() - 0.2) * 2 * day);
    if (random() < 0.15) return { from };
    return { from, until: tick(from + (random() - 0.1) * 3 * day) };
  });
  return {
    priority: pick(random, priorities),
    plan: 'PRO',
    customer: 'aurora',
    place: { state: spec.state, city: spec.town, timeZone: spec.zone },
    detectedAt,
    registeredAt: random() < 0.15 ? undefined : random() < 0.8 ? after(hour) : after(4 * day),
    acknowledgedAt: maybe(0.35, 2 * day),
    forwardedAt: maybe(0.1, 3 * day),
    resolvedAt: maybe(0.25, 5 * day),
    pauses,
    now,
  };
}
