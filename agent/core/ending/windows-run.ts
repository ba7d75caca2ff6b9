// Finds the run that the stamp speaks of in the Windows System log: by the order of records, never by their clock alone,
// because a machine with a dead battery boots in the past. Pure. When two runs could be meant, none is.
import type { PreviousStamp, WindowsEvent } from './evidence.ts';

export interface WindowsRun {
  /** Events of the run that ended, oldest first. */
  readonly before: readonly WindowsEvent[];
  /** Events of the boot that followed it, which report on its end. */
  readonly after: readonly WindowsEvent[];
}

export const providers = {
  kernelGeneral: 'Microsoft-Windows-Kernel-General',
  kernelPower: 'Microsoft-Windows-Kernel-Power',
  eventLog: 'EventLog',
  user: 'User32',
  bugCheck: 'Microsoft-Windows-WER-SystemErrorReporting',
  hardware: 'Microsoft-Windows-WHEA-Logger',
} as const;

/** The start of an operating system and the stamp's reckoning of it differ by the clock's corrections meanwhile. */
const bootSlackMs = 5 * 60_000;
/** 6008 names the last sign of life that the event log wrote: now and then, so it may be older than the stamp. */
const aliveSlackMs = 60 * 60_000;
/** Every run writes its uptime (6013) once a day; a day and some hours. */
const sameDaysMs = 26 * 3_600_000;

export function findRun(events: readonly WindowsEvent[], { clock }: PreviousStamp): WindowsRun | undefined {
  const runs = splitRuns(events);
  const bootMs = clock.wallMs - clock.monoMs;
  const ways: readonly ((run: Run, next: Run | undefined) => boolean)[] = [
    (run) => run.bootsMs.some((atMs) => Math.abs(atMs - bootMs) <= bootSlackMs),
    (_, next) => next !== undefined && near(lastAliveOf(next.events), clock.wallMs, aliveSlackMs),
    (run) =>
      run.events.some(({ atMs }) => near(atMs, clock.wallMs, sameDaysMs)) &&
      // A boot in between, which began after the stamp, is not the stamp's run.
      !run.bootsMs.some((atMs) => atMs > clock.wallMs),
  ];
  for (const matches of ways) {
    const found = runs.filter((run, n) => matches(run, runs[n + 1]));
    if (found.length > 1) return undefined;
    const [run] = found;
    if (run === undefined) continue;
    const next = runs[runs.indexOf(run) + 1];
    return next === undefined ? undefined : { before: run.events, after: next.events };
  }
  return undefined;
}

export function isEvent(event: WindowsEvent, provider: string, ...ids: readonly number[]): boolean {
  return event.provider.toLowerCase() === provider.toLowerCase() && ids.includes(event.id);
}

/** "The previous system shutdown was unexpected": the instant its binary data holds. */
export function lastAliveOf(events: readonly WindowsEvent[]): number | undefined {
  const event = events.find((each) => isEvent(each, providers.eventLog, 6008));
  return numberOf(event?.data.lastAliveMs);
}

export function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^(0x[0-9a-f]{1,16}|\d{1,20})$/i.test(text)) return undefined;
  return Number(text);
}

interface Run {
  readonly events: readonly WindowsEvent[];
  /** What its records say about when it was started, by its own clock. */
  readonly bootsMs: readonly number[];
}

/** Kernel-General 12, "the operating system started", is the first record of each boot. */
function splitRuns(events: readonly WindowsEvent[]): readonly Run[] {
  const parts: WindowsEvent[][] = [[]];
  for (const event of events.toSorted((a, b) => a.record - b.record)) {
    if (isEvent(event, providers.kernelGeneral, 12)) parts.push([]);
    parts.at(-1)?.push(event);
  }
  return parts
    .filter((part) => part.length > 0)
    .map((part) => ({ events: part, bootsMs: part.flatMap((event) => bootOf(event) ?? []) }));
}

function bootOf(event: WindowsEvent): number | undefined {
  if (isEvent(event, providers.kernelGeneral, 12)) return event.atMs;
  if (!isEvent(event, providers.eventLog, 6013)) return undefined;
  const uptimeSeconds = numberOf(event.data.param5);
  return uptimeSeconds === undefined ? undefined : event.atMs - uptimeSeconds * 1_000;
}

function near(atMs: number | undefined, otherMs: number, slackMs: number): boolean {
  return atMs !== undefined && Math.abs(atMs - otherMs) <= slackMs;
}
