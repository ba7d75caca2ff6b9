// The numbers of the spool: what was given out, what the server has receipted. Counters only; the records themselves
// stay on disk. Must never give a number twice within an epoch.
import { assert } from '../../shared/assert.ts';
import type { SpoolHead } from './input.ts';

export type Queue = 'changes' | 'rollups';

export class Ledger {
  readonly epoch: number;
  #lastChange: number;
  #lastRollup: number;
  #receiptedChanges: number;
  #receiptedRollups: number;

  constructor(head: SpoolHead) {
    assert(head.changes <= head.lastChangeSeq, 'a spool holds no more changes than it has numbered');
    assert(head.rollups <= head.lastRollupSeq, 'a spool holds no more rollups than it has numbered');
    this.epoch = head.epoch;
    this.#lastChange = head.lastChangeSeq;
    this.#lastRollup = head.lastRollupSeq;
    // Records leave at the oldest end only (receipt or drop), so what is left is the newest.
    this.#receiptedChanges = head.lastChangeSeq - head.changes;
    this.#receiptedRollups = head.lastRollupSeq - head.rollups;
  }

  /** Takes the next number of a queue. */
  take(queue: Queue): number {
    if (queue === 'changes') {
      this.#lastChange += 1;
      return this.#lastChange;
    }
    this.#lastRollup += 1;
    return this.#lastRollup;
  }

  last(queue: Queue): number {
    return queue === 'changes' ? this.#lastChange : this.#lastRollup;
  }

  /** Everything up to this number is committed at the server, or lost. */
  receipted(queue: Queue): number {
    return queue === 'changes' ? this.#receiptedChanges : this.#receiptedRollups;
  }

  /** Records that the server does not have yet. */
  depth(queue: Queue): number {
    return this.last(queue) - this.receipted(queue);
  }

  /** A cumulative receipt; one that repeats or runs ahead of what exists changes nothing more. True when it was news. */
  receipt(queue: Queue, upTo: number): boolean {
    const capped = Math.min(upTo, this.last(queue));
    if (capped <= this.receipted(queue)) return false;
    if (queue === 'changes') this.#receiptedChanges = capped;
    else this.#receiptedRollups = capped;
    return true;
  }

  /**
   * The server has committed more of this epoch than the spool ever numbered: the disk was put back to an older state
   * (a restored image). Going on below that number would make every new change look like a duplicate.
   */
  jump(queue: Queue, upTo: number): boolean {
    if (upTo <= this.last(queue)) return false;
    if (queue === 'changes') this.#lastChange = upTo;
    else this.#lastRollup = upTo;
    return true;
  }
}
