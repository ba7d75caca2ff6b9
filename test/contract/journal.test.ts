// Runs the journal contract on every adapter of that port.
import { journalContract } from './journal.contract.ts';
import { memoryJournalStore, sqliteJournalStore } from './stores.ts';

journalContract('memory', memoryJournalStore);
journalContract('sqlite', sqliteJournalStore);
