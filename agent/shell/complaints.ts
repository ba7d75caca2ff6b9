// A disk that refuses, refuses every few seconds for days: its trouble is told when it begins, when it ends, and now and
// then in between. Stands under the spool and the stamp.
import { limits } from '../../shared/limits.ts';
import type { Log } from './log.ts';

/** Says trouble once, then seldom, until it is over. Monotonic milliseconds. */
export class Complaints {
  readonly #log: Log;
  #nextMs = Number.NEGATIVE_INFINITY;
  #kept = 0;
  reason: string | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  say(nowMs: number, fields: { readonly error: string }, message: string): void {
    this.reason = fields.error;
    if (nowMs < this.#nextMs) {
      this.#kept += 1;
      return;
    }
    this.#log.error({ ...fields, kept: this.#kept }, message);
    this.#nextMs = nowMs + limits.complainEveryMs;
    this.#kept = 0;
  }

  /** It is over; the next trouble is said at once. */
  over(fields: object, message: string): void {
    if (this.reason === undefined) return;
    this.#log.info({ ...fields, kept: this.#kept }, message);
    this.reason = undefined;
    this.#nextMs = Number.NEGATIVE_INFINITY;
    this.#kept = 0;
  }
}
