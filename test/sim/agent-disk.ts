// One machine's virtual disk as the agent sees it: spool, stamp, offsets, assignment. What is here was fsynced and
// survives a power cut; what a process only held in memory is gone. Stands in for agent/shell's spool.
import type { Clock, FoundEnding, SavedOffset, SpoolHead } from '../../agent/core/input.ts';
import type { StoredRecord } from '../../agent/core/record.ts';
import { assert } from '../../shared/assert.ts';
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
  /** The machine or its program dies in the middle of this write: some of it is on the disk, not all. */
  tear(record: StoredRecord): void;
  /** Opened by a program's next run: what was torn is dropped. */
  recover(): void;
  /** All that is on it, for a second machine. */
  copy(): AgentDisk;
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

interface Contents {
  readonly queues: Record<'changes' | 'rollups', readonly StoredRecord[]>;
  readonly last: { readonly changes: number; readonly rollups: number };
  readonly stamp: Stamp | undefined;
  readonly offsets: readonly SavedOffset[];
  readonly assignment: Assignment | undefined;
}

/** What a transaction's end in the log says of all before it, as SQLite's frames do it. */
function checksum(text: string): number {
  let sum = 0;
  for (let index = 0; index < text.length; index += 1) sum = (sum * 31 + text.charCodeAt(index)) >>> 0;
  return sum;
}

export function createAgentDisk(from?: Contents): AgentDisk {
  const queues = { changes: [...(from?.queues.changes ?? [])], rollups: [...(from?.queues.rollups ?? [])] };
  const last = { changes: 0, rollups: 0, ...from?.last };
  let isFull = false;
  /** The end of the log that no transaction's end closes. */
  let tail: { readonly text: string; readonly sum: number } | undefined;
  const disk: AgentDisk = {
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
    // The spool is SQLite with a write-ahead log and full synchronisation: one append is one transaction, and the log's
    // checksums make a torn one vanish as a whole, never a committed one.
    tear(record) {
      const text = JSON.stringify(record);
      tail = { text: text.slice(0, Math.floor(text.length / 2)), sum: checksum(text) };
    },
    recover() {
      const whole = tail !== undefined && checksum(tail.text) === tail.sum;
      assert(!whole, 'a torn write does not pass for a whole one');
      tail = undefined;
    },
    copy() {
      const { stamp, offsets, assignment } = disk;
      return createAgentDisk({ queues, last, stamp, offsets, assignment });
    },
    setFull: (full) => {
      isFull = full;
    },
    trim(changesUpTo, rollupsUpTo) {
      queues.changes = queues.changes.filter((record) => record.seq > changesUpTo);
      queues.rollups = queues.rollups.filter((record) => record.seq > rollupsUpTo);
    },
    read: (queue, after, limit) => queues[queue].filter((record) => record.seq > after).slice(0, limit),
    stamp: from?.stamp,
    untold: undefined,
    offsets: [...(from?.offsets ?? [])],
    assignment: from?.assignment,
  };
  return disk;
}

/** As the shell keeps them: one per session, newest last, bounded. */
export function saveOffset(disk: AgentDisk, offset: SavedOffset): void {
  disk.offsets.push(offset);
  if (disk.offsets.length > limits.spoolOffsetsMax) disk.offsets.shift();
}
