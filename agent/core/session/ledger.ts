// The numbers of the spool: what was given out, what the server has receipted. Counters only; the records themselves
// stay on disk. Must never give a number twice within an epoch.
import { assert } from '../../../shared/assert.ts';
import { limits } from '../../../shared/limits.ts';
import type { SpoolHead } from '../input.ts';

export type Queue = 'changes' | 'rollups';

export class Ledger {
  readonly epoch: number;
  #lastChange: number;
  #lastRollup: number;
  #receiptedChanges: number;
  #receiptedRollups: number;
  /** Records that the spool can hold at most: those found at the start and those taken since. */
  #heldChanges: number;
  #heldRollups: number;

  constructor(head: SpoolHead) {
    assert(head.changes <= head.lastChangeSeq, 'a spool holds no more changes than it has numbered');
    assert(head.rollups <= head.lastRollupSeq, 'a spool holds no more rollups than it has numbered');
    this.epoch = head.epoch;
    this.#lastChange = head.lastChangeSeq;
    this.#lastRollup = head.lastRollupSeq;
    this.#heldChanges = head.changes;
    this.#heldRollups = head.rollups;
    // Numbers may have holes (drops, a jump after a torn spool), so a count does not tell which numbers are held.
    this.#receiptedChanges = head.changes === 0 ? head.lastChangeSeq : 0;
    this.#receiptedRollups = head.rollups === 0 ? head.lastRollupSeq : 0;
  }

  /** Takes the next number of a queue. */
  take(queue: Queue): number {
    if (queue === 'changes') {
      this.#lastChange += 1;
      this.#heldChanges += 1;
      return this.#lastChange;
    }
    this.#lastRollup += 1;
    this.#heldRollups += 1;
    return this.#lastRollup;
  }

  last(queue: Queue): number {
    return queue === 'changes' ? this.#lastChange : this.#lastRollup;
  }

  /** Everything up to this number is known to be committed at the server. */
  receipted(queue: Queue): number {
    return queue === 'changes' ? this.#receiptedChanges : this.#receiptedRollups;
  }

  /** Records that the server does not have yet; 0 is exact, more may be estimated high where numbers have holes. */
  depth(queue: Queue): number {
    const held = queue === 'changes' ? this.#heldChanges : this.#heldRollups;
    return Math.min(held, this.last(queue) - this.receipted(queue));
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
    // A number that no spool can reach is no memory of ours, and numbering on from it would end in unsafe integers.
    if (upTo <= this.last(queue) || upTo > limits.spoolSeqMax) return false;
    if (queue === 'changes') this.#lastChange = upTo;
    else this.#lastRollup = upTo;
    return true;
  }
}
