// Runs the outbox contract on every adapter of that port.
import { outboxContract } from './outbox.contract.ts';
import { memoryJournalStore, sqliteJournalStore } from './stores.ts';

outboxContract('memory', memoryJournalStore);
outboxContract('sqlite', sqliteJournalStore);
