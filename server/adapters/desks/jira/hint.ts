// Jira's webhooks read back: signature first, on the raw bytes, then as little as is needed to know which issue to read
// again. Must never be believed beyond "look there".
import { z } from 'zod';
import { failure } from '../../../../shared/failure.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { instant } from '../../../../shared/time.ts';
import type { DeskHint, DeskHintRequest } from '../../../ports/desk-client.ts';
import { eventIdOf, hmacMatches } from '../http/proof.ts';
import { incidentOf } from './issue.ts';

const bodySchema = z.object({
  webhookEvent: z.string(),
  timestamp: z.number().nullish(),
  user: z.object({ displayName: z.string().nullish() }).nullish(),
  issue: z.object({
    key: z.string().regex(/^[A-Z][A-Z0-9_]*-\d+$/),
    fields: z
      .object({
        labels: z.array(z.string()).nullish(),
        status: z.object({ statusCategory: z.object({ key: z.string() }).nullish() }).nullish(),
      })
      .nullish(),
  }),
  comment: z.object({ author: z.object({ displayName: z.string().nullish() }).nullish() }).nullish(),
  changelog: z.object({ items: z.array(z.object({ field: z.string(), to: z.unknown() })) }).nullish(),
});
type JiraEvent = z.output<typeof bodySchema>;

export function readJiraHint(
  secret: string | undefined,
  { headers, raw }: DeskHintRequest,
): Result<readonly DeskHint[]> {
  const hex = /^sha256=(.+)$/.exec(headers['x-hub-signature'] ?? '')?.[1] ?? '';
  if (secret === undefined || !hmacMatches({ algorithm: 'sha256', secret, parts: [raw], hex }))
    return fail(failure('auth.refused', 'the event is not signed with the secret of this desk'));
  const event = parse(raw);
  if (event === undefined) return fail(failure('input.invalid', 'the event is not one about an issue'));
  const { issue, timestamp, user, comment } = event;
  return ok([
    {
      // The same in every repetition of a delivery.
      id: headers['x-atlassian-webhook-identifier'] ?? eventIdOf(raw),
      protocol: issue.key,
      incident: incidentOf(issue.fields?.labels),
      action: actionOf(event),
      by: user?.displayName ?? comment?.author?.displayName ?? undefined,
      at: typeof timestamp === 'number' ? instant(timestamp) : undefined,
    },
  ]);
}

function actionOf({ webhookEvent, changelog, issue }: JiraEvent): DeskHint['action'] {
  if (webhookEvent.startsWith('comment_')) return 'note';
  const changed = new Map(changelog?.items.map(({ field, to }) => [field, to]));
  const done = issue.fields?.status?.statusCategory?.key === 'done';
  if (changed.has('status') && done) return 'closed';
  const assignee = changed.get('assignee');
  return typeof assignee === 'string' && assignee !== '' ? 'acknowledged' : 'changed';
}

function parse(raw: Uint8Array): JiraEvent | undefined {
  try {
    return bodySchema.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw))).data;
  } catch {
    return undefined;
  }
}
