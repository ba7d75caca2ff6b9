// The printed tickets in docs are what would be sent, and read well: no gap, no word said twice, no English.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { printedCases, templatesPage, ticketPage } from './ticket-pages.ts';

const docs = new URL('../../docs/', import.meta.url);
const page = ticketPage();

describe('printed tickets', () => {
  it('docs/tickets.md is what the core says today (node test/scenario/rewrite.ts writes it)', () => {
    expect(readFileSync(new URL('tickets.md', docs), 'utf8')).toBe(page);
  });

  it('docs/ticket-templates.md holds the shipped texts', () => {
    expect(readFileSync(new URL('ticket-templates.md', docs), 'utf8')).toBe(templatesPage());
  });

  it('each case opens a ticket', () => {
    const sections = page.split(/^## /m).slice(1);
    expect(sections).toHaveLength(printedCases);
    expect(sections.filter((section) => !section.includes('**Abre**'))).toEqual([]);
  });

  it('no placeholder is left, no word stands twice, nothing is undefined', () => {
    expect(page).not.toMatch(/\{\{|\}\}/);
    expect(page).not.toMatch(/\bundefined\b|\bnull\b|NaN/);
    expect(page).not.toMatch(/(?<!\p{L})(\p{L}{3,}) \1(?!\p{L})/iu);
    expect(page).not.toMatch(/ ,|, ,|\(\)| \.$|\.\.$/m);
  });

  it('every ticket says customer, SLA, first step, verdict, history and where to look', () => {
    const bodies = page
      .split('**Abre**')
      .slice(1)
      .map((part) => part.split('```')[1] ?? '');
    for (const body of bodies) {
      for (const part of [
        'Desde: ',
        'SLA: ',
        'Primeiro passo (nível 1): ',
        'Diagnóstico: ',
        '/incidents/inc-',
      ])
        expect(body).toContain(part);
      if (!body.includes('Atingidos até agora')) {
        expect(body).toContain('Cliente: ');
        expect(body).toContain('Últimos 30 dias ');
      }
    }
    expect(bodies.length).toBeGreaterThanOrEqual(printedCases);
  });
});
