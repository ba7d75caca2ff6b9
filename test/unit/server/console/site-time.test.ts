// A site's local time as form fields have it: there and back, over every change of the clocks, and the month as a calendar.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf, localOf, monthAfter, monthTitle, weeksOf } from '../../../../server/console/site-time.ts';
import { minute } from '../../../../shared/time.ts';

const zones = [
  'America/Sao_Paulo',
  'America/Manaus',
  'America/Noronha',
  'America/New_York',
  'Asia/Kathmandu',
  'UTC',
];

describe("console: a site's local time", () => {
  it.each([
    ['2026-11-24T02:00', 'America/Sao_Paulo', '2026-11-24T05:00:00.000Z'],
    ['2026-11-24T02:00', 'America/Rio_Branco', '2026-11-24T07:00:00.000Z'],
    ['2018-07-01T00:00', 'America/Sao_Paulo', '2018-07-01T03:00:00.000Z'],
    ['2018-12-01T00:00', 'America/Sao_Paulo', '2018-12-01T02:00:00.000Z'],
  ])('%s in %s is %s', (local, zone, iso) => {
    expect(new Date(instantOf(local, zone) ?? 0).toISOString()).toBe(iso);
  });

  it.each(['', '2026-11-24', '2026-02-30T10:00', '2026-11-24T24:30', 'amanhã'])('"%s" is no time', (text) => {
    expect(instantOf(text, 'America/Sao_Paulo')).toBeUndefined();
  });

  it('a time that the clocks skip becomes one an hour later', () => {
    // 2018-11-04 00:00 in São Paulo went straight to 01:00.
    const at = instantOf('2018-11-04T00:30', 'America/Sao_Paulo') ?? 0;
    expect(localOf(at, 'America/Sao_Paulo')).toBe('2018-11-04T01:30');
  });

  it('what a field shows comes back as the same local time, in every zone and at every change of the clocks', () => {
    const at = fc.integer({ min: Date.UTC(2015, 0, 1) / minute, max: Date.UTC(2035, 0, 1) / minute });
    fc.assert(
      fc.property(at, fc.constantFrom(...zones), (minutes, zone) => {
        const local = localOf(minutes * minute, zone);
        expect(localOf(instantOf(local, zone) ?? 0, zone)).toBe(local);
      }),
      { numRuns: 400 },
    );
  });
});

describe('console: a month', () => {
  it('begins on Sunday and fills whole weeks', () => {
    expect(weeksOf('2026-11')[0]?.[0]).toBe('2026-11-01');
    expect(weeksOf('2026-02')).toHaveLength(4);
    const july = weeksOf('2026-08');
    expect([july[0]?.[0], july.at(-1)?.at(-1), july.length]).toEqual(['2026-07-26', '2026-09-05', 6]);
  });

  it('is followed and preceded over the turn of the year, and named', () => {
    expect([monthAfter('2026-12', 1), monthAfter('2026-01', -1)]).toEqual(['2027-01', '2025-12']);
    expect(monthTitle('2026-11', 'pt-BR')).toBe('novembro de 2026');
  });
});
