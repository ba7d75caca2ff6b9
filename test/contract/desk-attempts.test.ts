// Runs the contract of attempts at a desk on every adapter of that port.
import { createMemoryDeskAttempts } from '../../server/adapters/memory/desk-attempts.ts';
import {
  createSqliteDeskAttempts,
  deskAttemptMigrations,
} from '../../server/adapters/sqlite/desk-attempts.ts';
import { deskAttemptsContract } from './desk-attempts.contract.ts';
import { keptFile, keptValue } from './stores.ts';

deskAttemptsContract('memory', () => keptValue(createMemoryDeskAttempts()));
deskAttemptsContract('sqlite', () =>
  keptFile('deliveries.sqlite', deskAttemptMigrations, createSqliteDeskAttempts),
);
