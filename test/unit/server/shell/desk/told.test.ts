// What a record says against what the incident knows: every "no" first.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TicketEffect } from '../../../../../server/core/effect.ts';
import type { Incident } from '../../../../../server/core/incident.ts';
import type { OutboxRow } from '../../../../../server/ports/journal.ts';
import {
  ownWrites,
  type Said,
  type Shown,
  shownBy,
  somebody,
  wordsOf,
} from '../../../../../server/shell/desk/told.ts';
import { effectKey } from '../../../../../shared/ids.ts';
import { limits } from '../../../../../shared/limits.ts';
import {
  at,
  closeEffect,
  incident,
  noteEffect,
  openEffect,
  reopenEffect,
} from '../../../../contract/samples.ts';

const ticket = { state: 'registered', effect: effectKey('inc-1-0:open'), protocol: '7' } as const;
const open: Incident = incident('inc-1-0', { ticket });
const closedAtDesk: Incident = { ...open, ticket: { ...ticket, closedAtDesk: { at: at(1), by: 'Ana' } } };
const nothing = ownWrites([]);

function row(effect: TicketEffect, state: OutboxRow['state']): OutboxRow {
  return { id: 1, effect, state, attempts: 1, nextAttemptAt: at(0) };
}
const words = (shown: Shown, more: { of?: Incident; said?: Said; own?: ReturnType<typeof ownWrites> } = {}) =>
  wordsOf({ incident: more.of ?? open, shown, own: more.own ?? nothing, said: more.said });

describe('what people did at the desk', () => {
  it('a record as the incident knows it says nothing', () => {
    expect(words({ state: 'open' })).toEqual([]);
    expect(words({ state: 'closed' }, { of: closedAtDesk })).toEqual([]);
    const taken = { ...open, acknowledgedAt: at(2) };
    expect(words({ state: 'open', assignedTo: 'Ana' }, { of: taken })).toEqual([]);
    expect(words({})).toEqual([]);
  });

  it('our own closing, and our own opening again, are not people’s', () => {
    const closed = ownWrites([row(openEffect('inc-1-0'), 'done'), row(closeEffect('inc-1-0'), 'done')]);
    expect(words({ state: 'closed' }, { own: closed })).toEqual([]);
    const reopening = ownWrites([row(reopenEffect('inc-1-0'), 'pending')]);
    expect(words({ state: 'open' }, { of: closedAtDesk, own: reopening })).toEqual([]);
    expect(words({ state: 'closed' }, { own: reopening })).toEqual([]);
    const waitingNote = ownWrites([
      row(openEffect('inc-1-0'), 'done'),
      row(noteEffect('inc-1-0', 1), 'pending'),
    ]);
    expect(words({ state: 'closed' }, { own: waitingNote })).toMatchObject([{ action: 'closed' }]);
    const closingRefused = ownWrites([
      row(openEffect('inc-1-0'), 'done'),
      row(closeEffect('inc-1-0'), 'refused'),
    ]);
    expect(words({ state: 'closed' }, { own: closingRefused })).toMatchObject([{ action: 'closed' }]);
  });

  it('a note that carries our mark is ours; one without words is none', () => {
    const note = (text: string | undefined) => words({ state: 'open' }, { said: { action: 'note', text } });
    expect(note('Voltou a falhar.\n\n[vigia:inc-1-0:note:1]')).toEqual([]);
    expect(note('  ')).toEqual([]);
    expect(note(undefined)).toEqual([]);
    expect(note(' Modem trocado, 3º andar ')).toEqual([
      { action: 'note', by: somebody, text: 'Modem trocado, 3º andar' },
    ]);
  });

  describe('a note in the record', () => {
    const note = (id: string, text: string, more: object = {}) => ({
      id,
      by: 'Ana',
      text,
      at: at(1),
      ...more,
    });

    it('that the incident has heard says nothing, and what an event says of one counts for nothing', () => {
      const heard = { ...open, notesHeard: ['7#1'] };
      const said = { action: 'note', by: 'Ana', text: 'modem trocado' } as const;
      expect(words({ peopleNotes: [note('1', 'modem trocado')] }, { of: heard, said })).toEqual([]);
      expect(words({ peopleNotes: [] }, { of: heard, said })).toEqual([]);
      // Of a ticket that was made anew.
      const renewed: Incident = { ...heard, ticket: { ...ticket, protocol: '8' } };
      expect(words({ peopleNotes: [note('1', 'oi')] }, { of: renewed })).toHaveLength(1);
    });

    it('is told with its author and text, and names the ones before it that nobody is told', () => {
      const many = Array.from({ length: limits.deskNotesToldMax + 2 }, (_, each) =>
        note(`${each}`, ` n${each}\n`),
      );
      const told = words({ peopleNotes: many });
      expect(told).toHaveLength(limits.deskNotesToldMax);
      expect(told[0]).toEqual({
        action: 'note',
        by: 'Ana',
        text: 'n2',
        note: '7#2',
        passedOver: ['7#0', '7#1'],
      });
      expect(told.slice(1).some((each) => 'passedOver' in each)).toBe(false);
      expect(words({ peopleNotes: [note('1', 'oi', { by: undefined })] })).toMatchObject([{ by: somebody }]);
    });

    it('is told once of a list of any length, looked at as often as one likes', () => {
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 12 }), (looks) => {
          let incident = open;
          const told: string[] = [];
          let length = 0;
          for (const more of looks) {
            length += more;
            const notes = Array.from({ length }, (_, each) => note(`${each}`, 'igual'));
            for (const word of words(
              { peopleNotes: notes.slice(-limits.deskPeopleNotesMax) },
              { of: incident },
            )) {
              told.push(word.note ?? '');
              const heard = [...(incident.notesHeard ?? []), ...(word.passedOver ?? []), word.note ?? ''];
              incident = { ...incident, notesHeard: heard.slice(-2 * limits.deskPeopleNotesMax) };
            }
          }
          expect(new Set(told).size).toBe(told.length);
          if (length > 0) expect(told.at(-1)).toBe(`7#${length - 1}`);
        }),
      );
    });
  });

  it('taken, closed and opened again are told with whom the desk names', () => {
    expect(words({ state: 'open', assignedTo: 'João\nSilva' })).toEqual([
      { action: 'acknowledged', by: 'João Silva' },
    ]);
    expect(
      words({ state: 'closed' }, { said: { action: 'closed', by: 'Ana', text: 'era o modem' } }),
    ).toEqual([{ action: 'closed', by: 'Ana', text: 'era o modem' }]);
    expect(words({ state: 'closed' })).toEqual([{ action: 'closed', by: somebody }]);
    expect(words({ state: 'open' }, { of: closedAtDesk, said: { action: 'changed', by: 'Rui' } })).toEqual([
      { action: 'reopened', by: 'Rui' },
    ]);
  });

  it('what is said counts for nothing against what the record shows', () => {
    expect(words({ state: 'open' }, { said: { action: 'closed', by: 'Ana' } })).toEqual([]);
    expect(words({ state: 'open' }, { said: { action: 'acknowledged', by: 'Ana' } })).toEqual([]);
    const ours = { action: 'closed', text: 'Voltou. [vigia:inc-1-0:close:1]' } as const;
    expect(words({ state: 'closed' }, { said: ours })).toEqual([{ action: 'closed', by: somebody }]);
    // Who wrote a note did not close the ticket.
    expect(words({ state: 'closed' }, { said: { action: 'note', by: 'Ana', text: 'oi' } })).toEqual([
      { action: 'note', by: 'Ana', text: 'oi' },
      { action: 'closed', by: somebody },
    ]);
  });

  it('a closed ticket with an assignee is closed, not taken: nobody works on it', () => {
    expect(words({ state: 'closed', assignedTo: 'Ana' }).map(({ action }) => action)).toEqual(['closed']);
  });

  it('where nothing can be read, what was said stands for the record', () => {
    expect(shownBy({ action: 'acknowledged', by: 'Ana' })).toEqual({ assignedTo: 'Ana' });
    expect(shownBy({ action: 'closed' })).toEqual({ state: 'closed' });
    expect(shownBy({ action: 'reopened' })).toEqual({ state: 'open' });
    expect(shownBy({ action: 'changed' })).toEqual({});
  });
});
