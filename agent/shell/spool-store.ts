// The spool's rows: what is written, read and removed, each call one committed transaction. Stands between spool.ts
// and the file. It throws what SQLite throws; spool.ts catches and decides.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { limits } from '../../shared/limits.ts';
import type { StoredRecord } from '../core/record.ts';

export type Queue = StoredRecord['queue'];
export const queues = ['changes', 'rollups'] as const satisfies readonly Queue[];

/** Bytes a row costs beside its text, roughly: key, cell header, its share of page and index. */
const rowOverheadBytes = 40;

export interface Row {
  readonly seq: number;
  readonly body: string;
}

/** `bytes` is what rows cost on disk, roughly. */
export interface Totals {
  readonly count: number;
  readonly bytes: number;
}

/** What a record's text costs as a row, roughly. */
export function rowBytes(body: string): number {
  return Buffer.byteLength(body) + rowOverheadBytes;
}

export class SpoolStore {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  readonly #oldest: StatementSync;
  readonly #deleteUpTo: StatementSync;
  readonly #deleteOne: StatementSync;
  readonly #totalsUpTo: StatementSync;
  readonly #setMeta: StatementSync;
  readonly #getMeta: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#insert = database.prepare('INSERT INTO record (queue, seq, body) VALUES (?, ?, ?)');
    this.#select = database.prepare(
      'SELECT seq, body FROM record WHERE queue = ? AND seq > ? ORDER BY seq LIMIT ?',
    );
    this.#oldest = database.prepare(
      'SELECT seq, length(CAST(body AS BLOB)) AS bytes FROM record WHERE queue = ? ORDER BY seq',
    );
    this.#deleteUpTo = database.prepare('DELETE FROM record WHERE queue = ? AND seq <= ?');
    this.#deleteOne = database.prepare('DELETE FROM record WHERE queue = ? AND seq = ?');
    this.#totalsUpTo = database.prepare(
      'SELECT count(*) AS count, coalesce(sum(length(CAST(body AS BLOB))), 0) AS bytes FROM record WHERE queue = ? AND seq <= ?',
    );
    this.#setMeta = database.prepare(
      'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    );
    this.#getMeta = database.prepare('SELECT value FROM meta WHERE name = ?');
  }

  /** Durable when it returns: WAL with synchronous=FULL syncs at each commit. */
  transaction(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  insert(record: StoredRecord, body: string): void {
    this.#insert.run(record.queue, record.seq, body);
  }

  read(queue: Queue, after: number, limit: number): Row[] {
    return this.#select.all(queue, after, limit).map((row) => ({
      seq: Number(row.seq),
      body: String(row.body),
    }));
  }

  /** The seq up to which at least `bytes` would be freed; undefined when there is no row. */
  oldestFor(queue: Queue, bytes: number): number | undefined {
    let freed = 0;
    let last: number | undefined;
    for (const row of this.#oldest.iterate(queue)) {
      last = Number(row.seq);
      freed += Number(row.bytes) + rowOverheadBytes;
      if (freed >= bytes) break;
    }
    return last;
  }

  /** What was removed. */
  deleteUpTo(queue: Queue, seq: number): Totals {
    const removed = totalsOf(this.#totalsUpTo.get(queue, seq));
    if (removed.count > 0) this.#deleteUpTo.run(queue, seq);
    return removed;
  }

  deleteOne(queue: Queue, seq: number): void {
    this.#deleteOne.run(queue, seq);
  }

  /** The highest number held; 0 = none. */
  highest(queue: Queue): number {
    const row = this.#database.prepare('SELECT max(seq) AS seq FROM record WHERE queue = ?').get(queue);
    return Number(row?.seq ?? 0);
  }

  /** Removes rows that no spool ever wrote: a sound page may hold damaged bytes. How many. */
  deleteStrange(): number {
    const strange = this.#database.prepare(
      "DELETE FROM record WHERE queue NOT IN ('changes', 'rollups') OR seq NOT BETWEEN 1 AND ?",
    );
    return Number(strange.run(limits.spoolSeqEnd).changes);
  }

  /** A whole copy as a new file. `path` must not exist. */
  copyTo(path: string): void {
    this.#database.prepare('VACUUM INTO ?').run(path);
  }

  totals(queue: Queue): Totals {
    return totalsOf(this.#totalsUpTo.get(queue, Number.MAX_SAFE_INTEGER));
  }

  setMeta(name: string, value: string): void {
    this.#setMeta.run(name, value);
  }

  getMeta(name: string): string | undefined {
    const row = this.#getMeta.get(name);
    return row === undefined ? undefined : String(row.value);
  }

  /** Moves the log's content into the file, so that the log starts over without needing new disk space. */
  checkpoint(): void {
    this.#database.exec('PRAGMA wal_checkpoint(RESTART)');
  }

  /** The file grows no more: what is written must fit into pages that are already its own. */
  freezeSize(): void {
    const pages = this.#database.prepare('PRAGMA page_count').get();
    this.limitPages(Number(pages?.page_count ?? 0));
  }

  /** A hard ceiling of the file, beside the spool's own count. */
  limitPages(pages: number): void {
    this.#database.exec(`PRAGMA max_page_count = ${Math.trunc(pages)}`);
  }

  close(): void {
    this.#database.close();
  }
}

function totalsOf(row: Record<string, unknown> | undefined): Totals {
  const count = Number(row?.count ?? 0);
  return { count, bytes: Number(row?.bytes ?? 0) + count * rowOverheadBytes };
}
