// Small files of the state directory that nobody else may read: whole or not at all, mode 0600 in a directory of mode
// 0700. Stands under identity.ts and reach-memory.ts. It must never log what a file holds.
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { failure } from '../../shared/failure.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import { errorCodeOf, messageOf } from './errors.ts';
import { syncDirectory } from './sync-directory.ts';

/** Makes the directory, or takes others' rights to it away. */
export function prepareStateDirectory(stateDirectory: string): Result<void> {
  try {
    mkdirSync(stateDirectory, { recursive: true, mode: 0o700 });
    // Only where it is needed: on a disk that has become read-only the agent must still start and watch.
    if ((statSync(stateDirectory).mode & 0o777) !== 0o700) chmodSync(stateDirectory, 0o700);
    return ok(undefined);
  } catch (error) {
    return fail(failure('storage.failed', `cannot use ${stateDirectory}: ${messageOf(error)}`));
  }
}

/** Others' rights to the file are taken away where someone's copy or backup gave them. Fails with `not-found` too. */
export function readPrivate(path: string): Result<string> {
  try {
    if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
    return ok(readFileSync(path, 'utf8'));
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return fail(failure('not-found', `there is no ${path}`));
    return fail(failure('storage.failed', `cannot read ${path}: ${messageOf(error)}`));
  }
}

/** Whole or not at all, on the disk before it counts. */
export function writePrivate(stateDirectory: string, name: string, text: string): Result<void> {
  const prepared = prepareStateDirectory(stateDirectory);
  if (!prepared.ok) return prepared;
  const path = join(stateDirectory, name);
  try {
    const file = openSync(`${path}.next`, 'w', 0o600);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(`${path}.next`, path);
    // The server remembers this key from now on: a power cut must not take the name back.
    syncDirectory(stateDirectory);
    return ok(undefined);
  } catch (error) {
    return fail(failure('storage.failed', `cannot write ${path}: ${messageOf(error)}`));
  }
}

/** A file that a person named, to be copied. Fails with `config.invalid`, without a word of its content. */
export function readGiven(path: string, bytesMax: number): Result<string> {
  try {
    const sizeBytes = statSync(path).size;
    if (sizeBytes <= bytesMax) return ok(readFileSync(path, 'utf8'));
    return fail(failure('config.invalid', `${path} is too large (${sizeBytes} bytes; at most ${bytesMax})`));
  } catch (error) {
    return fail(failure('config.invalid', `cannot read ${path}: ${messageOf(error)}`));
  }
}
