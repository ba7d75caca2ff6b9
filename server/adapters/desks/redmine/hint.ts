// Redmine's webhooks read back (releases after 6.1 have them): signature first, on the raw bytes, then as little as is
// needed to know which issue to read again. Redmine does not repeat what did not arrive: the slow poll stays.
import { z } from 'zod';
import { failure } from '../../../../shared/failure.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { fromIso } from '../../../../shared/time.ts';
import type { DeskHint, DeskHintRequest } from '../../../ports/desk-client.ts';
import { eventIdOf, hmacMatches } from '../http/proof.ts';
import { eventJson } from '../http/vigia-signature.ts';
import type { RedmineConfig } from './config.ts';
import { issueSchema, recordOf } from './issue.ts';

const kindSchema = z.object({ type: z.string() });

/** `{ type: "issue.updated", timestamp, data: { issue, journal? } }` */
const eventSchema = z.object({
  timestamp: z.string().optional(),
  data: z.object({
    issue: issueSchema.partial().extend({ id: z.int().positive() }),
    journal: z
      .object({
        id: z.int().optional(),
        notes: z.string().nullish(),
        user: z.object({ name: z.string().optional() }).nullish(),
      })
      .nullish(),
  }),
});

export function readRedmineHint(
  config: RedmineConfig,
  secret: string | undefined,
  { headers, raw }: DeskHintRequest,
): Result<readonly DeskHint[]> {
  const hex = /^sha256=([0-9a-f]{64})$/i.exec(headers['x-redmine-signature-256'] ?? '')?.[1] ?? '';
  const signed =
    secret !== undefined && secret !== '' && hmacMatches({ algorithm: 'sha256', secret, parts: [raw], hex });
  if (!signed) return fail(failure('auth.refused', 'the event is not signed with the secret of this desk'));
  const json = eventJson(raw);
  const kind = kindSchema.safeParse(json);
  // The same webhook may tell of news, wiki pages and hours.
  if (kind.success && !kind.data.type.startsWith('issue.')) return ok([]);
  const event = eventSchema.safeParse(json);
  if (!kind.success || !event.success)
    return fail(failure('input.invalid', 'the event is not of the known shape'));
  const { timestamp, data } = event.data;
  const whole = issueSchema.safeParse(data.issue);
  const record = whole.success ? recordOf(config, whole.data) : undefined;
  const text = data.journal?.notes ?? undefined;
  const hint: DeskHint = {
    id: eventIdOf(raw),
    protocol: String(data.issue.id),
    incident: record?.incident,
    action: record?.state === 'closed' ? 'closed' : text === undefined || text === '' ? 'changed' : 'note',
    by: data.journal?.user?.name,
    at: timestamp === undefined ? undefined : fromIso(timestamp),
    text,
  };
  return ok([hint]);
}
