// Who this agent is: an Ed25519 key that never leaves the machine, and what the server answered at enrolment. Files
// of mode 0600 in a directory of mode 0700. It must never write the key anywhere else, and never log it.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
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
import { z } from 'zod';
import { failure } from '../../shared/failure.ts';
import { issuesOf } from '../../shared/inventory/check.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import { errorCodeOf, messageOf } from './errors.ts';
import { parseJson } from './record-schema.ts';

const enrolmentSchema = z.strictObject({
  agent: z.string().min(1).max(80),
  /** http: or https: address of the server. */
  server: z.string().min(1).max(500),
  customer: z.string().max(63),
  site: z.string().max(63),
  host: z.string().max(63),
  /** Plain HTTP beyond loopback was allowed by whoever enrolled. */
  allowInsecureHttp: z.boolean().default(false),
});
export type Enrolment = z.output<typeof enrolmentSchema>;

export interface Key {
  /** Raw 32 bytes in base64url, as the wire wants it. */
  readonly publicKey: string;
  /** Ed25519 over the text's UTF-8, base64url. */
  sign(text: string): string;
}

export interface Identity {
  readonly enrolment: Enrolment;
  readonly key: Key;
}

const files = { enrolment: 'agent.json', key: 'agent.key' } as const;

/** Fails with `not-found` when nobody has enrolled here, `config.invalid` when a file is not what it should be. */
export function loadIdentity(stateDirectory: string): Result<Identity> {
  const enrolment = loadEnrolment(stateDirectory);
  if (!enrolment.ok) return enrolment;
  const key = loadKey(stateDirectory);
  return key.ok ? ok({ enrolment: enrolment.value, key: key.value }) : key;
}

export function loadEnrolment(stateDirectory: string): Result<Enrolment> {
  const text = readPrivate(join(stateDirectory, files.enrolment));
  if (!text.ok) return text;
  const parsed = enrolmentSchema.safeParse(parseJson(text.value));
  if (parsed.success) return ok(parsed.data);
  const issues = issuesOf(parsed.error);
  return fail(failure('config.invalid', `${join(stateDirectory, files.enrolment)} is damaged`, { issues }));
}

/** The key of this directory; made on the first call, the same ever after, so that a repeated enrolment is the same agent. */
export function loadOrMakeKey(stateDirectory: string): Result<Key> {
  const known = loadKey(stateDirectory);
  if (known.ok || known.failure.code !== 'not-found') return known;
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const written = writePrivate(stateDirectory, files.key, pem);
  return written.ok ? ok(keyOf(privateKey)) : written;
}

export function saveEnrolment(stateDirectory: string, enrolment: Enrolment): Result<void> {
  return writePrivate(stateDirectory, files.enrolment, `${JSON.stringify(enrolment, null, 2)}\n`);
}

/** Makes the directory, or takes others' rights to it away. */
export function prepareStateDirectory(stateDirectory: string): Result<void> {
  try {
    mkdirSync(stateDirectory, { recursive: true, mode: 0o700 });
    chmodSync(stateDirectory, 0o700);
    return ok(undefined);
  } catch (error) {
    return fail(failure('storage.failed', `cannot use ${stateDirectory}: ${messageOf(error)}`));
  }
}

function loadKey(stateDirectory: string): Result<Key> {
  const path = join(stateDirectory, files.key);
  const text = readPrivate(path);
  if (!text.ok) return text;
  try {
    const key = createPrivateKey(text.value);
    if (key.asymmetricKeyType === 'ed25519') return ok(keyOf(key));
  } catch {
    // Told below: what OpenSSL says about a damaged key helps nobody.
  }
  return fail(failure('config.invalid', `${path} holds no Ed25519 key`));
}

function keyOf(privateKey: KeyObject): Key {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  return {
    publicKey: String(x),
    sign: (text) => sign(null, Buffer.from(text, 'utf8'), privateKey).toString('base64url'),
  };
}

/** Others' rights to the file are taken away where someone's copy or backup gave them. */
function readPrivate(path: string): Result<string> {
  try {
    if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
    return ok(readFileSync(path, 'utf8'));
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return fail(failure('not-found', `there is no ${path}`));
    return fail(failure('storage.failed', `cannot read ${path}: ${messageOf(error)}`));
  }
}

/** Whole or not at all, on the disk before it counts. */
function writePrivate(stateDirectory: string, name: string, text: string): Result<void> {
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
    return ok(undefined);
  } catch (error) {
    return fail(failure('storage.failed', `cannot write ${path}: ${messageOf(error)}`));
  }
}
