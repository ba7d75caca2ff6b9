// The start: what a new process knows is what the one before had committed.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../../../server/adapters/sqlite/database.ts';
import { createSqliteJournal } from '../../../../../server/adapters/sqlite/journal.ts';
import { journalMigrations } from '../../../../../server/adapters/sqlite/journal-schema.ts';
import { initialState } from '../../../../../server/core/evolve.ts';
import { stateToData } from '../../../../../server/core/snapshot.ts';
import type { State } from '../../../../../server/core/state.ts';
import type { Journal } from '../../../../../server/ports/journal.ts';
import { CorrelatorLoop } from '../../../../../server/shell/runtime/correlator-loop.ts';
import { recover } from '../../../../../server/shell/runtime/recover.ts';
import { agentId } from '../../../../../shared/ids.ts';
import { at, entry, matriz, timeAdvanced } from '../../../../contract/samples.ts';
import { mustOpen } from '../../../../contract/stores.ts';
import { createManualClock } from '../../../../fakes/manual-clock.ts';
import { tinyCore } from '../../../../fakes/tiny-core.ts';

describe('recover', () => {
  let database: Database;
  let journal: Journal;

  beforeEach(() => {
    database = mustOpen(':memory:', journalMigrations);
    journal = createSqliteJournal(database);
  });
  afterEach(() => database.close());

  /** Runs a loop over `names`, saving a snapshot after each of `snapshotsAfter`; gives its last state. */
  const live = (names: readonly string[], snapshotsAfter: readonly string[] = []): State => {
    const loop = new CorrelatorLoop({
      core: tinyCore,
      journal,
      clock: createManualClock(at(0)),
      state: initialState(),
      anchorsGoodAt: () => undefined,
      wakeOutbox: () => {},
      onFatal: () => {},
      schedule: () => {},
    });
    void loop.start(timeAdvanced());
    for (const name of names) {
      loop.offer({ kind: 'agent.enrolled', at: at(1), agent: agentId(name), site: matriz, host: name });
      loop.drain();
      const state = loop.state();
      if (snapshotsAfter.includes(name)) journal.saveSnapshot({ seq: state.seq, state });
    }
    return loop.state();
  };

  it('begins with nothing in a new directory', () => {
    expect(recover(journal)).toEqual({ state: initialState(), fromSeq: 0, replayed: 0 });
  });

  it('gives the same state from the journal alone as from a snapshot and what came after it', () => {
    const before = stateToData(live(['a', 'b', 'c', 'd'], ['b']));
    const fromSnapshot = recover(journal);
    expect(fromSnapshot).toMatchObject({ fromSeq: 3, replayed: 2 });
    expect(stateToData(fromSnapshot.state)).toEqual(before);
    database.sql.exec('DELETE FROM snapshots');
    const fromJournal = recover(journal);
    expect(fromJournal).toMatchObject({ fromSeq: 0, replayed: 5 });
    expect(stateToData(fromJournal.state)).toEqual(before);
  });

  it('gives the same state when the newest snapshot is damaged', () => {
    const before = stateToData(live(['a', 'b', 'c', 'd'], ['a', 'c']));
    database.sql.exec("UPDATE snapshots SET body = replace(body, 'open', 'shut') WHERE seq = 4");
    const recovered = recover(journal);
    expect(recovered).toMatchObject({ fromSeq: 2, replayed: 3 });
    expect(stateToData(recovered.state)).toEqual(before);
  });

  it('re-applies and never decides', () => {
    live(['a', 'b']);
    const evolveOnly = { evolve: tinyCore.evolve };
    expect(recover(journal, evolveOnly).state.incidents.size).toBe(2);
  });

  it('does not start over a hole in the journal', () => {
    live(['a', 'b', 'c']);
    database.sql.exec('DELETE FROM outbox; DELETE FROM inputs WHERE seq = 3');
    expect(() => recover(journal)).toThrow('input 3 is in the journal');
  });

  it('goes on numbering where the journal ended', () => {
    live(['a']);
    journal.commit([entry(3)]);
    expect(recover(journal).state.seq).toBe(3);
  });
});
