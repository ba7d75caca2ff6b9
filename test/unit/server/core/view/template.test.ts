// A template as an operator writes it: what disappears, what repeats, what is refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { templateNames } from '../../../../../server/core/ticket-settings.ts';
import { renderTemplate, renderTitle, templateMistakes } from '../../../../../server/core/view/template.ts';
import { placeholdersOf, shippedTemplates } from '../../../../../server/core/view/templates.ts';

const known = ['title', 'phone', 'steps'];
const mistakes = (text: string): string[] =>
  templateMistakes(text, known).map(({ line, message }) => `${line}: ${message}`);

describe('template', () => {
  it('drops a line whose placeholders are all empty and keeps one with any value', () => {
    const text = 'a\nfone: {{phone}}\n{{title}} {{phone}}';
    expect(renderTemplate(text, { title: 'T', phone: '' })).toBe('a\nT');
  });

  it('repeats a line with a list once for each item', () => {
    expect(renderTemplate('- {{steps}} ({{title}})', { steps: ['um', 'dois'], title: 'T' })).toBe(
      '- um (T)\n- dois (T)',
    );
  });

  it('shows a section only when its name has something to say, also inside another', () => {
    const text = '{{#title}}\nTítulo\n{{#steps}}\nPassos:\n{{steps}}\n{{/steps}}\n{{/title}}\nfim';
    expect(renderTemplate(text, { title: 'T', steps: [] })).toBe('Título\nfim');
    expect(renderTemplate(text, { title: '', steps: ['um'] })).toBe('fim');
    expect(renderTemplate(text, { title: 'T', steps: ['um'] })).toBe('Título\nPassos:\num\nfim');
  });

  it('never leaves two blank lines in a row, none at the ends, and forgets remarks', () => {
    expect(renderTemplate('\n\n{{! para o plantão }}\na\n\n{{phone}}\n\nb\n\n', { phone: '' })).toBe(
      'a\n\nb',
    );
  });

  it('leaves braces and dollar signs of a value alone', () => {
    expect(renderTemplate('{{title}}', { title: '{{phone}} $& $1' })).toBe('{{phone}} $& $1');
  });

  it('makes one line of a title', () => {
    expect(renderTitle('{{title}}\n— {{phone}}', { title: 'Link\ncaído', phone: '1' })).toBe(
      'Link caído — 1',
    );
  });

  it('reads files with a byte order mark and Windows line ends', () => {
    expect(renderTemplate('\uFEFF{{title}}\r\nb\r\n', { title: 'São João' })).toBe('São João\nb');
  });

  it('names the line of an unknown placeholder and the ones that exist', () => {
    expect(mistakes('a\n{{titel}}')).toEqual([
      '2: unknown placeholder "titel"; known here: title, phone, steps',
    ]);
  });

  it('refuses halves, sections that do not match, code, and an empty text', () => {
    expect(mistakes('{{title}} {{phone')).toEqual(['1: has "{{" or "}}" without its other half']);
    expect(mistakes('{{#title}}\na')).toEqual(['1: "{{#title}}" is never closed']);
    expect(mistakes('a\n{{/title}}')).toEqual(['2: "{{/title}}" closes nothing that is open']);
    expect(mistakes('a {{#title}} b')).toEqual(['1: "{{#title}}" must stand alone on its line']);
    expect(mistakes('{{title.length}}')[0]).toMatch(/^1: .* is no placeholder/);
    expect(mistakes('\n{{! nada }}\n')).toEqual(['1: is empty; wanted: at least one line of text']);
  });

  it('renders whatever is written, even what would be refused', () => {
    const piece = fc.constantFrom(
      '{{',
      '}}',
      '{{#title}}',
      '{{/title}}',
      '{{phone}}',
      '{{x}}',
      '\n',
      'a',
      '{{steps}}',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = renderTemplate(pieces.join(''), { title: 'T', phone: '', steps: ['1', '2'] });
        expect(text).not.toMatch(/\n\n\n/);
      }),
    );
  });

  it.each(templateNames)('the shipped %s has no mistake', (name) => {
    expect(templateMistakes(shippedTemplates[name].text, placeholdersOf(name))).toEqual([]);
  });
});
