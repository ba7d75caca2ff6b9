// Configuration of Request Tracker as a desk: `desk: { kind: request-tracker, … }` in vigia.yaml. Secrets stand in files
// named here; their contents come to the client beside the configuration, never inside it.
import { z } from 'zod';
import { allowInsecureSchema, deskBaseUrlSchema, refineAddress } from '../http/address.ts';
import { priorityMapSchema } from '../http/record-parts.ts';

/** Names stand in RT's query language; quotes, braces and backslashes would end them early. */
const nameSchema = z
  .string()
  .regex(/^[^'"{}\\\p{Cc}]{1,200}$/u, 'wanted: a name without quotes, braces, backslashes');
const mailSchema = z.string().regex(/^[^\s@,;<>]+@[^\s@,;<>]+$/, 'wanted: an e-mail address');

export const requestTrackerConfigSchema = z
  .strictObject({
    kind: z.literal('request-tracker'),
    /** RT's own address, without `/REST/2.0`. */
    url: deskBaseUrlSchema,
    allowInsecure: allowInsecureSchema,
    /** Authentication token of the user who opens the tickets. */
    tokenFile: z.string().min(1),
    queue: nameSchema,
    /** Custom field of tickets that holds our id: "enter one value", applied to every queue used here. */
    externalIdField: nameSchema.default('VigiaExternalId'),
    /** Gets RT's automatic mails; absent: nobody does. */
    requestor: mailSchema.optional(),
    /** By customer key of the inventory, where one has a queue or requestor of its own. */
    customers: z
      .record(z.string(), z.strictObject({ queue: nameSchema.optional(), requestor: mailSchema.optional() }))
      .default({}),
    /** Numbers, never RT's words for them: it keeps or drops a word without saying so. */
    priorities: priorityMapSchema(z.int().min(0).max(2_147_483_647), {
      critical: 100,
      priority: 50,
      standard: 0,
    }),
    /** `comment`: only the staff sees it. `correspond`: mailed to the requestor, and RT opens a closed ticket for it. */
    notes: z.enum(['comment', 'correspond']).default('comment'),
    /** States of the queue's lifecycle: one that closes, one for a ticket opened again, and all that count as closed. */
    closedStatus: nameSchema.default('resolved'),
    reopenedStatus: nameSchema.default('open'),
    closedStatuses: z.array(nameSchema).min(1).max(50).default(['resolved', 'rejected', 'deleted']),
    /** Secret of the scrip that tells of changes (`docs/desks/request-tracker.md`). */
    webhookSecretFile: z.string().min(1).optional(),
  })
  .superRefine(refineAddress)
  .superRefine(({ closedStatus, reopenedStatus, closedStatuses }, context) => {
    if (!closedStatuses.includes(closedStatus))
      context.addIssue({
        code: 'custom',
        path: ['closedStatuses'],
        message: `wanted: "${closedStatus}" among them`,
      });
    if (closedStatuses.includes(reopenedStatus))
      context.addIssue({
        code: 'custom',
        path: ['closedStatuses'],
        message: `"${reopenedStatus}" cannot be among them`,
      });
  });
export type RequestTrackerConfig = z.output<typeof requestTrackerConfigSchema>;

export interface RequestTrackerSecrets {
  readonly token: string;
  readonly webhookSecret?: string;
}
