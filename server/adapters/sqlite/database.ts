// Opens one SQLite file the way Vigia needs it: WAL, every commit fsynced, migrated forward, readable by its owner only.
// Stands under the sqlite adapters and the built-in desk. One connection per file and process.
// Must never open a file of a newer release, and must never run on an SQLite with the WAL-reset bug.
import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { assert } from '../../../shared/assert.ts';
import { type Failure, failure } from '../../../shared/failure.ts';
import { limits } from '../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';

/** Before 3.51.3 a checkpoint racing with a writer could lose committed pages (sqlite.org/wal.html, WAL-reset bug). */
const sqliteVersionMin = [3, 51, 3] as const;

/** SQLite's own primary result codes (sqlite.org/rescode.html), the low byte of `errcode`. */
const codes = { busy: 5, locked: 6, corrupt: 11, notADatabase: 26 } as const;

export interface DatabaseOptions {
  /** A file, or `:memory:` in tests. Its directory must exist. */
  readonly path: string;
  /** SQL of version 1, 2, ...; only ever appended to. */
  readonly migrations: readonly string[];
}

export interface Database {
  readonly sql: DatabaseSync;
  /** Runs inside one write transaction; whatever `run` throws rolls all of it back and goes on to the caller. */
  atomically<T>(run: () => T): T;
  close(): void;
}

/**
 * 1. open with explicit options, owner-only mode; 2. refuse a newer schema before anything is written;
 * 3. WAL and full fsync; 4. migrate, under the write lock so that two starting servers cannot both do it.
 * Failures: `conflict` (newer schema, or locked by another process), `storage.failed` (damaged, not a database, disk).
 */
export function openDatabase(options: DatabaseOptions): Result<Database> {
  assertSqliteVersion();
  let sql: DatabaseSync | undefined;
  try {
    sql = new DatabaseSync(options.path, {
      timeout: limits.databaseBusyMs,
      enableForeignKeyConstraints: true,
      enableDoubleQuotedStringLiterals: false,
      allowExtension: false,
    });
    if (options.path !== ':memory:') chmodSync(options.path, 0o600);
    const newer = newerSchema(sql, options);
    if (newer !== undefined) {
      sql.close();
      return fail(newer);
    }
    switchToWal(sql);
    sql.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;');
    const database = databaseOf(sql);
    const refused = migrate(database, options);
    if (refused === undefined) return ok(database);
    sql.close();
    return fail(refused);
  } catch (error) {
    if (sql?.isOpen === true) sql.close();
    return fail(openingFailure(options.path, error));
  }
}

/** The schema version of a database, 0 for a new one. */
export function schemaVersion(sql: DatabaseSync): number {
  const value = sql.prepare('PRAGMA user_version').get()?.user_version;
  assert(typeof value === 'number', 'user_version is a number');
  return value;
}

function databaseOf(sql: DatabaseSync): Database {
  const begin = sql.prepare('BEGIN IMMEDIATE');
  const commit = sql.prepare('COMMIT');
  const rollback = sql.prepare('ROLLBACK');
  return {
    sql,
    atomically: (run) => {
      begin.run();
      try {
        const result = run();
        commit.run();
        return result;
      } catch (error) {
        // A full disk may have ended the transaction already; ROLLBACK would then hide the real error.
        if (sql.isTransaction) rollback.run();
        throw error;
      }
    },
    close: () => {
      if (sql.isOpen) sql.close();
    },
  };
}

function newerSchema(sql: DatabaseSync, options: DatabaseOptions): Failure | undefined {
  const found = schemaVersion(sql);
  if (found <= options.migrations.length) return undefined;
  return failure(
    'conflict',
    `${options.path} has schema ${found}, this release knows up to ${options.migrations.length}: it was written by a newer Vigia. Install that release again, or restore the backup made before the upgrade.`,
  );
}

/** Switching a new file to WAL needs a moment alone with it, which SQLite's busy handler does not always wait for. */
function switchToWal(sql: DatabaseSync): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const mode = sql.prepare('PRAGMA journal_mode = WAL').get()?.journal_mode;
      assert(mode === 'wal' || mode === 'memory', 'the database is in WAL mode');
      return;
    } catch (error) {
      if (!isBusy(error) || attempt >= limits.databaseOpenTriesMax) throw error;
      pause(20);
    }
  }
}

/** Each version in its own transaction, the version read again under the lock: another process may have been first. */
function migrate(database: Database, options: DatabaseOptions): Failure | undefined {
  while (schemaVersion(database.sql) < options.migrations.length) {
    database.atomically(() => {
      const version = schemaVersion(database.sql);
      const step = options.migrations[version];
      if (step === undefined) return;
      database.sql.exec(step);
      database.sql.exec(`PRAGMA user_version = ${version + 1}`);
    });
  }
  return newerSchema(database.sql, options);
}

function assertSqliteVersion(): void {
  const text = process.versions.sqlite ?? '0.0.0';
  const found = text.split('.').map(Number);
  for (const [index, wanted] of sqliteVersionMin.entries()) {
    const part = found[index] ?? 0;
    if (part > wanted) return;
    assert(part === wanted, `SQLite ${text} is older than ${sqliteVersionMin.join('.')}`);
  }
}

function openingFailure(path: string, error: unknown): Failure {
  const code = sqliteCode(error);
  if (code === codes.busy || code === codes.locked) {
    return failure('conflict', `${path} is locked by another process`, { retryable: true });
  }
  if (code === codes.corrupt || code === codes.notADatabase) {
    return failure('storage.failed', `${path} is damaged or not a Vigia database; restore it from a backup`);
  }
  if (error instanceof Error && 'code' in error) {
    return failure('storage.failed', `${path} cannot be opened: ${error.message}`);
  }
  throw error;
}

function isBusy(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === codes.busy || code === codes.locked;
}

/** Primary result code of an SQLite error; undefined for anything else. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined;
  return error.errcode & 0xff;
}

/** Only while opening, before anything else runs: a short sleep of this thread. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
