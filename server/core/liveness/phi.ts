// How suspicious a silence is: the phi accrual failure detector (Hayashibara, Défago, Yared, Katayama, "The phi
// accrual failure detector", SRDS 2004) under its normal model, over one agent's own gaps between heartbeats.
// Pure arithmetic for the liveness table; never reads a clock, never decides anything.
import { assert } from '../../../shared/assert.ts';
import { second } from '../../../shared/time.ts';

/** The agent's habit: mean gap between beats and its standard deviation, both in ms. */
export interface Habit {
  readonly meanMs: number;
  readonly deviationMs: number;
}

/** Gaps remembered per agent: at a beat each 10 s, the last quarter of an hour. */
export const gapsRememberedMax = 100;
/** Fewer known gaps than this and the prior speaks. */
export const gapsKnownMin = 5;
/** A very regular agent must not be suspected for one late packet. */
const deviationMinMs = 1 * second;
/** What is assumed of an agent not yet known: its assigned heartbeat, give or take this much. */
const priorDeviationMs = 1.5 * second;

/**
 * phi = -log10(P(a gap lasts longer than `elapsedMs`)). phi 1 = wrong once in 10 suspicions, 3 = once in 1,000,
 * 8 = once in 100,000,000, as far as the normal model holds. `elapsedMs` >= 0; the result is >= 0.
 */
export function phi(elapsedMs: number, habit: Habit): number {
  assert(habit.deviationMs > 0, 'a habit has a positive deviation');
  return minusLogTail((elapsedMs - habit.meanMs) / habit.deviationMs);
}

/**
 * How many standard deviations beyond the mean phi reaches `level` (0.31 to 300). Found by bisection once, so that
 * the table compares instants instead of computing phi at each beat.
 */
export function deviationsAtPhi(level: number): number {
  assert(level > 0.302 && level <= 300, 'a phi level lies between 0.302 (the mean) and 300');
  let low = 0;
  let high = 40;
  for (let step = 0; step < 80; step += 1) {
    const middle = (low + high) / 2;
    if (minusLogTail(middle) < level) low = middle;
    else high = middle;
  }
  return high;
}

/** The last gaps of one agent as a ring with running sums; whole milliseconds, so that the sums stay exact. */
export interface GapWindow {
  add(gapMs: number): void;
  count(): number;
  habit(): Habit;
}

/** `heartbeatMs` is the prior's mean until `gapsKnownMin` gaps are known. */
export function createGapWindow(heartbeatMs: number): GapWindow {
  assert(heartbeatMs > 0, 'a heartbeat is positive');
  const ring = new Float64Array(gapsRememberedMax);
  let count = 0;
  let next = 0;
  let sum = 0;
  let sumOfSquares = 0;
  return {
    add(gapMs) {
      assert(gapMs >= 0 && Number.isFinite(gapMs), 'a gap is not negative');
      const gap = Math.round(gapMs);
      const leaving = count === gapsRememberedMax ? (ring[next] ?? 0) : 0;
      ring[next] = gap;
      next = (next + 1) % gapsRememberedMax;
      count = Math.min(count + 1, gapsRememberedMax);
      sum += gap - leaving;
      sumOfSquares += gap * gap - leaving * leaving;
    },
    count: () => count,
    habit() {
      if (count < gapsKnownMin) return { meanMs: heartbeatMs, deviationMs: priorDeviationMs };
      const meanMs = sum / count;
      const variance = Math.max(0, sumOfSquares / count - meanMs * meanMs);
      return { meanMs, deviationMs: Math.max(deviationMinMs, Math.sqrt(variance)) };
    },
  };
}

/**
 * -log10 of the upper tail of the standard normal distribution. Near the middle by the series
 * Q(z) = 1/2 - density(z) * (z + z^3/3 + z^5/15 + ...) (Abramowitz & Stegun 26.2.11); far out, where Q underflows, in
 * logarithms by the continued fraction Q(z) = density(z) / (z + 1/(z + 2/(z + 3/...))) (ibid. 26.2.14).
 */
function minusLogTail(z: number): number {
  if (z < -8) return 0;
  if (z <= 2) {
    let term = z;
    let series = z;
    for (let n = 1; n < 120; n += 1) {
      term *= (z * z) / (2 * n + 1);
      series += term;
    }
    return Math.max(0, -Math.log10(0.5 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series));
  }
  let fraction = z;
  for (let n = 120; n >= 1; n -= 1) fraction = z + n / fraction;
  return (z * z * Math.LOG10E) / 2 + Math.log10(Math.sqrt(2 * Math.PI)) + Math.log10(fraction);
}
