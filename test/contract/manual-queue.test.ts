// Runs the contract of the manual queue on every adapter of that port.
import { createMemoryManualQueue } from '../../server/adapters/memory/manual-queue.ts';
import { createSqliteManualQueue, manualQueueMigrations } from '../../server/adapters/sqlite/manual-queue.ts';
import { manualQueueContract } from './manual-queue.contract.ts';
import { keptFile, keptValue } from './stores.ts';

manualQueueContract('memory', () => keptValue(createMemoryManualQueue()));
manualQueueContract('sqlite', () =>
  keptFile('manual.sqlite', manualQueueMigrations, createSqliteManualQueue),
);
