// `manifest.json` of an archive: what it is and the hash of every file, so that a machine can tell whether what was
// unpacked on it is what was packed.
import { createHash } from 'node:crypto';
import { type ArchiveEntry, inOrder } from './archive-entry.ts';

export interface ManifestFacts {
  readonly version: string;
  readonly target: string;
  readonly node: string;
}

/** Lists every entry given; itself it cannot list. */
export function manifestOf(facts: ManifestFacts, entries: readonly ArchiveEntry[]): ArchiveEntry {
  const files = inOrder(entries).map(({ path, bytes }) => ({
    path,
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }));
  const text = `${JSON.stringify({ ...facts, files }, undefined, 2)}\n`;
  return { path: 'manifest.json', bytes: new TextEncoder().encode(text), executable: false };
}
