// What of the journal goes and what never does: by age, by what still needs it, on a full disk, with a clock set wrong.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../../../server/adapters/sqlite/database.ts';
import { createSqliteJournal } from '../../../../../server/adapters/sqlite/journal.ts';
import { journalMigrations } from '../../../../../server/adapters/sqlite/journal-schema.ts';
import { createSqliteOutbox } from '../../../../../server/adapters/sqlite/outbox.ts';
import { initialState } from '../../../../../server/core/evolve.ts';
import type { Input } from '../../../../../server/core/input.ts';
import type { Journal } from '../../../../../server/ports/journal.ts';
import type { JournalRetention, PrunedBatch } from '../../../../../server/ports/journal-retention.ts';
import { agentId, incidentIdFrom } from '../../../../../shared/ids.ts';
import { day, instant, plus } from '../../../../../shared/time.ts';
import { at, entry, incident, openEffect, timeAdvanced } from '../../../../contract/samples.ts';
import { mustOpen } from '../../../../contract/stores.ts';

const keepAll = { inputs: instant(0), evidence: instant(0), incidents: instant(0) };

let folder: string;
let database: Database;
let journal: Journal & JournalRetention;

function open(): void {
  database = mustOpen(join(folder, 'journal.sqlite'), journalMigrations);
  journal = createSqliteJournal(database);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigia-pruning-'));
  open();
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

const onDay = (days: number) => at(days * day);
const heard = (days: number): Input => ({ kind: 'agent.heard', at: onDay(days), agent: agentId('a1') });
const passed = (days: number): Input => ({ ...timeAdvanced(), at: onDay(days) });

/** One input a day, from day 1 on, with a snapshot at each of `snapshots`. */
function days(count: number, snapshots: readonly number[]): void {
  const entries = Array.from({ length: count }, (_, n) => entry(n + 1, { input: heard(n + 1) }));
  let done = 0;
  for (const seq of [...snapshots, count]) {
    journal.commit(entries.slice(done, seq));
    if (snapshots.includes(seq)) saveSnapshot(seq);
    done = seq;
  }
}

function saveSnapshot(seq: number): void {
  journal.saveSnapshot({ seq, state: { ...initialState(), seq, at: onDay(seq) } });
}

/** Batches until there is nothing more to do; what went in all. */
function pruneAll(keep: Partial<typeof keepAll>, rowsMax = 3): Omit<PrunedBatch, 'more'> {
  const sum = { inputs: 0, reduced: 0, evidence: 0, incidents: 0, snapshots: 0, damaged: 0 };
  for (let batches = 0; batches < 1_000; batches += 1) {
    const { more, ...went } = pruneOnce(keep, rowsMax);
    for (const name of ['inputs', 'reduced', 'evidence', 'incidents', 'snapshots', 'damaged'] as const) {
      sum[name] += went[name];
    }
    if (!more) return sum;
  }
  throw new Error('pruning comes to no end');
}

function pruneOnce(keep: Partial<typeof keepAll>, rowsMax = 3): PrunedBatch {
  const batch = journal.prune({ ...keepAll, ...keep }, rowsMax);
  if (!batch.ok) throw new Error(batch.failure.message);
  return batch.value;
}

const seqs = (table: 'inputs' | 'evidence' | 'snapshots') =>
  database.sql
    .prepare(`SELECT seq FROM ${table} ORDER BY seq`)
    .all()
    .map(({ seq }) => seq);

describe('what never goes', () => {
  it('no input goes without a snapshot, however old it is', () => {
    days(5, []);
    expect(pruneAll({ inputs: onDay(1_000) })).toMatchObject({ inputs: 0 });
    expect(seqs('inputs')).toEqual([1, 2, 3, 4, 5]);
  });

  it('no input goes with one snapshot only: a damaged one would leave nothing to begin from', () => {
    days(5, [5]);
    expect(pruneAll({ inputs: onDay(1_000) })).toMatchObject({ inputs: 0 });
  });

  it('the newest two snapshots stay, and all after the older of them, however old they are', () => {
    days(12, [3, 6, 9, 12]);
    pruneAll({ inputs: onDay(1_000) });
    expect(seqs('snapshots')).toEqual([9, 12]);
    expect(seqs('inputs')).toEqual([10, 11, 12]);
    database.close();
    open();
    journal.commit([entry(13, { input: heard(13) })]);
    expect([...journal.read(12)]).toHaveLength(1);
  });

  it('a process that has neither read nor written a snapshot takes nothing from under it', () => {
    days(9, [3, 6, 9]);
    database.close();
    open();
    expect(pruneAll({ inputs: onDay(1_000) })).toMatchObject({ inputs: 0, snapshots: 0 });
    database.sql.exec("UPDATE snapshots SET digest = 'x' WHERE seq = 9");
    expect(journal.latestSnapshot()?.seq).toBe(6);
    pruneAll({ inputs: onDay(1_000) });
    expect(seqs('inputs')).toEqual([4, 5, 6, 7, 8, 9]);
    expect(journal.latestSnapshot()?.seq).toBe(6);
  });

  it('at every moment each snapshot is followed by all inputs after it', () => {
    days(30, [4, 9, 14, 19, 24, 29]);
    for (let more = true; more; ) {
      ({ more } = pruneOnce({ inputs: onDay(22) }, 2));
      const first = Number(seqs('inputs')[0]);
      for (const snapshot of seqs('snapshots')) expect(Number(snapshot)).toBeGreaterThanOrEqual(first - 1);
    }
    expect(seqs('inputs')[0]).toBe(20);
  });
});

describe('evidence', () => {
  it('keeps of an old input what a dossier reads, and drops what only moved time', () => {
    const opened = { kind: 'incident.opened' as const, incident: incident('a') };
    const silent: Input = { kind: 'agent.silent', at: onDay(1), agent: agentId('a1'), lastHeardAt: at(0) };
    const server = { ...initialState().server, release: '9.9.9' };
    journal.commit([
      entry(1, { input: silent, changes: [{ kind: 'server.observed', server }] }),
      entry(2, { input: passed(1) }),
      entry(3, { input: passed(2), changes: [{ kind: 'server.observed', server }, opened] }),
      entry(4, { input: heard(50), effects: [openEffect('a')] }),
    ]);
    for (const seq of [3, 4]) saveSnapshot(seq);
    const before = [...journal.evidence(0)].map(({ input }) => input.seq);
    expect(before).toEqual([1, 2, 3, 4]);
    expect(pruneAll({ inputs: onDay(40) })).toMatchObject({ inputs: 3, reduced: 2 });
    expect([...journal.evidence(0)]).toEqual([
      entry(1, { input: silent }),
      entry(3, { input: passed(2), changes: [opened] }),
      entry(4, { input: heard(50), effects: [openEffect('a')] }),
    ]);
    expect([...journal.evidence(1)].map(({ input }) => input.seq)).toEqual([3, 4]);
    expect([...journal.evidence(3)].map(({ input }) => input.seq)).toEqual([4]);
  });

  it('goes in its turn, the oldest first, and is not made where it is too old already', () => {
    days(20, [10, 15, 20]);
    pruneAll({ inputs: onDay(16), evidence: onDay(5) });
    expect(seqs('evidence')).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    expect(pruneAll({ inputs: onDay(16), evidence: onDay(12) })).toMatchObject({ evidence: 7 });
    expect(seqs('evidence')).toEqual([12, 13, 14, 15]);
  });

  it('is not made of a damaged input; it is counted and does not stop the server', () => {
    days(9, [3, 6, 9]);
    database.sql.exec("UPDATE inputs SET digest = 'x' WHERE seq = 2");
    expect(pruneAll({ inputs: onDay(100) })).toMatchObject({ inputs: 6, reduced: 5, damaged: 1 });
  });
});

describe('incidents', () => {
  const closed = (id: string, detected: number, until: number) =>
    incident(id, { state: 'closed', detectedAt: onDay(detected), closedAt: onDay(until) });

  function commit(seq: number, id: string, detected: number, until: number): void {
    const change = { kind: 'incident.closed' as const, incident: closed(id, detected, until) };
    journal.commit([entry(seq, { input: passed(until), changes: [change], effects: [openEffect(id)] })]);
    createSqliteOutbox(database).done(openEffect(id).key, onDay(until), `P-${id}`);
  }
  const ids = () => journal.incidents({ limit: 50 }).map(({ id }) => String(id));
  const effects = () => Number(database.sql.prepare('SELECT count(*) AS n FROM outbox').get()?.n);

  it('go with their deliveries when they closed long ago, whatever their number', () => {
    for (let n = 1; n <= 10; n += 1) commit(n, `i${n}`, n, n);
    journal.commit([entry(11, { input: heard(100) })]);
    for (const seq of [10, 11]) saveSnapshot(seq);
    expect(pruneAll({ inputs: onDay(90), incidents: onDay(8) }, 2)).toMatchObject({ incidents: 7 });
    expect(ids()).toEqual(['i10', 'i9', 'i8']);
    expect(effects()).toBe(3);
  });

  it('stay while they stand, while they closed lately, while a delivery waits, and while their inputs are there', () => {
    commit(1, 'long', 1, 60);
    journal.commit([
      entry(2, {
        input: passed(61),
        changes: [
          { kind: 'incident.opened', incident: incident('open', { detectedAt: onDay(1) }) },
          { kind: 'incident.recorded', incident: closed('waits', 2, 3) },
        ],
        effects: [openEffect('waits')],
      }),
    ]);
    commit(3, 'recent-inputs', 4, 62);
    journal.commit([entry(4, { input: heard(100) })]);
    for (const seq of [2, 4]) saveSnapshot(seq);
    pruneAll({ inputs: onDay(61), incidents: onDay(55) }, 1);
    expect(ids().sort()).toEqual(['long', 'open', 'recent-inputs', 'waits']);
    pruneAll({ inputs: onDay(61), incidents: onDay(90) }, 1);
    expect(ids().sort()).toEqual(['open', 'recent-inputs', 'waits']);
    createSqliteOutbox(database).refused(openEffect('waits').key, onDay(63), 'no');
    pruneAll({ inputs: onDay(61), incidents: onDay(90) }, 1);
    expect(ids().sort()).toEqual(['open', 'recent-inputs']);
    expect(journal.incident(incidentIdFrom('waits'))).toBeUndefined();
  });

  it('are found by index, not by reading those that stay', () => {
    const plan = database.sql
      .prepare(`EXPLAIN QUERY PLAN SELECT id FROM incidents WHERE state = 'closed' AND detected_at < 5
        AND (detected_at, id) > (1, 'a') ORDER BY detected_at, id LIMIT 5`)
      .all()
      .map(({ detail }) => detail);
    expect(plan).toEqual([
      expect.stringMatching(
        /^SEARCH incidents USING COVERING INDEX incidents_in_state \(state=\? AND \(detected_at,id\)>/,
      ),
    ]);
  });
});

describe('the disk', () => {
  it('a full one refuses a batch whole; with room again it goes on where it was', () => {
    days(200, [60, 120, 180, 200]);
    const pages = Number(database.sql.prepare('PRAGMA page_count').get()?.page_count);
    database.sql.exec(`PRAGMA max_page_count = ${pages}`);
    let refused = 0;
    for (let more = true; more && refused === 0; ) {
      const before = [seqs('inputs'), seqs('evidence')];
      const batch = journal.prune({ ...keepAll, inputs: onDay(1_000) }, 180);
      if (batch.ok) ({ more } = batch.value);
      else {
        refused += 1;
        expect(batch.failure).toMatchObject({ code: 'storage.failed', retryable: true });
        expect([seqs('inputs'), seqs('evidence')]).toEqual(before);
      }
    }
    expect(refused).toBe(1);
    database.sql.exec('PRAGMA max_page_count = 1000000');
    expect(pruneAll({ inputs: onDay(1_000) }, 50)).toMatchObject({ inputs: 180, reduced: 180 });
  });

  it('commits of the correlator are fsynced again after each batch, also after a refused one', () => {
    const synchronous = () => database.sql.prepare('PRAGMA synchronous').get()?.synchronous;
    days(9, [3, 6, 9]);
    pruneAll({ inputs: onDay(1_000) });
    expect(synchronous()).toBe(2);
    database.sql.exec("CREATE TRIGGER no BEFORE DELETE ON snapshots BEGIN SELECT RAISE(ABORT, 'no'); END");
    journal.commit([entry(10, { input: heard(10) })]);
    saveSnapshot(10);
    expect(journal.prune({ ...keepAll, inputs: onDay(1_000) }, 3).ok).toBe(false);
    expect(synchronous()).toBe(2);
  });

  it('the file keeps its size once as much goes as comes', () => {
    let seq = 0;
    const month = () => {
      for (let part = 0; part < 6; part += 1) {
        const entries = Array.from({ length: 50 }, (_, n) =>
          entry(seq + n + 1, { input: heard((seq + n + 1) / 10) }),
        );
        journal.commit(entries);
        seq += entries.length;
        journal.saveSnapshot({ seq, state: { ...initialState(), seq, at: onDay(seq / 10) } });
      }
      pruneAll({ inputs: onDay(seq / 10 - 35), evidence: onDay(seq / 10 - 70) }, 100);
      return Number(database.sql.prepare('PRAGMA page_count').get()?.page_count);
    };
    const sizes = Array.from({ length: 10 }, month);
    expect(sizes.at(-1)).toBeLessThanOrEqual((sizes[4] ?? 0) * 1.02);
    expect(sizes.at(-1)).toBeGreaterThan(10);
  });

  it('a file of the release before keeps its outbox, and its inputs may go before it', () => {
    const old = mustOpen(join(folder, 'old.sqlite'), journalMigrations.slice(0, 2));
    const kept = mustOpen(join(folder, 'new.sqlite'), journalMigrations);
    createSqliteJournal(kept).commit([entry(1, { effects: [openEffect('a')] }), entry(2)]);
    for (const table of ['inputs', 'outbox']) {
      for (const row of kept.sql.prepare(`SELECT * FROM ${table}`).all()) {
        const names = Object.keys(row);
        old.sql
          .prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`)
          .run(...Object.values(row));
      }
    }
    old.sql.exec(
      `INSERT INTO snapshots (seq, format, body, digest) VALUES (1, 1, '{"at":77}', 'x'), (2, 1, '{', 'x')`,
    );
    old.close();
    kept.close();
    const upgraded = mustOpen(join(folder, 'old.sqlite'), journalMigrations);
    expect(createSqliteOutbox(upgraded).row(openEffect('a').key)?.state).toBe('pending');
    expect(upgraded.sql.prepare('SELECT at FROM snapshots ORDER BY seq').all()).toEqual([
      { at: 77 },
      { at: null },
    ]);
    expect(() => upgraded.sql.exec('DELETE FROM inputs WHERE seq = 1')).not.toThrow();
    upgraded.close();
  });
});

describe('the instant that ages are reckoned from', () => {
  const reckon = (now: number, stepMs: number) => {
    const reckoned = journal.reckonFrom(instant(now), stepMs);
    if (!reckoned.ok) throw new Error(reckoned.failure.message);
    return reckoned.value;
  };

  it('is unknown of an empty journal, then begins with the oldest thing there is', () => {
    expect(reckon(onDay(5), day)).toBeUndefined();
    days(3, [2, 3]);
    expect(reckon(onDay(900), day)).toBe(onDay(2));
  });

  it('follows the clock by its steps, survives a restart, and never runs back', () => {
    days(3, [2, 3]);
    expect(reckon(onDay(3), day)).toBe(onDay(2));
    expect(reckon(onDay(3), 2 * day)).toBe(onDay(3));
    expect(reckon(plus(onDay(3), 5_000 * day), 1_000)).toBe(plus(onDay(3), 1_000));
    database.close();
    open();
    expect(reckon(onDay(1), day)).toBe(plus(onDay(3), 1_000));
    expect(reckon(onDay(4), day)).toBe(onDay(4));
  });
});
