// Ages, durations and instants as a NOC person reads them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatsFor } from '../../../../server/console/format.ts';
import { day, hour, minute, second } from '../../../../shared/time.ts';

const pt = formatsFor('pt', 'America/Sao_Paulo');

describe('console formats', () => {
  test('an age drops what says little: seconds after a minute, minutes after a day', () => {
    expect(pt.age(0)).toBe('0 s');
    expect(pt.age(59 * second + 999)).toBe('59 s');
    expect(pt.age(3 * minute + 12 * second)).toBe('3 min');
    expect(pt.age(2 * hour + 5 * minute)).toBe('2 h 5 min');
    expect(pt.age(2 * hour)).toBe('2 h');
    expect(pt.age(day + 30 * minute)).toBe('1 dia');
    expect(pt.age(3 * day + 4 * hour + 59 * minute)).toBe('3 dias 4 h');
  });

  test('a duration keeps its seconds for a day', () => {
    expect(pt.duration(3 * minute + 12 * second)).toBe('3 min 12 s');
    expect(pt.duration(2 * hour + 5 * second)).toBe('2 h 5 s');
    expect(pt.duration(2 * day + 5 * second)).toBe('2 dias');
  });

  test('what is left shows its seconds in the last hour only', () => {
    expect(pt.left(3 * hour + 12 * minute + 5 * second)).toBe('3 h 12 min');
    expect(pt.left(12 * minute + 5 * second)).toBe('12 min 5 s');
    expect(pt.left(0)).toBe('0 s');
  });

  test('an opening is told by its weekday', () => {
    expect(pt.opening(Date.parse('2026-11-23T11:00:00.000Z'))).toBe('seg. 08:00');
    expect(formatsFor('en', 'America/Sao_Paulo').opening(Date.parse('2026-11-23T11:00:00.000Z'))).toBe(
      'Mon 08:00',
    );
  });

  test('an age in the future reads as zero, never negative', () => {
    fc.assert(
      fc.property(fc.integer({ max: 0 }), (ms) => {
        expect(pt.age(ms)).toBe('0 s');
      }),
    );
  });

  test('every age has a text', () => {
    fc.assert(
      fc.property(fc.nat(), (ms) => {
        expect(pt.age(ms)).toMatch(/^\d/);
      }),
    );
  });

  test('an instant of another day carries its day, also when less than a day ago', () => {
    const now = Date.parse('2026-11-20T03:30:00.000Z'); // 00:30 in São Paulo
    expect(pt.instant(now, now)).toBe('00:30:00');
    expect(pt.instant(now - hour, now)).toBe('19/11 23:30:00');
  });

  test('midnight is 00, not 24', () => {
    expect(pt.clock(Date.parse('2026-11-20T03:00:00.000Z'))).toBe('00:00:00');
  });

  test('a zone the browser does not know falls back instead of failing', () => {
    const at = Date.parse('2026-11-20T03:00:00.000Z');
    expect(formatsFor('pt', 'Marte/Olympus').clock(at)).toBe(formatsFor('pt').clock(at));
  });

  test('English has its own words', () => {
    expect(formatsFor('en', 'UTC').age(2 * hour + 5 * minute)).toBe('2h 5m');
  });
});
