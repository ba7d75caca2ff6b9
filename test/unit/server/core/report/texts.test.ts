// What leaves a report as text: no formula in a table, no tag in a page, no 100 % that is none.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../../../server/core/report/canonical-json.ts';
import { cell } from '../../../../../server/core/report/csv.ts';
import {
  changeText,
  lengthText,
  monthText,
  percentText,
  reportWords,
} from '../../../../../server/core/report/figures.ts';
import { markup, table } from '../../../../../server/core/report/markup.ts';
import { monthBefore, monthSpan } from '../../../../../server/core/report/month.ts';
import { page } from '../../../../../server/core/report/page.ts';
import { hour } from '../../../../../shared/time.ts';

const words = reportWords('pt-BR');

describe('report: cells of a table', () => {
  it.each(['=1+1', '+55', '-2', '@SUM(A1)', '\t=1', '  =1', '＝1', '\r=1', '\u200b=1'])(
    'a text that begins like a formula is shown and not run: %j',
    (text) => expect(cell(text)).toMatch(/^"'/),
  );

  it('never break the line or the quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const inner = cell(text).slice(1, -1);
        expect(inner.replaceAll('""', '')).not.toMatch(/["\r\n]/);
        expect(inner).not.toMatch(/^[\s]*[=+\-@]/);
      }),
    );
  });
});

describe('report: pages', () => {
  it('escape whatever is put into them', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', 'a', '/', '\u0000') }),
        (text) => {
          const made = page({
            language: 'pt-BR',
            title: text,
            head: text,
            body: table(text, [text], [{ title: text, cell: (row) => markup`<b>${row}</b>` }], text),
          });
          const tags = made.match(/<[^>]*>/g) ?? [];
          const known = page({
            language: 'pt-BR',
            title: '',
            head: '',
            body: table('', [''], [{ title: '', cell: (row) => markup`<b>${row}</b>` }], ''),
          });
          expect(tags).toEqual(known.match(/<[^>]*>/g));
          expect(made).not.toContain('\u0000');
        },
      ),
    );
  });

  it('hold no script and no style of their own places', () => {
    const made = page({
      language: 'pt-BR',
      title: 'a',
      head: 'b',
      body: markup`<p>${'<script>alert(1)</script>'}</p>`,
    });
    expect(made).not.toMatch(/<script|style="/);
  });
});

describe('report: figures', () => {
  it('a share below one is never shown as 100 %', () => {
    expect(percentText(0.9999999, words)).toBe('99,999 %');
    expect(percentText(1, words)).toBe('100,000 %');
    expect(percentText(0.99988, words)).toBe('99,988 %');
    expect(percentText(null, words)).toBe('sem dados');
    expect(changeText(0.99, 1, words)).toBe('-1,000');
    expect(changeText(null, 1, words)).toBe('—');
  });

  it("months are named, counted back over the year, and begin at the place's own midnight", () => {
    expect(monthText('2026-03', words)).toBe('março de 2026');
    expect(monthBefore('2026-01')).toBe('2025-12');
    const manaus = monthSpan('2026-11', 'America/Manaus');
    const saoPaulo = monthSpan('2026-11', 'America/Sao_Paulo');
    expect(manaus.from - saoPaulo.from).toBe(hour);
    // Summer time began on 2018-11-04: that month is an hour shorter.
    const { from, to } = monthSpan('2018-11', 'America/Sao_Paulo');
    expect(to - from).toBe((30 * 24 - 1) * hour);
  });
});

describe('report: canonical JSON', () => {
  it('is the same text whatever the order of fields, and reads back as the same value', () => {
    const plain = fc.jsonValue();
    fc.assert(
      fc.property(plain, (value) => {
        const once = canonicalJson(value);
        expect(canonicalJson(JSON.parse(once))).toBe(once);
      }),
    );
    expect(canonicalJson({ b: 1, a: [true, null, 'x'], c: undefined })).toBe('{"a":[true,null,"x"],"b":1}');
  });

  it('takes no number that JSON cannot write', () => {
    expect(() => canonicalJson({ a: Number.POSITIVE_INFINITY })).toThrow('plain data');
  });
});

describe('report: lengths in a narrow cell', () => {
  it('a number is never parted from its unit', () => {
    expect(lengthText(19 * 60_000 + 58_000)).toBe('19\u00a0min 58\u00a0s');
  });
});
