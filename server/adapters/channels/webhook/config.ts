// The configuration of a generic webhook channel: an address in a file, and a secret that signs what is sent.
import { z } from 'zod';
import { channelNameSchema } from '../http/settings.ts';

export const webhookChannelConfigSchema = z.strictObject({
  name: channelNameSchema,
  kind: z.literal('webhook'),
  /** Holds the whole https address. */
  urlFile: z.string().min(1),
  /** 16 characters at least; absent: not signed. */
  secretFile: z.string().min(1).optional(),
});
export type WebhookChannelConfig = z.output<typeof webhookChannelConfigSchema>;
