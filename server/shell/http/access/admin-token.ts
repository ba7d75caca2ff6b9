// The administrator's token: written to `data/admin-token` at the first start, for the person who owns the machine.
// Must never be printed, logged or sent.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failure } from '../../../../shared/failure.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { newSecret } from './secret.ts';

export function adminTokenPath(dataDirectory: string): string {
  return join(dataDirectory, 'admin-token');
}

/** Reads the token, making it (mode 0600) when the file is not there. Fails with `storage.failed`. */
export function openAdminToken(dataDirectory: string): Result<string> {
  const path = adminTokenPath(dataDirectory);
  const known = readAdminToken(dataDirectory);
  if (known.ok || known.failure.code !== 'not-found') return known;
  try {
    const token = newSecret();
    // `wx`: never over a file that somebody made in between.
    writeFileSync(path, `${token}\n`, { mode: 0o600, flag: 'wx' });
    return ok(token);
  } catch (error) {
    return fail(failure('storage.failed', `${path} cannot be written: ${reasonOf(error)}`));
  }
}

/** Fails with `not-found` (no server has run with this directory) or `storage.failed`. */
export function readAdminToken(dataDirectory: string): Result<string> {
  const path = adminTokenPath(dataDirectory);
  try {
    const token = readFileSync(path, 'utf8').trim();
    if (token.length < 32) {
      return fail(failure('storage.failed', `${path} holds no token (32 characters at least); delete it`));
    }
    // Whoever copied it around may have opened it to others.
    chmodSync(path, 0o600);
    return ok(token);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return fail(failure('not-found', `${path} does not exist`));
    return fail(failure('storage.failed', `${path} cannot be read: ${reasonOf(error)}`));
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
