// How the spool fares, for whoever looks after the machine. Filled by spool.ts; nothing is decided by it.

import type { SpoolState } from '../core/status.ts';

/**
 * State `sound`: every record is on disk. `refused`: the disk takes nothing at present (full, read-only), records wait in
 * memory. `removed`: its file was taken away and cannot be made anew; what was written would not outlive the program.
 * `memory`: no file could be had at the start; a new start tries again.
 */
export interface SpoolHealth {
  readonly state: SpoolState;
  /** Records held: all, and those of them that are in memory only. */
  readonly changes: number;
  readonly rollups: number;
  readonly inMemory: number;
  /** What the records on disk cost, roughly. */
  readonly bytes: number;
  /** Since the start: writes refused, records given up for lack of room. */
  readonly refused: number;
  readonly droppedRollups: number;
  readonly droppedChanges: number;
  /** The last reason that the disk gave. */
  readonly reason?: string;
  /** Where the damaged spool lies that was found at the start; nobody knows how many records it held. */
  readonly movedAside?: string;
}
