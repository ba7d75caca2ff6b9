// Pages of a television: every row has its turn, by the clock alone.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pagingOf, shiftOf, shiftSteps } from '../../../../../server/console/pages/television/paging.ts';
import { limits } from '../../../../../shared/limits.ts';
import { minute } from '../../../../../shared/time.ts';

const turn = limits.televisionPageMs;
const startedAt = 1_800_000_000_000;

describe('television pages', () => {
  test('what fits stands still', () => {
    for (const now of [startedAt, startedAt + turn, startedAt + 7 * turn]) {
      expect(pagingOf({ count: 5, fit: 5, startedAt, now })).toEqual({ page: 0, pages: 1, from: 0, to: 5 });
    }
  });

  test('nothing to show is one empty page', () => {
    expect(pagingOf({ count: 0, fit: 5, startedAt, now: startedAt })).toEqual({
      page: 0,
      pages: 1,
      from: 0,
      to: 0,
    });
  });

  test('a page turns every ten seconds, comes round, and the last one is full as well', () => {
    const at = (turns: number) => pagingOf({ count: 7, fit: 5, startedAt, now: startedAt + turns * turn });
    expect(at(0)).toEqual({ page: 0, pages: 2, from: 0, to: 5 });
    expect(at(0.99)).toEqual(at(0));
    expect(at(1)).toEqual({ page: 1, pages: 2, from: 2, to: 7 });
    expect(at(2)).toEqual(at(0));
  });

  test('a clock put back, or a height of nothing, still shows the first row', () => {
    expect(pagingOf({ count: 3, fit: 0, startedAt, now: startedAt - 1 })).toMatchObject({ from: 0, to: 1 });
  });

  test('in one round every row is shown, and always as many as fit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 12 }), (count, fit) => {
        const { pages } = pagingOf({ count, fit, startedAt, now: startedAt });
        const shown = new Set<number>();
        for (let page = 0; page < pages; page += 1) {
          const { from, to } = pagingOf({ count, fit, startedAt, now: startedAt + page * turn });
          expect(to - from).toBe(Math.min(fit, count));
          for (let row = from; row < to; row += 1) shown.add(row);
        }
        expect([...shown].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, row) => row));
      }),
    );
  });

  test('the picture moves a step a minute and never far', () => {
    const steps = Array.from({ length: shiftSteps }, (_, step) => shiftOf(step * minute));
    expect(new Set(steps.map(({ x, y }) => `${x},${y}`)).size).toBe(shiftSteps);
    for (const { x, y } of steps) expect(Math.hypot(x, y)).toBeLessThan(5);
  });
});
