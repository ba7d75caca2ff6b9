// GLPI 11's webhooks read back: signature first, on the raw bytes, then as little as is needed to know which ticket to
// read again. They leave GLPI by its cron, minutes late at times; nothing in them is believed beyond "look there".
import { z } from 'zod';
import { failure } from '../../../../shared/failure.ts';
import { incidentIdFrom } from '../../../../shared/ids.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { second } from '../../../../shared/time.ts';
import type { DeskHint, DeskHintRequest } from '../../../ports/desk-client.ts';
import { eventIdOf, hmacMatches } from '../http/proof.ts';
import { externalPrefix } from './ticket.ts';

const idSchema = z.union([z.int().positive(), z.string().regex(/^\d+$/)]).transform(String);

/** The default payload: `{ event, item, parent_item? }`; of a followup or solution the ticket is the parent. */
const bodySchema = z.object({
  event: z.string(),
  item: z.object({
    id: idSchema,
    external_id: z.string().nullish(),
    status: z.union([z.int(), z.object({ id: z.int() })]).nullish(),
  }),
  parent_item: z.object({ id: idSchema }).nullish(),
});

export function readGlpiHint(
  secret: string | undefined,
  request: DeskHintRequest,
): Result<readonly DeskHint[]> {
  const { headers, raw, now } = request;
  const timestamp = headers['x-glpi-timestamp'] ?? '';
  const hex = headers['x-glpi-signature'] ?? '';
  if (
    secret === undefined ||
    !/^\d{1,12}$/.test(timestamp) ||
    !hmacMatches({ algorithm: 'sha256', secret, parts: [raw, timestamp], hex })
  )
    return fail(failure('auth.refused', 'the event is not signed with the secret of this desk'));
  // Its queue repeats what did not arrive for hours; what is older than that was recorded and is played back.
  if (Math.abs(now - Number(timestamp) * second) > limits.deskHintAgeMsMax)
    return fail(failure('auth.refused', 'the event is too old'));
  const body = parse(raw);
  if (body === undefined) return fail(failure('input.invalid', 'the event is not of the default payload'));
  const { item, parent_item } = body;
  const parent = parent_item ?? undefined;
  const external = item.external_id ?? undefined;
  const hint: DeskHint = {
    id: eventIdOf(raw, timestamp),
    protocol: parent?.id ?? item.id,
    incident:
      parent === undefined && external?.startsWith(externalPrefix) === true
        ? incidentIdFrom(external.slice(externalPrefix.length))
        : undefined,
    action: parent === undefined ? actionOf(item.status) : 'note',
  };
  return ok([hint]);
}

function actionOf(status: z.output<typeof bodySchema>['item']['status']): DeskHint['action'] {
  const number = typeof status === 'object' ? status?.id : status;
  return number !== undefined && number >= 5 ? 'closed' : 'changed';
}

function parse(raw: Uint8Array): z.output<typeof bodySchema> | undefined {
  try {
    return bodySchema.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw))).data;
  } catch {
    return undefined;
  }
}
