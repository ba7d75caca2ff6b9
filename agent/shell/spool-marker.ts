// Remembers across a death of the program that some records lived in memory only. Their numbers may already be known
// to the server, so the next run must not give them again. A rename needs no free space, which is why it is one:
// this is written exactly when the disk is full.
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncDirectory } from './sync-directory.ts';

export interface SpoolMarker {
  /** True when the run before died with records in memory. */
  readonly wasPartial: boolean;
  /** Best effort: where not even a rename works, there is nothing left to remember with. */
  set(partial: boolean): void;
}

export function openMarker(path: string): SpoolMarker {
  const whole = `${path}.whole`;
  const partial = `${path}.partial`;
  const wasPartial = existsSync(partial);
  if (!wasPartial && !existsSync(whole)) attempt(() => writeFileSync(whole, '', { mode: 0o600 }));
  let now = wasPartial;
  return {
    wasPartial,
    set: (next) => {
      if (next === now) return;
      now = next;
      attempt(() => renameSync(next ? whole : partial, next ? partial : whole));
      // Numbers are used as soon as this returns: a power cut must find the name they are remembered by.
      if (next) attempt(() => syncDirectory(dirname(path)));
    },
  };
}

/** For a spool without a file: nothing of it outlives the run, so nothing can be given twice. */
export const noMarker: SpoolMarker = { wasPartial: false, set: () => undefined };

function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // See `set`.
  }
}
