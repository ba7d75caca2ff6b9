// Zammad's webhooks read back: signature first, on the raw bytes, then as little as is needed to know which ticket to
// read again. Must never be believed beyond "look there".
import { z } from 'zod';
import { failure } from '../../../../shared/failure.ts';
import { incidentIdFrom } from '../../../../shared/ids.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { fromIso } from '../../../../shared/time.ts';
import type { DeskHint, DeskHintRequest } from '../../../ports/desk-client.ts';
import { eventIdOf, hmacMatches } from '../http/proof.ts';
import { fold } from '../http/record-parts.ts';
import type { ZammadConfig } from './config.ts';
import { protocolOf } from './ticket.ts';

const personSchema = z.union([z.string(), z.object({ login: z.string().nullish() })]);
/** The default payload; our attribute is named by the configuration. */
const bodySchema = z.object({
  ticket: z.looseObject({
    id: z.int().positive(),
    number: z.string().min(1),
    state: z.union([z.string(), z.object({ name: z.string() })]).nullish(),
    updated_at: z.string().nullish(),
    updated_by: personSchema.nullish(),
  }),
});

export function readZammadHint(
  config: ZammadConfig,
  secret: string | undefined,
  { headers, raw }: DeskHintRequest,
): Result<readonly DeskHint[]> {
  const hex = /^sha1=(.+)$/.exec(headers['x-hub-signature'] ?? '')?.[1] ?? '';
  if (secret === undefined || !hmacMatches({ algorithm: 'sha1', secret, parts: [raw], hex }))
    return fail(failure('auth.refused', 'the event is not signed with the secret of this desk'));
  const ticket = parse(raw)?.ticket;
  if (ticket === undefined) return fail(failure('input.invalid', 'the event is not of the default payload'));
  const { state, updated_at, updated_by } = ticket;
  const mark = ticket[config.attribute];
  const stateName = typeof state === 'object' ? state?.name : state;
  const closed = config.states.allClosed.some((each) => fold(each) === fold(stateName));
  return ok([
    {
      id: headers['x-zammad-delivery'] ?? eventIdOf(raw),
      protocol: protocolOf(ticket),
      incident: typeof mark === 'string' && mark !== '' ? incidentIdFrom(mark) : undefined,
      action: closed ? 'closed' : 'changed',
      by: (typeof updated_by === 'object' ? updated_by?.login : updated_by) ?? undefined,
      at: typeof updated_at === 'string' ? fromIso(updated_at) : undefined,
    },
  ]);
}

function parse(raw: Uint8Array): z.output<typeof bodySchema> | undefined {
  try {
    return bodySchema.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw))).data;
  } catch {
    return undefined;
  }
}
