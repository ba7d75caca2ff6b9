// The reports' page without its drawing: which report an address means, and the figures at its head.
import { describe, expect, it } from 'vitest';
import { chosenOf, monthsFor, reportUrl } from '../../../../../server/console/pages/reports/address.ts';
import { changeText, percentText, totalsOf } from '../../../../../server/console/pages/reports/figures.ts';
import type { ReportRow } from '../../../../../shared/api/reports.ts';

const customers = [{ key: 'aurora' }, { key: 'boreal' }];

describe('reports: the address', () => {
  it.each([
    ['', { customer: 'aurora', month: '2026-11' }],
    ['boreal', { customer: 'boreal', month: '2026-11' }],
    ['boreal/2026-03', { customer: 'boreal', month: '2026-03' }],
    ['boreal/2026-12', { customer: 'boreal', month: '2026-11' }],
    ['boreal/2026-13', { customer: 'boreal', month: '2026-11' }],
    ['nobody/2026-03', undefined],
  ])('"%s"', (about, chosen) => {
    expect(chosenOf(about, customers, '2026-11')).toEqual(chosen);
  });

  it('without customers there is no report', () => {
    expect(chosenOf('', [], '2026-11')).toBeUndefined();
  });

  it('offers two years back, and an older month that was asked for', () => {
    expect(monthsFor('2026-11', '2026-11')).toHaveLength(25);
    expect(monthsFor('2026-11', '2023-01').at(-1)).toBe('2023-01');
  });

  it("names the server's report in the reader's language", () => {
    expect(reportUrl({ customer: 'aurora', month: '2026-11' }, 'csv', 'en')).toBe(
      '/api/v1/reports/availability?customer=aurora&month=2026-11&format=csv&language=en',
    );
  });
});

describe('reports: figures', () => {
  it('what is not whole is never shown as 100 %', () => {
    expect(percentText(0.9999999, 'pt-BR')).toBe('99,999%');
    expect(percentText(1, 'pt-BR')).toBe('100,000%');
  });

  it('a difference carries its sign, and says nothing where a month is unknown', () => {
    expect(changeText(0.9992, 0.998, 'pt-BR')).toBe('+0,120');
    expect(changeText(0.998, 0.9992, 'pt-BR')).toBe('-0,120');
    expect(changeText(null, 0.9992, 'pt-BR')).toBeUndefined();
  });

  it('a month that nobody watched has no availability, and planned stops are no outages', () => {
    const row = (kind: ReportRow['kind'], upMs: number, downMs: number) => ({ kind, upMs, downMs });
    const outage = (planned: boolean, state?: 'met' | 'missed' | 'none', targetMs = 60_000) => ({
      planned,
      downMs: 5,
      sla: state === undefined ? null : { state, targetMs },
    });
    const report = {
      rows: [row('link', 900, 100), row('link', 1000, 0), row('host', 0, 0)],
      // The last has the target "at once": no number that could be met.
      outages: [
        outage(false, 'met'),
        outage(false, 'missed'),
        outage(false),
        outage(true, 'none'),
        outage(false, 'met', 0),
      ],
    };
    expect(totalsOf(report)).toEqual({ links: 0.95, hosts: null, outages: 4, met: 1, judged: 2 });
  });
});
