// One machine's virtual disk as the agent sees it: spool, stamp, offsets, assignment. What is here was fsynced and
// survives a power cut; what a process only held in memory is gone. Stands in for agent/shell's spool.
import type { Clock, FoundEnding, SavedOffset, SpoolHead } from '../../agent/core/input.ts';
import type { StoredRecord } from '../../agent/core/record.ts';
import { limits } from '../../shared/limits.ts';
import type { Assignment } from '../../shared/wire/assignment.ts';

export interface Stamp {
  readonly clock: Clock;
  readonly stoppedInOrder: boolean;
}

/** What the system's logs say of how the machine's last run ended, until the agent has told it. */
export interface Untold {
  readonly ending: FoundEnding;
  /** From the start of the agent until it has read them. */
  readonly readMs: number;
}

export interface AgentDisk {
  head(): SpoolHead;
  append(record: StoredRecord): void;
  /** Nothing but state changes fits any more: the rollups make room and are lost, as in the shell's spool. */
  setFull(full: boolean): void;
  trim(changesUpTo: number, rollupsUpTo: number): void;
  read(queue: 'changes' | 'rollups', after: number, limit: number): readonly StoredRecord[];
  stamp: Stamp | undefined;
  untold: Untold | undefined;
  readonly offsets: SavedOffset[];
  assignment: Assignment | undefined;
}

const epoch = 1;

export function createAgentDisk(): AgentDisk {
  const queues: Record<'changes' | 'rollups', StoredRecord[]> = { changes: [], rollups: [] };
  const last = { changes: 0, rollups: 0 };
  let isFull = false;
  return {
    head: () => ({
      epoch,
      lastChangeSeq: last.changes,
      lastRollupSeq: last.rollups,
      changes: queues.changes.length,
      rollups: queues.rollups.length,
    }),
    append(record) {
      if (isFull) queues.rollups = [];
      if (!isFull || record.queue === 'changes') queues[record.queue].push(record);
      last[record.queue] = Math.max(last[record.queue], record.seq);
    },
    setFull: (full) => {
      isFull = full;
    },
    trim(changesUpTo, rollupsUpTo) {
      queues.changes = queues.changes.filter((record) => record.seq > changesUpTo);
      queues.rollups = queues.rollups.filter((record) => record.seq > rollupsUpTo);
    },
    read: (queue, after, limit) => queues[queue].filter((record) => record.seq > after).slice(0, limit),
    stamp: undefined,
    untold: undefined,
    offsets: [],
    assignment: undefined,
  };
}

/** As the shell keeps them: one per session, newest last, bounded. */
export function saveOffset(disk: AgentDisk, offset: SavedOffset): void {
  disk.offsets.push(offset);
  if (disk.offsets.length > limits.spoolOffsetsMax) disk.offsets.shift();
}
