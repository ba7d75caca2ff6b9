// Configuration of Redmine as a desk: `desk: { kind: redmine, … }` in vigia.yaml. The key stands in a file named here;
// its content comes to the client beside the configuration, never inside it.
import { z } from 'zod';
import { allowInsecureSchema, deskBaseUrlSchema, refineAddress } from '../http/address.ts';
import { priorityMapSchema } from '../http/record-parts.ts';

const idSchema = z.int().positive();

export const redmineConfigSchema = z
  .strictObject({
    kind: z.literal('redmine'),
    /** Redmine's own address, with its folder if it has one. */
    url: deskBaseUrlSchema,
    allowInsecure: allowInsecureSchema,
    /** "Chave de acesso à API" of the user who opens the issues. */
    apiKeyFile: z.string().min(1),
    /** Identifier of the project that gets them. */
    project: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,99}$/, 'wanted: the identifier of a project'),
    /** By customer key of the inventory, where one has a project of its own. */
    customers: z
      .record(z.string(), z.strictObject({ project: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,99}$/) }))
      .default({}),
    trackerId: idSchema,
    /**
     * Custom field of issues that holds our id: text, for all projects, "used as a filter". Its number stands in the
     * address of its page; a key without administration may not ask for it.
     */
    externalIdFieldId: idSchema,
    /** Numbers of priorities, as `/enumerations/issue_priorities.json` lists them. */
    priorities: priorityMapSchema(idSchema, { critical: 4, priority: 3, standard: 2 }),
    /** Numbers of states, as `/issue_statuses.json` lists them: one that closes, and one for an issue opened again. */
    closedStatusId: idSchema.default(5),
    reopenedStatusId: idSchema.default(2),
    /** User or group. */
    assignedToId: idSchema.optional(),
    /** Notes only for those who may see private ones. The user needs "set notes as private". */
    privateNotes: z.boolean().default(true),
    /** Secret of the webhook; releases that have one sign with it. */
    webhookSecretFile: z.string().min(1).optional(),
  })
  .superRefine(refineAddress);
export type RedmineConfig = z.output<typeof redmineConfigSchema>;

export interface RedmineSecrets {
  readonly apiKey: string;
  readonly webhookSecret?: string;
}
