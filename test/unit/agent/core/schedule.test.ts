// When rounds are due; that they never overlap; what is written off.
import { describe, expect, test } from 'vitest';
import { Cadence, intervalMs, lapseMs, timeoutMs } from '../../../../agent/core/schedule.ts';
import { limits } from '../../../../shared/limits.ts';
import { defaultTiming } from '../../../../shared/wire/assignment.ts';

describe('cadence', () => {
  test('a round is due one interval after the start of the last, however long it took', () => {
    const cadence = new Cadence(100);
    expect(cadence.isDue(99)).toBe(false);
    expect(cadence.isDue(100)).toBe(true);
    expect(cadence.start(100, 1_500)).toBe(0);
    expect(cadence.finish(0)).toBe(true);
    cadence.plan(1_600, 5_000);
    expect(cadence.nextMs).toBe(5_100);
  });

  test('a round that took longer than the interval is followed at once', () => {
    const cadence = new Cadence(0);
    cadence.start(0, 1_500);
    cadence.finish(0);
    cadence.plan(1_500, 1_000);
    expect(cadence.isDue(1_500)).toBe(true);
  });

  test('nothing is due while a round is under way, and starting over it is a bug', () => {
    const cadence = new Cadence(0);
    cadence.start(0, 1_500);
    expect(cadence.isDue(1e9)).toBe(false);
    expect(() => cadence.start(10, 1_500)).toThrow('never overlaps');
  });

  test('an answer counts once, and only for the round under way', () => {
    const cadence = new Cadence(0);
    cadence.start(0, 1_500);
    expect(cadence.finish(7)).toBe(false);
    expect(cadence.finish(0)).toBe(true);
    expect(cadence.finish(0)).toBe(false);
  });

  test('a round that is never answered is written off after its timeout and a margin, and its late answer is stray', () => {
    const cadence = new Cadence(0);
    cadence.start(0, 1_500);
    expect(cadence.nextMs).toBe(1_500 + limits.roundMarginMs);
    expect(cadence.expire(1_499 + limits.roundMarginMs)).toBe(false);
    expect(cadence.expire(1_500 + limits.roundMarginMs)).toBe(true);
    cadence.plan(2_500, 5_000);
    expect(cadence.finish(0)).toBe(false);
    expect(cadence.start(5_000, 1_500)).toBe(1);
  });

  test('an abandoned round leaves its number behind', () => {
    const cadence = new Cadence(0);
    cadence.start(0, 1_500);
    cadence.abandon(300, 5_000);
    expect(cadence.finish(0)).toBe(false);
    expect(cadence.nextMs).toBe(5_000);
  });
});

test('doubt quickens rounds and shortens their timeout', () => {
  expect([intervalMs(defaultTiming, false), intervalMs(defaultTiming, true)]).toEqual([5_000, 1_000]);
  expect([timeoutMs(defaultTiming, false), timeoutMs(defaultTiming, true)]).toEqual([1_500, 1_000]);
  expect(lapseMs(defaultTiming)).toBe(11_500);
});
