// Movidesk's webhooks read back. Movidesk signs nothing: the secret stands in the address at which its trigger calls, and
// is compared before a byte of the event is looked at. Must never be believed beyond "look there".
import { z } from 'zod';
import { failure } from '../../../../shared/failure.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import type { DeskHint, DeskHintRequest } from '../../../ports/desk-client.ts';
import { eventIdOf, secretMatches } from '../http/proof.ts';
import { idSchema, instantOf } from './ticket.ts';

/** Names begin with a capital in what triggers send; the payload is the ticket, in part. */
const bodySchema = z.object({
  Id: idSchema,
  LastUpdate: z.string().nullish(),
  BaseStatus: z.string().nullish(),
});

export function readMovideskHint(
  webhookToken: string | undefined,
  { pathToken, raw }: DeskHintRequest,
): Result<readonly DeskHint[]> {
  if (webhookToken === undefined || pathToken === undefined || !secretMatches(pathToken, webhookToken))
    return fail(failure('auth.refused', 'the address of the event does not hold the secret of this desk'));
  const body = parse(raw);
  if (body === undefined) return fail(failure('input.invalid', 'the event names no ticket'));
  const { Id, LastUpdate, BaseStatus } = body;
  const closed = BaseStatus === 'Resolved' || BaseStatus === 'Closed' || BaseStatus === 'Canceled';
  return ok([
    {
      id: eventIdOf(raw),
      protocol: Id,
      action: closed ? 'closed' : 'changed',
      at: typeof LastUpdate === 'string' ? instantOf(LastUpdate) : undefined,
    },
  ]);
}

/** `id` or `Id`: the spelling is the trigger's. */
function parse(raw: Uint8Array): z.output<typeof bodySchema> | undefined {
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw));
    if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
    const capital = Object.entries(json).map(([name, value]) => [
      `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      value,
    ]);
    return bodySchema.safeParse(Object.fromEntries(capital)).data;
  } catch {
    return undefined;
  }
}
