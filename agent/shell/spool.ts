// The agent's durable memory: state changes and rollups, numbered, until the server has receipted them; beside them
// the epoch, the clock offsets and the last assignment. What `append` took is on disk when it returns. When the disk
// refuses it keeps a bounded rest in memory and says so; it must never stop the agent from watching.
import { randomInt } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { limits } from '../../shared/limits.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { Assignment } from '../../shared/wire/messages.ts';
import type { Clock, SavedOffset, SpoolHead } from '../core/input.ts';
import type { StoredRecord } from '../core/record.ts';
import { messageOf } from './errors.ts';
import type { Log } from './log.ts';
import { type Dropped, MemoryQueue, nothingDropped, sumDropped } from './memory-queue.ts';
import { parseRecord } from './record-schema.ts';
import { type Ballast, openBallast } from './spool-ballast.ts';
import { codeOf, createTables, moveAside, openSpoolFile, sqliteCode } from './spool-file.ts';
import { noMarker, openMarker, type SpoolMarker } from './spool-marker.ts';
import { SpoolMeta } from './spool-meta.ts';
import { type Queue, rowBytes, SpoolStore } from './spool-store.ts';

export interface SpoolOptions {
  readonly path: string;
  readonly clock: () => Clock;
  readonly log: Log;
  readonly bytesMax?: number;
  readonly ageMsMax?: number;
  /** Default `limits.spoolBallastBytes`. */
  readonly ballastBytes?: number;
  /** A hard ceiling of the file in pages of 4 KiB; default twice `bytesMax`. */
  readonly pagesMax?: number;
}

export interface SpoolCounters {
  /** Writes the disk refused. */
  readonly refused: number;
  readonly droppedRollups: number;
  readonly droppedChanges: number;
  /** Rows that could not be read back. */
  readonly unreadable: number;
  /** Records in memory only, now. */
  readonly inMemory: number;
}

/** How far below its limit the spool is brought when the limit bites, so that it does not bite at each append. */
const slackRatio = 0.05;
/** A full disk needs whole pages freed, several of them, before a row fits again. */
const roomBytes = 32 * 1024;
const epochMax = 2 ** 47;
const queues = ['changes', 'rollups'] as const;

/**
 * Fails with `conflict` when another process uses the file. A damaged file is moved aside, and where no file can be
 * had at all the spool lives in memory: both are said in the log, and both begin a new epoch.
 */
export function openSpool(options: SpoolOptions): Result<Spool> {
  const opened = openSpoolFile(options.path);
  if (!opened.ok && opened.failure.code === 'conflict') return opened;
  if (!opened.ok) {
    options.log.error({ failure: opened.failure }, 'the spool has no disk and lives in memory');
    return ok(new Spool({ ...options, bytesMax: limits.spoolMemoryBytesMax }, memoryStore(), noMarker));
  }
  const { database, movedAside } = opened.value;
  if (movedAside !== undefined) {
    options.log.error({ movedAside }, 'the spool was damaged and was moved aside; a new epoch begins');
  }
  return ok(new Spool(options, new SpoolStore(database), openMarker(options.path)));
}

function memoryStore(): SpoolStore {
  const database = new DatabaseSync(':memory:');
  createTables(database);
  return new SpoolStore(database);
}

export class Spool {
  readonly #options: SpoolOptions;
  readonly #memory = new MemoryQueue(limits.spoolMemoryRecordsMax);
  readonly #marker: SpoolMarker;
  readonly #ballast: Ballast;
  readonly #meta: SpoolMeta;
  readonly #epoch: number;
  readonly #lastSeq: Record<Queue, number> = { changes: 0, rollups: 0 };
  readonly #counters = { refused: 0, droppedRollups: 0, droppedChanges: 0, unreadable: 0 };
  #store: SpoolStore;
  #count: Record<Queue, number> = { changes: 0, rollups: 0 };
  #bytes = 0;
  /** Lost with a damaged file, not yet reported. */
  #lost = nothingDropped;
  #triedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: SpoolOptions, store: SpoolStore, marker: SpoolMarker) {
    this.#options = options;
    this.#store = store;
    this.#marker = marker;
    this.#ballast = openBallast(options.path, options.ballastBytes ?? limits.spoolBallastBytes);
    const epoch = Number(store.getMeta('epoch') ?? Number.NaN);
    this.#epoch = Number.isSafeInteger(epoch) && epoch >= 1 ? epoch : randomInt(1, epochMax);
    for (const queue of queues) this.#lastSeq[queue] = Number(store.getMeta(`last.${queue}`) ?? 0);
    this.#meta = new SpoolMeta(store);
    if (marker.wasPartial) for (const queue of queues) this.#lastSeq[queue] += limits.spoolSeqJump;
    this.#adopt(store);
    if (this.#write(() => this.#writeHead())) marker.set(false);
  }

  head(): SpoolHead {
    return {
      epoch: this.#epoch,
      lastChangeSeq: this.#lastSeq.changes,
      lastRollupSeq: this.#lastSeq.rollups,
      changes: this.#count.changes + this.#memory.count('changes'),
      rollups: this.#count.rollups + this.#memory.count('rollups'),
    };
  }

  /** Durable when it returns, or in memory where the disk refuses. Gives what had to go for it. */
  append(records: readonly StoredRecord[]): Dropped {
    for (const record of records) {
      this.#lastSeq[record.queue] = Math.max(this.#lastSeq[record.queue], record.seq);
    }
    // Order within a queue must hold: while something waits in memory, everything queues up behind it.
    if (this.#memory.size > 0) return sumDropped(this.#keep(records), this.#flush());
    const written = this.#insert(records);
    if (written !== undefined) return written;
    this.#options.log.error(
      { records: records.length },
      'the disk refuses the spool; records stay in memory',
    );
    return this.#keep(records);
  }

  /** Ascending by seq. Rows that cannot be read are removed and counted. */
  read(
    queue: Queue,
    after: number,
    limit: number,
  ): { readonly records: StoredRecord[]; readonly dropped: Dropped } {
    const records: StoredRecord[] = [];
    const unreadable: number[] = [];
    this.#guarded(() => {
      for (const row of this.#store.read(queue, after, limit)) {
        const record = parseRecord(row.body);
        if (record?.queue === queue && record.seq === row.seq) records.push(record);
        else unreadable.push(row.seq);
      }
    });
    if (records.length < limit) records.push(...this.#memory.read(queue, after, limit - records.length));
    return { records, dropped: this.#removeUnreadable(queue, unreadable) };
  }

  /** Receipted: may go. Another epoch's receipt is passed over. */
  trim(receipt: {
    readonly epoch: number;
    readonly changesUpTo: number;
    readonly rollupsUpTo: number;
  }): void {
    if (receipt.epoch !== this.#epoch) return;
    const upTo = { changes: receipt.changesUpTo, rollups: receipt.rollupsUpTo };
    for (const queue of queues) this.#memory.trim(queue, upTo[queue]);
    this.#write(() => {
      for (const queue of queues) this.#delete(queue, upTo[queue]);
    });
  }

  /** To be called every few seconds: age limit, and another try where the disk refused. */
  tend(): Dropped {
    // Room for the ballast is room for the file to grow again, so this comes before the next try to write.
    if (this.#ballast.restore(this.#options.clock().monoMs)) this.#store.limitPages(this.#pagesMax());
    const dropped = sumDropped(this.#flush(), this.#dropAged());
    return sumDropped(dropped, this.#takeLost());
  }

  offsets(): readonly SavedOffset[] {
    return this.#meta.offsets;
  }

  saveOffset(offset: SavedOffset): void {
    this.#meta.addOffset(offset);
    this.#write(() => this.#meta.write(this.#store));
  }

  assignment(): Assignment | undefined {
    return this.#meta.assignment;
  }

  saveAssignment(assignment: Assignment): void {
    this.#meta.setAssignment(assignment);
    this.#write(() => this.#meta.write(this.#store));
  }

  counters(): SpoolCounters {
    return { ...this.#counters, inMemory: this.#memory.size };
  }

  close(): void {
    this.#flush(true);
    this.#store.close();
  }

  /** undefined = the disk refused, also after the oldest rollups made room. */
  #insert(records: readonly StoredRecord[]): Dropped | undefined {
    const rows = records.map((record) => ({ record, body: JSON.stringify(record) }));
    let dropped = nothingDropped;
    const insert = (room: () => Dropped) => (): void => {
      dropped = room();
      for (const { record, body } of rows) {
        this.#store.insert(record, body);
        this.#count[record.queue] += 1;
        this.#bytes += rowBytes(body);
      }
      this.#writeHead();
      const over = this.#bytes - this.#bytesMax();
      if (over > 0) dropped = sumDropped(dropped, this.#dropOldest(over + this.#bytesMax() * slackRatio));
    };
    const done = this.#write(insert(() => nothingDropped)) || this.#writeAfterMakingRoom(insert);
    return done ? this.#counted(dropped) : undefined;
  }

  /**
   * A full disk: (1) the ballast goes; (2) the log's content goes into the file, and the log starts over inside the
   * space it already has; (3) the file stays as it is, because a log that outgrew it could never be emptied; (4) the
   * oldest rollups give way to what is to be written.
   */
  #writeAfterMakingRoom(insert: (room: () => Dropped) => () => void): boolean {
    this.#ballast.drop();
    if (this.#guarded(() => this.#store.checkpoint())) this.#guarded(() => this.#store.freezeSize());
    return this.#write(
      insert(() => this.#dropOldest(Math.max(roomBytes, this.#bytes * slackRatio), ['rollups'])),
    );
  }

  #keep(records: readonly StoredRecord[]): Dropped {
    this.#marker.set(true);
    return this.#counted(this.#memory.add(records));
  }

  #flush(now = false): Dropped {
    const atMs = this.#options.clock().monoMs;
    if (this.#memory.size === 0 || (!now && atMs - this.#triedAtMs < limits.spoolRetryMs))
      return nothingDropped;
    this.#triedAtMs = atMs;
    const written = this.#insert(this.#memory.all());
    if (written === undefined) return nothingDropped;
    this.#options.log.info({ records: this.#memory.size }, 'the disk takes the spool again');
    this.#memory.clear();
    this.#marker.set(false);
    return written;
  }

  /** Oldest rollups first, state changes last. Inside a transaction. */
  #dropOldest(bytes: number, from: readonly Queue[] = ['rollups', 'changes']): Dropped {
    const dropped = { rollups: 0, changes: 0 };
    let left = bytes;
    for (const queue of from) {
      if (left <= 0) break;
      const upTo = this.#store.oldestFor(queue, left);
      if (upTo === undefined) continue;
      const removed = this.#delete(queue, upTo);
      dropped[queue] += removed.count;
      left -= removed.bytes;
    }
    return dropped;
  }

  #dropAged(): Dropped {
    const ageMsMax = this.#options.ageMsMax ?? limits.spoolAgeMsMax;
    const now = this.#options.clock();
    let upTo: number | undefined;
    this.#guarded(() => {
      for (const row of this.#store.read('rollups', 0, agedPerTurnMax)) {
        const record = parseRecord(row.body);
        if (record?.queue === 'rollups' && ageMs(record.rollup.at, now) <= ageMsMax) break;
        upTo = row.seq;
      }
    });
    if (upTo === undefined) return nothingDropped;
    const last = upTo;
    let rollups = 0;
    const done = this.#write(() => {
      rollups = this.#delete('rollups', last).count;
    });
    return done ? this.#counted({ rollups, changes: 0 }) : nothingDropped;
  }

  #removeUnreadable(queue: Queue, seqs: readonly number[]): Dropped {
    if (seqs.length === 0) return nothingDropped;
    this.#counters.unreadable += seqs.length;
    this.#options.log.error(
      { queue, seqs: seqs.slice(0, 10) },
      'rows of the spool cannot be read and are removed',
    );
    this.#write(() => {
      for (const seq of seqs) this.#store.deleteOne(queue, seq);
      this.#recount();
    });
    const none = { rollups: 0, changes: 0 };
    return this.#counted({ ...none, [queue]: seqs.length });
  }

  #delete(queue: Queue, upTo: number): { readonly count: number; readonly bytes: number } {
    const removed = this.#store.deleteUpTo(queue, upTo);
    this.#count[queue] -= removed.count;
    this.#bytes -= removed.bytes;
    return removed;
  }

  #writeHead(): void {
    this.#store.setMeta('epoch', String(this.#epoch));
    for (const queue of queues) this.#store.setMeta(`last.${queue}`, String(this.#lastSeq[queue]));
  }

  /** One transaction. False = refused, nothing changed. */
  #write(work: () => void): boolean {
    const store = this.#store;
    const before = { count: { ...this.#count }, bytes: this.#bytes };
    const done = this.#guarded(() => store.transaction(work));
    if (done) return true;
    this.#counters.refused += 1;
    // A store that was replaced meanwhile has been counted anew.
    if (this.#store === store) {
      this.#count = before.count;
      this.#bytes = before.bytes;
    }
    return false;
  }

  /** Runs SQL; false when SQLite said no. Anything else than SQLite's own errors is a bug and goes on up. */
  #guarded(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      const code = codeOf(error);
      // A number given twice is a bug of the core; trying again would never end.
      if (code === undefined || code === sqliteCode.constraint) throw error;
      this.#options.log.warn({ code, error: messageOf(error) }, 'SQLite refused');
      if (code === sqliteCode.corrupt || code === sqliteCode.notADatabase) this.#replace();
      return false;
    }
  }

  /** The file turned out damaged while running: it goes aside, a fresh one carries on with the same numbers. */
  #replace(): void {
    this.#lost = sumDropped(this.#lost, this.#counted(this.#count));
    this.#store.close();
    const moved = moveAside(this.#options.path);
    const opened = moved.ok ? openSpoolFile(this.#options.path) : moved;
    this.#store = opened.ok ? new SpoolStore(opened.value.database) : memoryStore();
    this.#options.log.error(
      { moved, onDisk: opened.ok, lost: this.#count },
      'the spool is damaged; moved aside',
    );
    this.#adopt(this.#store);
    this.#write(() => {
      this.#writeHead();
      this.#meta.write(this.#store);
    });
  }

  #takeLost(): Dropped {
    const lost = this.#lost;
    this.#lost = nothingDropped;
    return lost;
  }

  #adopt(store: SpoolStore): void {
    store.limitPages(this.#pagesMax());
    this.#recount();
  }

  #recount(): void {
    const totals = { changes: this.#store.totals('changes'), rollups: this.#store.totals('rollups') };
    this.#count = { changes: totals.changes.count, rollups: totals.rollups.count };
    this.#bytes = totals.changes.bytes + totals.rollups.bytes;
  }

  #bytesMax(): number {
    return this.#options.bytesMax ?? limits.spoolBytesMax;
  }

  #pagesMax(): number {
    return this.#options.pagesMax ?? (2 * this.#bytesMax()) / 4_096;
  }

  #counted(dropped: Dropped): Dropped {
    this.#counters.droppedRollups += dropped.rollups;
    this.#counters.droppedChanges += dropped.changes;
    return dropped;
  }
}

/** Rollups looked at in one turn of the age limit. */
const agedPerTurnMax = 500;

/** By the monotonic clock within one boot; across boots only the wall clock is left, and it may lie. */
function ageMs(at: Clock, now: Clock): number {
  return at.bootId === now.bootId ? now.monoMs - at.monoMs : now.wallMs - at.wallMs;
}
