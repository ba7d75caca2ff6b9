// Gathers everything that may tell how the last run ended, each source bounded by itself, and gives it to nobody but the
// classifier. It must never judge, and never delay the watch: it runs in the background, once per boot.
import { platform } from 'node:os';
import type { EndingEvidence, PreviousStamp } from '../../core/ending/evidence.ts';
import type { Clock } from '../../core/input.ts';
import { collectJournal } from './journal.ts';
import { readMachineKind } from './machine-kind.ts';
import { collectPstore } from './pstore.ts';
import { type RunCommand, runCommand } from './run-command.ts';
import { readWatchdog } from './watchdog.ts';
import { collectWindowsLog } from './windows-log.ts';
import { collectWtmp } from './wtmp.ts';

export interface CollectOptions {
  readonly now: Clock;
  readonly stamp: PreviousStamp;
  readonly settled: boolean;
  readonly system?: NodeJS.Platform;
  readonly run?: RunCommand;
}

/** Never rejects: a source that fails is absent from the evidence. */
export async function collectEvidence(options: CollectOptions): Promise<EndingEvidence> {
  const { now, stamp, settled, system = platform(), run = runCommand } = options;
  const machine = await readMachineKind(system, run);
  const base = { now, stamp, settled, machine };
  if (system === 'win32') return { ...base, windows: await collectWindowsLog(run) };
  if (system !== 'linux' || machine === 'container') return base;
  const [journal, wtmp, pstore, watchdog] = await Promise.all([
    collectJournal(run, stamp.clock.bootId),
    collectWtmp(),
    collectPstore(),
    readWatchdog(),
  ]);
  return { ...base, journal, wtmp, pstore, watchdog };
}
