// Which records of a Linux machine speak of the stamp's run: the journal by its boot id, dumps by the kernel's uptime,
// wtmp by the order of boots. Pure. The wall clock is asked last, and what it cannot settle is left out.
import type { Clock } from '../input.ts';
import type { DatedEnd } from './conclusion.ts';
import type { EndingEvidence, JournalEntry, PreviousStamp, PstoreDump, WtmpRecord } from './evidence.ts';

export interface LinuxRun {
  /** Oldest first. */
  readonly entries: readonly JournalEntry[];
  readonly dumps: readonly PstoreDump[];
  /** The run's records in wtmp after its boot; undefined = not found there. */
  readonly wtmp?: readonly WtmpRecord[];
  /** Last sign of life on the run's monotonic scale. */
  readonly lastMs: number;
}

/** How much of a run's end is looked at; a journal that reaches less far back is not complete. */
export const journalWindowMs = 10 * 60_000;

/** A dump can be made before the last stamp's write ended, and minutes after a lockup stopped the stamps. */
const dumpBeforeMs = 15_000;
const dumpAfterMs = 10 * 60_000;
/** Two dumps at the same uptime of two runs are told apart by the clock, as wrong as it may be, on one scale. */
const dumpWallSlackMs = 10 * 60_000;
const bootSlackMs = 5 * 60_000;

export function findLinuxRun(evidence: EndingEvidence, stamp: PreviousStamp): LinuxRun {
  const bootId = plainId(stamp.clock.bootId);
  const entries = (evidence.journal?.entries ?? [])
    .filter((entry) => plainId(entry.bootId) === bootId)
    .toSorted((a, b) => a.index - b.index || a.monoMs - b.monoMs);
  const dumps = (evidence.pstore?.dumps ?? [])
    .filter((dump) => isOf(stamp.clock, dump))
    .toSorted((a, b) => (a.uptimeMs ?? 0) - (b.uptimeMs ?? 0) || (a.file < b.file ? -1 : 1));
  return {
    entries,
    dumps,
    wtmp: wtmpOf(evidence, stamp),
    lastMs: Math.max(stamp.clock.monoMs, ...entries.map(({ monoMs }) => monoMs)),
  };
}

/** The end as the newest sign of life dates it; the stamps come every 10 s, an orderly end writes to its last moment. */
export function endOf(run: LinuxRun, stamp: PreviousStamp, orderly: boolean): DatedEnd | undefined {
  const dump = run.dumps.at(-1)?.uptimeMs;
  if (dump !== undefined && dump >= run.lastMs) return { monoMs: dump, errorMs: 2_000 };
  if (orderly && run.lastMs > stamp.clock.monoMs) return { monoMs: run.lastMs, errorMs: 5_000 };
  return run.lastMs > stamp.clock.monoMs ? { monoMs: run.lastMs, errorMs: 12_000 } : undefined;
}

function isOf(clock: Clock, dump: PstoreDump): boolean {
  if (dump.uptimeMs === undefined) return false;
  const lateMs = dump.uptimeMs - clock.monoMs;
  if (lateMs < -dumpBeforeMs || lateMs > dumpAfterMs) return false;
  return Math.abs(dump.atMs - (clock.wallMs + lateMs)) <= dumpWallSlackMs;
}

/** The boot before the last one, if both are the boots that this program and the stamp know. */
function wtmpOf({ wtmp, now }: EndingEvidence, { clock }: PreviousStamp): readonly WtmpRecord[] | undefined {
  if (wtmp?.complete !== true) return undefined;
  const records = wtmp.records.toSorted((a, b) => a.index - b.index);
  const boots = records.flatMap((record, at) =>
    record.what === 'boot' ? [{ at, wallMs: record.atMs }] : [],
  );
  const present = boots.at(-1);
  const before = boots.at(-2);
  if (present === undefined || before === undefined) return undefined;
  const fits =
    Math.abs(present.wallMs - (now.wallMs - now.monoMs)) <= bootSlackMs &&
    Math.abs(before.wallMs - (clock.wallMs - clock.monoMs)) <= bootSlackMs;
  return fits ? records.slice(before.at + 1, present.at) : undefined;
}

/** The kernel writes a boot id with dashes, the journal without. */
function plainId(id: string): string {
  return id.replaceAll('-', '').toLowerCase();
}
