// Which of a ticket's texts people wrote: RT keeps its own mails, the parts of one message and our notes among them. Asks
// what each of those that may be a person's was said with, once. Must never take a mail that RT sent for a word of anybody.
import { ok, type Result } from '../../../../shared/result.ts';
import type { PersonNote } from '../../../ports/desk-client.ts';
import { textOfHtml } from '../http/html-text.ts';
import { peopleNotesIn, type ReadNote } from '../http/record-parts.ts';
import type { TicketText, TicketTexts } from './texts.ts';

/** RT's own account. */
const systemUser = 'RT_System';

/** `notes`: oldest first, without the opening text. Failures: those of reading. */
export async function peopleNotesOf(
  texts: Pick<TicketTexts, 'transaction'>,
  notes: readonly TicketText[],
): Promise<Result<readonly PersonNote[]>> {
  const candidates = peopleNotesIn(withoutTwins(notes).map(readNoteOf));
  const transactions = new Map(notes.map(({ id, transaction }) => [id, transaction]));
  const found: PersonNote[] = [];
  for (const note of candidates) {
    const transaction = transactions.get(note.id);
    // A release that does not say with what it was said: a person's word for all we know.
    const read = transaction === undefined ? ok(undefined) : await texts.transaction(transaction);
    if (!read.ok) return read;
    const { type = 'Comment', by, at } = read.value ?? {};
    const spoken = type === 'Comment' || type === 'Correspond';
    if (!spoken || by === systemUser) continue;
    found.push({ ...note, ...(by === undefined ? {} : { by }), ...(at === undefined ? {} : { at }) });
  }
  return ok(found);
}

/** A mail comes as plain text and as HTML, which say the same. */
function withoutTwins(notes: readonly TicketText[]): readonly TicketText[] {
  const plain = new Set(notes.filter(({ html }) => !html).map(({ transaction }) => transaction));
  return notes.filter(
    ({ html, transaction }) => !html || transaction === undefined || !plain.has(transaction),
  );
}

function readNoteOf({ id, text, html }: TicketText): ReadNote {
  return { id, text: html ? textOfHtml(text) : text };
}
