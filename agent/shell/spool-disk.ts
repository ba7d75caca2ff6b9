// The spool's rows on a disk that may be full, read-only, damaged or taken away: every statement goes through here, is
// refused as a value, and leaves the counts right. Stands between spool.ts, which decides what is kept, and
// spool-store.ts, which speaks SQL. It must never end the program for what a disk does.
import { DatabaseSync } from 'node:sqlite';
import { limits } from '../../shared/limits.ts';
import type { StoredRecord } from '../core/record.ts';
import type { SpoolState } from '../core/status.ts';
import { Complaints } from './complaints.ts';
import { messageOf } from './errors.ts';
import type { Dropped } from './memory-queue.ts';
import { nothingDropped, sumDropped } from './memory-queue.ts';
import { type Ballast, openBallast } from './spool-ballast.ts';
import { codeOf, createTables, moveAside, openSpoolFile, sqliteCode } from './spool-file.ts';
import { noMarker, openMarker, type SpoolMarker } from './spool-marker.ts';
import type { SpoolOptions } from './spool-options.ts';
import { isRemoved, rescue } from './spool-rescue.ts';
import { type Queue, rowBytes, SpoolStore, type Totals } from './spool-store.ts';

export function memoryStore(): SpoolStore {
  const database = new DatabaseSync(':memory:');
  createTables(database);
  return new SpoolStore(database);
}

export class SpoolDisk {
  readonly #options: SpoolOptions;
  readonly #ballast: Ballast;
  readonly #complaints: Complaints;
  /** What a fresh file must know: numbers, offsets, assignment. */
  readonly #first: (store: SpoolStore) => void;
  #store: SpoolStore;
  #marker: SpoolMarker;
  #hasFile: boolean;
  #isRemoved = false;
  #isRefused = false;
  #refused = 0;
  #count: Record<Queue, number> = { changes: 0, rollups: 0 };
  #bytes = 0;
  /** Lost with a damaged file, not yet told. */
  #lost = nothingDropped;
  #rescuedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    options: SpoolOptions,
    start: { readonly store: SpoolStore; readonly marker?: SpoolMarker },
    first: (store: SpoolStore) => void,
  ) {
    this.#options = options;
    this.#store = start.store;
    this.#marker = start.marker ?? noMarker;
    this.#hasFile = start.marker !== undefined;
    this.#ballast = openBallast(options.path, options.ballastBytes ?? limits.spoolBallastBytes);
    this.#complaints = new Complaints(options.log);
    this.#first = first;
    this.#adopt(start.store);
  }

  get store(): SpoolStore {
    return this.#store;
  }

  /** Rows' cost, roughly. */
  get bytes(): number {
    return this.#bytes;
  }

  get refused(): number {
    return this.#refused;
  }

  get reason(): string | undefined {
    return this.#complaints.reason;
  }

  get state(): SpoolState {
    if (!this.#hasFile) return 'memory';
    if (this.#isRemoved) return 'removed';
    return this.#isRefused ? 'refused' : 'sound';
  }

  count(queue: Queue): number {
    return this.#count[queue];
  }

  /** Remembers, over a death of the program, that some records are in memory only. */
  partial(is: boolean): void {
    this.#marker.set(is);
  }

  /** One transaction. False = refused, nothing changed. */
  write(work: (store: SpoolStore) => void): boolean {
    const store = this.#store;
    const before = { count: { ...this.#count }, bytes: this.#bytes };
    if (this.guarded(() => store.transaction(() => work(store)))) {
      this.#isRefused = false;
      return true;
    }
    this.#refused += 1;
    // A store that was replaced meanwhile has been counted anew.
    if (this.#store === store) {
      this.#isRefused = true;
      this.#count = before.count;
      this.#bytes = before.bytes;
    }
    return false;
  }

  /** Runs SQL; false when SQLite said no. Anything else than SQLite's own errors is a bug and goes on up. */
  guarded(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      const code = codeOf(error);
      // A number given twice is a bug of the core; trying again would never end.
      if (code === undefined || code === sqliteCode.constraint) throw error;
      this.#complaints.say(this.#nowMs(), { error: messageOf(error) }, 'the disk refuses the spool');
      if (code === sqliteCode.corrupt || code === sqliteCode.notADatabase) this.#replace();
      return false;
    }
  }

  /** Inside a transaction. */
  insert(record: StoredRecord, body: string): void {
    this.#store.insert(record, body);
    this.#count[record.queue] += 1;
    this.#bytes += rowBytes(body);
  }

  /** Inside a transaction. */
  delete(queue: Queue, upTo: number): Totals {
    const removed = this.#store.deleteUpTo(queue, upTo);
    this.#count[queue] -= removed.count;
    this.#bytes -= removed.bytes;
    return removed;
  }

  deleteEach(queue: Queue, seqs: readonly number[]): boolean {
    return this.write((store) => {
      for (const seq of seqs) store.deleteOne(queue, seq);
      this.#recount();
    });
  }

  /** Rows that no spool ever wrote; how many there were. */
  deleteStrange(): number {
    let count = 0;
    this.write((store) => {
      count = store.deleteStrange();
      if (count > 0) this.#recount();
    });
    return count;
  }

  /**
   * A full disk: (1) the ballast goes; (2) the log's content goes into the file, and the log starts over inside the
   * space it already has; (3) the file stays as it is, because a log that outgrew it could never be emptied.
   */
  makeRoom(): void {
    this.#ballast.drop();
    if (this.guarded(() => this.#store.checkpoint())) this.guarded(() => this.#store.freezeSize());
  }

  /** To be called every few seconds. `inMemory`: some records are not on disk. */
  tend(inMemory: boolean): void {
    this.#lookForFile(inMemory);
    // Room for the ballast is room for the file to grow again, so this comes before the next try to write.
    if (this.#hasFile && this.#ballast.restore(this.#nowMs())) {
      this.guarded(() => this.#store.limitPages(this.#pagesMax()));
    }
  }

  /** All that was refused is written. */
  accepted(fields: object): void {
    this.#marker.set(false);
    this.#complaints.over(fields, 'the disk takes the spool again');
  }

  takeLost(): Dropped {
    const lost = this.#lost;
    this.#lost = nothingDropped;
    return lost;
  }

  close(): void {
    this.#store.close();
  }

  #lookForFile(inMemory: boolean): void {
    if (!this.#hasFile || !isRemoved(this.#options.path)) {
      this.#isRemoved = false;
      return;
    }
    if (this.#nowMs() - this.#rescuedAtMs < limits.spoolRetryMs) return;
    this.#rescuedAtMs = this.#nowMs();
    this.#isRemoved = true;
    const rescued = rescue(this.#store, this.#options.path);
    if (!rescued.ok) {
      const { why, closed } = rescued.failure;
      this.#complaints.say(this.#nowMs(), { error: why }, 'the spool was removed and cannot be made anew');
      if (closed) this.#loseFile();
      return;
    }
    this.#options.log.error(
      { path: this.#options.path },
      'the spool was removed by somebody; it was made anew',
    );
    this.#isRemoved = false;
    this.#store = rescued.value;
    this.#marker = openMarker(this.#options.path);
    this.#marker.set(inMemory);
    this.#adopt(this.#store);
  }

  /** The file turned out damaged while running: it goes aside, a fresh one carries on with the same numbers. */
  #replace(): void {
    this.#lost = sumDropped(this.#lost, { ...this.#count });
    const lost = { ...this.#count };
    this.#store.close();
    const moved = moveAside(this.#options.path);
    const opened = moved.ok ? openSpoolFile(this.#options.path) : moved;
    this.#options.log.error({ moved, onDisk: opened.ok, lost }, 'the spool is damaged; moved aside');
    if (!opened.ok) return this.#liveInMemory();
    this.#store = new SpoolStore(opened.value.database);
    this.#adopt(this.#store);
    this.write(this.#first);
  }

  #loseFile(): void {
    this.#lost = sumDropped(this.#lost, { ...this.#count });
    this.#liveInMemory();
  }

  #liveInMemory(): void {
    this.#hasFile = false;
    this.#store = memoryStore();
    this.#adopt(this.#store);
    this.write(this.#first);
  }

  #adopt(store: SpoolStore): void {
    this.guarded(() => {
      store.limitPages(this.#pagesMax());
      this.#recount();
    });
  }

  #recount(): void {
    const totals = { changes: this.#store.totals('changes'), rollups: this.#store.totals('rollups') };
    this.#count = { changes: totals.changes.count, rollups: totals.rollups.count };
    this.#bytes = totals.changes.bytes + totals.rollups.bytes;
  }

  #pagesMax(): number {
    const { pagesMax, bytesMax } = this.#options;
    return pagesMax ?? (2 * (bytesMax ?? limits.spoolBytesMax)) / 4_096;
  }

  #nowMs(): number {
    return this.#options.clock().monoMs;
  }
}
