// Titles, marks, classes and proofs that all desk adapters share.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hmacMatches, secretMatches } from '../../../../../../server/adapters/desks/http/proof.ts';
import {
  fitTitle,
  noteMarksIn,
  peopleNotesIn,
  priorityMapSchema,
  priorityOf,
} from '../../../../../../server/adapters/desks/http/record-parts.ts';
import { limits } from '../../../../../../shared/limits.ts';

describe('record parts', () => {
  it('never makes a title longer than the desk keeps, and never loses the marker', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 400 }),
        fc.integer({ min: 60, max: 350 }),
        (text, max) => {
          const title = fitTitle(`${text} [VIGIA-inc-7-0]`, max);
          return (
            title.length <= max &&
            title.endsWith('[VIGIA-inc-7-0]') &&
            title.isWellFormed() === text.isWellFormed()
          );
        },
      ),
    );
  });

  it('leaves a title that fits as it is', () => {
    expect(fitTitle('São Paulo - ação, 3º andar [VIGIA-inc-7-0]', 255)).toBe(
      'São Paulo - ação, 3º andar [VIGIA-inc-7-0]',
    );
  });

  it('finds each mark once, in order', () => {
    const texts = ['x [vigia:inc-1:note:1]', 'nada', '[vigia:inc-1:note:2] [vigia:inc-1:note:1]', '[vigia:]'];
    expect(noteMarksIn(texts)).toEqual(['inc-1:note:1', 'inc-1:note:2']);
  });

  it('takes no note for a person’s that bears our mark first, nor its repetition, nor one without words', () => {
    const ours = 'Voltou.\n\n[vigia:inc-1-0:note:1]';
    const read = (...texts: readonly string[]) =>
      peopleNotesIn(texts.map((text, id) => ({ id, text }))).map(({ text }) => text);
    expect(read(ours, `${ours}\r\n`, ' \r\n', 'x [vigia:inc-1-0:note:2] assinatura')).toEqual([]);
    const quoted = `Ciente.\n> ${ours.replaceAll('\n', '\n> ')}`;
    // Some mail programs quote without a sign.
    expect(read(ours, quoted, `Ciente.\n${ours}`)).toEqual([quoted, `Ciente.\n${ours}`]);
  });

  it('keeps people’s notes within the limits: the latest, none longer than a note is, no half characters', () => {
    const many = Array.from({ length: limits.deskPeopleNotesMax + 3 }, (_, id) => ({ id, text: `n${id}` }));
    expect(peopleNotesIn(many)).toHaveLength(limits.deskPeopleNotesMax);
    expect(peopleNotesIn(many)[0]).toEqual({ id: '3', text: 'n3' });
    const long = `${'x'.repeat(limits.noteCharsMax - 1)}😀`;
    const [only] = peopleNotesIn([{ id: 1, by: ' Ana\u0020', text: long }]);
    expect(only?.text).toBe('x'.repeat(limits.noteCharsMax - 1));
    expect(only?.by).toBe('Ana');
  });

  it('refuses two classes with one word, because they could not be told apart again', () => {
    const schema = priorityMapSchema(z.string(), { critical: 'a', priority: 'b', standard: 'c' });
    expect(schema.safeParse({ critical: 'Alta', priority: 'Alta', standard: 'Baixa' }).success).toBe(false);
    expect(schema.parse(undefined)).toEqual({ critical: 'a', priority: 'b', standard: 'c' });
  });

  it('reads a class back without regard to case, and none from a word that is not ours', () => {
    const map = { critical: 'URGENTE', priority: 'Média', standard: 'Baixa' };
    expect(priorityOf(map, 'urgente')).toBe('critical');
    expect(priorityOf(map, 'MÉDIA')).toBe('priority');
    expect(priorityOf(map, 'Planejada')).toBeUndefined();
    expect(priorityOf(map, undefined)).toBeUndefined();
  });
});

describe('proof', () => {
  it('takes no signature of another form', () => {
    // RFC 4231, test case 2.
    const good = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
    const signed = (hex: string) =>
      hmacMatches({ algorithm: 'sha256', secret: 'Jefe', parts: ['what do ya want ', 'for nothing?'], hex });
    expect(signed(good)).toBe(true);
    expect(signed(good.toUpperCase())).toBe(true);
    for (const hex of ['', 'zz', good.slice(2), `${good}00`, good.replace('5', '6')])
      expect(signed(hex)).toBe(false);
  });

  it('takes no empty secret for a proof', () => {
    expect(secretMatches('', '')).toBe(false);
    expect(secretMatches('a', 'a')).toBe(true);
    expect(secretMatches('a', 'ab')).toBe(false);
  });
});
