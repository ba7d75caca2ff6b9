// The shape of a labelled case, the machine that all of them happen to, and makers of records. A case names the document
// that its records follow; its label is what a careful person would say from them alone.
import type {
  EndingEvidence,
  JournalEntry,
  PreviousStamp,
  PstoreDump,
  WindowsEvent,
  WtmpRecord,
} from '../../../agent/core/ending/evidence.ts';
import type { JournalMark } from '../../../agent/core/ending/marks.ts';
import type { FoundEnding } from '../../../agent/core/input.ts';
import type { RunEnding } from '../../../shared/words.ts';

export interface EndingCase {
  readonly name: string;
  readonly document: string;
  readonly evidence: EndingEvidence;
  readonly expected: { readonly ending: RunEnding } & Partial<
    Pick<FoundEnding, 'restart' | 'reason' | 'account' | 'code'>
  >;
  /** How long after the last stamp it ended, when its records date it. */
  readonly endedAfterMs?: number;
  /** Evidence for each of these is there, and against each: taking a part away may leave one of them. */
  readonly contradicts?: readonly RunEnding[];
}

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

export const oldBoot = '0f3c9a52-6a0e-4a7e-9c3b-7a9d35f0b101';
export const oldBootPlain = oldBoot.replaceAll('-', '');
export const newBoot = '5b8f60de-11f7-4b0c-8a55-2e1f6f3f9c02';
/** The machine ran for three days from here. */
export const bootAt = Date.UTC(2026, 9, 19, 9, 0, 0);
export const stampMonoMs = 3 * day;
export const stampAt = bootAt + stampMonoMs;
/** And came back ten minutes after its last stamp. */
export const newBootAt = stampAt + 10 * minute;

export function stampOf(
  parts: { readonly stoppedInOrder?: boolean; readonly wallMs?: number } = {},
): PreviousStamp {
  const { stoppedInOrder = false, wallMs = stampAt } = parts;
  return { clock: { bootId: oldBoot, monoMs: stampMonoMs, wallMs }, stoppedInOrder };
}

const common = {
  now: { bootId: newBoot, monoMs: 5 * minute, wallMs: newBootAt + 5 * minute },
  stamp: stampOf(),
  machine: 'physical',
  settled: true,
} as const satisfies Partial<EndingEvidence>;

/** A Windows event without its number; the order in the list gives it. */
export type Unnumbered = Omit<WindowsEvent, 'record'>;

export function event(
  provider: string,
  id: number,
  atMs: number,
  data: Readonly<Record<string, string>> = {},
): Unnumbered {
  return { provider, id, atMs, data };
}

export const kernelGeneral = 'Microsoft-Windows-Kernel-General';
export const kernelPower = 'Microsoft-Windows-Kernel-Power';
export const bugCheck = 'Microsoft-Windows-WER-SystemErrorReporting';

export const started = (atMs: number): Unnumbered => event(kernelGeneral, 12, atMs);
export const uptime = (atMs: number, sinceMs: number): Unnumbered =>
  event('EventLog', 6013, atMs, { param5: String(Math.round((atMs - sinceMs) / second)) });

/** Event 41 of Windows 10 and Server 2019 (version 8), all quiet unless told otherwise. */
export function power41(
  data: Readonly<Record<string, string>> = {},
  atMs = newBootAt + 2 * second,
): Unnumbered {
  return event(kernelPower, 41, atMs, {
    BugcheckCode: '0',
    SleepInProgress: '0',
    PowerButtonTimestamp: '0',
    ConnectedStandbyInProgress: 'false',
    LongPowerButtonPressDetected: 'false',
    WHEABootErrorCount: '0',
    ...data,
  });
}

export function unexpected6008(lastAliveMs: number | undefined, atMs = newBootAt + 12 * second): Unnumbered {
  return event('EventLog', 6008, atMs, lastAliveMs === undefined ? {} : { lastAliveMs: String(lastAliveMs) });
}

export interface Asked {
  readonly process?: string;
  readonly reason?: string;
  readonly code?: string;
  readonly type?: string;
  readonly comment?: string;
  readonly account?: string;
  readonly atMs?: number;
}

export function asked1074(asked: Asked = {}): Unnumbered {
  return event('User32', 1074, asked.atMs ?? stampAt + 2 * second, {
    param1: asked.process ?? 'shutdown.exe',
    param3: asked.reason ?? 'Other (Planned)',
    param4: asked.code ?? '0x85000000',
    param5: asked.type ?? 'restart',
    param6: asked.comment ?? '',
    param7: asked.account ?? 'AURORA\\joao',
  });
}

export const transition109 = (action: number, reason = 5, atMs = stampAt + 6 * second): Unnumbered =>
  event(kernelPower, 109, atMs, { ShutdownActionType: String(action), ShutdownReason: String(reason) });
export const logStopped6006 = (atMs = stampAt + 7 * second): Unnumbered => event('EventLog', 6006, atMs);
export const stopped13 = (atMs = stampAt + 9 * second): Unnumbered => event(kernelGeneral, 13, atMs);
export const stopReport1001 = (text: string): Unnumbered =>
  event(bugCheck, 1001, newBootAt + 50 * second, { param1: text });

export interface WindowsParts extends Partial<EndingEvidence> {
  readonly before?: readonly Unnumbered[];
  readonly after?: readonly Unnumbered[];
  /** In place of all events. */
  readonly events?: readonly Unnumbered[];
  readonly complete?: boolean;
}

export function windowsEvidence(parts: WindowsParts): EndingEvidence {
  const { before = [], after = [], events, complete = true, ...rest } = parts;
  const daily = [1, 2].map((n) => uptime(bootAt + n * day, bootAt));
  const all = events ?? [started(bootAt), ...daily, ...before, started(newBootAt), ...after];
  return {
    ...common,
    windows: { complete, events: all.map((each, n) => ({ ...each, record: 40_000 + n * 3 })) },
    ...rest,
  };
}

/** Marks with their distance from the last stamp, oldest first; lines of no meaning stand around them. */
export type Marks = readonly (readonly [number, JournalMark])[];

export interface LinuxParts extends Partial<EndingEvidence> {
  readonly marks?: Marks;
  readonly dumps?: readonly PstoreDump[];
  readonly armed?: boolean;
  readonly complete?: boolean;
  /** The journal's last entry of no meaning, from the stamp. */
  readonly lastEntryMs?: number;
}

/** A server with a journal that is kept, room for a dying kernel's words, and a hardware watchdog without a word. */
export function linuxEvidence(parts: LinuxParts): EndingEvidence {
  const {
    marks = [],
    dumps = [],
    armed = true,
    complete = true,
    lastEntryMs = -20 * second,
    ...rest
  } = parts;
  const plain: readonly (readonly [number, JournalMark | undefined])[] = [
    [-2 * hour, undefined],
    [-15 * minute, undefined],
    [lastEntryMs, undefined],
  ];
  const entries = [...plain, ...marks]
    .toSorted(([a], [b]) => a - b)
    .map(([afterMs, mark], n): JournalEntry => {
      const entry = { index: n + 1, bootId: oldBootPlain, monoMs: stampMonoMs + afterMs };
      return mark === undefined ? entry : { ...entry, mark };
    });
  return {
    ...common,
    journal: { kept: true, complete, entries },
    pstore: { complete: true, armed, dumps },
    watchdog: { resetMachine: false, powerUnder: false, overheated: false },
    ...rest,
  };
}

export function dump(afterMs: number, parts: Partial<PstoreDump> = {}): PstoreDump {
  return {
    file: 'dmesg-efi_pstore-176113200001001',
    atMs: stampAt + afterMs,
    uptimeMs: stampMonoMs + afterMs,
    ...parts,
  };
}

export function wtmpOf(records: readonly Omit<WtmpRecord, 'index'>[]): EndingEvidence['wtmp'] {
  return { complete: true, records: records.map((record, index) => ({ ...record, index })) };
}
