// Runs the desk contract on every adapter of that port.
import { localDeskConfigSchema } from '../../server/adapters/desks/local/config.ts';
import { createLocalDesk } from '../../server/adapters/desks/local/desk.ts';
import { localDeskMigrations } from '../../server/adapters/desks/local/schema.ts';
import { createMemoryDesk } from '../../server/adapters/memory/desk.ts';
import { deskContract } from './desk.contract.ts';
import { keptFile, keptValue } from './stores.ts';

const config = localDeskConfigSchema.parse({ kind: 'local' });

deskContract('memory', () => keptValue(createMemoryDesk()));
deskContract('local', () =>
  keptFile('desk.sqlite', localDeskMigrations, (database) => createLocalDesk({ config, database })),
);
