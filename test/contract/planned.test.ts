// Runs the contract of planned work on every adapter of that port.
import { createMemoryPlannedStore } from '../../server/adapters/memory/planned.ts';
import { createSqlitePlannedStore, plannedMigrations } from '../../server/adapters/sqlite/planned.ts';
import { plannedContract } from './planned.contract.ts';
import { keptFile, keptValue } from './stores.ts';

plannedContract('memory', () => keptValue(createMemoryPlannedStore()));
plannedContract('sqlite', () => keptFile('planned.sqlite', plannedMigrations, createSqlitePlannedStore));
