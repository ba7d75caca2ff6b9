// What a contract says about time, as the configuration writes it: support hours, holidays, targets, escalation and the
// on-call rota. Holds shapes and defaults only; `server/core/sla` computes with them. Every default is the contract's
// own word (the MSP's service FAQ) or stands beside its reason. Never reads a clock.
import { z } from 'zod';
import { limits } from './limits.ts';
import { brazilianStates } from './states.ts';
import { day, hour, minute } from './time.ts';
import type { Plan, Priority } from './words.ts';

/** In the order of `weekdayOf`: 0 is Sunday. */
export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof weekdays)[number];

/** `08:00` to minutes of the day; `24:00` is allowed as an end. */
const timeOfDaySchema = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'wanted: a time of day such as 08:00, at most 24:00')
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

const daysSchema = z.array(z.enum(weekdays)).min(1).max(7);
const namesSchema = z.array(z.string().trim().min(1).max(120)).min(1).max(20);
const stateSchema = z.enum(brazilianStates as unknown as readonly [string, ...string[]], {
  error: 'wanted: one of the 27 state codes, such as SP',
});

/** Open on these days, from the first minute to before the last, in the site's own time. */
const openingSchema = z
  .strictObject({ days: daysSchema, from: timeOfDaySchema, until: timeOfDaySchema })
  .refine(({ from, until }) => from < until, 'wanted: "from" before "until" (a night is two entries)');
export type Opening = z.output<typeof openingSchema>;

/** A day that exists: `2026-12-24`, or `12-24` for every year. */
const calendarDateSchema = z
  .string()
  .regex(
    /^(?:\d{4}-)?(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/,
    'wanted: 2026-12-24, or 12-24 for every year',
  )
  .refine(existsOnce, 'wanted: a date that exists');

const whereShape = { state: stateSchema.optional(), city: z.string().trim().min(1).max(120).optional() };
const cityNeedsState = 'wanted: "state" beside "city" (many towns share a name)';
const cityHasState = (given: { readonly state?: string; readonly city?: string }): boolean =>
  given.city === undefined || given.state !== undefined;

const extraDaySchema = z
  .strictObject({
    date: calendarDateSchema,
    name: z.string().trim().min(1).max(120),
    ...whereShape,
    /** Closed from and until; absent: the whole day. */
    from: timeOfDaySchema.default(0),
    until: timeOfDaySchema.default(24 * 60),
  })
  .refine(cityHasState, cityNeedsState)
  .refine(({ from, until }) => from < until, 'wanted: "from" before "until"');

const removedDaySchema = z
  .strictObject({ date: calendarDateSchema, ...whereShape })
  .refine(cityHasState, cityNeedsState);

/**
 * Carnival and Corpus Christi are no national holidays: some states and towns make them one by law, in most places they are
 * a custom. `law` (the default) closes where a law says so and nowhere else: the contract excepts holidays ("feriado"),
 * and a clock that runs on a doubtful day warns too early, never too late. `always` and `never` are for contracts that
 * say more.
 */
const switchSchema = z.enum(['law', 'always', 'never']).default('law');
export const holidaySwitchesSchema = z.strictObject({
  carnivalMonday: switchSchema,
  carnivalTuesday: switchSchema,
  /** `until-noon`: support opens at 12:00. */
  ashWednesday: z.enum(['law', 'until-noon', 'closed']).default('law'),
  corpusChristi: switchSchema,
  extraDays: z.array(extraDaySchema).max(limits.slaExtraDaysMax).default([]),
  removedDays: z.array(removedDaySchema).max(limits.slaExtraDaysMax).default([]),
});
export type HolidaySwitches = z.output<typeof holidaySwitchesSchema>;
export const defaultHolidaySwitches: HolidaySwitches = holidaySwitchesSchema.parse({});

/** `null`: this step is not taken; outside support hours: it waits until they open. */
const stepMs = z
  .int()
  .min(0)
  .max(30 * day)
  .nullable();
const stepTimersSchema = z.strictObject({
  callAgainMs: stepMs.default(5 * minute),
  callLeadMs: stepMs.default(15 * minute),
  /** Level 1's time. */
  toLevel2Ms: stepMs.default(30 * minute),
  /** Level 2's time, from its beginning. */
  toLevel3Ms: stepMs.default(hour),
});
export type StepTimers = z.output<typeof stepTimersSchema>;

const clocks = ['24x7', 'support-hours'] as const;
export type SlaClock = (typeof clocks)[number];

/** 0: at once. More than 400 hours is a mistake, not a target. */
const targetMs = z
  .int()
  .min(0)
  .max(400 * hour);

const planSchema = z.strictObject({
  hours: z
    .array(openingSchema)
    .min(1)
    .max(28)
    .refine((given) => openMinutesOf(given) >= 60, 'wanted: open for an hour a week or more')
    .optional(),
  criticalClock: z.enum(clocks).default('24x7'),
  targets: z
    .strictObject({
      critical: targetMs.default(0),
      priority: targetMs.default(2 * hour),
      standard: targetMs.default(4 * hour),
    } satisfies Record<Priority, z.ZodType>)
    .prefault({}),
  escalation: z
    .strictObject({
      inside: stepTimersSchema.prefault({}),
      outside: stepTimersSchema.prefault({}),
    })
    .prefault({}),
});
export type PlanPolicy = z.output<typeof planSchema>;

export const onCallRoles = ['noc', 'level2-lead', 'level2', 'level3'] as const;
export type OnCallRole = (typeof onCallRoles)[number];

const localDateTimeSchema = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/, 'wanted: 2026-12-24T18:00, in the zone of the rota')
  .refine(isLocalDateTime, 'wanted: a date and time that exist');

export const rotaSchema = z.strictObject({
  timeZone: z.string().refine(isTimeZone, 'wanted: an IANA time zone').default('America/Sao_Paulo'),
  weekly: z
    .array(
      z.strictObject({
        role: z.enum(onCallRoles),
        /** The days on which the turn begins; `until` at or before `from` means the next morning. */
        days: daysSchema,
        from: timeOfDaySchema,
        until: timeOfDaySchema,
        people: namesSchema,
        /** People take turns, a week each, the first from this Monday on; absent: all of them together. */
        turnsFrom: z.string().refine(isMonday, 'wanted: a Monday, such as 2026-01-05').optional(),
      }),
    )
    .max(limits.rotaEntriesMax)
    .default([]),
  /** Wins over the week; of two at once the later line wins. */
  overrides: z
    .array(
      z
        .strictObject({
          role: z.enum(onCallRoles),
          from: localDateTimeSchema,
          until: localDateTimeSchema,
          people: namesSchema,
        })
        .refine(({ from, until }) => from < until, 'wanted: "from" before "until"'),
    )
    .max(limits.rotaEntriesMax)
    .default([]),
});
export type Rota = z.output<typeof rotaSchema>;

export const slaPoliciesSchema = z.strictObject({
  holidays: holidaySwitchesSchema.prefault({}),
  plans: z
    .strictObject({
      START: planSchema.prefault({}),
      PRO: planSchema.prefault({}),
      PREMIUM: planSchema.prefault({}),
      DEDICADO: planSchema.prefault({}),
    } satisfies Record<Plan, z.ZodType>)
    .prefault({}),
  rota: rotaSchema.prefault({}),
});
export type SlaPolicies = z.output<typeof slaPoliciesSchema>;
export const defaultSlaPolicies: SlaPolicies = slaPoliciesSchema.parse({});

const workDays = ['mon', 'tue', 'wed', 'thu', 'fri'] as const satisfies readonly Weekday[];
const untilSix: readonly Opening[] = [{ days: [...workDays], from: 8 * 60, until: 18 * 60 }];
const untilEight: readonly Opening[] = [{ days: [...workDays], from: 8 * 60, until: 20 * 60 }];

/** Monday to Friday from 08:00; PREMIUM until 20:00; DEDICADO's hours come from its contract, until then as PREMIUM. */
export const defaultHours: Readonly<Record<Plan, readonly Opening[]>> = {
  START: untilSix,
  PRO: untilSix,
  PREMIUM: untilEight,
  DEDICADO: untilEight,
};

/** Overlapping entries count once for each; the check only refuses hours that are all but empty. */
function openMinutesOf(openings: readonly Opening[]): number {
  return openings.reduce((sum, { days, from, until }) => sum + days.length * (until - from), 0);
}

function existsOnce(text: string): boolean {
  // 29 February exists in leap years only; written for every year it is meant for those.
  return dateFrom(text.length === 5 ? `2024-${text}` : text) !== undefined;
}

function isMonday(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && dateFrom(text)?.dayOfWeek === 1;
}

function dateFrom(text: string): Temporal.PlainDate | undefined {
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' });
  } catch {
    return undefined;
  }
}

function isLocalDateTime(text: string): boolean {
  try {
    return Temporal.PlainDateTime.from(text, { overflow: 'reject' }).toString().startsWith(text);
  } catch {
    return false;
  }
}

function isTimeZone(text: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text);
    return true;
  } catch {
    return false;
  }
}
