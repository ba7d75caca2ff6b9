// What the collectors found about the end of the machine's last run, parsed and cut down to the fields named here: never
// a process' arguments, never a message's text beyond the few kinds of line in marks.ts. Pure data; it concludes nothing.
import type { Clock } from '../input.ts';
import type { JournalMark, PanicWhy } from './marks.ts';

/**
 * A section that is absent was not looked at (no right, no time, not this system): nothing may be concluded from what it
 * does not hold. `complete` says that all the records about that end which the system wrote are here; only then is the
 * absence of a record evidence.
 */
export interface EndingEvidence {
  /** A reading of the present boot. */
  readonly now: Clock;
  /** What the run before left behind: it says which boot is meant, and until when it lived. */
  readonly stamp?: PreviousStamp;
  readonly machine?: MachineKind;
  /** The present boot is old enough that the reports on the end before it are written (1001, saved kernel dumps). */
  readonly settled: boolean;
  readonly windows?: WindowsLog;
  readonly wtmp?: WtmpLog;
  readonly journal?: JournalLog;
  readonly pstore?: PstoreLog;
  readonly watchdog?: WatchdogStatus;
}

export interface PreviousStamp {
  readonly clock: Clock;
  readonly stoppedInOrder: boolean;
}

/** A container has a machine around it whose logs it cannot see. */
export type MachineKind = 'physical' | 'virtual' | 'container';

export interface WindowsLog {
  /** No limit was hit and every record was understood, from the newest back. */
  readonly complete: boolean;
  readonly events: readonly WindowsEvent[];
}

export interface WindowsEvent {
  /** EventRecordID: rises with each record whatever the clock does. */
  readonly record: number;
  readonly provider: string;
  readonly id: number;
  readonly atMs: number;
  /** Named data, and `param1` ... for providers that name none. Only fields that are judged by. */
  readonly data: Readonly<Record<string, string>>;
}

export interface WtmpLog {
  readonly complete: boolean;
  readonly records: readonly WtmpRecord[];
}

/** utmp(5). */
export interface WtmpRecord {
  /** Position in the file. */
  readonly index: number;
  readonly what: 'boot' | 'shutdown' | 'runlevel';
  /** Runlevel entered, for `runlevel`. */
  readonly level?: string;
  readonly atMs: number;
}

export interface JournalLog {
  /** False: this system keeps no journal at all (no systemd). */
  readonly kept: boolean;
  readonly complete: boolean;
  readonly entries: readonly JournalEntry[];
}

export interface JournalEntry {
  /** Position, rising with time. */
  readonly index: number;
  /** As the journal writes it, without dashes. */
  readonly bootId: string;
  /** CLOCK_MONOTONIC of that boot: the same scale as the stamp's. */
  readonly monoMs: number;
  /** undefined = an entry of no meaning here; it still shows that the machine lived. */
  readonly mark?: JournalMark;
}

export interface PstoreLog {
  readonly complete: boolean;
  /** A kernel that dies can leave its last words on this machine. */
  readonly armed: boolean;
  readonly dumps: readonly PstoreDump[];
}

export interface PstoreDump {
  readonly file: string;
  /** When the store took it, by the wall clock. */
  readonly atMs: number;
  /** The kernel's own time of its last line: uptime of the run that died. */
  readonly uptimeMs?: number;
  readonly panic?: { readonly why: PanicWhy; readonly text: string };
}

/** WDIOC_GETBOOTSTATUS as sysfs shows it; all false where the machine has no such device. */
export interface WatchdogStatus {
  readonly resetMachine: boolean;
  readonly powerUnder: boolean;
  readonly overheated: boolean;
}
