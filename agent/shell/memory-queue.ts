// Records that the disk refused, kept in memory until it takes them. Bounded: past the limit the oldest rollups go
// first, state changes last. Stands under spool.ts.
import type { StoredRecord } from '../core/record.ts';
import type { Queue } from './spool-store.ts';

export interface Dropped {
  readonly rollups: number;
  readonly changes: number;
}

export const nothingDropped: Dropped = { rollups: 0, changes: 0 };

export function sumDropped(a: Dropped, b: Dropped): Dropped {
  return { rollups: a.rollups + b.rollups, changes: a.changes + b.changes };
}

export class MemoryQueue {
  readonly #recordsMax: number;
  #records: StoredRecord[] = [];

  constructor(recordsMax: number) {
    this.#recordsMax = recordsMax;
  }

  get size(): number {
    return this.#records.length;
  }

  /** In the order they were added. */
  all(): readonly StoredRecord[] {
    return this.#records;
  }

  add(records: readonly StoredRecord[]): Dropped {
    this.#records.push(...records);
    let surplus = this.#records.length - this.#recordsMax;
    if (surplus <= 0) return nothingDropped;
    const dropped = { rollups: 0, changes: 0 };
    for (const queue of ['rollups', 'changes'] as const) {
      this.#records = this.#records.filter((record) => {
        if (surplus <= 0 || record.queue !== queue) return true;
        surplus -= 1;
        dropped[queue] += 1;
        return false;
      });
    }
    return dropped;
  }

  read(queue: Queue, after: number, limit: number): StoredRecord[] {
    return this.#records.filter((record) => record.queue === queue && record.seq > after).slice(0, limit);
  }

  trim(queue: Queue, upTo: number): void {
    this.#records = this.#records.filter((record) => record.queue !== queue || record.seq > upTo);
  }

  count(queue: Queue): number {
    return this.#records.filter((record) => record.queue === queue).length;
  }

  clear(): void {
    this.#records = [];
  }
}
