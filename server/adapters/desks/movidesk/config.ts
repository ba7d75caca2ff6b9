// Configuration of Movidesk (Zenvia Customer Service) as a desk: `desk: { kind: movidesk, … }` in vigia.yaml. Secrets
// stand in files named here; their contents come to the client beside the configuration, never inside it.
import { z } from 'zod';
import { minute, second } from '../../../../shared/time.ts';
import { allowInsecureSchema, deskBaseUrlSchema, refineAddress } from '../http/address.ts';
import { priorityMapSchema } from '../http/record-parts.ts';

const word = z.string().trim().min(1);

export const movideskConfigSchema = z
  .strictObject({
    kind: z.literal('movidesk'),
    url: deskBaseUrlSchema.default('https://api.movidesk.com/public/v1'),
    allowInsecure: allowInsecureSchema,
    /** API token; Movidesk wants it in the address of every request. */
    tokenFile: word,
    /** Secret that stands in the address of the trigger's webhook: Movidesk signs nothing. 16 characters at least. */
    webhookTokenFile: word.optional(),
    /** Number of the custom field (text) made for Vigia's id, and of the rule that shows it. */
    customFieldId: z.int().positive(),
    customFieldRuleId: z.int().positive(),
    /** Id of the person (agent) in whose name tickets and actions are made. */
    createdBy: word,
    /** Id of the client of the tickets. */
    clientId: word,
    /** By customer key of the inventory. */
    customers: z
      .record(z.string(), z.strictObject({ clientId: word.optional(), ownerTeam: word.optional() }))
      .default({}),
    ownerTeam: word.optional(),
    category: word.optional(),
    /** 1 internal, 2 public. */
    ticketType: z.union([z.literal(1), z.literal(2)]).default(2),
    /** Names of urgencies as Movidesk has them. */
    priorities: priorityMapSchema(word, { critical: 'Urgente', priority: 'Alta', standard: 'Normal' }),
    statuses: z
      .strictObject({ open: word.default('Em atendimento'), closed: word.default('Resolvido') })
      .prefault({}),
    /** Given with every change of status, where the status asks for one. */
    justification: word.optional(),
    /** Requests in a minute: 10 unless Movidesk agreed to more. */
    requestsPerMinute: z.int().min(1).max(600).default(10),
    /** How long its search may not know what was written. Movidesk says nothing about it. */
    searchLagMs: z
      .int()
      .min(0)
      .max(10 * minute)
      .default(10 * second),
  })
  .superRefine(refineAddress);
export type MovideskConfig = z.output<typeof movideskConfigSchema>;

export interface MovideskSecrets {
  readonly token: string;
  readonly webhookToken?: string;
}
