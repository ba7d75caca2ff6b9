// When the running agent examines itself: soon after its start, then some times a day, and when its network changed.
// Stands beside the shell's self-examination, which asks it. It must never let two follow each other closely.
import { limits } from '../../shared/limits.ts';
import type { Random } from '../../shared/random.ts';

/** All times are monotonic milliseconds. */
export class Examinations {
  readonly #random: Random;
  #dueMs: number;
  #notBeforeMs: number;

  constructor(random: Random, startedMs: number) {
    this.#random = random;
    this.#notBeforeMs = startedMs + limits.selfExamFirstMs;
    this.#dueMs = this.#notBeforeMs + this.#spread(limits.selfExamSettleSpreadMs / 4);
  }

  get nextMs(): number {
    return this.#dueMs;
  }

  /** One begins now; the next is planned. */
  begun(nowMs: number): void {
    this.#notBeforeMs = nowMs + limits.selfExamPauseMs;
    this.#dueMs = nowMs + limits.selfExamEveryMs + this.#spread(limits.selfExamSpreadMs);
  }

  /** The network is another one, or answers otherwise: what was found before may no longer be so. */
  changed(nowMs: number): void {
    const soonMs = nowMs + limits.selfExamSettleMs + this.#spread(limits.selfExamSettleSpreadMs);
    this.#dueMs = Math.min(this.#dueMs, Math.max(soonMs, this.#notBeforeMs));
  }

  #spread(ms: number): number {
    return Math.round(this.#random.next() * ms);
  }
}
