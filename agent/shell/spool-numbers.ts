// The numbers of a spool: its epoch, and the highest number ever given in each queue. Stands under spool.ts. A number
// must never be given twice in an epoch: the server takes the second record for a duplicate and forgets it.
import { randomInt } from 'node:crypto';
import { limits } from '../../shared/limits.ts';
import { type Queue, queues, type SpoolStore } from './spool-store.ts';

const epochMax = 2 ** 47;

export class SpoolNumbers {
  readonly epoch: number;
  readonly #last: Record<Queue, number>;

  /** `skip`: numbers may have been given that the file does not know of. */
  constructor(store: SpoolStore, skip: boolean) {
    const epoch = wholeOf(store.getMeta('epoch'));
    const isKnown = epoch !== undefined && epoch >= 1;
    this.epoch = isKnown ? epoch : randomInt(1, epochMax);
    const last = (queue: Queue): number => {
      const told = wholeOf(store.getMeta(`last.${queue}`));
      const held = store.highest(queue);
      // A file whose pages are sound may still hold a number that somebody's disk turned into another.
      const isDamaged = isKnown ? told === undefined || told < held : held > 0;
      return Math.max(told ?? 0, held) + (skip || isDamaged ? limits.spoolSeqJump : 0);
    };
    this.#last = { changes: last('changes'), rollups: last('rollups') };
  }

  last(queue: Queue): number {
    return this.#last[queue];
  }

  given(queue: Queue, seq: number): void {
    this.#last[queue] = Math.max(this.#last[queue], seq);
  }

  /** Inside a transaction. */
  write(store: SpoolStore): void {
    store.setMeta('epoch', String(this.epoch));
    for (const queue of queues) store.setMeta(`last.${queue}`, String(this.#last[queue]));
  }
}

function wholeOf(text: string | undefined): number | undefined {
  const number = Number(text ?? Number.NaN);
  return Number.isSafeInteger(number) && number >= 0 && number <= limits.spoolSeqEnd ? number : undefined;
}
