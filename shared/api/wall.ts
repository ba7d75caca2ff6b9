// What the wall shows, as the server sends it over server-sent events: one `wall.snapshot`, then `wall.delta`s.
import { z } from 'zod';
import { hostRoles, hostStatuses, layers, linkRoles, linkStatuses } from '../words.ts';
import { deliveryStates, incidentRowSchema } from './incidents.ts';

const iso = z.iso.datetime({ precision: 3 });

export const agentPresences = ['new', 'live', 'suspected', 'silent', 'away', 'revoked'] as const;

export const linkRowSchema = z.object({
  key: z.string(),
  name: z.string(),
  provider: z.string(),
  providerName: z.string(),
  role: z.enum(linkRoles),
  status: z.enum(linkStatuses),
  layer: z.enum(layers).nullable(),
  since: iso.nullable(),
  recovering: z.boolean(),
  /** The site's agents come out of this link now (egress address equals its public address). */
  carries: z.boolean(),
  /** Outside-in: true answers, false silent, null unknown. */
  answersFromOutside: z.boolean().nullable(),
});

export const hostRowSchema = z.object({
  key: z.string(),
  name: z.string(),
  role: z.enum(hostRoles),
  status: z.enum(hostStatuses),
  since: iso.nullable(),
  agent: z
    .object({
      id: z.string(),
      presence: z.enum(agentPresences),
      since: iso.nullable(),
      /** When a cloned disk last claimed to be this agent; absent = never. */
      cloneSeenAt: iso.optional(),
    })
    .nullable(),
});

/** A maintenance window or a silence: nothing opens about it from `from` until `until`. */
export const quietRowSchema = z.object({
  because: z.enum(['maintenance', 'silenced']),
  /** Both null: all of the site. */
  link: z.string().nullable(),
  host: z.string().nullable(),
  from: iso,
  /** Exclusive. */
  until: iso,
  /** Who silenced it; null: a window. */
  by: z.string().nullable(),
  reason: z.string(),
});
export type QuietRow = z.output<typeof quietRowSchema>;

export const siteRowSchema = z.object({
  id: z.string(),
  customer: z.string(),
  customerName: z.string(),
  name: z.string(),
  city: z.string(),
  state: z.string(),
  timeZone: z.string(),
  plan: z.string(),
  /** Worst of everything in the site. `waiting`: no agent has connected yet. */
  status: z.enum(['up', 'degraded', 'down', 'unknown', 'waiting']),
  links: z.array(linkRowSchema),
  hosts: z.array(hostRowSchema),
  /** In force or to come; the screen's clock says which. Those that are over may still stand here. */
  quiet: z.array(quietRowSchema),
});
export type SiteRow = z.output<typeof siteRowSchema>;
export type LinkRow = z.output<typeof linkRowSchema>;
export type HostRow = z.output<typeof hostRowSchema>;

export const serverRowSchema = z.object({
  startedAt: iso,
  release: z.string(),
  /** Set while Vigia itself is blind: silence counts for nothing then. */
  blindSince: iso.nullable(),
  blindBecause: z.enum(['anchors-lost', 'mass-silence']).nullable(),
  /** Deliveries not yet at the desk, those that wait for a person included. */
  outboxWaiting: z.number(),
  desk: z.object({
    name: z.string(),
    /** Since when it does not answer. */
    downSince: iso.nullable(),
    /** Since when a critical waits to be registered, once that is longer than a minute. It may well answer. */
    lateSince: iso.nullable(),
    /** Deliveries that wait for a person. */
    held: z.number(),
  }),
});
export type ServerRow = z.output<typeof serverRowSchema>;

export const wallTicketSchema = z.object({
  incident: z.string(),
  protocol: z.string().nullable(),
  title: z.string(),
  state: z.enum(['open', 'closed', 'pending', 'refused']),
  openedAt: iso.nullable(),
  /** The worst of its deliveries. */
  delivery: z.enum(deliveryStates),
  /** Deliveries of it not yet at the desk. */
  waiting: z.number(),
  /** Attempts of those: whoever shows them asks again when it rises. */
  attempts: z.number(),
  closedAtDeskAt: iso.nullable(),
});
export type WallTicket = z.output<typeof wallTicketSchema>;

export const wallSnapshotSchema = z.object({
  /** Server time of this view. */
  at: iso,
  server: serverRowSchema,
  /** Open, acknowledged and resolved incidents. */
  incidents: z.array(incidentRowSchema),
  sites: z.array(siteRowSchema),
  /** Newest first, at most 100. */
  tickets: z.array(wallTicketSchema),
});
export type WallSnapshot = z.output<typeof wallSnapshotSchema>;

/** Only what changed. `incidents` replaces rows by id; `incidentsGone` left the wall (closed). */
export const wallDeltaSchema = z.object({
  at: iso,
  server: serverRowSchema.optional(),
  incidents: z.array(incidentRowSchema).optional(),
  incidentsGone: z.array(z.string()).optional(),
  sites: z.array(siteRowSchema).optional(),
  sitesGone: z.array(z.string()).optional(),
  tickets: z.array(wallTicketSchema).optional(),
});
export type WallDelta = z.output<typeof wallDeltaSchema>;

/** Sent when nothing else was for `limits.wallHeartbeatMs`. An SSE comment will not do: the browser hides those. */
export const wallHeartbeatSchema = z.object({ at: iso });

/** The names of the events on `GET /api/v1/wall`. */
export const wallEvents = ['wall.snapshot', 'wall.delta', 'wall.heartbeat'] as const;
export type WallEvent = (typeof wallEvents)[number];
