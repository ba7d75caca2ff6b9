// kill -9 between every two steps: nothing receipted is lost, nothing is doubled, each outage has one ticket.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localDeskConfigSchema } from '../../../../../server/adapters/desks/local/config.ts';
import { createLocalDesk } from '../../../../../server/adapters/desks/local/desk.ts';
import { localDeskMigrations } from '../../../../../server/adapters/desks/local/schema.ts';
import { openStores, type Stores } from '../../../../../server/adapters/sqlite/stores.ts';
import { stateToData } from '../../../../../server/core/snapshot.ts';
import { recover } from '../../../../../server/shell/runtime/recover.ts';
import { mustOpen } from '../../../../contract/stores.ts';
import { tinyCore } from '../../../../fakes/tiny-core.ts';
import { crashNames, crashPoints } from './crash-points.ts';

const program = fileURLToPath(new URL('./crash-child.ts', import.meta.url));

describe('a correlator killed with SIGKILL', () => {
  let parent: string;
  beforeAll(() => {
    parent = mkdtempSync(join(tmpdir(), 'vigia-crash-'));
  });
  afterAll(() => rmSync(parent, { recursive: true }));

  for (const point of crashPoints) {
    it.concurrent(`${point}: loses and doubles nothing`, { timeout: 60_000 }, async () => {
      const directory = join(parent, point);
      const receiptsFile = join(parent, `${point}.receipts`);
      expect(await run([directory, receiptsFile, point])).toEqual({ signal: 'SIGKILL', code: null });

      const receipted = receipts(receiptsFile);
      withStores(directory, (stores) => {
        expect(enrolments(stores)).toEqual(expect.arrayContaining(receipted));
      });

      expect(await run([directory, receiptsFile, 'nowhere'])).toEqual({ signal: null, code: 0 });
      expect(receipts(receiptsFile).sort()).toEqual(crashNames);
      withStores(directory, (stores) => expectOneTicketEach(directory, stores));
    });
  }
});

function expectOneTicketEach(directory: string, stores: Stores): void {
  expect(enrolments(stores).sort()).toEqual(crashNames);
  expect(stores.outbox.backlog().waiting).toBe(0);

  const database = mustOpen(join(directory, 'desk.sqlite'), localDeskMigrations);
  const config = localDeskConfigSchema.parse({ kind: 'local' });
  const tickets = createLocalDesk({ config, database }).tickets();
  database.close();
  expect(tickets.map(({ title }) => title).sort()).toEqual(crashNames);
  for (const { notes } of tickets) expect(notes).toHaveLength(1);

  const incidents = stores.journal.incidents({ limit: 100 });
  const known = incidents.map(({ id, ticket }) => `${id} ${ticket?.protocol}`);
  expect(known.sort()).toEqual(tickets.map(({ incident, protocol }) => `${incident} ${protocol}`).sort());

  const recovered = recover(stores.journal, tinyCore);
  const replayed = recover({ ...stores.journal, latestSnapshot: () => undefined }, tinyCore);
  expect(stateToData(recovered.state)).toEqual(stateToData(replayed.state));
}

/** Agents whose enrolment opened something, once per opening. */
function enrolments({ journal }: Stores): string[] {
  return [...journal.read(0)].flatMap(({ input: { input }, changes }) =>
    input.kind === 'agent.enrolled' && changes.length > 0 ? [input.agent] : [],
  );
}

function receipts(file: string): string[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8').split('\n').filter(Boolean);
}

function withStores(directory: string, look: (stores: Stores) => void): void {
  const opened = openStores(directory);
  if (!opened.ok) throw new Error(opened.failure.message);
  try {
    look(opened.value);
  } finally {
    opened.value.close();
  }
}

/** The program's own words go to this process's stderr, so that a failing child explains itself. */
function run(args: readonly string[]): Promise<{ signal: string | null; code: number | null }> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
}
