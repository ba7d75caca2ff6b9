// Somebody removed the state directory, or the spool's file, under a running agent. The open file goes on taking writes,
// but nobody will ever find it again. What it holds is copied to where it should be. Stands under spool.ts.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { failure } from '../../shared/failure.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import { messageOf } from './errors.ts';
import { openSpoolFile } from './spool-file.ts';
import { SpoolStore } from './spool-store.ts';
import { syncDirectory } from './sync-directory.ts';

export function isRemoved(path: string): boolean {
  return !existsSync(path);
}

/**
 * (1) The directory is made anew; (2) the open file is copied beside its place; (3) it is closed, BEFORE its name is used
 * again, because SQLite removes its log by that name; (4) the copy takes its place and is opened.
 * Fails with `storage.failed`; `closed` then says whether the store given can still be used.
 */
export function rescue(
  store: SpoolStore,
  path: string,
): Result<SpoolStore, { why: string; closed: boolean }> {
  const copy = `${path}.rescue`;
  const copied = attempt(() => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    rmSync(copy, { force: true });
    store.copyTo(copy);
  });
  if (!copied.ok) return fail({ why: copied.failure.message, closed: false });
  const placed = attempt(() => {
    store.close();
    renameSync(copy, path);
    syncDirectory(dirname(path));
  });
  const opened = placed.ok ? openSpoolFile(path) : placed;
  return opened.ok
    ? ok(new SpoolStore(opened.value.database))
    : fail({ why: opened.failure.message, closed: true });
}

function attempt(work: () => void): Result<void> {
  try {
    work();
    return ok(undefined);
  } catch (error) {
    return fail(failure('storage.failed', messageOf(error)));
  }
}
