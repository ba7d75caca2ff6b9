// Runs the contract of the desk's events on every adapter of that port.
import { createMemoryDeskEvents } from '../../server/adapters/memory/desk-events.ts';
import { createSqliteDeskEvents, deskEventMigrations } from '../../server/adapters/sqlite/desk-events.ts';
import { deskEventsContract } from './desk-events.contract.ts';
import { keptFile, keptValue } from './stores.ts';

deskEventsContract('memory', () => keptValue(createMemoryDeskEvents()));
deskEventsContract('sqlite', () =>
  keptFile('desk-events.sqlite', deskEventMigrations, createSqliteDeskEvents),
);
