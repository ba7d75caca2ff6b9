// Proof that an incoming event is the desk's own: signatures over the raw bytes and secrets in the address. Shared by
// adapters under `adapters/desks`. Every comparison takes the same time whatever differs.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** `hex`: lower or upper case. False for a signature of the wrong length or form. */
export function hmacMatches(options: {
  readonly algorithm: 'sha1' | 'sha256';
  readonly secret: string;
  /** Signed one after the other. */
  readonly parts: readonly (Uint8Array | string)[];
  readonly hex: string;
}): boolean {
  const { algorithm, secret, parts, hex } = options;
  // Signed with nothing is signed by anybody.
  if (secret === '') return false;
  const mac = createHmac(algorithm, secret);
  for (const part of parts) mac.update(part);
  const wanted = mac.digest();
  const given = Buffer.from(/^[0-9a-f]+$/i.test(hex) ? hex : '', 'hex');
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** Compares digests, so that not even the length of the secret shows in the time taken. */
export function secretMatches(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest();
  return timingSafeEqual(digest(given), digest(wanted)) && wanted !== '';
}

/** A name for an event that carries none: repetitions have the same bytes. */
export function eventIdOf(...parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\n');
  return hash.digest('hex').slice(0, 32);
}
