// Configuration of the generic webhook desk: `desk: { kind: webhook, … }` in vigia.yaml. The secret stands in a file
// named here; its content comes to the client beside the configuration, never inside it.
import { z } from 'zod';
import { allowInsecureSchema, deskHookUrlSchema, refineAddress } from '../http/address.ts';

export const webhookDeskConfigSchema = z
  .strictObject({
    kind: z.literal('webhook'),
    /** Receives every action by POST and answers `GET ?key=`; may carry a token in its query. */
    url: deskHookUrlSchema,
    allowInsecure: allowInsecureSchema,
    /** Shared secret of `Vigia-Signature`, both ways. */
    secretFile: z.string().min(1),
    /** Passed on as it is: the receiver's queue, department or team. */
    queue: z.string().max(200).default(''),
    /** By customer key of the inventory, where one has a queue of its own. */
    customers: z.record(z.string(), z.strictObject({ queue: z.string().max(200) })).default({}),
  })
  .superRefine(refineAddress);
export type WebhookDeskConfig = z.output<typeof webhookDeskConfigSchema>;

export interface WebhookDeskSecrets {
  readonly secret: string;
}
