// Shapes of the HTTP API that the console shares: incidents and tickets. Field names are fixed by the manual.
import { z } from 'zod';
import { causes, incidentKinds, incidentStates, layers, priorities, severities } from '../words.ts';
import { contactSchema } from './contacts.ts';
import { escalationRowSchema, slaRowSchema } from './sla.ts';

const iso = z.iso.datetime({ precision: 3 });

export const ticketReferenceSchema = z.object({
  desk: z.string().nullable(),
  protocol: z.string().nullable(),
  registeredAt: iso.nullable(),
  state: z.enum(['pending', 'registered', 'refused']),
  /** A person closed it at the desk; the outage may still last. */
  closedAtDesk: z.object({ at: iso, by: z.string() }).nullable(),
  /** By a person at the desk or by Vigia. */
  closed: z.boolean(),
});

export const incidentRowSchema = z.object({
  id: z.string(),
  kind: z.enum(incidentKinds),
  cause: z.enum(causes),
  layer: z.enum(layers).nullable(),
  customer: z.string().nullable(),
  customerName: z.string().nullable(),
  site: z.string().nullable(),
  siteName: z.string().nullable(),
  link: z.string().nullable(),
  host: z.string().nullable(),
  provider: z.string().nullable(),
  severity: z.enum(severities),
  priority: z.enum(priorities),
  state: z.enum(incidentStates),
  /** One sentence in Portuguese: what happened. */
  title: z.string(),
  detectedAt: iso,
  confirmedAt: iso,
  openedAt: iso,
  /** Evidence of recovery holds since; not yet resolved. */
  recoveredAt: iso.nullable(),
  resolvedAt: iso.nullable(),
  closedAt: iso.nullable(),
  /** Finished stretches only; add now - outageSince while that is set. */
  downtimeMs: z.number(),
  outageSince: iso.nullable(),
  reopenedCount: z.number(),
  parent: z.string().nullable(),
  flapping: z.boolean(),
  retro: z.boolean(),
  acknowledgedBy: z.string().nullable(),
  acknowledgedAt: iso.nullable(),
  /** Who works on it, as somebody has written it. */
  assignedTo: z.string().nullable(),
  /** The contract's clock stands still; `until` is null until somebody lets it run again. */
  pause: z.object({ since: iso, until: iso.nullable(), by: z.string(), text: z.string() }).nullable(),
  ticket: ticketReferenceSchema.nullable(),
  sla: slaRowSchema,
  escalation: escalationRowSchema,
});
export type IncidentRow = z.output<typeof incidentRowSchema>;

export const incidentListSchema = z.object({ items: z.array(incidentRowSchema) });

/** When it was down or only degraded; `to` is null while it lasts. The moments are a guess where `share` is below 1: that
 * much of the stretch was down (it flapped). */
export const stretchSchema = z.object({
  kind: z.enum(['down', 'degraded']),
  from: iso,
  to: iso.nullable(),
  share: z.number(),
});
export type StretchRow = z.output<typeof stretchSchema>;

export const incidentDetailSchema = incidentRowSchema.extend({
  verdict: z.object({
    kind: z.enum(incidentKinds),
    confidence: z.enum(['confirmed', 'single']),
    /** `text` is the sentence in Portuguese. */
    witnesses: z.array(
      z.object({
        source: z.string(),
        who: z.string(),
        says: z.string(),
        since: iso.nullable(),
        text: z.string(),
      }),
    ),
    /** Causes that nobody can tell yet; empty once one is known. */
    undecided: z.object({ causes: z.array(z.enum(causes)), text: z.string().nullable() }),
    /** `cause` where only one way of that kind was refused. */
    refused: z.array(
      z.object({
        kind: z.enum(incidentKinds),
        cause: z.enum(causes).nullable(),
        because: z.string(),
        text: z.string(),
      }),
    ),
  }),
  timeline: z.array(z.object({ at: iso, kind: z.string(), by: z.string().nullable(), text: z.string() })),
  /** Oldest first. */
  stretches: z.array(stretchSchema),
  symptoms: z.array(z.string()),
  /** `why`: how the clock got to its deadline, day by day, in one sentence; null where there is no contract. */
  sla: slaRowSchema.extend({ why: z.string().nullable() }),
  /** What to try first, the most fitting on top. Texts of the MSP's own knowledge base. */
  hints: z.array(z.object({ id: z.string(), title: z.string(), steps: z.array(z.string()) })),
  /** Whom the hints say to call and which circuit to name; of a provider's outage one for each link it reached. */
  contacts: z.array(contactSchema),
  /** How many more there are than `contacts` lists. */
  contactsMore: z.number(),
});
export type IncidentDetail = z.output<typeof incidentDetailSchema>;

/** - `held`: a person must act before it goes on. - `waiting`: it goes on by itself. */
export const deliveryStates = ['delivered', 'waiting', 'held', 'refused'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export const ticketSchema = z.object({
  id: z.string(),
  incident: z.string(),
  desk: z.string(),
  protocol: z.string().nullable(),
  title: z.string(),
  body: z.string(),
  priority: z.enum(priorities),
  customer: z.string(),
  site: z.string(),
  state: z.enum(['open', 'closed', 'pending', 'refused']),
  openedAt: iso.nullable(),
  /** A person closed it at the desk. */
  closedAtDesk: z.object({ at: iso, by: z.string() }).nullable(),
  /** The worst of its deliveries. */
  delivery: z.enum(deliveryStates),
  notes: z.array(z.object({ at: iso, text: z.string() })),
  /** Of the effects of this ticket: what is delivered and what waits. */
  deliveries: z.array(
    z.object({
      key: z.string(),
      kind: z.string(),
      state: z.enum(['pending', 'done', 'refused']),
      attempts: z.number(),
      nextAttemptAt: iso.nullable(),
      lastError: z.string().nullable(),
      doneAt: iso.nullable(),
      /** Since when it waits for a person; null: it does not. */
      heldSince: iso.nullable(),
    }),
  ),
});
export type Ticket = z.output<typeof ticketSchema>;
