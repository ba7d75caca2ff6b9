// What is kept for a time only goes again: rollups, attempts at the desk, and of the journal what nobody reads any more.
// Once an hour, in batches of a few milliseconds with long pauses, later when the loop is busy. Must never delete by a clock
// that was set wrong, and must never stop the server: a disk that refuses is asked again an hour later.
import type { FastifyBaseLogger } from 'fastify';
import { limits } from '../../../shared/limits.ts';
import { ok, type Result } from '../../../shared/result.ts';
import { day, type Instant, plus } from '../../../shared/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeskAttempts } from '../../ports/desk-attempts.ts';
import type { JournalRetention, KeepDays, KeepFrom, KeptSince } from '../../ports/journal-retention.ts';
import type { Series } from '../../ports/series.ts';

export interface RetentionParts {
  readonly journal: JournalRetention;
  readonly series: Pick<Series, 'prune'>;
  /** Undefined: the desk is part of this program, or a person. */
  readonly attempts?: Pick<DeskAttempts, 'prune'>;
  readonly keep: KeepDays;
  readonly clock: Clock;
  readonly log: Pick<FastifyBaseLogger, 'info' | 'warn'>;
  /** Milliseconds that never run backwards; the machine's own unless a test has another. */
  readonly monotonicMs?: () => number;
}

/** Rows that went since the start. */
export interface RetentionCounters {
  readonly inputs: number;
  /** Of these inputs, those kept as evidence. */
  readonly reduced: number;
  readonly evidence: number;
  readonly incidents: number;
  readonly snapshots: number;
  readonly rollups: number;
  /** Incidents of which the attempts at the desk went. */
  readonly attempts: number;
  readonly damaged: number;
}

export interface RetentionFigures {
  readonly went: RetentionCounters;
  readonly runs: number;
  /** Runs that the disk refused to end. */
  readonly failed: number;
  /** Batches put off because the loop was busy. */
  readonly yielded: number;
  readonly slowestBatchMs: number;
  readonly since: KeptSince;
  /** The server's time minus the instant that ages are reckoned from: not near 0 after a wrong clock or a long rest. */
  readonly behindMs: number | undefined;
}

export interface Retention {
  figures(): RetentionFigures;
  /** The instant that ages are reckoned from as of the last run; undefined before it: nothing may go by its age then. */
  readonly agedAt: () => Instant | undefined;
  stop(): void;
}

/** Rows that went in a batch of at most `rowsMax`, and whether there is more. */
type Step = (
  rowsMax: number,
) => Result<{ readonly went: Partial<RetentionCounters>; readonly more: boolean }>;

/** A first run a minute after the start, then one an hour after the end of each. */
export function startRetention(parts: RetentionParts): Retention {
  const { clock, log, journal } = parts;
  const went = nothing();
  const counts = { runs: 0, failed: 0 };
  const pacer = createPacer(parts);
  let reckoned: Instant | undefined;
  let cancel: () => void = () => {};

  const end = (before: RetentionCounters): void => {
    const deleted = differenceOf(went, before);
    if (Object.keys(deleted).length > 0) log.info({ deleted }, 'what is older than it is kept was deleted');
    plan(limits.pruneEveryMs);
  };
  const refused = (reason: string): void => {
    counts.failed += 1;
    log.warn({ reason }, 'retention is tried again later');
    plan(limits.pruneEveryMs);
  };
  const run = (waitedMs: number): void => {
    counts.runs += 1;
    const from = journal.reckonFrom(clock.now(), waitedMs * limits.pruneReckonRatio);
    if (!from.ok) return refused(from.failure.message);
    reckoned = from.value;
    if (from.value === undefined) return plan(limits.pruneEveryMs);
    const before = { ...went };
    const steps = stepsOf(parts, from.value);
    const turn = (): void => {
      const step = steps[0];
      if (step === undefined) return end(before);
      const done = pacer.batch(step);
      if (!done.ok) return refused(done.failure.message);
      add(went, done.value.went);
      if (!done.value.more) steps.shift();
      cancel = pacer.next(turn);
    };
    turn();
  };
  const plan = (delayMs: number): void => {
    cancel = clock.after(delayMs, () => run(delayMs));
  };
  plan(limits.pruneEveryMs / 60);
  return {
    figures: () => ({
      went: { ...went },
      ...counts,
      ...pacer.figures(),
      since: journal.keptSince(),
      behindMs: reckoned === undefined ? undefined : Math.max(0, clock.now() - reckoned),
    }),
    agedAt: () => reckoned,
    stop: () => cancel(),
  };
}

function stepsOf({ journal, series, attempts, keep }: RetentionParts, reckoned: Instant): Step[] {
  const from = keepFrom(keep, reckoned);
  return [
    (rowsMax) => {
      const batch = journal.prune(from, rowsMax);
      if (!batch.ok) return batch;
      const { more, ...rows } = batch.value;
      return ok({ went: rows, more });
    },
    counted('rollups', (rowsMax) => series.prune(plus(reckoned, -limits.rollupsKeptMs), rowsMax)),
    counted('attempts', (rowsMax) =>
      attempts === undefined ? ok(0) : attempts.prune(plus(reckoned, -limits.deskAttemptsKeptMs), rowsMax),
    ),
  ];
}

/** More may be there as long as any went. */
function counted(name: 'rollups' | 'attempts', prune: (rowsMax: number) => Result<number>): Step {
  return (rowsMax) => {
    const rows = prune(rowsMax);
    return rows.ok ? ok({ went: { [name]: rows.value }, more: rows.value > 0 }) : rows;
  };
}

function keepFrom({ journalDays, evidenceDays, incidentDays }: KeepDays, reckoned: Instant): KeepFrom {
  return {
    inputs: plus(reckoned, -journalDays * day),
    evidence: plus(reckoned, -evidenceDays * day),
    incidents: plus(reckoned, -incidentDays * day),
  };
}

/** Batches as large as fits their time, pauses as long as leaves the server its share. */
function createPacer({ clock, monotonicMs = () => performance.now() }: RetentionParts) {
  let rowsMax: number = limits.pruneBatchRowsMin;
  let tookMs = 0;
  let slowestBatchMs = 0;
  let yielded = 0;
  const wait = (run: () => void, pauseMs: number, yields: number): (() => void) => {
    const dueMs = monotonicMs() + pauseMs;
    let cancel = clock.after(pauseMs, () => {
      const busy = monotonicMs() - dueMs > limits.pruneBusyMs;
      if (!busy || yields >= limits.pruneYieldsMax) return run();
      yielded += 1;
      cancel = wait(run, pauseMs, yields + 1);
    });
    return () => cancel();
  };
  return {
    batch: (step: Step): ReturnType<Step> => {
      const startMs = monotonicMs();
      const done = step(rowsMax);
      tookMs = monotonicMs() - startMs;
      slowestBatchMs = Math.max(slowestBatchMs, tookMs);
      if (tookMs > limits.pruneBatchMs) rowsMax = Math.max(limits.pruneBatchRowsMin, Math.floor(rowsMax / 2));
      else if (tookMs < limits.pruneBatchMs / 2)
        rowsMax = Math.min(limits.pruneBatchRowsMax, Math.ceil(rowsMax * 1.5));
      return done;
    },
    next: (run: () => void): (() => void) => wait(run, Math.max(1, tookMs) / limits.pruneShareMax, 0),
    figures: () => ({ slowestBatchMs, yielded }),
  };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function nothing(): Writable<RetentionCounters> {
  return {
    inputs: 0,
    reduced: 0,
    evidence: 0,
    incidents: 0,
    snapshots: 0,
    rollups: 0,
    attempts: 0,
    damaged: 0,
  };
}

function add(sum: Writable<RetentionCounters>, more: Partial<RetentionCounters>): void {
  for (const name of namesOf(sum)) sum[name] += more[name] ?? 0;
}

/** Only what is not 0. */
function differenceOf(now: RetentionCounters, before: RetentionCounters): Partial<RetentionCounters> {
  const names = namesOf(now).filter((name) => now[name] !== before[name]);
  return Object.fromEntries(names.map((name) => [name, now[name] - before[name]]));
}

function namesOf(_counters: RetentionCounters): readonly (keyof RetentionCounters)[] {
  return ['inputs', 'reduced', 'evidence', 'incidents', 'snapshots', 'rollups', 'attempts', 'damaged'];
}
