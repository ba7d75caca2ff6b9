// Runs the contract of the notice store on every adapter of that port.
import { createMemoryNoticeStore } from '../../server/adapters/memory/notices.ts';
import { createSqliteNoticeStore, noticeMigrations } from '../../server/adapters/sqlite/notices.ts';
import { noticeStoreContract } from './notice-store.contract.ts';
import { keptFile, keptValue } from './stores.ts';

noticeStoreContract('memory', () => keptValue(createMemoryNoticeStore()));
noticeStoreContract('sqlite', () => keptFile('notices.sqlite', noticeMigrations, createSqliteNoticeStore));
