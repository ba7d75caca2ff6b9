// What one plan's contract says - support hours, clock, targets, escalation, the class of a lost link - as the
// configuration writes it, and what one customer's contract may say otherwise. Shapes and defaults; which of the two
// counts is `server/core/sla/contract.ts`. Source of the defaults: the MSP's service FAQ. Never reads a clock.
import { z } from 'zod';
import { day, hour, minute } from './time.ts';
import { type LinkRole, type Plan, type Priority, priorities } from './words.ts';

/** In the order of `weekdayOf`: 0 is Sunday. */
export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof weekdays)[number];

/** `08:00` to minutes of the day; `24:00` is allowed as an end. */
export const timeOfDaySchema = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'wanted: a time of day such as 08:00, at most 24:00')
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

export const daysSchema = z.array(z.enum(weekdays)).min(1).max(7);

/** Open on these days, from the first minute to before the last, in the site's own time. */
const openingSchema = z
  .strictObject({ days: daysSchema, from: timeOfDaySchema, until: timeOfDaySchema })
  .refine(({ from, until }) => from < until, 'wanted: "from" before "until" (a night is two entries)');
export type Opening = z.output<typeof openingSchema>;

const hoursSchema = z
  .array(openingSchema)
  .min(1)
  .max(28)
  .refine((given) => openMinutesOf(given) >= 60, 'wanted: open for an hour a week or more');

const stepMsMax = 30 * day;
/** `null`: this step is not taken; outside support hours: it waits until they open. */
const stepMs = z.int().min(0).max(stepMsMax).nullable();
const stepTimersSchema = z.strictObject({
  callAgainMs: stepMs.default(5 * minute),
  callLeadMs: stepMs.default(15 * minute),
  /** Level 1's time. */
  toLevel2Ms: stepMs.default(30 * minute),
  /** Level 2's time, from its beginning. */
  toLevel3Ms: stepMs.default(hour),
});
export type StepTimers = z.output<typeof stepTimersSchema>;

/** `target`: when the attendance target of the class is over and nobody attended; who attends ends it. */
const moveMs = z.union([stepMs, z.literal('target')], {
  error: `wanted: "target", null (never), or 0 to ${stepMsMax} ms`,
});
const calmTimersSchema = z
  .strictObject({ callAgainMs: stepMs, callLeadMs: stepMs, toLevel2Ms: moveMs, toLevel3Ms: stepMs })
  .partial();
/** Of what is not critical: business time always, so there is no outside. */
export type CalmTimers = Required<z.output<typeof calmTimersSchema>>;

/** Two or four business hours are promised: nobody is called in the minutes after it opened. */
export const defaultCalmTimers: CalmTimers = {
  callAgainMs: null,
  callLeadMs: null,
  toLevel2Ms: 'target',
  toLevel3Ms: hour,
};

const calmEscalationShape = {
  priority: calmTimersSchema.optional(),
  standard: calmTimersSchema.optional(),
} satisfies Partial<Record<Priority, z.ZodType>>;

const clocks = ['24x7', 'support-hours'] as const;
export type SlaClock = (typeof clocks)[number];

/** 0: at once. More than 400 hours is a mistake, not a target. */
const targetMs = z
  .int()
  .min(0)
  .max(400 * hour);

/** The class of a link that is down while another link of its site is not; without another it is critical always. */
const linkClassesSchema = z
  .strictObject({ linkDownPrimary: z.enum(priorities), linkDownBackup: z.enum(priorities) })
  .partial();
export type LinkClasses = Readonly<Record<LinkRole, Priority>>;

export const planSchema = z.strictObject({
  hours: hoursSchema.optional(),
  criticalClock: z.enum(clocks).default('24x7'),
  targets: z
    .strictObject({
      critical: targetMs.default(0),
      priority: targetMs.default(2 * hour),
      standard: targetMs.default(4 * hour),
    } satisfies Record<Priority, z.ZodType>)
    .prefault({}),
  /** `inside` and `outside` are those of critical incidents. */
  escalation: z
    .strictObject({
      inside: stepTimersSchema.prefault({}),
      outside: stepTimersSchema.prefault({}),
      ...calmEscalationShape,
    })
    .prefault({}),
  priorities: linkClassesSchema.optional(),
});
export type PlanPolicy = z.output<typeof planSchema>;

const someTimersSchema = z
  .strictObject({ callAgainMs: stepMs, callLeadMs: stepMs, toLevel2Ms: stepMs, toLevel3Ms: stepMs })
  .partial();

/** The keys of a plan, none with a default: what is not named is the plan's. `hours` are taken as a whole. */
export const customerPolicySchema = z
  .strictObject({
    hours: hoursSchema,
    criticalClock: z.enum(clocks),
    targets: z
      .strictObject({ critical: targetMs, priority: targetMs, standard: targetMs } satisfies Record<
        Priority,
        z.ZodType
      >)
      .partial(),
    escalation: z
      .strictObject({ inside: someTimersSchema, outside: someTimersSchema, ...calmEscalationShape })
      .partial(),
    priorities: linkClassesSchema,
  } satisfies Record<keyof PlanPolicy, z.ZodType>)
  .partial();
export type CustomerPolicy = z.output<typeof customerPolicySchema>;

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
