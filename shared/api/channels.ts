// Shapes of the HTTP API for the channels by which the NOC's people are told. Field names are fixed by the manual.
// Addresses of people and hooks never stand in here: people are named as rota and routes name them.
import { z } from 'zod';
import { plans, priorities } from '../words.ts';

const iso = z.iso.datetime({ precision: 3 });

export const channelKindNames = ['email', 'whatsapp', 'telegram', 'teams', 'slack', 'webhook'] as const;

/** What a channel can tell of. */
export const noticeKindNames = [
  'opened',
  'escalated',
  'recovered',
  'reopened',
  'worsened',
  'desk-down',
  'own-outage',
  'desk-closed-early',
  'ticket-replaced',
  'summary',
  'test',
] as const;
export type NoticeKindName = (typeof noticeKindNames)[number];

/** Why a message did not go. */
export const channelTroubleSchema = z.object({
  /** The channel said no: not sent again. False: it did not answer, or asked to wait. */
  refused: z.boolean(),
  /** Of HTTP or SMTP; null: it was not reached, or cannot be asked as it is configured. */
  status: z.int().nullable(),
  /** For who mends it; holds no address and no secret. */
  message: z.string(),
});
export type ChannelTrouble = z.output<typeof channelTroubleSchema>;

export const channelItemSchema = z.object({
  name: z.string(),
  kind: z.enum(channelKindNames),
  /** How many it tells when nobody is named. */
  recipients: z.int(),
  /** Whom it reaches by name; null: a room that everybody reads, in which people are named in the text. */
  people: z.array(z.string()).nullable(),
  /** Tells of Vigia's own trouble, by the routes as they stand. */
  ownOutage: z.boolean(),
  deskDown: z.boolean(),
  /** Figures since the server's start. */
  sent: z.int(),
  retried: z.int(),
  /** The channel said no: not sent again. */
  refused: z.int(),
  /** Tried for a day in vain. */
  givenUp: z.int(),
  waiting: z.int(),
  lastSentAt: iso.nullable(),
  /** Null again with the next message that is sent. */
  lastError: channelTroubleSchema.extend({ at: iso }).nullable(),
  /** It did not answer: when it is asked again. */
  nextTryAt: iso.nullable(),
  /** News that went into a summary because one recipient got too many. */
  summarised: z.int(),
  /** A storm: news for somebody wait until then. */
  heldUntil: iso.nullable(),
  /** Since the server's start. */
  lastTest: z.object({ at: iso, by: z.string(), sent: z.int(), failed: z.int() }).nullable(),
});
export type ChannelItem = z.output<typeof channelItemSchema>;

/** From the top; the first that fits counts, unless it says `continue`. An absent condition (null) holds always. */
export const noticeRouteSchema = z.object({
  priorities: z.array(z.enum(priorities)).nullable(),
  plans: z.array(z.enum(plans)).nullable(),
  kinds: z.array(z.enum(noticeKindNames)).nullable(),
  /** Keys. */
  customers: z.array(z.string()).nullable(),
  hours: z.enum(['support', 'outside', 'always']),
  send: z.enum(['now', 'at-opening', 'daily', 'never']),
  continue: z.boolean(),
  /** Names of channels. */
  channels: z.array(z.string()),
  /** Whom it tells beside those whom an escalation calls; empty: whom each channel tells by default. */
  to: z.array(z.string()),
});
export type NoticeRouteItem = z.output<typeof noticeRouteSchema>;

export const pastNoticeSchema = z.object({
  id: z.int(),
  at: iso,
  channel: z.string(),
  kind: z.enum(noticeKindNames),
  priority: z.enum(priorities),
  /** Portuguese, one line. */
  title: z.string(),
  incident: z.string().nullable(),
  /** People by name; empty: whom the channel tells by default. */
  to: z.array(z.string()),
  outcome: z.enum(['waiting', 'sent', 'refused']),
  settledAt: iso.nullable(),
  /** Of a refused one; null where it is not known any more. */
  trouble: channelTroubleSchema.nullable(),
});
export type PastNotice = z.output<typeof pastNoticeSchema>;

const spellSchema = z.object({
  from: iso,
  /** Null: no change within two weeks. */
  until: iso.nullable(),
  people: z.array(z.string()),
});

const timersSchema = z.object({
  callAgainMs: z.int().nullable(),
  callLeadMs: z.int().nullable(),
  toLevel2Ms: z.int().nullable(),
  toLevel3Ms: z.int().nullable(),
});

/** As `sla-policy.ts` has them, whose schemas the console need not load. */
const onCallRoleNames = ['noc', 'level2-lead', 'level2', 'level3'] as const;
export type OnCallRoleName = (typeof onCallRoleNames)[number];

export const onCallSchema = z.object({
  /** The rota's; its wall clock decides. */
  timeZone: z.string(),
  roles: z.array(
    z.object({
      role: z.enum(onCallRoleNames),
      /** Of the rota at this moment; `people` empty: it names nobody. */
      now: spellSchema,
      /** The next who are somebody, perhaps after a stretch of nobody; null: none within two weeks. */
      next: spellSchema.nullable(),
    }),
  ),
  /** After how long each step of a critical escalation is due, ms; null inside: never, null outside: with the opening. */
  plans: z.array(z.object({ plan: z.enum(plans), inside: timersSchema, outside: timersSchema })),
});
export type OnCallAnswer = z.output<typeof onCallSchema>;

export const channelListSchema = z.object({
  at: iso,
  items: z.array(channelItemSchema),
  /** Empty where there is no channel. */
  routes: z.array(noticeRouteSchema),
  rules: z
    .object({
      /** News of one provider or site within this time go as one message. */
      groupMs: z.int(),
      /** Messages to one recipient within `stormWindowMs`; what is more goes as one summary. */
      stormMax: z.int(),
      stormWindowMs: z.int(),
      /** `HH:MM` in the rota's zone. */
      dailyAt: z.string(),
    })
    .nullable(),
  /** Since the server's start; null where there is no channel. */
  news: z
    .object({
      taken: z.int(),
      /** No route wanted them. */
      unrouted: z.int(),
      /** Too many waited. */
      dropped: z.int(),
      /** Told by a larger outage's notice. */
      quieted: z.int(),
      summarised: z.int(),
      /** For their group, an hour of the day, or a storm to pass. */
      waiting: z.int(),
    })
    .nullable(),
  /** Newest first; kept over restarts. */
  recent: z.array(pastNoticeSchema),
  onCall: onCallSchema.nullable(),
  /** When this answer is known to change by itself; null: by nothing that is known yet. */
  changesAt: iso.nullable(),
});
export type ChannelList = z.output<typeof channelListSchema>;

export const channelTestSchema = z.object({
  sent: z.int(),
  failed: z.int(),
  /** One for each recipient that was not reached. */
  errors: z.array(z.string()),
  /** The same as what a program can judge by. */
  troubles: z.array(channelTroubleSchema),
});
export type ChannelTestAnswer = z.output<typeof channelTestSchema>;
