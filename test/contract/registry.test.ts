// Runs the registry contract on every adapter of that port.
import { createMemoryRegistry } from '../../server/adapters/memory/registry.ts';
import { createSqliteRegistry, registryMigrations } from '../../server/adapters/sqlite/registry.ts';
import { registryContract } from './registry.contract.ts';
import { keptFile, keptValue } from './stores.ts';

registryContract('memory', () => keptValue(createMemoryRegistry()));
registryContract('sqlite', () => keptFile('registry.sqlite', registryMigrations, createSqliteRegistry));
