// JSON that Vigia writes for itself, with a digest beside it, so that a damaged row is noticed before it is believed.
// Stands between the sqlite adapters and their rows. Must never give back a value whose digest is wrong.
import { hash } from 'node:crypto';
import { assert } from '../../../shared/assert.ts';

export interface Sealed {
  readonly body: string;
  readonly digest: string;
}

export function seal(value: unknown): Sealed {
  const body = JSON.stringify(value);
  return { body, digest: digestOf(body) };
}

/** True when the body is byte for byte what was sealed. */
export function isIntact(sealed: Sealed): boolean {
  return digestOf(sealed.body) === sealed.digest;
}

/**
 * The value again. A wrong digest is a damaged store: the assertion stops the process rather than let it go on with
 * half a history. The cast is the parser's: these bytes were written by `seal` from a `T` and are unchanged.
 */
export function unseal<T>(what: string, sealed: Sealed): T {
  assert(isIntact(sealed), `${what} in the store is damaged: restore the data directory from a backup`);
  return JSON.parse(sealed.body) as T;
}

/** 128 bits of SHA-256: against damage, not against forgery (who can write the file can write the digest). */
function digestOf(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 22);
}
