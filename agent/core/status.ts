// The status of an agent as its file carries it, and what is wrong in it: the first thing a technician must read. Pure,
// so that each case can be shown by a test. It must never call an old status fine: what was seen an hour ago is history.
import { minute, second } from '../../shared/time.ts';
import { closeCodes } from '../../shared/wire/messages.ts';
import type { Degradation, Layer, ProbeMethod } from '../../shared/words.ts';
import type { Clock } from './input.ts';
import type { AgentView, LinkView } from './view.ts';

export const statusFormat = 1;

/** What stays the same as long as the program runs. */
export interface StatusOfRun {
  readonly version: string;
  readonly pid: number;
  /** When the program started. */
  readonly started: Clock;
  readonly agent: string;
  readonly customer: string;
  readonly site: string;
  readonly host: string;
  /** Addresses of the enrolment, best first. */
  readonly servers: readonly string[];
  /** `http://host:port`, never with credentials. */
  readonly proxy?: string;
  /** The fingerprint that the server is told. */
  readonly machine?: string;
}

export interface SpoolStatus {
  /** Records it holds, and what they cost on disk, roughly. */
  readonly changes: number;
  readonly rollups: number;
  readonly bytes: number;
  /** Records in memory only, because the disk refuses them. */
  readonly inMemory: number;
  /** Since the start: writes that the disk refused, records given up. */
  readonly refused: number;
  readonly droppedChanges: number;
  readonly droppedRollups: number;
  /** `sound` on disk; `refused`, `removed` and `memory`: what is new would not outlive the program. */
  readonly state?: SpoolState;
  /** Where a damaged spool was put that was found at the start. */
  readonly movedAside?: string;
}

export const spoolStates = ['sound', 'refused', 'removed', 'memory'] as const;
export type SpoolState = (typeof spoolStates)[number];

/** What it sees now. */
export interface StatusNow {
  readonly view: AgentView;
  readonly ping: { readonly method: ProbeMethod; readonly reason?: string };
  readonly spool: SpoolStatus;
  readonly residentBytes: number;
}

export interface Status extends StatusOfRun, StatusNow {
  readonly format: typeof statusFormat;
  readonly written: Clock;
  /** Set by the last writing of a run that stopped in order. */
  readonly stopped: boolean;
}

/** What came of reading it. `forbidden`: this user may not. `none`: no agent has run here. */
export type StatusFound =
  | { readonly kind: 'found'; readonly status: Status; readonly processLives: boolean }
  | { readonly kind: 'not-enrolled' | 'none' | 'forbidden' | 'damaged' };

export type Problem =
  | { readonly kind: 'not-enrolled' | 'none' | 'forbidden' | 'damaged' }
  /** Nothing has been heard of the agent for `ageMs`, and it stopped in order, is gone, or hangs. */
  | { readonly kind: 'stopped' | 'gone' | 'hangs'; readonly ageMs: number }
  | { readonly kind: 'cloned' | 'revoked' | 'nothing-to-watch' }
  /** `forMs` since the server last answered; undefined = never in this run. */
  | { readonly kind: 'no-session'; readonly forMs?: number }
  | { readonly kind: 'link-down'; readonly link: string; readonly layer?: Layer; readonly forMs?: number }
  | {
      readonly kind: 'link-degraded';
      readonly link: string;
      readonly layer?: Layer;
      readonly by: readonly Degradation[];
    }
  | { readonly kind: 'link-unjudged' | 'link-unmeasured'; readonly link: string }
  | { readonly kind: 'host-down'; readonly host: string; readonly forMs?: number }
  | { readonly kind: 'clock-off'; readonly offsetMs: number }
  | { readonly kind: 'disk-refuses'; readonly records: number }
  | { readonly kind: 'changes-lost'; readonly records: number };

export interface StatusJudgement {
  /** Most urgent first; empty = all is well. */
  readonly problems: readonly Problem[];
  /** How old the status is; undefined where there is none. */
  readonly ageMs?: number;
  /** What it says is history, not the present. */
  readonly old: boolean;
}

/** Written every 10 s, so three of them were missed. */
const staleMs = 30 * second;
/** A session takes this long to come up, also after a failover; before that its absence is no news. */
const sessionMs = 20 * second;
/** Certificates, logs and people begin to be misled. */
const clockOffMs = minute;

export function judgeStatus(found: StatusFound, now: Clock): StatusJudgement {
  if (found.kind !== 'found') return { problems: [{ kind: found.kind }], old: true };
  const { status } = found;
  const ageMs = elapsedMs(status.written, now);
  const quiet = quietProblem({ status, ageMs, processLives: found.processLives });
  if (quiet !== undefined) return { problems: [quiet], ageMs, old: true };
  return { problems: presentProblems(status, now), ageMs, old: false };
}

/** Between two readings, by the clock that cannot be set where both are of one boot. Never negative. */
export function elapsedMs(from: Clock, to: Clock): number {
  const elapsed = from.bootId === to.bootId ? to.monoMs - from.monoMs : to.wallMs - from.wallMs;
  return Math.max(0, elapsed);
}

function quietProblem(parts: {
  readonly status: Status;
  readonly ageMs: number;
  readonly processLives: boolean;
}): Problem | undefined {
  const { status, ageMs, processLives } = parts;
  if (status.stopped) return { kind: 'stopped', ageMs };
  if (!processLives) return { kind: 'gone', ageMs };
  return ageMs > staleMs ? { kind: 'hangs', ageMs } : undefined;
}

function presentProblems(status: Status, now: Clock): readonly Problem[] {
  const { view, spool } = status;
  const problems: Problem[] = [...sessionProblems(status, now)];
  for (const link of view.links) {
    const problem = linkProblem(link, view.at);
    if (problem !== undefined) problems.push(problem);
  }
  for (const { key, status: seen, since } of view.hosts) {
    if (seen === 'down') problems.push({ kind: 'host-down', host: key, forMs: since && view.at - since });
  }
  if (view.links.length + view.hosts.length === 0) problems.push({ kind: 'nothing-to-watch' });
  const offsetMs = view.clockOffsetMs;
  if (offsetMs !== undefined && Math.abs(offsetMs) > clockOffMs) {
    problems.push({ kind: 'clock-off', offsetMs });
  }
  const unsafe = spool.state !== undefined && spool.state !== 'sound';
  if (unsafe || spool.inMemory > 0) problems.push({ kind: 'disk-refuses', records: spool.inMemory });
  if (spool.droppedChanges > 0) problems.push({ kind: 'changes-lost', records: spool.droppedChanges });
  return problems;
}

function sessionProblems({ view, started, written }: Status, now: Clock): readonly Problem[] {
  const { session } = view;
  if (session.state === 'open') return [];
  if (session.closeCode === closeCodes.cloned.code) return [{ kind: 'cloned' }];
  if (session.closeCode === closeCodes.revoked.code) return [{ kind: 'revoked' }];
  const { confirmedAt } = session;
  const seenAgoMs = confirmedAt && view.at - confirmedAt + elapsedMs(written, now);
  const quietMs = seenAgoMs ?? elapsedMs(started, now);
  return quietMs > sessionMs ? [{ kind: 'no-session', forMs: seenAgoMs }] : [];
}

/**
 * A link among several that is `unknown` is watched by another agent or has no session over it now: shown, but nothing to
 * mend. The only link of a site is measured by whoever is there, so without a measurement nothing may be called well.
 */
function linkProblem(
  { key, mode, status, layer, since, quality }: LinkView,
  at: number,
): Problem | undefined {
  if (mode === 'never') return { kind: 'link-unjudged', link: key };
  if (mode === 'free' && status === 'unknown') return { kind: 'link-unmeasured', link: key };
  if (status === 'down') return { kind: 'link-down', link: key, layer, forMs: since && at - since };
  if (status === 'degraded') return { kind: 'link-degraded', link: key, layer, by: quality?.by ?? [] };
  return undefined;
}
