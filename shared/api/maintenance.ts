// Shapes of the HTTP API for planned work: maintenance windows and silences. Field names are fixed by the manual.
import { z } from 'zod';
import { keySchema } from '../inventory/document.ts';
import { limits } from '../limits.ts';
import { fromIso } from '../time.ts';
import { incidentKinds, priorities } from '../words.ts';

const iso = z.iso.datetime({ precision: 3 });

/** Any ISO 8601 instant with an offset; becomes an Instant. */
export const instantText = z.string().transform((text, context) => {
  const at = fromIso(text);
  if (at !== undefined) return at;
  context.addIssue({
    code: 'custom',
    message: `wanted: an ISO 8601 instant such as 2026-11-23T05:00:00Z or 2026-11-23T02:00:00-03:00, given: "${text}"`,
  });
  return z.NEVER;
});

const reason = z
  .string()
  .trim()
  .min(1, 'wanted: why, in a few words')
  .max(limits.reasonCharsMax, `wanted: at most ${limits.reasonCharsMax} characters`);

/** Checked against the inventory by the route. */
export const scopeSchema = z
  .strictObject({
    customer: keySchema,
    site: keySchema.optional(),
    link: keySchema.optional(),
    host: keySchema.optional(),
  })
  .refine(({ site, link, host }) => site !== undefined || (link === undefined && host === undefined), {
    path: ['site'],
    message: 'wanted: the site of the link or host',
  })
  .refine(({ link, host }) => link === undefined || host === undefined, {
    path: ['host'],
    message: 'wanted: a link or a host, not both',
  });

export const newWindowSchema = z.strictObject({
  scope: scopeSchema,
  startsAt: instantText,
  endsAt: instantText,
  /** RRULE: FREQ=DAILY|WEEKLY|MONTHLY with INTERVAL, BYDAY, BYMONTHDAY, COUNT or UNTIL, in the site's zone. */
  recurrence: z.string().trim().min(1).max(200, 'wanted: at most 200 characters').optional(),
  /** Machines in scope must be back by then: after `startsAt`, not after `endsAt`. */
  returnBy: instantText.optional(),
  reason,
});

const scopeAnswer = z.object({
  customer: z.string(),
  site: z.string().nullable(),
  link: z.string().nullable(),
  host: z.string().nullable(),
});

/** What a window or a silence has kept from opening, and keeps from opening now. */
const hiddenAnswer = z.object({
  /** Causes in all; counted up to a limit. */
  total: z.int().min(0),
  /** How many of them are held at this moment. */
  now: z.int().min(0),
  /** Those held now, the oldest first; the first few of many. */
  causes: z.array(
    z.object({
      /** `customer/site`. */
      site: z.string(),
      link: z.string().nullable(),
      host: z.string().nullable(),
      kind: z.enum(incidentKinds),
      since: iso,
    }),
  ),
});
export type HiddenItem = z.output<typeof hiddenAnswer>;

export const windowSchema = z.object({
  id: z.string(),
  scope: scopeAnswer,
  startsAt: iso,
  endsAt: iso,
  recurrence: z.string().nullable(),
  returnBy: iso.nullable(),
  reason: z.string(),
  by: z.string(),
  createdAt: iso,
  active: z.boolean(),
  hidden: hiddenAnswer,
  /** The occurrence that runs now or comes next, in the 62 days ahead; null when none does. */
  next: z.object({ startsAt: iso, endsAt: iso, returnBy: iso.nullable() }).nullable(),
});
export type WindowItem = z.output<typeof windowSchema>;

const occurrenceAnswer = z.object({ startsAt: iso, endsAt: iso, returnBy: iso.nullable() });

/** What `hidden` calls an incident that would have opened nothing, or whose ticket would have come at the window's end. */
export const previewEffects = ['hidden', 'delayed'] as const;

export const windowPreviewSchema = z.object({
  /** The next ones, by the zone of the scope's first site. */
  occurrences: z.array(occurrenceAnswer),
  /** There are others after these. */
  more: z.boolean(),
  timeZone: z.string(),
  /** The past that `hidden` speaks of begins here. */
  since: iso,
  /** Occurrences that the same rule would have had since then. */
  past: z.int().min(0),
  /** Newest first. */
  hidden: z.array(
    z.object({
      incident: z.string(),
      title: z.string(),
      priority: z.enum(priorities),
      protocol: z.string().nullable(),
      detectedAt: iso,
      /** null: it runs. */
      recoveredAt: iso.nullable(),
      effect: z.enum(previewEffects),
    }),
  ),
  hiddenTotal: z.int().min(0),
  /** There were more incidents than a preview reads; the oldest are missing. */
  truncated: z.boolean(),
});
export type WindowPreview = z.output<typeof windowPreviewSchema>;

export const plannedCalendarSchema = z.object({
  items: z.array(
    occurrenceAnswer.extend({
      /** Of the window. */
      id: z.string(),
      scope: scopeAnswer,
      reason: z.string(),
      timeZone: z.string(),
    }),
  ),
  truncated: z.boolean(),
});
export type PlannedCalendar = z.output<typeof plannedCalendarSchema>;

export const newSilenceSchema = z.strictObject({ scope: scopeSchema, until: instantText, reason });

/** What a silence would have hidden; why it is asked for need not be known yet. */
export const silencePreviewSchema = newSilenceSchema.omit({ reason: true });

export const silenceSchema = z.object({
  id: z.string(),
  scope: scopeAnswer,
  startsAt: iso,
  until: iso,
  by: z.string(),
  reason: z.string(),
  active: z.boolean(),
  hidden: hiddenAnswer,
});
export type SilenceItem = z.output<typeof silenceSchema>;
export const silencesSchema = z.object({ items: z.array(silenceSchema) });
