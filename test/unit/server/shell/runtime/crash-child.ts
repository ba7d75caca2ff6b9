// Started by `crash.test.ts` as a process: a whole correlator on real files that kills itself, as `kill -9` would,
// when it passes a given point. Arguments: <directory> <receipts file> <point>. Without a crash it ends with 0.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { localDeskConfigSchema } from '../../../../../server/adapters/desks/local/config.ts';
import { createLocalDesk } from '../../../../../server/adapters/desks/local/desk.ts';
import { localDeskMigrations } from '../../../../../server/adapters/desks/local/schema.ts';
import { openDatabase } from '../../../../../server/adapters/sqlite/database.ts';
import { openStores } from '../../../../../server/adapters/sqlite/stores.ts';
import { defaultPolicy } from '../../../../../server/core/policy.ts';
import type { Desk } from '../../../../../server/ports/desk.ts';
import type { Journal, JournalEntry, Outbox } from '../../../../../server/ports/journal.ts';
import { createSystemClock } from '../../../../../server/shell/runtime/clock.ts';
import { recover } from '../../../../../server/shell/runtime/recover.ts';
import { createRuntime } from '../../../../../server/shell/runtime/runtime.ts';
import { agentId } from '../../../../../shared/ids.ts';
import { seededRandom } from '../../../../../shared/random.ts';
import { matriz } from '../../../../contract/samples.ts';
import { tinyCore } from '../../../../fakes/tiny-core.ts';
import { type CrashPoint, crashNames } from './crash-points.ts';

const [directory = '', receiptsFile = '', crashAt = ''] = process.argv.slice(2);

function pass(point: CrashPoint): void {
  if (point !== crashAt) return;
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** Dies in the middle of the transaction: when the last entry's effects are read, its input is written already. */
function trapped(entries: readonly JournalEntry[]): readonly JournalEntry[] {
  const last = entries.at(-1);
  if (last === undefined) return entries;
  const trap = Object.defineProperty({ ...last }, 'effects', {
    get: () => {
      pass('inside-commit');
      return last.effects;
    },
  });
  return [...entries.slice(0, -1), trap];
}

function trappedJournal(journal: Journal): Journal {
  return {
    ...journal,
    commit: (entries) => {
      const isNews = entries.some(({ effects }) => effects.length > 0);
      const isAnswer = entries.some(({ input }) => input.input.kind === 'ticket.reported');
      if (isNews) pass('before-commit');
      if (isAnswer) pass('before-report');
      journal.commit(isNews ? trapped(entries) : entries);
      if (isNews) pass('after-commit');
      if (isAnswer) pass('after-report');
    },
    saveSnapshot: (snapshot) => {
      pass('before-snapshot');
      journal.saveSnapshot(snapshot);
      pass('after-snapshot');
    },
  };
}

function trappedDesk(desk: Desk): Desk {
  return {
    ...desk,
    perform: async (effect) => {
      pass('before-perform');
      const answer = await desk.perform(effect);
      pass(effect.kind === 'ticket.note' ? 'after-note' : 'after-perform');
      return answer;
    },
  };
}

function trappedOutbox(outbox: Outbox): Outbox {
  return {
    ...outbox,
    done: (key, at, protocol) => {
      pass('before-done');
      outbox.done(key, at, protocol);
      pass('after-done');
    },
  };
}

async function main(): Promise<void> {
  const stores = openStores(directory);
  const database = openDatabase({ path: join(directory, 'desk.sqlite'), migrations: localDeskMigrations });
  if (!stores.ok || !database.ok) throw new Error('the stores cannot be opened');
  const { journal, outbox } = stores.value;
  const config = localDeskConfigSchema.parse({ kind: 'local' });
  const { state } = recover(journal, tinyCore);
  const clock = createSystemClock({ notBefore: state.at });
  const runtime = createRuntime({
    journal: trappedJournal(journal),
    outbox: trappedOutbox(outbox),
    desk: trappedDesk(createLocalDesk({ config, database: database.value })),
    clock,
    random: seededRandom(1),
    state,
    release: 'crash',
    policy: defaultPolicy,
    anchorsGoodAt: () => undefined,
    core: tinyCore,
    onFatal: (error) => {
      console.error(error);
      process.exit(1);
    },
  });
  await runtime.start();
  // Like agents' spools: what was not receipted is sent again.
  const receipted = new Set(existsSync(receiptsFile) ? readFileSync(receiptsFile, 'utf8').split('\n') : []);
  await Promise.all(
    crashNames
      .filter((name) => !receipted.has(name))
      .map(async (name) => {
        const agent = agentId(name);
        await runtime.correlator.submit({
          kind: 'agent.enrolled',
          at: clock.now(),
          agent,
          site: matriz,
          host: name,
        });
        appendFileSync(receiptsFile, `${name}\n`);
        pass('after-receipt');
      }),
  );
  while (outbox.backlog().waiting > 0) await new Promise((resolve) => setTimeout(resolve, 2));
  await runtime.stop();
  database.value.close();
  stores.value.close();
}

await main();
