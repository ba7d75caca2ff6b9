// What people did at the desk, from the difference between the record and what the incident knows. Pure; asked by events
// and by the slow poll. Must never take Vigia's own writes for people's, nor say anything twice that the incident knows.
import { limits } from '../../../shared/limits.ts';
import type { Incident } from '../../core/incident.ts';
import type { DeskWord } from '../../core/rules/desk-life.ts';
import type { DeskHint, DeskRecord } from '../../ports/desk-client.ts';
import type { OutboxRow } from '../../ports/journal.ts';

/** What is known of the record now. A hint that nobody can check is one too (`shownBy`). */
export type Shown = Pick<DeskRecord, 'assignedTo' | 'peopleNotes'> & { readonly state?: DeskRecord['state'] };
export type Said = Pick<DeskHint, 'action' | 'by' | 'text'>;

export interface Telling {
  readonly incident: Incident;
  readonly shown: Shown;
  readonly own: OwnWrites;
  /** After which it was looked at; absent: the slow poll. */
  readonly said?: Said;
}

/** Our writes to the ticket's state, as far as they have come. */
export interface OwnWrites {
  /** None is under way or waiting: what the record shows, people made, or `closed` says that we did. */
  readonly settled: boolean;
  readonly closed: boolean;
  /** The latest that was done; the same before and after a look: nothing of ours came between. */
  readonly last: string;
}

/** Where the desk does not tell names. */
export const somebody = 'alguém na central de chamados';

/**
 * In the order in which the incident has to hear them. A record with an assignee is taken (`acknowledged`), unless it is
 * closed: a ticket that was closed early has nobody working on it. Notes are those that the record shows, each once; as
 * said only where it shows none; never our own.
 */
export function wordsOf({ incident, shown, own, said }: Telling): readonly DeskWord[] {
  const words: DeskWord[] = [];
  const closedBefore = incident.ticket?.closedAtDesk !== undefined;
  if (shown.assignedTo !== undefined && shown.state !== 'closed' && incident.acknowledgedAt === undefined) {
    words.push(word('acknowledged', said, shown.assignedTo));
  }
  if (shown.peopleNotes !== undefined) {
    words.push(...noteWords(incident, shown.peopleNotes));
  } else if (said?.action === 'note' && said.text !== undefined && isByPeople(said.text)) {
    words.push(word('note', said, undefined));
  }
  if (!own.settled) return words;
  if (shown.state === 'closed' && !closedBefore && !own.closed) {
    const closed = word('closed', said, undefined);
    const { text: _noted, ...bare } = closed;
    words.push(words.some(({ action, text }) => action === 'note' && text === closed.text) ? bare : closed);
  }
  if (shown.state === 'open' && closedBefore) words.push(word('reopened', said, undefined));
  return words;
}

/**
 * The latest that the incident has not heard. What an older release was told of by events has no id: it is known by its
 * text, at the first look.
 */
function noteWords(incident: Incident, notes: NonNullable<Shown['peopleNotes']>): readonly DeskWord[] {
  const { notesHeard, ticket } = incident;
  // Some desks count the notes of each record anew, and a ticket that vanished is made anew.
  const fresh = notes
    .map((note) => ({ ...note, id: `${ticket?.protocol ?? ''}#${note.id}`, text: textOf(note.text) }))
    .filter(({ id, at = incident.detectedAt }) => {
      // A ticket that a person named for this incident may be older than it. The desk's clock may be off.
      return notesHeard?.includes(id) !== true && at >= incident.detectedAt - limits.deskPollFirstMs;
    });
  const said =
    notesHeard === undefined ? incident.timeline.filter(({ kind }) => kind === 'noted-at-desk') : [];
  const news = fresh.filter((note) => !said.some(({ text }) => text === note.text));
  const told = news.slice(-limits.deskNotesToldMax);
  const passedOver = fresh.filter((note) => !told.includes(note)).map(({ id }) => id);
  return told.map(({ id, by, text }, index) => ({
    action: 'note',
    by: nameOf(by),
    text,
    note: id,
    ...(index === 0 && passedOver.length > 0 ? { passedOver } : {}),
  }));
}

function textOf(text: string): string {
  return text.trim().slice(0, limits.noteCharsMax);
}

/** At desks whose records cannot be read, what was said is all there is. */
export function shownBy({ action, by }: Said): Shown {
  switch (action) {
    case 'acknowledged':
      return { assignedTo: by ?? somebody };
    case 'closed':
      return { state: 'closed' };
    case 'reopened':
      return { state: 'open' };
    case 'note':
    case 'changed':
      return {};
  }
}

export function ownWrites(rows: readonly OutboxRow[]): OwnWrites {
  const states = rows.filter(({ effect: { kind } }) => kind !== 'ticket.note');
  const last = states.findLast(({ state }) => state === 'done')?.effect;
  return {
    settled: states.every(({ state }) => state !== 'pending'),
    closed: last?.kind === 'ticket.close',
    last: last?.key ?? '',
  };
}

/** `who`: named by the record itself. Else whoever is said to have done just that, or changed something unnamed. */
function word(action: DeskWord['action'], said: Said | undefined, who: string | undefined): DeskWord {
  const same = said?.action === action;
  const by = who ?? (same || said?.action === 'changed' ? said?.by : undefined);
  const text = same && said.text !== undefined ? textOf(said.text) : undefined;
  return {
    action,
    by: nameOf(by),
    ...(text === undefined || text === '' || !isByPeople(text) ? {} : { text }),
  };
}

function nameOf(by: string | undefined): string {
  const name = (by ?? '')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, limits.deskNameCharsMax);
  return name === '' ? somebody : name;
}

/** Each of our own notes ends with its mark. */
function isByPeople(text: string): boolean {
  return text.trim() !== '' && !/\[vigia:[^\]]+\]/.test(text);
}
