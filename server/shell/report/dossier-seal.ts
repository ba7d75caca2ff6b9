// The seal of a dossier: each entry hashed together with the hash before it, the last hash signed. And its check, which
// anybody can make with the file alone: the bytes must be exactly the one canonical text of what they say, so that not a
// single byte can be another. Must never accept what it has not hashed.
import { createHash, createPublicKey, verify } from 'node:crypto';
import {
  type Dossier,
  type DossierEntry,
  type DossierHeader,
  dossierSchema,
} from '../../../shared/api/dossier.ts';
import { limits } from '../../../shared/limits.ts';
import { canonicalJson } from '../../core/report/canonical-json.ts';
import type { DossierKey } from './dossier-key.ts';

/** `header.publicKey` is the key's. */
export function sealedDossier(
  header: DossierHeader,
  entries: readonly DossierEntry[],
  key: DossierKey,
): Dossier {
  const headerHash = hashOf(header);
  let previous = headerHash;
  const chained = entries.map((entry) => {
    previous = hashOf({ previous, entry });
    return { entry, hash: previous };
  });
  return {
    header,
    entries: chained,
    headerHash,
    finalHash: previous,
    signature: key.sign(signedText(header, previous)),
  };
}

/** The file's text: one line. */
export function dossierText(dossier: Dossier): string {
  return `${canonicalJson(dossier)}\n`;
}

/** SHA-256 of the public key's 32 bytes, in groups of four, as people compare it. */
export function fingerprintOf(publicKey: string): string {
  const digest = createHash('sha256').update(Buffer.from(publicKey, 'base64url')).digest('hex');
  return (digest.match(/.{4}/g) ?? []).join(' ');
}

/**
 * Why a dossier is refused:
 * - `too-large`, `not-json`, `not-a-dossier`: it cannot be read as one. - `not-canonical`: a byte is not as it was written.
 * - `header`, `entry`, `final`: a hash does not fit. - `signature`: it was not signed by the key it names.
 * - `other-key`: sound, but signed by another key than the expected one.
 */
export type DossierRefusal =
  | 'too-large'
  | 'not-json'
  | 'not-a-dossier'
  | 'not-canonical'
  | 'header'
  | 'entry'
  | 'final'
  | 'signature'
  | 'other-key';

export type DossierCheck =
  | { readonly kind: 'sound'; readonly dossier: Dossier; readonly fingerprint: string }
  | { readonly kind: 'refused'; readonly because: DossierRefusal; readonly entry?: number };

/** 1. one exact text; 2. its shape; 3. header; 4. each entry; 5. the last hash; 6. the signature; 7. the expected key. */
export function checkDossier(bytes: Uint8Array, expectedFingerprint?: string): DossierCheck {
  if (bytes.length > limits.dossierBytesMax) return refused('too-large');
  const dossier = readExactly(bytes);
  if (typeof dossier === 'string') return refused(dossier);
  const { header, entries, headerHash, finalHash, signature } = dossier;
  if (hashOf(header) !== headerHash) return refused('header');
  let previous = headerHash;
  for (const [index, { entry, hash }] of entries.entries()) {
    const fits = entry.number === index + 1 && hashOf({ previous, entry }) === hash;
    if (!fits) return { kind: 'refused', because: 'entry', entry: index + 1 };
    previous = hash;
  }
  if (previous !== finalHash) return refused('final');
  if (!isSigned(header, finalHash, signature)) return refused('signature');
  const fingerprint = fingerprintOf(header.publicKey);
  if (expectedFingerprint !== undefined && plainHex(expectedFingerprint) !== plainHex(fingerprint))
    return refused('other-key');
  return { kind: 'sound', dossier, fingerprint };
}

function refused(because: DossierRefusal): DossierCheck {
  return { kind: 'refused', because };
}

/**
 * White space, order, escapes, doubled keys, another spelling of a number: anything but the canonical bytes is refused. The
 * shape is checked first, so that what is written out again is small and plain whatever the file holds.
 */
function readExactly(bytes: Uint8Array): Dossier | 'not-json' | 'not-a-dossier' | 'not-canonical' {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    // Neither UTF-8 (TypeError) nor JSON (SyntaxError): both are the file's fault.
    if (error instanceof TypeError || error instanceof SyntaxError) return 'not-json';
    throw error;
  }
  const parsed = dossierSchema.safeParse(value);
  if (!parsed.success) return 'not-a-dossier';
  return Buffer.from(dossierText(parsed.data), 'utf8').equals(bytes) ? parsed.data : 'not-canonical';
}

function isSigned(header: DossierHeader, finalHash: string, signature: string): boolean {
  const raw = exactBytes(header.publicKey, 32);
  const signed = exactBytes(signature, 64);
  if (raw === undefined || signed === undefined) return false;
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: header.publicKey },
    format: 'jwk',
  });
  return verify(null, Buffer.from(signedText(header, finalHash), 'utf8'), key, signed);
}

/** Base64url has several spellings of the same bytes; only the one that is written is taken. */
function exactBytes(text: string, length: number): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.length === length && bytes.toString('base64url') === text ? bytes : undefined;
}

/** The format's name goes first, so that this signature can mean nothing else. */
function signedText({ format }: DossierHeader, finalHash: string): string {
  return `${format}\n${finalHash}`;
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value), 'utf8').digest('hex');
}

function plainHex(text: string): string {
  return text.toLowerCase().replaceAll(/[\s:]/g, '');
}
