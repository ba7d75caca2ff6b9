// Looks whether the spool of a stopped agent is whole, in a copy: SQLite opens no file in WAL mode without writing beside
// it, and doctor must not change anything. The copy lies in a directory of its own that only this user may read, and is
// removed at once.
import { copyFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits } from '../../../shared/limits.ts';
import { errorCodeOf, messageOf } from '../errors.ts';
import { spoolFile } from '../spool-file.ts';

export type SpoolExamined =
  | { readonly kind: 'whole'; readonly records: number }
  | { readonly kind: 'none' }
  | { readonly kind: 'damaged'; readonly why: string }
  | { readonly kind: 'unchecked'; readonly why: string };

/** Never rejects. */
export async function examineSpool(stateDirectory: string): Promise<SpoolExamined> {
  let folder: string | undefined;
  try {
    const path = join(stateDirectory, spoolFile);
    const { size } = await stat(path);
    if (size > 3 * limits.spoolBytesMax) return { kind: 'unchecked', why: `${size} bytes` };
    folder = await mkdtemp(join(tmpdir(), 'vigia-doctor-'));
    const copy = join(folder, spoolFile);
    await copyFile(path, copy);
    await copyLog(path, copy);
    return await check(copy);
  } catch (error) {
    return errorCodeOf(error) === 'ENOENT' ? { kind: 'none' } : { kind: 'unchecked', why: messageOf(error) };
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true }).catch(ignore);
  }
}

async function copyLog(path: string, copy: string): Promise<void> {
  try {
    await copyFile(`${path}-wal`, `${copy}-wal`);
  } catch (error) {
    if (errorCodeOf(error) !== 'ENOENT') throw error;
  }
}

async function check(path: string): Promise<SpoolExamined> {
  const { DatabaseSync } = await import('node:sqlite');
  try {
    using database = new DatabaseSync(path);
    const [row] = database.prepare('PRAGMA quick_check(1)').all();
    const word = String(Object.values(row ?? {})[0]);
    if (word !== 'ok') return { kind: 'damaged', why: word };
    const count = database.prepare('SELECT count(*) AS count FROM record').get()?.count;
    return { kind: 'whole', records: Number(count ?? 0) };
  } catch (error) {
    return { kind: 'damaged', why: messageOf(error) };
  }
}

/** What the system's temporary directory keeps of it holds no secret. */
function ignore(): void {}
