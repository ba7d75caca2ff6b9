// One file of an archive. Both kinds of archive are made from a list of these, sorted, with fixed times and owners: the
// same input gives the same bytes.

export interface ArchiveEntry {
  /** Relative, with `/`; at most 99 bytes, ASCII. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
}

/** By path, byte by byte and not by a language's rules. */
export function inOrder(entries: readonly ArchiveEntry[]): readonly ArchiveEntry[] {
  return entries.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
