// Patterns of profiles: the same answers as JavaScript's for what both know, and never more than linear work.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern, type Match } from '../../../../../../server/adapters/desks/declarative/pattern.ts';
import { limits } from '../../../../../../shared/limits.ts';

function match(source: string, text: string): Match | undefined {
  const compiled = compilePattern(source);
  if (!compiled.ok) throw new Error(compiled.failure.message);
  return compiled.value.match(text);
}

function refusal(source: string): string {
  const compiled = compilePattern(source);
  return compiled.ok ? 'taken' : compiled.failure.code;
}

describe('pattern', () => {
  it.each([
    ['ticket n. ([0-9]+)', 'Aberto: ticket n. 4711.', { whole: 'ticket n. 4711', group: '4711' }],
    ['(?i)ERRO', 'um erro aqui', { whole: 'erro' }],
    ['(?i)situação', 'SITUAÇÃO', { whole: 'SITUAÇÃO' }],
    ['^ok$', 'ok', { whole: 'ok' }],
    ['^ok$', 'ok\n', undefined],
    ['a.c', 'a\nc', undefined],
    ['a{2,3}', 'aaaa', { whole: 'aaa' }],
    ['a{2,3}?', 'aaaa', { whole: 'aa' }],
    ['a{2}', 'aaaa', { whole: 'aa' }],
    ['<b>(.*?)</b>', '<b>um</b><b>dois</b>', { whole: '<b>um</b>', group: 'um' }],
    ['<b>(.*)</b>', '<b>um</b><b>dois</b>', { whole: '<b>um</b><b>dois</b>', group: 'um</b><b>dois' }],
    ['(?:um|dois) (três|(quatro))', 'dois quatro', { whole: 'dois quatro', group: 'quatro' }],
    ['[^"]+', '""abc"', { whole: 'abc' }],
    ['[\\d.-]+', 'v 1.2-3', { whole: '1.2-3' }],
    ['\\[VIGIA-([\\w-]+)\\]', 'x [VIGIA-inc-1-0]', { whole: '[VIGIA-inc-1-0]', group: 'inc-1-0' }],
    ['a(b)?c', 'ac', { whole: 'ac' }],
    ['', 'abc', { whole: '' }],
    ['(a*)*b', 'aab', { whole: 'aab' }],
  ] as const)('%s on %j', (source, text, wanted) => {
    const found = match(source, text);
    expect(found?.whole).toBe(wanted?.whole);
    if (wanted !== undefined && 'group' in wanted) expect(found?.group).toBe(wanted.group);
  });

  it.each([
    '(?=a)',
    '(?!a)',
    '(?<n>a)',
    '(?<=a)',
    '\\1',
    '\\b',
    '\\u0041',
    '*a',
    'a**',
    'a{2}{3}',
    '(a',
    'a)',
    '[a',
    'a\\',
    'a{3,2}',
    'a{,2}',
    'a{x}',
    '[z-a]',
    '^*',
    '😀',
    '(?i',
    'a'.repeat(limits.deskPathCharsMax + 1),
  ])('refuses %s', (source) => {
    expect(refusal(source)).toBe('config.invalid');
  });

  it('refuses counts inside counts before they grow', () => {
    expect(refusal('((((a{99}){99}){99}){99})')).toBe('config.invalid');
    expect(refusal('(a{0,99}){0,99}')).toBe('config.invalid');
  });

  it('takes no longer than the text is long, whatever the pattern', () => {
    const text = `${'a'.repeat(limits.deskPatternTextMax - 1)}!`;
    for (const source of ['(a+)+$', '(a|a)*b', '(a*)*b', '(.*)(.*)(.*)x', '(a?){40}a{40}b']) {
      const began = performance.now();
      match(source, text);
      // Backtracking would take longer than the universe has existed; a busy machine is given plenty.
      expect(performance.now() - began).toBeLessThan(10_000);
    }
  });

  it('looks at no more than its part of the text', () => {
    const far = `${' '.repeat(limits.deskPatternTextMax)}x`;
    expect(match('x', far)).toBeUndefined();
    expect(match('x', far.slice(1))).toEqual({ whole: 'x' });
  });

  it('finds what JavaScript finds', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', 'c');
    const times = fc.constantFrom('', '', '*', '+', '?', '*?', '+?', '{1,2}', '{2}');
    const simple = fc.tuple(atom, times).map(([one, many]) => one + many);
    const sequence = fc.array(simple, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
    // A group takes at least one character, so that what an empty round of a loop means is not the question.
    const group = fc
      .tuple(fc.array(sequence, { minLength: 1, maxLength: 3 }), times)
      .map(([options, many]) => `(?:c(?:${options.join('|')}))${many}`);
    const pattern = fc
      .array(fc.oneof(simple, group), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join(''));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), maxLength: 14 });
    fc.assert(
      fc.property(pattern, text, (source, on) => {
        expect(match(source, on)?.whole).toBe(new RegExp(source).exec(on)?.[0]);
      }),
      { numRuns: 3_000 },
    );
  });
});
