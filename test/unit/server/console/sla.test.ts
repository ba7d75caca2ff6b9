// The contract's clock as a browser counts it on between two rows of the server.
import { describe, expect, test } from 'vitest';
import { readSla } from '../../../../server/console/sla.ts';
import { hour, minute, second } from '../../../../shared/time.ts';
import { isoAgo, slaRow } from '../../../browser/wall-rows.ts';

const now = Date.parse('2026-11-27T20:30:00.000Z');
const running = slaRow(now, 0, {
  ...{ state: 'running', clock: 'support-hours', targetMs: 4 * hour, elapsedMs: hour },
  countsUntil: isoAgo(now, -2 * hour),
});

describe('clock on the wall', () => {
  test('what is left goes down by the second and is close under 15 minutes', () => {
    const row = { ...running, countsUntil: null };
    expect(readSla(row, now)).toEqual({ kind: 'running', ms: 3 * hour, tone: 'calm' });
    expect(readSla(row, now + second)).toMatchObject({ ms: 3 * hour - second });
    expect(readSla(row, now + 3 * hour - 14 * minute)).toMatchObject({ kind: 'running', tone: 'soon' });
  });

  test('past its deadline it is missed without any word of the server', () => {
    const row = { ...running, countsUntil: null };
    expect(readSla(row, now + 3 * hour)).toMatchObject({ kind: 'running', ms: 0 });
    expect(readSla(row, now + 3 * hour + minute)).toEqual({ kind: 'missed', ms: minute, tone: 'late' });
  });

  test('it never counts on after support has closed', () => {
    expect(readSla(running, now + 9 * hour)).toEqual({ kind: 'running', ms: hour, tone: 'calm' });
  });

  test('a browser behind the row counts nothing back', () => {
    expect(readSla(running, now - minute)).toMatchObject({ ms: 3 * hour });
  });

  test('a critical that is paused says how long it counted', () => {
    const row = { ...running, targetMs: 0, state: 'paused', counting: false } as const;
    expect(readSla(row, now + hour)).toEqual({ kind: 'held', ms: hour, tone: 'calm' });
  });

  test('a clock that stands says what is left and stays', () => {
    for (const state of ['outside-hours', 'paused'] as const) {
      const row = { ...running, state, counting: false };
      expect(readSla(row, now + hour)).toEqual({ kind: state, ms: 3 * hour, tone: 'calm' });
    }
  });

  test('a critical is due from the first second and tells how long nobody came', () => {
    expect(readSla(slaRow(now, minute), now + minute)).toEqual({
      kind: 'at-once',
      ms: 2 * minute,
      tone: 'late',
    });
  });

  test('attended stands still, in time or late', () => {
    const attended = { attendedAt: isoAgo(now, minute), counting: false, elapsedMs: 3 * minute } as const;
    expect(readSla(slaRow(now, hour, { ...attended, state: 'met' }), now + hour)).toEqual({
      kind: 'attended',
      ms: 3 * minute,
      tone: 'done',
    });
    expect(readSla(slaRow(now, hour, { ...attended, state: 'missed' }), now).kind).toBe('attended-late');
  });

  test('without a contract only the age is told', () => {
    const row = slaRow(now, hour, { state: 'none', plan: null, priority: 'standard' });
    expect(readSla(row, now + minute)).toEqual({ kind: 'untaken', ms: 61 * minute, tone: 'calm' });
  });
});
