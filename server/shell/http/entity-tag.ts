// Entity tags (RFC 9110, 8.8.3 and 13.1.1): whoever sends back what it once read says of which version, and is refused when
// somebody else was quicker. Pure text and a digest; knows nothing of what is tagged.
import { createHash } from 'node:crypto';

/** A strong tag, quotes included: equal values of equal field order give equal tags. */
export function entityTagOf(value: unknown): string {
  const digest = createHash('sha256').update(JSON.stringify(value), 'utf8').digest('base64url');
  return `"${digest}"`;
}

/**
 * Whether `If-Match` allows the change: absent and `*` always do. A weak tag never matches (13.1.1 asks for the strong
 * comparison), nor does text that is no tag.
 */
export function ifMatchAllows(header: string | undefined, present: string): boolean {
  if (header === undefined) return true;
  const wanted = header.split(',').map((tag) => tag.trim());
  return wanted.includes('*') || wanted.includes(present);
}
