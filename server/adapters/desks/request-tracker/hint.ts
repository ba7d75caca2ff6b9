// Events of RT's scrip (`docs/desks/request-tracker.md` has its text): signature first, on the raw bytes, then what is
// needed to know which ticket to read again. One click of a person makes two or three of them; RT repeats none, so the
// slow poll stays.
import { z } from 'zod';
import { failure } from '../../../../shared/failure.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { fromIso } from '../../../../shared/time.ts';
import type { DeskHint, DeskHintRequest } from '../../../ports/desk-client.ts';
import { noteMarksIn } from '../http/record-parts.ts';
import { checkVigiaSignature, eventJson } from '../http/vigia-signature.ts';
import type { RequestTrackerConfig } from './config.ts';
import { numberSchema } from './ticket.ts';

const eventSchema = z.object({
  transaction: numberSchema,
  ticket: numberSchema,
  /** RT's word: `Create`, `Status`, `Set`, `SetWatcher`, `Comment`, `Correspond` ... */
  type: z.string().max(64),
  field: z.string().max(200).nullish(),
  old: z.string().nullish(),
  new: z.string().nullish(),
  by: z.string().nullish(),
  at: z.string().max(64).nullish(),
  text: z.string().nullish(),
});
type Event = z.output<typeof eventSchema>;

export function readRequestTrackerHint(
  config: RequestTrackerConfig,
  secret: string | undefined,
  request: DeskHintRequest,
): Result<readonly DeskHint[]> {
  const signed = checkVigiaSignature(secret, request);
  if (!signed.ok) return signed;
  const parsed = eventSchema.safeParse(eventJson(request.raw));
  if (!parsed.success) return fail(failure('input.invalid', 'the event is not of the agreed shape'));
  const event = parsed.data;
  const text = event.text ?? undefined;
  // Our own notes come back through the scrip as well; they are no news.
  if (text !== undefined && noteMarksIn([text]).length > 0) return ok([]);
  return ok([
    {
      id: event.transaction,
      protocol: event.ticket,
      action: actionOf(config, event),
      by: event.by ?? undefined,
      at: event.at === null || event.at === undefined ? undefined : fromIso(event.at),
      text,
    },
  ]);
}

function actionOf({ closedStatuses }: RequestTrackerConfig, event: Event): DeskHint['action'] {
  const { type, field } = event;
  if (type === 'Comment' || type === 'Correspond') return 'note';
  if (type === 'Status') {
    const closed = closedStatuses.includes(event.new ?? '');
    const wasClosed = closedStatuses.includes(event.old ?? '');
    return closed ? 'closed' : wasClosed ? 'reopened' : 'changed';
  }
  if (field === 'Owner' && (type === 'Set' || type === 'Take' || type === 'Give' || type === 'Steal'))
    return 'acknowledged';
  return 'changed';
}
