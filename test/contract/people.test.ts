// Runs the contract of people, API tokens and the audit log on every adapter of that port.
import { expect, it } from 'vitest';
import { createMemoryPeopleStore } from '../../server/adapters/memory/people.ts';
import { createSqlitePeopleStore, peopleMigrations } from '../../server/adapters/sqlite/people.ts';
import { peopleContract } from './people.contract.ts';
import { keptFile, keptValue, mustOpen } from './stores.ts';

peopleContract('memory', () => keptValue(createMemoryPeopleStore()));
peopleContract('sqlite', () => keptFile('people.sqlite', peopleMigrations, createSqlitePeopleStore));

it('sqlite refuses to change a line of the audit log and to forget that set-up was done', () => {
  const { sql, close } = mustOpen(':memory:', peopleMigrations);
  sql.exec("INSERT INTO deeds (at, by, action, object, detail, address) VALUES (1, 'a', 'b', 'c', 'd', 'e')");
  sql.exec('INSERT INTO had_people (one) VALUES (1)');
  expect(() => sql.exec("UPDATE deeds SET by = 'nobody'")).toThrow('append-only');
  expect(() => sql.exec('DELETE FROM had_people')).toThrow('once');
  close();
});
