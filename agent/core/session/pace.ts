// How much of a backlog is put on the line at once. Beats and news stand in line behind it, so it must be on its way in
// about a second, on a fibre as on a poor mobile link: small at first, doubled while receipts come quickly, halved when
// they are slow. Never changes their order.
import { assert } from '../../../shared/assert.ts';
import { limits } from '../../../shared/limits.ts';
import type { StoredChange } from '../record.ts';
import { bytesOf } from './wire-items.ts';

interface Sent {
  /** Last number of the message. */
  readonly last: number;
  readonly atMs: number;
}

/** Bytes of a small change, and of a rollup. */
const changeBytesMin = 400;
const rollupBytes = 250;

/** All times are monotonic milliseconds. */
export class Pace {
  #messageBytes: number = limits.streamMessageBytesMin;
  #sent: readonly Sent[] = [];

  /** Changes worth reading while so many messages may be sent. */
  changesMax(messages: number): number {
    return Math.min(limits.changesPerMessageMax, messages * Math.ceil(this.#messageBytes / changeBytesMin));
  }

  /** Rollups of the next message. */
  get rollupsMax(): number {
    return Math.min(limits.rollupsPerMessageMax, Math.ceil(this.#messageBytes / rollupBytes));
  }

  /** Where the message that begins at `from` ends; it carries one change at least. */
  batchEnd(records: readonly { readonly change: StoredChange }[], from: number): number {
    let bytes = 0;
    let to = from;
    for (; to < records.length && to - from < limits.changesPerMessageMax; to += 1) {
      const record = records[to];
      assert(record !== undefined, 'the index is within the records');
      bytes += bytesOf(record.change);
      if (to > from && bytes > this.#messageBytes) break;
    }
    return to;
  }

  /** A new session may go by another link. */
  open(): void {
    this.#messageBytes = limits.streamMessageBytesMin;
    this.#sent = [];
  }

  sent(last: number, nowMs: number): void {
    this.#sent = [...this.#sent, { last, atMs: nowMs }];
  }

  /** Everything up to this number arrived and was committed. */
  receipted(upTo: number, nowMs: number): void {
    const newest = this.#sent.findLast(({ last }) => last <= upTo);
    this.#sent = this.#sent.filter(({ last }) => last > upTo);
    if (newest === undefined) return;
    const tookMs = nowMs - newest.atMs;
    if (tookMs <= limits.receiptQuickMs) this.#to(2 * this.#messageBytes);
    else if (tookMs >= limits.receiptSlowMs) this.#to(this.#messageBytes / 2);
  }

  /** What was sent is sent again. */
  gaveUp(): void {
    this.open();
  }

  #to(bytes: number): void {
    this.#messageBytes = Math.min(
      limits.streamMessageBytesMax,
      Math.max(limits.streamMessageBytesMin, Math.trunc(bytes)),
    );
  }
}
