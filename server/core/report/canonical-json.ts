// One text for one value: keys in order of their code units, no white space, absent fields absent. What is hashed and
// signed is this text, so two programs that hold the same value hold the same bytes (as RFC 8785 for the values used here).
import { assert } from '../../../shared/assert.ts';

/** Plain data only: strings, finite numbers, booleans, null, lists, records. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`);
    return `{${fields.join(',')}}`;
  }
  const plain = value === null || typeof value === 'string' || typeof value === 'boolean';
  assert(plain || (typeof value === 'number' && Number.isFinite(value)), 'canonical JSON holds plain data');
  return JSON.stringify(value);
}
