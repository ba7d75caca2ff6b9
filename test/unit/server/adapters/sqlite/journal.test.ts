// What only the SQLite journal has to fear: damage on the disk.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../../../server/adapters/sqlite/database.ts';
import { createSqliteJournal } from '../../../../../server/adapters/sqlite/journal.ts';
import { journalMigrations } from '../../../../../server/adapters/sqlite/journal-schema.ts';
import { createSqliteOutbox } from '../../../../../server/adapters/sqlite/outbox.ts';
import { seal } from '../../../../../server/adapters/sqlite/sealed-json.ts';
import { initialState } from '../../../../../server/core/evolve.ts';
import type { Journal } from '../../../../../server/ports/journal.ts';
import { day, instant } from '../../../../../shared/time.ts';
import { entry, incident, openEffect } from '../../../../contract/samples.ts';
import { mustOpen } from '../../../../contract/stores.ts';

describe('the journal on SQLite', () => {
  let database: Database;
  let journal: Journal;

  beforeEach(() => {
    database = mustOpen(':memory:', journalMigrations);
    journal = createSqliteJournal(database);
    journal.commit([1, 2, 3, 4, 5].map((seq) => entry(seq)));
    for (let seq = 1; seq <= 5; seq += 1) journal.saveSnapshot({ seq, state: { ...initialState(), seq } });
  });
  afterEach(() => database.close());

  const snapshotSeqs = () => database.sql.prepare('SELECT seq FROM snapshots ORDER BY seq').all();

  it('keeps the last three snapshots, the oldest, and between them one a week', () => {
    expect(snapshotSeqs()).toEqual([{ seq: 1 }, { seq: 3 }, { seq: 4 }, { seq: 5 }]);
    for (let seq = 6; seq <= 40; seq += 1) {
      const state = { ...initialState(), seq, at: instant((seq - 5) * day) };
      journal.saveSnapshot({ seq, state });
    }
    const seqs = snapshotSeqs().map((row) => row.seq);
    expect(seqs).toEqual([1, 12, 19, 26, 33, 38, 39, 40]);
  });

  it('falls back to the snapshot before a damaged one', () => {
    database.sql.exec('UPDATE snapshots SET body = replace(body, \'"seq":5\', \'"seq":6\') WHERE seq = 5');
    expect(journal.latestSnapshot()?.seq).toBe(4);
    database.sql.exec('UPDATE snapshots SET body = substr(body, 1, 20) WHERE seq = 4');
    expect(journal.latestSnapshot()?.state.seq).toBe(3);
  });

  it('passes over a snapshot of a format it does not know', () => {
    database.sql.exec('UPDATE snapshots SET format = 2 WHERE seq = 5');
    expect(journal.latestSnapshot()?.seq).toBe(4);
  });

  it('has no snapshot when all are damaged, and the whole journal to replay', () => {
    database.sql.exec("UPDATE snapshots SET digest = 'x'");
    expect(journal.latestSnapshot()).toBeUndefined();
    expect([...journal.read(0)]).toHaveLength(5);
  });

  it('stops at a damaged input instead of leaving it out', () => {
    database.sql.exec(
      "UPDATE inputs SET body = replace(body, 'time.advanced', 'time.advancee') WHERE seq = 3",
    );
    const seen: number[] = [];
    expect(() => {
      for (const { input } of journal.read(0)) seen.push(input.seq);
    }).toThrow('input 3 in the store is damaged');
    expect(seen).toEqual([1, 2]);
  });

  it('stops at an input of a format it does not know', () => {
    database.sql.exec('UPDATE inputs SET format = 2 WHERE seq = 4');
    expect(() => [...journal.read(0)]).toThrow('input 4 has format 2');
  });

  it('finds and lists tickets that were kept before tickets had columns of their own', () => {
    const old = mustOpen(':memory:', journalMigrations.slice(0, 1));
    const told = {
      state: 'registered',
      effect: openEffect('a').key,
      desk: 'local',
      protocol: 'P-1',
    } as const;
    const insert = old.sql.prepare(`
      INSERT INTO incidents (id, cause_key, state, retro, kind, detected_at, body, digest)
      VALUES (?, ?, 'closed', 0, 'link-down', ?, ?, ?)`);
    for (const one of [incident('a', { ticket: told }), incident('b')]) {
      const { body, digest } = seal(one);
      insert.run(one.id, one.causeKey, one.detectedAt, body, digest);
    }
    for (const step of journalMigrations.slice(1)) old.sql.exec(step);
    const upgraded = createSqliteJournal(old);
    expect(upgraded.incidentByProtocol('P-1')?.id).toBe('a');
    expect(upgraded.incidents({ limit: 10, withTicket: true }).map(({ id }) => id)).toEqual(['a']);
    expect(upgraded.incidents({ limit: 10 })).toHaveLength(2);
    old.close();
  });

  it('looks tickets up by index, not by reading every incident', () => {
    const plan = (query: string) =>
      database.sql.prepare(`EXPLAIN QUERY PLAN SELECT body, digest FROM incidents ${query}`).all();
    const order = 'ORDER BY detected_at DESC, id DESC LIMIT 10';
    const details = (query: string) => plan(query).map(({ detail }) => detail);
    expect(details(`WHERE protocol = 'P-1' ${order}`)).toEqual([
      'SEARCH incidents USING INDEX incidents_by_protocol (protocol=?)',
    ]);
    const [paged, ...more] = details(`WHERE ticket IS NOT NULL AND (detected_at, id) < (1, 'a') ${order}`);
    expect(paged).toMatch(/^SEARCH incidents USING INDEX incidents_with_ticket /);
    expect(more).toEqual([]);
  });

  it('does not give a damaged incident or effect for a sound one', () => {
    journal.commit([
      entry(6, {
        changes: [{ kind: 'incident.opened', incident: incident('a') }],
        effects: [openEffect('a')],
      }),
    ]);
    database.sql.exec("UPDATE incidents SET body = replace(body, 'critical', 'standard')");
    database.sql.exec("UPDATE outbox SET body = replace(body, 'critical', 'standard')");
    expect(() => journal.incident(incident('a').id)).toThrow('damaged');
    expect(() => createSqliteOutbox(database).claim(instant(1e13), 1)).toThrow('damaged');
  });
});
