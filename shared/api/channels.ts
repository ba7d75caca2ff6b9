// Shapes of the HTTP API for the channels by which the NOC's people are told. Field names are fixed by the manual.
// Addresses of people and hooks never stand in here.
import { z } from 'zod';

const iso = z.iso.datetime({ precision: 3 });

export const channelItemSchema = z.object({
  name: z.string(),
  kind: z.enum(['email', 'whatsapp', 'telegram', 'teams', 'slack', 'webhook']),
  /** How many it tells when nobody is named. */
  recipients: z.int(),
  sent: z.int(),
  retried: z.int(),
  /** The channel said no: not sent again. */
  refused: z.int(),
  /** Tried for a day in vain. */
  givenUp: z.int(),
  waiting: z.int(),
  lastSentAt: iso.nullable(),
  /** Null again with the next message that is sent. */
  lastError: z.object({ at: iso, message: z.string() }).nullable(),
});
export type ChannelItem = z.output<typeof channelItemSchema>;

export const channelListSchema = z.object({ items: z.array(channelItemSchema) });

export const channelTestSchema = z.object({
  sent: z.int(),
  failed: z.int(),
  /** One for each recipient that was not reached. */
  errors: z.array(z.string()),
});
export type ChannelTestAnswer = z.output<typeof channelTestSchema>;
