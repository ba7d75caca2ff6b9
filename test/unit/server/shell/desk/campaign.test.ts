// Twenty thousand failures at desks of every kind: no ticket twice, none lost, order kept. The table is printed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createMemoryDeskAttempts } from '../../../../../server/adapters/memory/desk-attempts.ts';
import {
  createSqliteDeskAttempts,
  deskAttemptMigrations,
} from '../../../../../server/adapters/sqlite/desk-attempts.ts';
import { second } from '../../../../../shared/time.ts';
import { mustOpen } from '../../../../contract/stores.ts';
import { complaintsOf, runWorld, type Shape, type World } from './campaign.ts';

const all = { kills: true, wrongCredential: true } as const;

const shapes: readonly Shape[] = [
  { name: 'field, immediate', capabilities: {}, ...all, strangersSeeNothing: true, restores: true },
  { name: 'field, immediate, two workers', capabilities: {}, ...all, twoWorkers: true },
  {
    name: 'marker, lags 30 s',
    capabilities: { externalId: 'marker', search: { kind: 'lagging', lagMs: 30 * second } },
    ...all,
    strangersSeeNothing: true,
    restores: true,
  },
  {
    name: 'marker, lags 5 s, two workers',
    capabilities: { externalId: 'marker', search: { kind: 'lagging', lagMs: 5 * second } },
    ...all,
    twoWorkers: true,
  },
  { name: 'field, notes unread', capabilities: { readsNotes: false }, ...all, removes: true },
  {
    name: 'field, cannot close or raise',
    capabilities: { close: false, reopen: false, raise: false },
    ...all,
  },
  {
    name: 'knows its keys, no search',
    capabilities: {
      idempotent: true,
      externalId: 'none',
      search: { kind: 'none' },
      read: false,
      readsNotes: false,
    },
    ...all,
  },
  {
    name: 'no search, held for a person',
    capabilities: { externalId: 'none', search: { kind: 'none' }, read: false, readsNotes: false },
    ...all,
  },
  {
    name: 'marker, 20 requests a minute',
    capabilities: { externalId: 'marker', rate: { requests: 20, perMs: 60 * second } },
    ...all,
    incidents: 4,
  },
];

const failuresPerShape = Math.ceil(20_000 / shapes.length);

describe('the delivery campaign', () => {
  const directory = mkdtempSync(join(tmpdir(), 'vigia-'));
  const rows: string[] = [];
  let failures = 0;
  afterAll(() => {
    rmSync(directory, { recursive: true });
    console.log([`${failures} failures injected`, ...rows].join('\n'));
  });

  it.each(shapes)('$name: one record of each incident, nothing lost, order kept', async (shape) => {
    const worlds: World[] = [];
    let done = 0;
    for (let seed = 1; done < failuresPerShape; seed += 1) {
      const file = join(directory, `${shapes.indexOf(shape)}-${seed}.sqlite`);
      // Every tenth world on the real file; the contract suite holds the two stores equal.
      const make =
        seed % 10 === 1
          ? () => createSqliteDeskAttempts(mustOpen(file, deskAttemptMigrations))
          : createMemoryDeskAttempts;
      const world = await runWorld(shape, seed, make);
      expect(complaintsOf(world), `${shape.name}, seed ${seed}`).toEqual([]);
      worlds.push(world);
      done += sum(world.troubles);
    }
    failures += done;
    rows.push(rowOf(shape, worlds));
  });

  it('sees a double where a delivery sends again what it cannot look for', async () => {
    const shape: Shape = {
      name: 'no search, sent again',
      capabilities: { externalId: 'none', search: { kind: 'none' }, read: false, readsNotes: false },
      kills: true,
      onUncertain: 'retry',
    };
    const complaints: string[] = [];
    for (let seed = 1; seed <= 10; seed += 1)
      complaints.push(...complaintsOf(await runWorld(shape, seed, createMemoryDeskAttempts)));
    expect(complaints).toContainEqual(expect.stringMatching(/: [2-9] open records$/));
  });
});

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, each) => total + each, 0);
}

function rowOf(shape: Shape, worlds: readonly World[]): string {
  const total = (of: (world: World) => Readonly<Record<string, number>>): string => {
    const added: Record<string, number> = {};
    for (const world of worlds) {
      for (const [name, value] of Object.entries(of(world))) added[name] = (added[name] ?? 0) + value;
    }
    return Object.entries(added)
      .filter(([, value]) => value > 0)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name} ${value}`)
      .join(', ');
  };
  const tickets = worlds.reduce(
    (count, { effects }) => count + new Set(effects.map(({ incident }) => incident)).size,
    0,
  );
  return `${shape.name}: ${worlds.length} worlds, ${tickets} tickets, 0 double, 0 lost\n    done to it: ${total(({ troubles }) => troubles)}\n    counted: ${total(({ counts }) => counts)}`;
}
