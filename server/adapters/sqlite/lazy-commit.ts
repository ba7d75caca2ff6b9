// A transaction whose loss is harmless: it waits for no fsync. A power cut may undo it whole, never in part, and never what
// was committed before it; the next ordinary commit makes it durable (sqlite.org/pragma.html#pragma_synchronous, WAL).
// For deletions by age only: what comes back is deleted again. Must never carry anything that somebody was told.
import { failure } from '../../../shared/failure.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import { type Database, sqliteCode } from './database.ts';

/** All or nothing. SQLite's own refusals (a full disk, a lock) are `storage.failed`; what else is thrown goes on. */
export function lazily<T>({ sql, atomically }: Database, run: () => T): Result<T> {
  return refusalsOf(() => {
    sql.exec('PRAGMA synchronous = NORMAL');
    try {
      return atomically(run);
    } finally {
      sql.exec('PRAGMA synchronous = FULL');
    }
  });
}

/** SQLite's own refusals as values. */
export function refusalsOf<T>(run: () => T): Result<T> {
  try {
    return ok(run());
  } catch (error) {
    if (sqliteCode(error) === undefined || !(error instanceof Error)) throw error;
    return fail(
      failure('storage.failed', `what is old could not be deleted: ${error.message}`, { retryable: true }),
    );
  }
}
