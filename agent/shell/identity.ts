// Who this agent is and how it gets to its server: an Ed25519 key that never leaves the machine, what the server answered
// at enrolment, and what the network there asks for. Files of mode 0600 in a directory of mode 0700. It must never write
// the key or the proxy's password anywhere else, and never log them.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { failure } from '../../shared/failure.ts';
import { issuesOf } from '../../shared/inventory/check.ts';
import { limits } from '../../shared/limits.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import { readPrivate, writePrivate } from './private-file.ts';
import { parseProxy, parseProxyCredentials } from './proxy-settings.ts';
import type { Access } from './reach.ts';
import { parseJson } from './record-schema.ts';
import { parseCa } from './trust.ts';

const address = z.string().min(1).max(500);
const enrolmentSchema = z.strictObject({
  agent: z.string().min(1).max(80),
  /** http: or https: addresses of the server, best first. */
  servers: z.array(address).min(1).max(limits.serverAddressesMax),
  customer: z.string().max(63),
  site: z.string().max(63),
  host: z.string().max(63),
  /** Plain HTTP beyond loopback was allowed by whoever enrolled. */
  allowInsecureHttp: z.boolean().default(false),
  proxy: z
    .strictObject({
      address: address.refine((text) => {
        const parsed = parseProxy(text);
        return parsed.ok && parsed.value.credentials === undefined;
      }, 'wanted: http://host:port'),
      except: z.array(z.string().max(253)).max(limits.proxyExceptionsMax),
      /** They stand in a file of their own. */
      credentials: z.boolean(),
    })
    .optional(),
  /** Only the CA in the file beside this one is trusted. Never without that file. */
  privateCa: z.boolean().default(false),
});
export type Enrolment = z.output<typeof enrolmentSchema>;

/** Until issue 3 an enrolment had one server and nothing of the network. */
const enrolmentFileSchema = z.union([
  enrolmentSchema,
  enrolmentSchema
    .omit({ servers: true, proxy: true, privateCa: true })
    .extend({ server: address })
    .transform(({ server, ...rest }): Enrolment => ({ ...rest, servers: [server], privateCa: false })),
]);

export interface Key {
  /** Raw 32 bytes in base64url, as the wire wants it. */
  readonly publicKey: string;
  /** Ed25519 over the text's UTF-8, base64url. */
  sign(text: string): string;
}

export interface Identity {
  readonly enrolment: Enrolment;
  readonly key: Key;
  readonly access: Access;
}

export const enrolmentFile = 'agent.json';
const files = {
  enrolment: enrolmentFile,
  key: 'agent.key',
  proxyCredentials: 'proxy.credentials',
  ca: 'server-ca.pem',
} as const;

/** Fails with `not-found` when nobody has enrolled here, `config.invalid` when a file is not what it should be. */
export function loadIdentity(stateDirectory: string): Result<Identity> {
  const enrolment = loadEnrolment(stateDirectory);
  if (!enrolment.ok) return enrolment;
  const key = loadKey(stateDirectory);
  if (!key.ok) return key;
  const access = loadAccess(stateDirectory, enrolment.value);
  return access.ok ? ok({ enrolment: enrolment.value, key: key.value, access: access.value }) : access;
}

export function loadEnrolment(stateDirectory: string): Result<Enrolment> {
  const text = readPrivate(join(stateDirectory, files.enrolment));
  if (!text.ok) return text;
  const parsed = enrolmentFileSchema.safeParse(parseJson(text.value));
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

/** The enrolment last: what it speaks of is there before it. */
export function saveEnrolment(stateDirectory: string, enrolment: Enrolment, access: Access): Result<void> {
  const secrets = [
    [files.proxyCredentials, access.proxyCredentials],
    [files.ca, access.ca],
  ] as const;
  for (const [name, text] of secrets) {
    if (text === undefined) continue;
    const written = writePrivate(stateDirectory, name, text);
    if (!written.ok) return written;
  }
  return writePrivate(stateDirectory, files.enrolment, `${JSON.stringify(enrolment, null, 2)}\n`);
}

/** A file that the enrolment speaks of and that is gone is a fault: without the CA others would be trusted. */
function loadAccess(stateDirectory: string, enrolment: Enrolment): Result<Access> {
  const { allowInsecureHttp, proxy, privateCa } = enrolment;
  const ca = privateCa ? loadPart(stateDirectory, files.ca, parseCa) : ok(undefined);
  if (!ca.ok) return ca;
  const wanted = proxy?.credentials === true;
  const credentials = wanted
    ? loadPart(stateDirectory, files.proxyCredentials, parseProxyCredentials)
    : ok(undefined);
  if (!credentials.ok) return credentials;
  return ok({ allowInsecureHttp, proxy, ca: ca.value, proxyCredentials: credentials.value });
}

function loadPart(
  stateDirectory: string,
  name: string,
  parse: (text: string) => Result<string>,
): Result<string> {
  const path = join(stateDirectory, name);
  const text = readPrivate(path);
  if (!text.ok) return fail(failure('config.invalid', `${text.failure.message}; enrol anew`));
  const parsed = parse(text.value);
  return parsed.ok ? parsed : fail(failure('config.invalid', `${path}: ${parsed.failure.message}`));
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
