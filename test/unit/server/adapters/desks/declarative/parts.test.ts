// Small parts of the declarative desk: charsets, JSON paths, templates.
import { describe, expect, it } from 'vitest';
import {
  decodeText,
  encodeText,
  fitText,
  isLatin1,
} from '../../../../../../server/adapters/desks/declarative/charset.ts';
import { parseJsonPath, selectTexts } from '../../../../../../server/adapters/desks/declarative/json-path.ts';
import {
  fill,
  namesIn,
  parseTemplate,
} from '../../../../../../server/adapters/desks/declarative/template.ts';

const text = 'São Paulo - ação, 3º andar';

describe('charset', () => {
  it('writes one byte for each Latin-1 letter and reads it back', () => {
    expect(encodeText('ação 3º', 'iso-8859-1').toString('hex')).toBe('61e7e36f2033ba');
    expect(encodeText('ação 3º', 'utf-8').toString('hex')).toBe('61c3a7c3a36f2033c2ba');
    for (const charset of ['utf-8', 'iso-8859-1'] as const)
      expect(decodeText(encodeText(text, charset), charset)).toBe(text);
  });

  it('knows bytes that are no UTF-8', () => {
    expect(decodeText(Buffer.from([0xe7, 0xe3]), 'utf-8')).toBeUndefined();
  });

  it('composes letters before it gives up on them', () => {
    const apart = 'Sa\u0303o';
    expect(fitText(apart, 'iso-8859-1', 'refuse')).toEqual({
      ok: true,
      value: { text: 'São', replaced: [] },
    });
    expect(fitText(apart, 'utf-8', 'refuse')).toEqual({ ok: true, value: { text: apart, replaced: [] } });
  });

  it('replaces signs by what they mean, letters by their base, the rest by a question mark', () => {
    const fitted = fitText('“10 €” — ş → 東 😀', 'iso-8859-1', 'transliterate');
    expect(fitted).toMatchObject({ value: { text: '"10 EUR" - s -> ? ?' } });
    expect(fitted.ok && isLatin1(fitted.value.text)).toBe(true);
  });

  it('refuses with the characters by name', () => {
    expect(fitText('a–b', 'iso-8859-1', 'refuse')).toMatchObject({
      ok: false,
      failure: { code: 'desk.refused', message: expect.stringContaining('–') },
    });
  });
});

describe('json path', () => {
  const value = { items: [{ id: 1, 'nome completo': ' São ' }, { id: 2 }], ok: true, none: null };
  const at = (path: string) => {
    const parsed = parseJsonPath(path);
    return parsed && selectTexts(parsed, value);
  };

  it.each([
    ['$.items[*].id', ['1', '2']],
    ["$.items[0]['nome completo']", ['São']],
    ['$.ok', ['true']],
    ['$.none', []],
    ['$.items', []],
    ['$.items[7].id', []],
    ['$.constructor.name', []],
    ['$.__proto__', []],
    ['$.items.length', []],
  ])('%s', (path, wanted) => {
    expect(at(path)).toEqual(wanted);
  });

  it.each(['items', '$..id', '$.items[?(@.id)]', '$.items[-1]', '$.a b', '$[', '$.', ''])(
    'takes no %s',
    (path) => {
      expect(parseJsonPath(path)).toBeUndefined();
    },
  );
});

describe('template', () => {
  it('fills names and nothing else, and values are never templates', () => {
    const template = parseTemplate('{{x}} {title}|{title}');
    if (!template.ok) throw new Error(template.failure.message);
    expect(namesIn(template.value)).toEqual(['title', 'title']);
    const filled = fill(template.value, new Map([['title', '{body} $& $1']]), (value) => value);
    expect(filled).toBe('{x} {body} $& $1|{body} $& $1');
  });

  it.each(['{', '}', '{a b}', '{}', '{1a}', 'a } b', '{a.b}'])('refuses %s', (source) => {
    expect(parseTemplate(source)).toMatchObject({ ok: false, failure: { code: 'config.invalid' } });
  });
});
