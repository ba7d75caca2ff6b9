// Configuration of Jira Service Management (Cloud) as a desk: `desk: { kind: jira, … }` in vigia.yaml. Secrets stand in
// files named here; their contents come to the client beside the configuration, never inside it.
import { z } from 'zod';
import { minute, second } from '../../../../shared/time.ts';
import { allowInsecureSchema, deskBaseUrlSchema, refineAddress } from '../http/address.ts';
import { priorityMapSchema } from '../http/record-parts.ts';

const word = z.string().trim().min(1);

export const jiraConfigSchema = z
  .strictObject({
    kind: z.literal('jira'),
    /** `https://empresa.atlassian.net` */
    url: deskBaseUrlSchema,
    allowInsecure: allowInsecureSchema,
    /** Of the account whose API token is used. */
    email: z.email(),
    tokenFile: word,
    /** Secret of the webhook made under System > WebHooks. */
    webhookSecretFile: word.optional(),
    /** Key of the project: `NOC`. */
    project: z.string().regex(/^[A-Z][A-Z0-9_]{1,19}$/, 'wanted: a project key such as NOC'),
    /** Name of the issue type, in the language of the project. */
    issueType: word.default('Incident'),
    /** Names of priorities as Jira has them. */
    priorities: priorityMapSchema(word, { critical: 'Highest', priority: 'High', standard: 'Medium' }),
    /** Names of transitions (or of the status they lead to); the first that the workflow offers is taken. */
    transitions: z
      .strictObject({
        close: z
          .array(word)
          .min(1)
          .default(['Resolve', 'Resolved', 'Resolver', 'Resolvido', 'Done', 'Concluído']),
        reopen: z
          .array(word)
          .min(1)
          .default(['Reopen', 'Reopened', 'Reabrir', 'Reaberto', 'Back to in progress', 'In Progress']),
      })
      .prefault({}),
    /** Name of the resolution given on closing, where the transition's screen asks for one. */
    resolution: word.optional(),
    /** Further fields of a new issue as Jira's API takes them: a request type, a component, a customer organisation. */
    fields: z.record(z.string().regex(/^[a-zA-Z0-9_]+$/), z.unknown()).default({}),
    /** How long Jira's search may not know what was written. */
    searchLagMs: z
      .int()
      .min(second)
      .max(10 * minute)
      .default(minute),
  })
  .superRefine(refineAddress);
export type JiraConfig = z.output<typeof jiraConfigSchema>;

export interface JiraSecrets {
  readonly token: string;
  readonly webhookSecret?: string;
}
