// Who is told what, when, and by which channels: the part `notices` of vigia.yaml. Holds shapes and the firm defaults; the
// rules that read them stand in `routes.ts` and `compose.ts`.
import { z } from 'zod';
import { limits } from '../../../shared/limits.ts';
import { minute, second } from '../../../shared/time.ts';
import { plans, priorities } from '../../../shared/words.ts';
import { noticeKinds } from '../../ports/channel.ts';

const nameSchema = z.string().trim().min(1).max(120);
const namesSchema = z.array(nameSchema).min(1).max(limits.channelRecipientsMax);

/** A condition that is absent holds always; all that are given must hold. */
const whenSchema = z.strictObject({
  priority: z.array(z.enum(priorities)).min(1).optional(),
  plan: z.array(z.enum(plans)).min(1).optional(),
  kind: z.array(z.enum(noticeKinds)).min(1).optional(),
  /** Of the customer's own plan, at its place. Vigia's own trouble has no hours: `always` only. */
  hours: z.enum(['support', 'outside', 'always']).default('always'),
  /** Keys of customers. */
  customers: z.array(z.string().min(1).max(64)).min(1).max(1_000).optional(),
});

const routeSchema = z.strictObject({
  when: whenSchema.prefault({}),
  /** Names of channels; absent: all of them. */
  channels: namesSchema.optional(),
  /** People and groups as the channels' `people` know them; absent: whom each channel tells by default. */
  to: namesSchema.optional(),
  /** `at-opening`: with the opening of support hours. `daily`: in the list of the day. `never`: on the wall only. */
  send: z.enum(['now', 'at-opening', 'daily', 'never']).default('now'),
  /** Later routes are looked at too. */
  continue: z.boolean().default(false),
});
export type NoticeRoute = z.output<typeof routeSchema>;

const firmRoutes = [
  { when: { kind: ['escalated', 'desk-closed-early', 'ticket-replaced', 'own-outage', 'desk-down'] } },
  { when: { priority: ['critical'] } },
  { when: { priority: ['priority'], hours: 'support' } },
  { when: { priority: ['priority'], hours: 'outside' }, send: 'at-opening' },
  { when: { priority: ['standard'] }, send: 'daily' },
] satisfies z.input<typeof routeSchema>[];

export const noticesSchema = z
  .strictObject({
    /** The first that fits counts. */
    routes: z.array(routeSchema).min(1).max(limits.noticeRoutesMax).prefault(firmRoutes),
    /** News of one provider or site within this time go as one message. */
    groupMs: z
      .int()
      .min(0)
      .max(10 * minute)
      .default(10 * second),
    /** Messages to one recipient in five minutes; what is more goes as one summary. */
    stormMax: z.int().min(2).max(500).default(20),
    /** Of the list of the day, in the rota's zone. */
    dailyAt: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'wanted: a time of day such as 08:00')
      .default('08:00'),
  })
  .prefault({});
export type NoticesSettings = z.output<typeof noticesSchema>;
export const defaultNotices: NoticesSettings = noticesSchema.parse({});
