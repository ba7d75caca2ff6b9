// The server's own signing key for dossiers: Ed25519, made at the first dossier, kept in `data/dossier-key.pem` for its
// owner alone. A keyed digest would prove nothing to others; a signature does. The private half never leaves this file.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failure } from '../../../shared/failure.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';

export interface DossierKey {
  /** 32 bytes, base64url. */
  readonly publicKey: string;
  /** Ed25519, base64url. */
  sign(text: string): string;
}

export function dossierKeyPath(dataDirectory: string): string {
  return join(dataDirectory, 'dossier-key.pem');
}

/** Reads the key, making it (mode 0600) when there is none. Fails with `storage.failed`. */
export function openDossierKey(dataDirectory: string): Result<DossierKey> {
  const path = dossierKeyPath(dataDirectory);
  try {
    return ok(keyOf(readKey(path) ?? makeKey(path)));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return fail(failure('storage.failed', `${path} cannot be used: ${reason}`));
  }
}

function readKey(path: string): KeyObject | undefined {
  try {
    const pem = readFileSync(path, 'utf8');
    // Whoever copied it around may have opened it to others.
    chmodSync(path, 0o600);
    return createPrivateKey(pem);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function makeKey(path: string): KeyObject {
  const { privateKey } = generateKeyPairSync('ed25519');
  // `wx`: never over a key that somebody made in between, or all that it signed would be orphaned.
  writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  return privateKey;
}

function keyOf(privateKey: KeyObject): DossierKey {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (privateKey.asymmetricKeyType !== 'ed25519' || x === undefined) throw new Error('it is no Ed25519 key');
  return {
    publicKey: x,
    sign: (text) => sign(null, Buffer.from(text, 'utf8'), privateKey).toString('base64url'),
  };
}
