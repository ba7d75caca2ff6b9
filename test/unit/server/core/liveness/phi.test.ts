// The arithmetic of suspicion. Expected values were computed outside this project with mpmath at 40 digits:
// -log10(erfc(z / sqrt(2)) / 2), and the roots of the same for z.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createGapWindow,
  deviationsAtPhi,
  gapsRememberedMax,
  phi,
} from '../../../../../server/core/liveness/phi.ts';

const habit = { meanMs: 10_000, deviationMs: 1_000 };

describe('phi', () => {
  it.each([
    [-3, 0.0005866493137900667],
    [-1, 0.07502601295781802],
    [0, 0.3010299956639812],
    [0.5, 0.5106919892652408],
    [1, 0.7995455414919705],
    [2, 1.643016080140937],
    [2.5, 2.206931805795301],
    [3, 2.869699035929369],
    [5, 6.542645672390654],
    [8, 15.20614255101715],
    [20, 88.56009534307559],
    [40, 349.4370064593458],
  ])('at %d deviations beyond the mean is %d', (z, expected) => {
    expect(phi(10_000 + z * 1_000, habit)).toBeCloseTo(expected, 10);
  });

  it.each([
    [1, 1.2815515655446],
    [3, 3.090232306167814],
    [8, 5.612001244174789],
    [16, 8.2220822161304],
  ])('reaches level %d at %d deviations', (level, expected) => {
    expect(deviationsAtPhi(level)).toBeCloseTo(expected, 10);
  });

  it('never falls as the silence grows', () => {
    const ms = fc.integer({ min: 0, max: 120_000 });
    fc.assert(
      fc.property(ms, ms, fc.integer({ min: 1, max: 5_000 }), (a, b, deviationMs) => {
        const [shorter, longer] = a <= b ? [a, b] : [b, a];
        const early = phi(shorter, { meanMs: 10_000, deviationMs });
        const late = phi(longer, { meanMs: 10_000, deviationMs });
        expect(early).toBeGreaterThanOrEqual(0);
        expect(late).toBeGreaterThanOrEqual(early - 1e-12);
        expect(Number.isFinite(late)).toBe(true);
      }),
    );
  });
});

describe('the window of gaps', () => {
  it('speaks by its prior until five gaps are known', () => {
    const window = createGapWindow(10_000);
    for (let n = 0; n < 4; n += 1) window.add(20_000);
    expect(window.habit()).toEqual({ meanMs: 10_000, deviationMs: 1_500 });
    window.add(20_000);
    expect(window.habit()).toEqual({ meanMs: 20_000, deviationMs: 1_000 });
  });

  it('never has a deviation below one second', () => {
    const window = createGapWindow(10_000);
    for (let n = 0; n < 50; n += 1) window.add(10_000 + (n % 2));
    expect(window.habit().deviationMs).toBe(1_000);
  });

  it('has the mean and the deviation of the last hundred gaps', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 18_000 }), { minLength: 5, maxLength: 350 });
    fc.assert(
      fc.property(gaps, (all) => {
        const window = createGapWindow(10_000);
        for (const gap of all) window.add(gap);
        const last = all.slice(-gapsRememberedMax);
        const mean = last.reduce((sum, gap) => sum + gap, 0) / last.length;
        const variance = last.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / last.length;
        expect(window.count()).toBe(last.length);
        expect(window.habit().meanMs).toBeCloseTo(mean, 6);
        expect(window.habit().deviationMs).toBeCloseTo(Math.max(1_000, Math.sqrt(variance)), 4);
      }),
    );
  });
});
