// What the contracts say, as the configuration writes it: holidays, plans, customers with words of their own, the on-call
// rota, and who closes a ticket. Holds shapes and defaults only; `server/core/sla` computes with them. Every default is
// the contract's own word (the MSP's service FAQ) or stands beside its reason. Never reads a clock.
import { z } from 'zod';
import { keySchema } from './inventory/document.ts';
import { limits } from './limits.ts';
import { customerPolicySchema, daysSchema, planSchema, timeOfDaySchema } from './plan-policy.ts';
import { brazilianStates } from './states.ts';
import type { Plan } from './words.ts';

const namesSchema = z.array(z.string().trim().min(1).max(120)).min(1).max(20);
const stateSchema = z.enum(brazilianStates as unknown as readonly [string, ...string[]], {
  error: 'wanted: one of the 27 state codes, such as SP',
});

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
  /** By the customer's key in the inventory: what its contract says otherwise than its plan. */
  customers: z
    .record(keySchema, customerPolicySchema)
    .refine(
      (given) => Object.keys(given).length <= limits.customersMax,
      `wanted: ${limits.customersMax} customers at most`,
    )
    .optional(),
  rota: rotaSchema.prefault({}),
  /** When an outage is over for good: `close` = the ticket, if no person touched it; `note` = a person closes it. */
  closing: z.enum(['close', 'note']).optional(),
});
export type SlaPolicies = z.output<typeof slaPoliciesSchema>;
export const defaultSlaPolicies: SlaPolicies = slaPoliciesSchema.parse({});

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
