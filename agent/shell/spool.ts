// The agent's durable memory: state changes and rollups, numbered, until the server has receipted them; beside them
// the epoch, the clock offsets and the last assignment. What `append` took is on disk when it returns. When the disk
// refuses it keeps a bounded rest in memory and says so; it must never stop the agent from watching.
import { limits } from '../../shared/limits.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { Assignment } from '../../shared/wire/assignment.ts';
import type { Clock, SavedOffset, SpoolHead } from '../core/input.ts';
import type { StoredRecord } from '../core/record.ts';
import { messageOf } from './errors.ts';
import { type Dropped, MemoryQueue, nothingDropped, sumDropped } from './memory-queue.ts';
import { parseRecord } from './record-schema.ts';
import { memoryStore, SpoolDisk } from './spool-disk.ts';
import { codeOf, openSpoolFile } from './spool-file.ts';
import type { SpoolHealth } from './spool-health.ts';
import { openMarker, type SpoolMarker } from './spool-marker.ts';
import { SpoolMeta } from './spool-meta.ts';
import { SpoolNumbers } from './spool-numbers.ts';
import type { SpoolOptions } from './spool-options.ts';
import { type Queue, queues, SpoolStore } from './spool-store.ts';

export type { SpoolOptions } from './spool-options.ts';

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
/** Rollups looked at in one turn of the age limit. */
const agedPerTurnMax = 500;

/**
 * Fails with `conflict` when another process uses the file. A damaged file is moved aside, and where no file can be
 * had at all the spool lives in memory: both are said in the log, and both begin a new epoch.
 */
export function openSpool(options: SpoolOptions): Result<Spool> {
  const opened = openSpoolFile(options.path);
  if (!opened.ok && opened.failure.code === 'conflict') return opened;
  if (!opened.ok) return ok(spoolInMemory(options, opened.failure.message));
  const { database, movedAside } = opened.value;
  if (movedAside !== undefined) {
    options.log.error({ movedAside }, 'the spool was damaged and was moved aside; a new epoch begins');
  }
  try {
    const marker = openMarker(options.path);
    return ok(new Spool(options, { store: new SpoolStore(database), marker, movedAside }));
  } catch (error) {
    // A disk that opens a file and then cannot read it.
    if (codeOf(error) === undefined) throw error;
    database.close();
    return ok(spoolInMemory(options, messageOf(error)));
  }
}

function spoolInMemory(options: SpoolOptions, why: string): Spool {
  options.log.error({ error: why }, 'the spool has no disk and lives in memory');
  return new Spool({ ...options, bytesMax: limits.spoolMemoryBytesMax }, { store: memoryStore() });
}

export class Spool {
  readonly #options: SpoolOptions;
  readonly #memory = new MemoryQueue(limits.spoolMemoryRecordsMax);
  readonly #disk: SpoolDisk;
  readonly #meta: SpoolMeta;
  readonly #numbers: SpoolNumbers;
  readonly #counters = { droppedRollups: 0, droppedChanges: 0, unreadable: 0 };
  readonly #movedAside: string | undefined;
  #triedAtMs = Number.NEGATIVE_INFINITY;

  /** Without a marker: `store` has no file. */
  constructor(
    options: SpoolOptions,
    start: { readonly store: SpoolStore; readonly marker?: SpoolMarker; readonly movedAside?: string },
  ) {
    this.#options = options;
    this.#movedAside = start.movedAside;
    this.#disk = new SpoolDisk(options, start, (store) => {
      this.#numbers.write(store);
      this.#meta.write(store);
    });
    this.#counters.unreadable += this.#disk.deleteStrange();
    this.#meta = new SpoolMeta(this.#disk.store);
    this.#numbers = new SpoolNumbers(this.#disk.store, start.marker?.wasPartial ?? false);
    if (this.#disk.write((store) => this.#numbers.write(store))) this.#disk.partial(false);
  }

  head(): SpoolHead {
    return {
      epoch: this.#numbers.epoch,
      lastChangeSeq: this.#numbers.last('changes'),
      lastRollupSeq: this.#numbers.last('rollups'),
      changes: this.#disk.count('changes') + this.#memory.count('changes'),
      rollups: this.#disk.count('rollups') + this.#memory.count('rollups'),
    };
  }

  /** Durable when it returns, or in memory where the disk refuses. Gives what had to go for it. */
  append(records: readonly StoredRecord[]): Dropped {
    for (const { queue, seq } of records) this.#numbers.given(queue, seq);
    // Order within a queue must hold: while something waits in memory, everything queues up behind it.
    if (this.#memory.size > 0) return sumDropped(this.#keep(records), this.#flush());
    return this.#insert(records) ?? this.#keep(records);
  }

  /** Ascending by seq. Rows that cannot be read are removed and counted. */
  read(
    queue: Queue,
    after: number,
    limit: number,
  ): { readonly records: StoredRecord[]; readonly dropped: Dropped } {
    const records: StoredRecord[] = [];
    const unreadable: number[] = [];
    this.#disk.guarded(() => {
      for (const row of this.#disk.store.read(queue, after, limit)) {
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
    if (receipt.epoch !== this.#numbers.epoch) return;
    const upTo = { changes: receipt.changesUpTo, rollups: receipt.rollupsUpTo };
    for (const queue of queues) this.#memory.trim(queue, upTo[queue]);
    this.#disk.write(() => {
      for (const queue of queues) this.#disk.delete(queue, upTo[queue]);
    });
  }

  /** To be called every few seconds: age limit, a file taken away, and another try where the disk refused. */
  tend(): Dropped {
    this.#disk.tend(this.#memory.size > 0);
    const dropped = sumDropped(this.#flush(), this.#dropAged());
    return sumDropped(dropped, this.#counted(this.#disk.takeLost()));
  }

  offsets(): readonly SavedOffset[] {
    return this.#meta.offsets;
  }

  saveOffset(offset: SavedOffset): void {
    this.#meta.addOffset(offset);
    this.#disk.write((store) => this.#meta.write(store));
  }

  assignment(): Assignment | undefined {
    return this.#meta.assignment;
  }

  saveAssignment(assignment: Assignment): void {
    this.#meta.setAssignment(assignment);
    this.#disk.write((store) => this.#meta.write(store));
  }

  counters(): SpoolCounters {
    return { ...this.#counters, refused: this.#disk.refused, inMemory: this.#memory.size };
  }

  /** For people: is what the agent sees being kept? */
  health(): SpoolHealth {
    const { changes, rollups } = this.head();
    const { bytes, refused, reason, state } = this.#disk;
    const { droppedRollups, droppedChanges } = this.#counters;
    const inMemory = this.#memory.size;
    const told = state === 'sound' && inMemory > 0 ? 'refused' : state;
    return {
      movedAside: this.#movedAside,
      state: told,
      changes,
      rollups,
      inMemory,
      bytes,
      refused,
      droppedRollups,
      droppedChanges,
      reason,
    };
  }

  close(): void {
    this.#flush(true);
    this.#disk.close();
  }

  /** undefined = the disk refused, also after the oldest rollups made room. */
  #insert(records: readonly StoredRecord[]): Dropped | undefined {
    const rows = records.map((record) => ({ record, body: JSON.stringify(record) }));
    let dropped = nothingDropped;
    const insert =
      (room: () => Dropped) =>
      (store: SpoolStore): void => {
        dropped = room();
        for (const { record, body } of rows) this.#disk.insert(record, body);
        this.#numbers.write(store);
        const over = this.#disk.bytes - this.#bytesMax();
        if (over > 0) dropped = sumDropped(dropped, this.#dropOldest(over + this.#bytesMax() * slackRatio));
      };
    const done = this.#disk.write(insert(() => nothingDropped)) || this.#insertAfterMakingRoom(insert);
    return done ? this.#counted(dropped) : undefined;
  }

  /** On a full disk the oldest rollups give way to what is to be written. */
  #insertAfterMakingRoom(insert: (room: () => Dropped) => (store: SpoolStore) => void): boolean {
    this.#disk.makeRoom();
    const bytes = Math.max(roomBytes, this.#disk.bytes * slackRatio);
    return this.#disk.write(insert(() => this.#dropOldest(bytes, ['rollups'])));
  }

  #keep(records: readonly StoredRecord[]): Dropped {
    this.#disk.partial(true);
    return this.#counted(this.#memory.add(records));
  }

  #flush(now = false): Dropped {
    const atMs = this.#options.clock().monoMs;
    if (this.#memory.size === 0 || (!now && atMs - this.#triedAtMs < limits.spoolRetryMs))
      return nothingDropped;
    this.#triedAtMs = atMs;
    const written = this.#insert(this.#memory.all());
    if (written === undefined) return nothingDropped;
    this.#disk.accepted({ records: this.#memory.size });
    this.#memory.clear();
    return written;
  }

  /** Oldest rollups first, state changes last. Inside a transaction. */
  #dropOldest(bytes: number, from: readonly Queue[] = ['rollups', 'changes']): Dropped {
    const dropped = { rollups: 0, changes: 0 };
    let left = bytes;
    for (const queue of from) {
      if (left <= 0) break;
      const upTo = this.#disk.store.oldestFor(queue, left);
      if (upTo === undefined) continue;
      const removed = this.#disk.delete(queue, upTo);
      dropped[queue] += removed.count;
      left -= removed.bytes;
    }
    return dropped;
  }

  #dropAged(): Dropped {
    const ageMsMax = this.#options.ageMsMax ?? limits.spoolAgeMsMax;
    const now = this.#options.clock();
    let upTo: number | undefined;
    this.#disk.guarded(() => {
      for (const row of this.#disk.store.read('rollups', 0, agedPerTurnMax)) {
        const record = parseRecord(row.body);
        if (record?.queue === 'rollups' && ageMs(record.rollup.at, now) <= ageMsMax) break;
        upTo = row.seq;
      }
    });
    if (upTo === undefined) return nothingDropped;
    const last = upTo;
    let rollups = 0;
    const done = this.#disk.write(() => {
      rollups = this.#disk.delete('rollups', last).count;
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
    this.#disk.deleteEach(queue, seqs);
    const none = { rollups: 0, changes: 0 };
    return this.#counted({ ...none, [queue]: seqs.length });
  }

  #bytesMax(): number {
    return this.#options.bytesMax ?? limits.spoolBytesMax;
  }

  #counted(dropped: Dropped): Dropped {
    this.#counters.droppedRollups += dropped.rollups;
    this.#counters.droppedChanges += dropped.changes;
    return dropped;
  }
}

/** By the monotonic clock within one boot; across boots only the wall clock is left, and it may lie. */
function ageMs(at: Clock, now: Clock): number {
  return at.bootId === now.bootId ? now.monoMs - at.monoMs : now.wallMs - at.wallMs;
}
