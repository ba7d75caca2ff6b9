// Room kept for the day the disk is full: a file of zeros beside the spool that is given up then, so that state
// changes still find a place while the rollups make more. It must never be the reason why a disk is full for long:
// what cannot be written whole is removed at once.
import { closeSync, fsyncSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { limits } from '../../shared/limits.ts';

export interface Ballast {
  /** Gives the room back to the disk. */
  drop(): void;
  /** Puts it back if it is gone, not more often than every `limits.spoolBallastRetryMs`; true when it just was. */
  restore(monoMs: number): boolean;
}

const chunkBytes = 64 * 1024;

export function openBallast(spoolPath: string, sizeBytes: number): Ballast {
  const path = `${spoolPath}.ballast`;
  let triedAtMs = Number.NEGATIVE_INFINITY;
  return {
    drop: () => remove(path),
    restore: (monoMs) => {
      if (monoMs - triedAtMs < limits.spoolBallastRetryMs) return false;
      triedAtMs = monoMs;
      if (sizeOf(path) === sizeBytes) return false;
      if (write(path, sizeBytes)) return true;
      remove(path);
      return false;
    },
  };
}

/** undefined = not there, or not to be seen. */
function sizeOf(path: string): number | undefined {
  try {
    return statSync(path).size;
  } catch {
    return undefined;
  }
}

/** A disk that became read-only keeps it, and that is no reason to fail. */
function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Nothing gained, nothing lost.
  }
}

/** Real blocks, not a hole: what is not written is not reserved. */
function write(path: string, sizeBytes: number): boolean {
  let file: number | undefined;
  try {
    file = openSync(path, 'w', 0o600);
    for (let left = sizeBytes; left > 0; left -= chunkBytes) {
      const chunk = Buffer.alloc(Math.min(chunkBytes, left));
      if (writeSync(file, chunk) !== chunk.length) return false;
    }
    fsyncSync(file);
    return true;
  } catch {
    return false;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
