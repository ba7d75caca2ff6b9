// Keeps a data directory to one server: two correlators on one journal would open two tickets for one outage.
// Stands before every other store. The lock is the operating system's own on an open file, so a killed server
// leaves none behind. Must never wait long and must never be given up while the server runs.
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { failure } from '../../../shared/failure.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import { sqliteCode } from './database.ts';

export interface DirectoryLock {
  release(): void;
}

const sqliteBusy = 5;
/** A supervisor may start the next server a moment before the last one is fully gone. */
const patienceMs = 1_000;

/**
 * Makes the directory (mode 0700) when it is missing and locks it.
 * Failures: `conflict` (another server uses it), `storage.failed` (cannot be made or written).
 */
export function lockDirectory(directory: string): Result<DirectoryLock> {
  let sql: DatabaseSync | undefined;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, 'server.lock');
    sql = new DatabaseSync(path, { timeout: patienceMs });
    chmodSync(path, 0o600);
    sql.exec('BEGIN EXCLUSIVE');
    const held = sql;
    const release = (): void => {
      if (held.isOpen) held.close();
    };
    return ok({ release });
  } catch (error) {
    if (sql?.isOpen === true) sql.close();
    if (sqliteCode(error) === sqliteBusy) {
      return fail(
        failure(
          'conflict',
          `data directory ${directory} is in use by another Vigia server: stop that one, or give this one another directory (data: in vigia.yaml)`,
        ),
      );
    }
    if (!(error instanceof Error) || !('code' in error)) throw error;
    return fail(failure('storage.failed', `data directory ${directory} cannot be used: ${error.message}`));
  }
}
