// The stores that the contract suites run on: each port in memory and on SQLite, with a way to open it anew.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryJournal } from '../../server/adapters/memory/journal.ts';
import { createMemoryOutbox } from '../../server/adapters/memory/outbox.ts';
import { type Database, openDatabase } from '../../server/adapters/sqlite/database.ts';
import { createSqliteJournal } from '../../server/adapters/sqlite/journal.ts';
import { journalMigrations } from '../../server/adapters/sqlite/journal-schema.ts';
import { createSqliteOutbox } from '../../server/adapters/sqlite/outbox.ts';
import type { Journal, Outbox } from '../../server/ports/journal.ts';

export interface JournalStore {
  readonly journal: Journal;
  readonly outbox: Outbox;
}

/** Something that survives being closed. `open` gives what is kept; `reopen` is a restart of the process. */
export interface Kept<T> {
  open(): T;
  reopen(): T;
  remove(): void;
}

export function memoryJournalStore(): Kept<JournalStore> {
  const outbox = createMemoryOutbox();
  const store = { journal: createMemoryJournal({ outbox }), outbox };
  return {
    open: () => store,
    reopen: () => {
      outbox.releaseClaims();
      return store;
    },
    remove: () => {},
  };
}

export function sqliteJournalStore(): Kept<JournalStore> {
  return keptFile('journal.sqlite', journalMigrations, (database) => ({
    journal: createSqliteJournal(database),
    outbox: createSqliteOutbox(database),
  }));
}

/** A store on a file of its own in a new directory. */
export function keptFile<T>(
  name: string,
  migrations: readonly string[],
  create: (database: Database) => T,
): Kept<T> {
  const directory = mkdtempSync(join(tmpdir(), 'vigia-'));
  let database: Database | undefined;
  const open = (): T => {
    database = mustOpen(join(directory, name), migrations);
    return create(database);
  };
  return {
    open,
    reopen: () => {
      database?.close();
      return open();
    },
    remove: () => {
      database?.close();
      rmSync(directory, { recursive: true });
    },
  };
}

export function mustOpen(path: string, migrations: readonly string[]): Database {
  const opened = openDatabase({ path, migrations });
  if (!opened.ok) throw new Error(opened.failure.message);
  return opened.value;
}

/** A store in memory: opening it anew gives the same one. */
export function keptValue<T>(value: T): Kept<T> {
  return { open: () => value, reopen: () => value, remove: () => {} };
}
