// Configuration of Zammad as a desk: `desk: { kind: zammad, … }` in vigia.yaml. Secrets stand in files named here; their
// contents come to the client beside the configuration, never inside it.
import { z } from 'zod';
import { allowInsecureSchema, deskBaseUrlSchema, refineAddress } from '../http/address.ts';
import { priorityMapSchema } from '../http/record-parts.ts';

const word = z.string().trim().min(1);

export const zammadConfigSchema = z
  .strictObject({
    kind: z.literal('zammad'),
    url: deskBaseUrlSchema,
    allowInsecure: allowInsecureSchema,
    /** Access token with `ticket.agent`, of a user who may change tickets in every group they can be moved to. */
    tokenFile: word,
    /** Secret ("HMAC SHA1 Signature Token") of the webhook. */
    webhookSecretFile: word.optional(),
    /** Name of the ticket attribute (type text) made for Vigia's id. */
    attribute: z
      .string()
      .regex(/^[a-z][a-z0-9_]{1,60}$/, 'wanted: the internal name of the attribute, such as vigia_id')
      .default('vigia_id'),
    group: word,
    /** E-mail of the customer of the tickets; Zammad makes the user when there is none. */
    customer: z.email(),
    /** By customer key of the inventory. */
    customers: z
      .record(z.string(), z.strictObject({ customer: z.email().optional(), group: word.optional() }))
      .default({}),
    /** Names of priorities as Zammad has them. */
    priorities: priorityMapSchema(word, { critical: '3 high', priority: '2 normal', standard: '1 low' }),
    states: z
      .strictObject({
        open: word.default('open'),
        closed: word.default('closed'),
        /** Every name that means closed; any other state is open. */
        allClosed: z.array(word).default(['closed', 'merged', 'removed']),
      })
      .prefault({})
      .refine(({ closed, allClosed }) => allClosed.includes(closed), 'wanted: "closed" among "allClosed"'),
  })
  .superRefine(refineAddress);
export type ZammadConfig = z.output<typeof zammadConfigSchema>;

export interface ZammadSecrets {
  readonly token: string;
  readonly webhookSecret?: string;
}
