// Secrets that people and programs hold: made at random here, kept only as SHA-256 digests, compared in constant time.
// Must never log or store a secret itself.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * 256 random bits in base64url: 43 characters, safe in a URL and in a shell. Never begins with a hyphen: PowerShell
 * would take a token that does for the name of a parameter, even in quotes.
 */
export function newSecret(): string {
  const secret = randomBytes(32).toString('base64url');
  return secret.startsWith('-') ? newSecret() : secret;
}

/** SHA-256, hex. A plain digest is enough: the secrets have 256 bits of their own. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex');
}

/** Takes the same time wherever the two differ. Both are digests, so their lengths are no secret. */
export function sameDigest(a: string, b: string): boolean {
  const left = Buffer.from(a, 'hex');
  const right = Buffer.from(b, 'hex');
  return left.length === right.length && timingSafeEqual(left, right);
}

/** The entry with this digest; every entry is compared, so that the time tells nothing. */
export function findDigest<T extends { readonly digest: string }>(
  entries: Iterable<T>,
  digest: string,
): T | undefined {
  let found: T | undefined;
  for (const entry of entries) {
    if (sameDigest(entry.digest, digest)) found = entry;
  }
  return found;
}
