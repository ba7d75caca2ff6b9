// Configuration of GLPI as a desk: `desk: { kind: glpi, … }` in vigia.yaml. Secrets stand in files named here; their
// contents come to the client beside the configuration, never inside it.
import { z } from 'zod';
import { allowInsecureSchema, deskBaseUrlSchema, refineAddress } from '../http/address.ts';
import { priorityMapSchema } from '../http/record-parts.ts';

export const glpiConfigSchema = z
  .strictObject({
    kind: z.literal('glpi'),
    /** GLPI's own address, without `/apirest.php`. */
    url: deskBaseUrlSchema,
    allowInsecure: allowInsecureSchema,
    /** 10 keeps text with its special characters encoded and has no webhooks; 11 keeps it as it is and signs webhooks. */
    version: z.union([z.literal(10), z.literal(11)]).default(11),
    /** "Chave de acesso remoto" of the user who opens the tickets. */
    userTokenFile: z.string().min(1),
    /** Of the API client, where one is required. */
    appTokenFile: z.string().min(1).optional(),
    /** Secret of the webhook (GLPI 11). */
    webhookSecretFile: z.string().min(1).optional(),
    /** In which GLPI writes its dates: the time zone of its server. IANA name. */
    timeZone: z.string().refine(isTimeZone, 'wanted: an IANA time zone').default('America/Sao_Paulo'),
    /** Entity of tickets whose customer is not listed below. 0 is the root. */
    entityId: z.int().min(0).default(0),
    /** By customer key of the inventory. */
    customers: z.record(z.string(), z.strictObject({ entityId: z.int().min(0) })).default({}),
    /** Group the ticket is assigned to. */
    groupId: z.int().positive().optional(),
    categoryId: z.int().positive().optional(),
    /** GLPI's scale, 1 very low to 5 very high; sent as urgency, impact and priority. */
    priorities: priorityMapSchema(z.int().min(1).max(5), { critical: 5, priority: 4, standard: 3 }),
  })
  .superRefine(refineAddress);
export type GlpiConfig = z.output<typeof glpiConfigSchema>;

export interface GlpiSecrets {
  readonly userToken: string;
  readonly appToken?: string;
  readonly webhookSecret?: string;
}

function isTimeZone(text: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text);
    return true;
  } catch {
    return false;
  }
}
