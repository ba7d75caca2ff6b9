// The pace of retention, and the instant it goes by: a busy loop, a disk that refuses, a clock set wrong by years.
import { describe, expect, it } from 'vitest';
import { createMemoryDeskAttempts } from '../../../../../server/adapters/memory/desk-attempts.ts';
import { createMemorySeries } from '../../../../../server/adapters/memory/series.ts';
import type {
  JournalRetention,
  KeepFrom,
  PrunedBatch,
} from '../../../../../server/ports/journal-retention.ts';
import { createMetrics } from '../../../../../server/shell/http/metrics.ts';
import { retentionMetrics } from '../../../../../server/shell/http/retention-figures.ts';
import { type Retention, startRetention } from '../../../../../server/shell/runtime/retention.ts';
import { failure } from '../../../../../shared/failure.ts';
import { agentId, incidentIdFrom } from '../../../../../shared/ids.ts';
import { limits } from '../../../../../shared/limits.ts';
import { fail, ok } from '../../../../../shared/result.ts';
import { day, earlier, hour, type Instant, later, minute, plus } from '../../../../../shared/time.ts';
import { at, matriz } from '../../../../contract/samples.ts';
import { createManualClock, type ManualClock } from '../../../../fakes/manual-clock.ts';

const keep = { journalDays: 35, evidenceDays: 400, incidentDays: 1_830 };

/** Rows as a number, and each batch as it was asked for. */
function fakeJournal(rows: number, known: Instant) {
  const journal = {
    rows,
    known,
    full: false,
    tookMs: 1,
    asked: [] as { keep: KeepFrom; rowsMax: number; at: Instant }[],
  };
  const nothing: PrunedBatch = {
    inputs: 0,
    reduced: 0,
    evidence: 0,
    incidents: 0,
    snapshots: 0,
    damaged: 0,
    more: false,
  };
  const port = (clock: ManualClock, spend: (ms: number) => void): JournalRetention => ({
    reckonFrom: (now, stepMs) => {
      journal.known = later(journal.known, earlier(now, plus(journal.known, stepMs)));
      return ok(journal.known);
    },
    prune: (from, rowsMax) => {
      journal.asked.push({ keep: from, rowsMax, at: clock.now() });
      spend(journal.tookMs);
      if (journal.full) return fail(failure('storage.failed', 'the disk is full', { retryable: true }));
      const inputs = Math.min(journal.rows, rowsMax);
      journal.rows -= inputs;
      return ok({ ...nothing, inputs, more: inputs > 0 });
    },
    keptSince: () => ({ inputs: at(0) }),
  });
  return { journal, port };
}

interface Started {
  readonly journal: ReturnType<typeof fakeJournal>['journal'];
  readonly clock: ManualClock;
  readonly retention: Retention;
  readonly series: ReturnType<typeof createMemorySeries>;
  readonly attempts: ReturnType<typeof createMemoryDeskAttempts>;
  readonly warned: string[];
  /** The loop comes to every timer so much too late. */
  late: number;
}

function start(rows: number, known = at(0)): Started {
  const clock = createManualClock(at(0));
  const { journal, port } = fakeJournal(rows, known);
  let spent = 0;
  let busyMs = 0;
  const series = createMemorySeries();
  const attempts = createMemoryDeskAttempts();
  const warned: string[] = [];
  const started: Started = {
    journal,
    clock,
    series,
    attempts,
    warned,
    late: 0,
    retention: startRetention({
      journal: port(clock, (ms) => {
        spent += ms;
      }),
      series,
      attempts,
      keep,
      clock: {
        now: clock.now,
        after: (delayMs, run) =>
          clock.after(delayMs, () => {
            busyMs += started.late;
            run();
          }),
      },
      monotonicMs: () => clock.now() + spent + busyMs,
      log: { info: () => {}, warn: (facts: { reason: string }) => void warned.push(facts.reason) } as never,
    }),
  };
  return started;
}

describe('the pace', () => {
  it('nothing goes in the first minute; then all of it, in batches that take a twentieth of the time', () => {
    const { clock, journal, retention } = start(5_000);
    clock.advance(minute - 1);
    expect(journal.asked).toEqual([]);
    clock.advance(hour / 2);
    expect(journal.rows).toBe(0);
    const [first, second] = journal.asked;
    expect(first?.rowsMax).toBe(limits.pruneBatchRowsMin);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBe(20);
    expect(Math.max(...journal.asked.map(({ rowsMax }) => rowsMax))).toBe(limits.pruneBatchRowsMax);
    expect(retention.figures().went.inputs).toBe(5_000);
    const batches = journal.asked.length;
    clock.advance(hour);
    expect(journal.asked.length).toBe(batches + 1);
  });

  it('batches shrink where they take too long, down to a least that still goes on', () => {
    const started = start(400);
    started.journal.tookMs = 50;
    started.clock.advance(hour);
    expect(started.journal.rows).toBe(0);
    expect(new Set(started.journal.asked.map(({ rowsMax }) => rowsMax))).toEqual(
      new Set([limits.pruneBatchRowsMin]),
    );
    expect(started.retention.figures().slowestBatchMs).toBe(50);
  });

  it('a busy loop is let go before, so often, and no oftener', () => {
    const started = start(limits.pruneBatchRowsMin * 3);
    started.late = 100;
    started.clock.advance(hour);
    expect(started.journal.rows).toBe(0);
    const { yielded } = started.retention.figures();
    expect(yielded).toBeGreaterThanOrEqual(limits.pruneYieldsMax);
    expect(yielded % limits.pruneYieldsMax).toBe(0);
  });

  it('nothing happens any more once it is stopped, also between two batches', () => {
    const { clock, journal, retention } = start(100_000);
    clock.advance(minute + 25);
    const rows = journal.rows;
    expect(rows).toBeLessThan(100_000);
    retention.stop();
    clock.advance(day);
    expect(journal.rows).toBe(rows);
    expect(clock.timers()).toBe(0);
  });

  it('a disk that refuses is asked again an hour later, is told of, and stops nothing', () => {
    const { clock, journal, retention, warned } = start(50);
    journal.full = true;
    clock.advance(3 * hour);
    expect(journal.rows).toBe(50);
    expect(warned.length).toBe(3);
    expect(retention.figures().failed).toBe(3);
    journal.full = false;
    clock.advance(hour);
    expect(journal.rows).toBe(0);
  });
});

describe('the instant', () => {
  it('each class is kept for its days', () => {
    const { clock, journal } = start(1);
    clock.advance(minute);
    const { inputs, evidence, incidents } = journal.asked[0]?.keep ?? {
      inputs: 0,
      evidence: 0,
      incidents: 0,
    };
    expect([inputs, evidence, incidents].map((from) => (clock.now() - from) / day)).toEqual([35, 400, 1_830]);
  });

  it('a clock that is years ahead for a day takes not even two days more than the true one', () => {
    const { clock, journal, retention } = start(10, plus(at(0), -2_000 * day));
    clock.advance(day);
    const from = journal.asked.at(-1)?.keep.inputs ?? at(0);
    expect(from).toBeLessThanOrEqual(plus(at(0), (-2_000 - 35 + 2) * day));
    expect(retention.figures().behindMs).toBeGreaterThan(1_998 * day);
  });

  it('a clock set back takes nothing back and deletes nothing new', () => {
    const { clock, journal } = start(1, plus(at(0), 300 * day));
    clock.advance(2 * hour);
    expect(journal.asked.at(-1)?.keep.inputs).toBe(plus(at(0), (300 - 35) * day));
  });
});

describe('rollups and figures', () => {
  it('rollups of more than 90 days go as well, the younger ones stay', () => {
    const { clock, series, retention } = start(0);
    const save = (seq: number, daysAgo: number) =>
      series.save({
        agent: agentId('a1'),
        site: matriz,
        epoch: 1,
        items: [{ seq, at: at(-daysAgo * day), link: 'vivo', sent: 12, lost: 0 }],
      });
    for (const [index, daysAgo] of [92, 91, 89, 1].entries()) save(index + 1, daysAgo);
    clock.advance(hour);
    const left = series.read({ site: matriz, link: 'vivo', from: at(-200 * day), to: at(day) });
    expect(left.map((point) => point.at)).toEqual([at(-89 * day), at(-day)]);
    expect(retention.figures().went.rollups).toBe(2);
  });

  it('attempts at the desk go when nothing was kept of them for 400 days, at a server that never restarts', () => {
    const { clock, attempts, retention } = start(0);
    const lease = (id: string, daysAgo: number) =>
      attempts.acquire(incidentIdFrom(id), { owner: 'a', now: at(-daysAgo * day), forMs: minute });
    for (const [id, daysAgo] of [
      ['inc-1-0', 401],
      ['inc-2-0', 399],
    ] as const)
      lease(id, daysAgo);
    clock.advance(hour);
    expect(retention.figures().went.attempts).toBe(1);
    clock.advance(2 * day);
    expect(retention.figures().went.attempts).toBe(2);
  });

  it('tells what went, what is left and how far behind it is', () => {
    const { clock, retention } = start(7);
    clock.advance(hour);
    const metrics = createMetrics();
    retentionMetrics(metrics, retention);
    const text = metrics.text();
    expect(text).toContain('vigia_retention_rows_total{what="inputs"} 7');
    expect(text).toContain(`vigia_retention_oldest_timestamp_seconds{what="inputs"} ${at(0) / 1_000}`);
    expect(text).toContain('vigia_retention_oldest_timestamp_seconds{what="evidence"} 0');
    expect(text).toContain('vigia_retention_runs_total{what="failed"} 0');
  });
});
