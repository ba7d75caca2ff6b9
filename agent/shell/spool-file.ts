// The spool's SQLite file: opened, checked, moved aside when it is damaged. Stands under spool.ts. Only this file and
// spool-store.ts speak SQL. It must never delete a damaged file: a person may want what is in it.
import {
  chmodSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { failure } from '../../shared/failure.ts';
import { limits } from '../../shared/limits.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import { messageOf } from './errors.ts';

/** In the state directory. */
export const spoolFile = 'spool.sqlite';
export const spoolSchemaVersion = 1;
/** Older ones may lose a committed row when a WAL is reset (fixed in 3.51.3). */
const sqliteVersionMin = [3, 51, 3] as const;

/** Primary result codes of SQLite (https://sqlite.org/rescode.html). */
export const sqliteCode = {
  busy: 5,
  corrupt: 11,
  full: 13,
  constraint: 19,
  notADatabase: 26,
} as const;

export interface OpenedFile {
  readonly database: DatabaseSync;
  /** Where a damaged or newer file was put. */
  readonly movedAside?: string;
}

/**
 * Opens or makes the file. A damaged one, and one written by a newer version, is moved aside and a fresh one begins.
 * Fails with `conflict` when another process has it open, `storage.failed` when the disk refuses.
 */
export function openSpoolFile(path: string): Result<OpenedFile> {
  const first = open(path);
  if (first.ok) return first;
  if (first.failure.code !== 'not-found') return first;
  const movedAside = moveAside(path);
  if (!movedAside.ok) return movedAside;
  const second = open(path);
  return second.ok ? ok({ ...second.value, movedAside: movedAside.value }) : second;
}

/** Renames the file and its companions to `.corrupt-N`; gives the new name. */
export function moveAside(path: string): Result<string> {
  try {
    const kept = corruptFiles(path);
    const number = Math.max(0, ...kept.map((entry) => entry.number)) + 1;
    const target = `${path}.corrupt-${number}`;
    renameSync(path, target);
    for (const end of ['-wal', '-shm']) if (existsSync(path + end)) renameSync(path + end, target + end);
    const surplus = kept.length + 1 - limits.spoolCorruptKeptMax;
    for (const old of kept.slice(0, Math.max(0, surplus))) {
      for (const end of ['', '-wal', '-shm']) rmSync(old.path + end, { force: true });
    }
    return ok(target);
  } catch (error) {
    return fail(failure('storage.failed', `the spool cannot be moved aside: ${messageOf(error)}`));
  }
}

/** The primary SQLite code of an error; undefined when it is none of SQLite's. */
export function codeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}

/** Oldest first. */
function corruptFiles(path: string): { readonly path: string; readonly number: number }[] {
  const prefix = `${basename(path)}.corrupt-`;
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => ({ path: join(dirname(path), name), number: Number(name.slice(prefix.length)) }))
    .toSorted((a, b) => a.number - b.number);
}

/** Fails with `not-found` when what is there cannot be used and must be moved aside. */
function open(path: string): Result<OpenedFile> {
  let database: DatabaseSync | undefined;
  try {
    // Before SQLite sees it: it gives the log beside the file the file's own rights.
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
    if (saysReadOnly(path)) {
      // The log may hold a sound copy of the header: SQLite writes it back as it closes.
      const logged = new DatabaseSync(path, { timeout: 0 });
      database = logged;
      logged.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      logged.close();
      database = undefined;
      if (saysReadOnly(path)) return damaged(undefined, 'its header lets SQLite only read it');
    }
    database = new DatabaseSync(path, { timeout: 0 });
    // Exclusive: one connection per file, held until the process ends. Said before anything is read, it also keeps the
    // log's index in memory: a mapped file on a full disk could end the process.
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    const version = versionOf(database);
    if (!atLeast(version, sqliteVersionMin)) {
      database.close();
      return fail(failure('storage.failed', `SQLite ${version} is too old; wanted: 3.51.3 or later`));
    }
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    database.exec(`PRAGMA wal_autocheckpoint = ${limits.spoolLogPagesMax}`);
    if (textOf(database, 'PRAGMA quick_check(1)') !== 'ok') return damaged(database, 'quick_check');
    const schema = numberOf(database, 'PRAGMA user_version');
    if (schema > spoolSchemaVersion) return damaged(database, `schema ${schema} is of a newer version`);
    if (schema === 0) createTables(database);
    return ok({ database });
  } catch (error) {
    const code = codeOf(error);
    if (code === sqliteCode.corrupt || code === sqliteCode.notADatabase) {
      return damaged(database, messageOf(error));
    }
    database?.close();
    if (code === sqliteCode.busy) {
      return fail(failure('conflict', `another agent is using ${path}; one agent per state directory`));
    }
    return fail(failure('storage.failed', `the spool ${path} cannot be opened: ${messageOf(error)}`));
  }
}

function damaged(database: DatabaseSync | undefined, why: string): Result<never> {
  database?.close();
  return fail(failure('not-found', why));
}

/**
 * Byte 18 of a database, the "file format write version", is 1 or 2; SQLite only reads a file with a higher one
 * (https://sqlite.org/fileformat2.html section 1.3.3). None was ever written here: it is damage, and no disk's refusal.
 * Only for a file this process has not open: closing any descriptor of it would give up SQLite's locks
 * (https://sqlite.org/howtocorrupt.html section 2.2), and a second agent could come in.
 */
function saysReadOnly(path: string): boolean {
  const header = Buffer.alloc(19);
  const file = openSync(path, 'r');
  try {
    readSync(file, header, 0, header.length, 0);
  } finally {
    closeSync(file);
  }
  return (header[18] ?? 0) > 2;
}

export function createTables(database: DatabaseSync): void {
  database.exec(`
    BEGIN IMMEDIATE;
    CREATE TABLE record (
      queue TEXT NOT NULL,
      seq INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (queue, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    PRAGMA user_version = ${spoolSchemaVersion};
    COMMIT;
  `);
}

function versionOf(database: DatabaseSync): string {
  return textOf(database, 'SELECT sqlite_version()');
}

function atLeast(version: string, wanted: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  for (const [at, want] of wanted.entries()) {
    const have = parts[at] ?? 0;
    if (have !== want) return have > want;
  }
  return true;
}

function textOf(database: DatabaseSync, sql: string): string {
  const row = database.prepare(sql).get();
  return String(row === undefined ? '' : Object.values(row)[0]);
}

function numberOf(database: DatabaseSync, sql: string): number {
  return Number(textOf(database, sql));
}
