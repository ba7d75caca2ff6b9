// Room 1 of the route: when the next round of a link, or of the neighbours, is due. A round never overlaps the one
// before it; one that is never answered is written off. Must never judge what a round says.
import { assert } from '../../shared/assert.ts';
import { limits } from '../../shared/limits.ts';
import type { Timing } from '../../shared/wire/assignment.ts';

/** Rounds of one link in doubt come every `burstMs`, settled ones every `roundMs`, also when settled down. */
export function intervalMs(timing: Timing, inDoubt: boolean): number {
  return inDoubt ? timing.burstMs : timing.roundMs;
}

/** How long a round may take. */
export function timeoutMs(timing: Timing, inDoubt: boolean): number {
  return inDoubt ? timing.burstTimeoutMs : timing.roundTimeoutMs;
}

/** Evidence further apart than this is not "in a row". */
export function lapseMs(timing: Timing): number {
  return (
    2 * Math.max(timing.roundMs, timing.burstMs) + Math.max(timing.roundTimeoutMs, timing.burstTimeoutMs)
  );
}

/** All times are monotonic milliseconds. */
export class Cadence {
  #dueMs: number;
  #round = -1;
  #startedMs = 0;
  /** Set while a round is under way. */
  #deadlineMs: number | undefined;

  constructor(firstDueMs: number) {
    this.#dueMs = firstDueMs;
  }

  /** The earliest moment at which this cadence wants to be looked at. */
  get nextMs(): number {
    return this.#deadlineMs ?? this.#dueMs;
  }

  isDue(nowMs: number): boolean {
    return this.#deadlineMs === undefined && nowMs >= this.#dueMs;
  }

  /** Begins a round and gives its number, which is never used again. */
  start(nowMs: number, timeout: number): number {
    assert(this.#deadlineMs === undefined, 'a round never overlaps the one before');
    this.#round += 1;
    this.#startedMs = nowMs;
    this.#deadlineMs = nowMs + timeout + limits.roundMarginMs;
    return this.#round;
  }

  /** The number that the next `start` will give. */
  get upcoming(): number {
    return this.#round + 1;
  }

  /** True when this round is the one under way; then `plan` must follow. False: late, doubled or abandoned. */
  finish(round: number): boolean {
    if (this.#deadlineMs === undefined || round !== this.#round) return false;
    this.#deadlineMs = undefined;
    return true;
  }

  /** True when the round under way will never be answered; then `plan` must follow. */
  expire(nowMs: number): boolean {
    if (this.#deadlineMs === undefined || nowMs < this.#deadlineMs) return false;
    this.#deadlineMs = undefined;
    return true;
  }

  /** The next round: one interval after the start of the last, or now if that has passed. */
  plan(nowMs: number, interval: number): void {
    this.#dueMs = Math.max(this.#startedMs + interval, nowMs);
  }

  /** The next round comes at `ms` at the latest. */
  until(ms: number): void {
    this.#dueMs = Math.min(this.#dueMs, ms);
  }

  /** Leaves this round out. */
  skip(nowMs: number, interval: number): void {
    this.#startedMs = nowMs;
    this.#dueMs = nowMs + interval;
  }

  /** What is under way measures something that no longer counts. */
  abandon(nowMs: number, interval: number): void {
    if (this.#deadlineMs === undefined) return;
    this.#deadlineMs = undefined;
    this.plan(nowMs, interval);
  }
}
