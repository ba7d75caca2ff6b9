// The holidays of one year at one place: the nation's, the state's, the town's, what the configuration's switches say of
// Carnival and Corpus Christi, and its extra and removed days. Pure and not cheap: `calendar.ts` keeps what this gives.
import { assertNever } from '../../../shared/assert.ts';
import type { HolidaySwitches } from '../../../shared/sla-policy.ts';
import { type BrazilianState, brazilianStates } from '../../../shared/states.ts';
import { capitalHolidays } from './capital-holidays.ts';
import { cityHolidays } from './city-holidays.ts';
import { type CivilDay, isoOf } from './civil-day.ts';
import { dayOfDate, dayOfRule, type HolidayDate, type HolidayRule } from './holiday-rule.ts';
import { customaryDays, nationalHolidays } from './national-holidays.ts';
import { stateHolidays } from './state-holidays.ts';
import { cityKey } from './town-rules.ts';

/** Where a site stands, as its inventory says. */
export interface Place {
  /** `SP`. A code that is none of the 27 keeps the national days only. */
  readonly state: string;
  readonly city: string;
  /** IANA name. */
  readonly timeZone: string;
}

export type HolidayScope = 'national' | 'state' | 'city' | 'custom' | 'extra';

export interface Holiday {
  readonly day: CivilDay;
  readonly name: string;
  readonly scope: HolidayScope;
  readonly law: string;
  /** Closed from and until, in minutes of the local day; the whole day is 0..1440. */
  readonly fromMinute: number;
  readonly untilMinute: number;
  readonly doubt?: string;
}

const noon = 12 * 60;
const wholeDay = { fromMinute: 0, untilMinute: 24 * 60 };

/**
 * All closures of a year at a place, by day and then by scope. Two laws may name one day; both are listed, so that a
 * reader sees why. Removed days win over everything but extra days.
 */
export function holidaysOf(
  year: number,
  place: Pick<Place, 'state' | 'city'>,
  switches: HolidaySwitches,
): readonly Holiday[] {
  const removed = removedDays(year, place, switches);
  const ruled = rulesAt(place).flatMap(({ rule, scope }) => {
    const day = dayOfRule(rule, year);
    if (day === undefined || removed.has(day)) return [];
    const closed = closureOf(rule, scope, switches);
    if (closed === undefined) return [];
    return [{ day, name: rule.name, scope, law: rule.law, doubt: rule.doubt, ...closed }];
  });
  return [...ruled, ...extraDays(year, place, switches)].sort((a, b) => a.day - b.day);
}

interface RuleAt {
  readonly rule: HolidayRule;
  readonly scope: HolidayScope;
}

function rulesAt(place: Pick<Place, 'state' | 'city'>): readonly RuleAt[] {
  const key = `${place.state}/${cityKey(place.city)}`;
  const scoped = (rules: readonly HolidayRule[], scope: HolidayScope): readonly RuleAt[] =>
    rules.map((rule) => ({ rule, scope }));
  return [
    ...scoped(nationalHolidays, 'national'),
    ...(isState(place.state) ? scoped(stateHolidays[place.state], 'state') : []),
    ...scoped(capitalHolidays[key] ?? cityHolidays[key] ?? [], 'city'),
    ...scoped(customaryDays, 'custom'),
  ];
}

function isState(text: string): text is BrazilianState {
  return brazilianStates.some((state) => state === text);
}

/** What of the day is closed; undefined: nothing. */
function closureOf(
  rule: HolidayRule,
  scope: HolidayScope,
  switches: HolidaySwitches,
): Pick<Holiday, 'fromMinute' | 'untilMinute'> | undefined {
  const setting = settingOf(rule, switches);
  switch (setting) {
    case undefined:
    case 'closed':
      return wholeDay;
    case 'until-noon':
      return { fromMinute: 0, untilMinute: noon };
    case 'always':
      return wholeDay;
    case 'never':
      return undefined;
    case 'law':
      return scope === 'custom' ? undefined : wholeDay;
    default:
      return assertNever(setting);
  }
}

function settingOf({ switched }: HolidayRule, switches: HolidaySwitches) {
  switch (switched) {
    case undefined:
      return undefined;
    case 'carnival-monday':
      return switches.carnivalMonday;
    case 'carnival-tuesday':
      return switches.carnivalTuesday;
    case 'ash-wednesday':
      return switches.ashWednesday;
    case 'corpus-christi':
      return switches.corpusChristi;
    default:
      return assertNever(switched);
  }
}

interface ConfiguredDay {
  readonly date: string;
  readonly state?: string;
  readonly city?: string;
}

function extraDays(
  year: number,
  place: Pick<Place, 'state' | 'city'>,
  switches: HolidaySwitches,
): readonly Holiday[] {
  return switches.extraDays.flatMap((extra) => {
    const day = configuredDay(extra, year, place);
    if (day === undefined) return [];
    const { name, from, until } = extra;
    return [
      { day, name, scope: 'extra' as const, law: 'configuração', fromMinute: from, untilMinute: until },
    ];
  });
}

function removedDays(
  year: number,
  place: Pick<Place, 'state' | 'city'>,
  switches: HolidaySwitches,
): ReadonlySet<CivilDay> {
  return new Set(switches.removedDays.flatMap((removed) => configuredDay(removed, year, place) ?? []));
}

/** `2026-12-24` or `12-24`; undefined when it is another year's, another place's, or 29 February without one. */
function configuredDay(
  configured: ConfiguredDay,
  year: number,
  place: Pick<Place, 'state' | 'city'>,
): CivilDay | undefined {
  const { date, state, city } = configured;
  if (state !== undefined && state !== place.state) return undefined;
  if (city !== undefined && cityKey(city) !== cityKey(place.city)) return undefined;
  const everyYear = date.length === 5;
  const on = everyYear ? date : date.slice(5);
  if (!isMonthDay(on)) return undefined;
  const day = dayOfDate(on, year);
  if (day === undefined || everyYear) return day;
  return isoOf(day) === date ? day : undefined;
}

function isMonthDay(text: string): text is HolidayDate {
  return /^\d\d-\d\d$/.test(text);
}
