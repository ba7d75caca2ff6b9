// Opens everything that one server keeps in its data directory, in the order in which it is safe: lock first.
// Used by `app.ts` only. Must leave nothing open and nothing locked when one of the files refuses.
import { join } from 'node:path';
import { ok, type Result } from '../../../shared/result.ts';
import type { Journal, Outbox } from '../../ports/journal.ts';
import type { JournalRetention } from '../../ports/journal-retention.ts';
import type { PeopleStore } from '../../ports/people.ts';
import type { PlannedStore } from '../../ports/planned.ts';
import type { Registry } from '../../ports/registry.ts';
import type { Series } from '../../ports/series.ts';
import { type Database, openDatabase } from './database.ts';
import { lockDirectory } from './directory-lock.ts';
import { createSqliteJournal } from './journal.ts';
import { journalMigrations } from './journal-schema.ts';
import { createSqliteOutbox } from './outbox.ts';
import { createSqlitePeopleStore, peopleMigrations } from './people.ts';
import { createSqlitePlannedStore, plannedMigrations } from './planned.ts';
import { createSqliteRegistry, registryMigrations } from './registry.ts';
import { createSqliteSeries, seriesMigrations } from './series.ts';

export interface Stores {
  readonly journal: Journal & JournalRetention;
  readonly outbox: Outbox;
  readonly registry: Registry;
  readonly series: Series;
  readonly planned: PlannedStore;
  readonly people: PeopleStore;
  /** Closes all and gives the directory free. Again does nothing. */
  close(): void;
}

/** Failures: `conflict` (directory in use, file of a newer release), `storage.failed`. The message names the path. */
export function openStores(directory: string): Result<Stores> {
  const lock = lockDirectory(directory);
  if (!lock.ok) return lock;
  const opened: Database[] = [];
  const close = (): void => {
    for (const database of opened) database.close();
    lock.value.release();
  };
  const open = (file: string, migrations: readonly string[]): Result<Database> => {
    const database = openDatabase({ path: join(directory, file), migrations });
    if (database.ok) opened.push(database.value);
    else close();
    return database;
  };
  const journal = open('journal.sqlite', journalMigrations);
  if (!journal.ok) return journal;
  const registry = open('registry.sqlite', registryMigrations);
  if (!registry.ok) return registry;
  const series = open('series.sqlite', seriesMigrations);
  if (!series.ok) return series;
  const planned = open('planned.sqlite', plannedMigrations);
  if (!planned.ok) return planned;
  const people = open('people.sqlite', peopleMigrations);
  if (!people.ok) return people;
  return ok({
    journal: createSqliteJournal(journal.value),
    outbox: createSqliteOutbox(journal.value),
    registry: createSqliteRegistry(registry.value),
    series: createSqliteSeries(series.value),
    planned: createSqlitePlannedStore(planned.value),
    people: createSqlitePeopleStore(people.value),
    close,
  });
}
