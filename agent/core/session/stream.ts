// The spool to the server over one session: changes in order in a small window, rollups when no change waits. What is
// not receipted is sent again from the spool, so nothing is held here but numbers.
import { assert } from '../../../shared/assert.ts';
import { limits } from '../../../shared/limits.ts';
import type { ServerClock } from '../clock.ts';
import type { Clock } from '../input.ts';
import type { StoredRecord } from '../record.ts';
import type { Sink } from '../sink.ts';
import type { Ledger, Queue } from './ledger.ts';
import { Pace } from './pace.ts';
import { changeToWire, rollupToWire } from './wire-items.ts';

/** What the server says it has, in welcome and receipts. */
export interface ReceiptWord {
  readonly epoch: number;
  readonly changesUpTo: number;
  readonly rollupsUpTo: number;
}

/** A read whose answer is still wanted. */
interface Reading {
  readonly queue: Queue;
  readonly after: number;
}

type ChangeRecord = Extract<StoredRecord, { readonly queue: 'changes' }>;
type RollupRecord = Extract<StoredRecord, { readonly queue: 'rollups' }>;
const never = Number.POSITIVE_INFINITY;

export class Stream {
  readonly #ledger: Ledger;
  readonly #clock: ServerClock;
  readonly #sink: Sink;
  #socket: number | undefined;
  /** Highest number sent in this session, or known to be committed. */
  #sentChanges = 0;
  #sentRollups = 0;
  /** The server's last word in this session: from here unreceipted records are sent again. */
  #hasChanges = 0;
  #hasRollups = 0;
  /** What the server believes this agent still holds, and when it last learned something new. */
  #toldRemaining = 0;
  #toldMs = 0;
  /** Last number of each changes message that has no receipt. */
  #window: readonly number[] = [];
  /** When what is unreceipted is sent again. */
  #changesDueMs = never;
  #rollupsDueMs = never;
  #rollupsNextMs = 0;
  #readNextMs = 0;
  #reading: Reading | undefined;
  /** Reads not answered yet. The spool answers each, in order; only the answer to the last may be wanted. */
  #readsOwed = 0;
  readonly #changesPace = new Pace();
  readonly #rollupsPace = new Pace();

  constructor(parts: { ledger: Ledger; clock: ServerClock; sink: Sink }) {
    this.#ledger = parts.ledger;
    this.#clock = parts.clock;
    this.#sink = parts.sink;
  }

  /**
   * A session opened. `told` = the depth that hello named. Sending resumes above what the server has; in a strange epoch,
   * from the oldest record.
   */
  open(socket: number, word: ReceiptWord, hello: { readonly told: number; readonly nowMs: number }): void {
    this.#socket = socket;
    this.#toldRemaining = hello.told;
    this.#toldMs = hello.nowMs;
    this.#window = [];
    this.#changesPace.open();
    this.#rollupsPace.open();
    this.#changesDueMs = never;
    this.#rollupsDueMs = never;
    const ours = word.epoch === this.#ledger.epoch;
    if (ours) {
      const jumped = [
        this.#ledger.jump('changes', word.changesUpTo),
        this.#ledger.jump('rollups', word.rollupsUpTo),
      ];
      if (jumped.includes(true)) this.#sink.bite('seqJumps');
    }
    this.receipted(word, hello.nowMs);
    this.#hasChanges = this.#resumeAt('changes', ours ? word.changesUpTo : 0);
    this.#hasRollups = this.#resumeAt('rollups', ours ? word.rollupsUpTo : 0);
    this.#sentChanges = this.#hasChanges;
    this.#sentRollups = this.#hasRollups;
  }

  close(): void {
    this.#socket = undefined;
    this.#reading = undefined;
  }

  /** The spool holds what is above the server's number; when it holds nothing there is nothing to ask it for. */
  #resumeAt(queue: Queue, upTo: number): number {
    return this.#ledger.depth(queue) === 0 ? this.#ledger.last(queue) : upTo;
  }

  /** Cumulative; repeats, strange epochs and numbers never given out change nothing. */
  receipted(word: ReceiptWord, nowMs: number): void {
    const ledger = this.#ledger;
    if (word.epoch !== ledger.epoch) return;
    const changes = ledger.receipt('changes', word.changesUpTo);
    const rollups = ledger.receipt('rollups', word.rollupsUpTo);
    if (!changes && !rollups) return;
    this.#sink.emit({
      kind: 'spool.trim',
      epoch: ledger.epoch,
      changesUpTo: ledger.receipted('changes'),
      rollupsUpTo: ledger.receipted('rollups'),
    });
    if (changes) {
      this.#toldMs = nowMs;
      const upTo = ledger.receipted('changes');
      this.#hasChanges = Math.max(this.#hasChanges, upTo);
      this.#window = this.#window.filter((last) => last > upTo);
      this.#changesPace.receipted(upTo, nowMs);
      this.#sentChanges = Math.max(this.#sentChanges, upTo);
      this.#changesDueMs = this.#window.length === 0 ? never : nowMs + limits.receiptWaitMs;
    }
    if (rollups) {
      const upTo = ledger.receipted('rollups');
      this.#hasRollups = Math.max(this.#hasRollups, upTo);
      this.#sentRollups = Math.max(this.#sentRollups, upTo);
      this.#rollupsPace.receipted(upTo, nowMs);
      if (upTo >= this.#sentRollups) this.#rollupsDueMs = never;
    }
  }

  /** Changes just appended to the spool. They go out at once when nothing older waits; else they are read later. */
  appended(records: readonly ChangeRecord[], now: Clock): void {
    const first = records[0];
    if (this.#socket === undefined || first === undefined) return;
    if (this.#reading?.queue !== 'changes' && first.seq === this.#sentChanges + 1) {
      this.#sendChanges(records, now);
    } else {
      this.#readNextMs = Math.min(this.#readNextMs, now.monoMs + limits.streamReadEveryMs);
    }
  }

  /** The spool's answer to a read. */
  gave(records: readonly StoredRecord[], now: Clock): void {
    this.#readsOwed = Math.max(0, this.#readsOwed - 1);
    const reading = this.#readsOwed === 0 ? this.#reading : undefined;
    if (reading === undefined) {
      this.#sink.bite('readsStray');
      return;
    }
    this.#reading = undefined;
    const changes = reading.queue === 'changes';
    // Sending goes on where it stopped. After a step back (resend) this answer would leave a hole.
    const above = changes ? this.#sentChanges : this.#sentRollups;
    if (reading.after > above) return;
    if (records.length === 0) {
      // Numbered but not there: dropped, or a disk that cannot be read just now. Ask again, without haste.
      this.#readNextMs = now.monoMs + limits.streamEmptyRetryMs;
      this.#rollupsNextMs = Math.max(this.#rollupsNextMs, this.#readNextMs);
    } else if (changes) {
      this.#sendChanges(
        records.filter(isChange).filter((record) => record.seq > above),
        now,
      );
    } else {
      this.#sendRollups(
        records.filter(isRollup).filter((record) => record.seq > above),
        now,
      );
    }
  }

  /** Sends again what waited too long for its receipt, and asks the spool for what comes next. */
  pump(now: Clock): void {
    if (this.#socket === undefined) return;
    const nowMs = now.monoMs;
    this.#rewind(nowMs);
    if (this.#reading !== undefined) return;
    if (this.#wantsChanges()) {
      if (nowMs >= this.#readNextMs) this.#read('changes', this.#sentChanges, nowMs);
    } else if (this.#wantsRollups() && nowMs >= this.#rollupsNextMs) {
      this.#read('rollups', this.#sentRollups, nowMs);
    }
  }

  /**
   * The server was told that changes remain, and has them all since: they were committed while their receipts got
   * lost. Nothing will be sent that says so; only a new hello will.
   */
  isMisunderstood(nowMs: number): boolean {
    return this.#isDone() && nowMs >= this.#toldMs + limits.resyncAfterMs;
  }

  get nextMs(): number {
    if (this.#socket === undefined) return never;
    const resyncMs = this.#isDone() ? this.#toldMs + limits.resyncAfterMs : never;
    const again = Math.min(this.#changesDueMs, this.#rollupsDueMs, resyncMs);
    if (this.#reading !== undefined) return again;
    if (this.#wantsChanges()) return Math.min(again, this.#readNextMs);
    return this.#wantsRollups() ? Math.min(again, this.#rollupsNextMs) : again;
  }

  #isDone(): boolean {
    return (
      this.#toldRemaining > 0 &&
      this.#window.length === 0 &&
      this.#sentChanges >= this.#ledger.last('changes')
    );
  }

  #wantsChanges(): boolean {
    return (
      this.#sentChanges < this.#ledger.last('changes') && this.#window.length < limits.streamWindowMessages
    );
  }

  /** Stop-and-wait, and only while every change has been sent. */
  #wantsRollups(): boolean {
    return (
      this.#sentChanges >= this.#ledger.last('changes') &&
      this.#sentRollups < this.#ledger.last('rollups') &&
      this.#rollupsDueMs === never
    );
  }

  #rewind(nowMs: number): void {
    if (nowMs >= this.#changesDueMs) {
      this.#sentChanges = this.#hasChanges;
      this.#window = [];
      this.#changesDueMs = never;
      this.#changesPace.gaveUp();
      this.#sink.bite('resends');
    }
    if (nowMs >= this.#rollupsDueMs) {
      this.#sentRollups = this.#hasRollups;
      this.#rollupsDueMs = never;
      this.#rollupsPace.gaveUp();
      this.#sink.bite('resends');
    }
  }

  #read(queue: Queue, after: number, nowMs: number): void {
    this.#reading = { queue, after };
    this.#readsOwed += 1;
    this.#readNextMs = nowMs + limits.streamReadEveryMs;
    // No more than can be sent now.
    const free = limits.streamWindowMessages - this.#window.length;
    const limit = queue === 'changes' ? this.#changesPace.changesMax(free) : this.#rollupsPace.rollupsMax;
    this.#sink.emit({ kind: 'spool.read', queue, after, limit });
  }

  /** In as many messages as their size needs and the window has room for; the rest stays in the spool. */
  #sendChanges(records: readonly ChangeRecord[], now: Clock): void {
    let from = 0;
    while (from < records.length && this.#window.length < limits.streamWindowMessages) {
      const to = this.#changesPace.batchEnd(records, from);
      assert(to > from, 'a message carries at least one change');
      this.#sendBatch(records.slice(from, to), now);
      from = to;
    }
  }

  #sendBatch(batch: readonly ChangeRecord[], now: Clock): void {
    const last = batch[batch.length - 1];
    assert(last !== undefined && last.seq > this.#sentChanges, 'changes are sent in order, once');
    this.#sentChanges = last.seq;
    if (this.#window.length === 0) this.#changesDueMs = now.monoMs + limits.receiptWaitMs;
    this.#window = [...this.#window, last.seq];
    this.#changesPace.sent(last.seq, now.monoMs);
    this.#toldRemaining = this.#ledger.last('changes') - last.seq;
    this.#send({
      kind: 'changes',
      epoch: this.#ledger.epoch,
      remaining: this.#toldRemaining,
      items: batch.map((record) => changeToWire(record.change, this.#clock, now)),
    });
  }

  #sendRollups(records: readonly RollupRecord[], now: Clock): void {
    const last = records[records.length - 1];
    if (last === undefined) return;
    this.#sentRollups = last.seq;
    this.#rollupsPace.sent(last.seq, now.monoMs);
    this.#rollupsDueMs = now.monoMs + limits.receiptWaitMs;
    this.#rollupsNextMs = now.monoMs + limits.rollupsEveryMs;
    this.#send({
      kind: 'rollups',
      epoch: this.#ledger.epoch,
      items: records.map((record) => rollupToWire(record.rollup, this.#clock, now)),
    });
  }

  #send(message: Extract<Parameters<Sink['emit']>[0], { readonly kind: 'socket.send' }>['message']): void {
    if (this.#socket !== undefined) this.#sink.emit({ kind: 'socket.send', socket: this.#socket, message });
  }
}

function isChange(record: StoredRecord): record is ChangeRecord {
  return record.queue === 'changes';
}

function isRollup(record: StoredRecord): record is RollupRecord {
  return record.queue === 'rollups';
}
