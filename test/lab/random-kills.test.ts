// `kill -9` of the agents and of the server at random points under load, 100 times each, while links and hosts change
// many times a second: every state change that a spool accepted is in the server's journal exactly once, with its own
// content, and nothing else is. Real processes, real sockets, real SQLite files; loopback, no namespaces needed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Random, seededRandom } from '../../shared/random.ts';
import { differences, readJournal } from './kills/compare.ts';
import { Fleet, type Running } from './kills/fleet.ts';
import { readLog } from './kills/spool-log.ts';

/** `VIGIA_LAB_KILLS=1000` is a night's work. */
const killsEach = Number(process.env.VIGIA_LAB_KILLS ?? 100);
const agentCount = 3;
/** Printed; set VIGIA_LAB_SEED to draw the same instants again. */
const seed = Number(process.env.VIGIA_LAB_SEED ?? Date.now() % 1_000_000_007);
const drainMs = 120_000;
/** Longest wait for an agent to send something. */
const sendWaitMs = 1_500;
/** About what commit and receipt take on two busy cores. */
const receiptMs = 12;

describe('lab: random kills', () => {
  let fleet: Fleet;
  let folder = '';
  let failed = true;

  beforeAll(async () => {
    console.log(`random kills: seed ${seed}, ${killsEach} kills of the server, ${killsEach} of agents`);
    folder = mkdtempSync(join(tmpdir(), 'vigia-kills-'));
    fleet = await Fleet.open(folder, agentCount);
  });

  afterAll(async () => {
    await fleet?.close();
    if (failed) console.log(`random kills: everything is kept in ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  });

  test('nothing that a spool accepted is lost, doubled, changed or invented', async () => {
    await fleet.close();
    const startedAt = Date.now();
    const quota: Quota = { server: killsEach, agents: killsEach };
    await Promise.all([
      killServer(fleet, seededRandom(seed), quota),
      ...fleet.agents.map((agent, index) => killAgents(fleet, agent, seededRandom(seed + 1 + index), quota)),
    ]);
    const killedAt = Date.now();
    const server = fleet.startServer();
    await fleet.serverReady(server);
    await Promise.race([drain(fleet), failsWhenEnded(server, fleet)]);
    const tickets = await fleet.tickets();
    const drainedAt = Date.now();
    await fleet.close();
    const journals = readJournal(join(fleet.path('data'), 'journal.sqlite'));
    let accepted = 0;
    let repeated = 0;
    for (const agent of fleet.agents) {
      const log = readLog(fleet.logOf(agent));
      const journaled = journals.get(fleet.idOf(agent));
      accepted += log.filter((line) => line.step === 'accepted').length;
      repeated += journaled?.repeated ?? 0;
      expect(journaled, `${agent} reached the journal`).toBeDefined();
      if (journaled !== undefined) expect(differences(log, journaled), agent).toEqual([]);
    }
    const incidents = tickets.map((ticket) => ticket.incident);
    expect(new Set(incidents).size, 'one ticket per incident').toBe(incidents.length);
    console.log(
      `random kills: ${accepted} changes accepted, each once in the journal; ${repeated} sent again after a lost receipt; ` +
        `${incidents.length} tickets; kills ${killedAt - startedAt} ms, drain ${drainedAt - killedAt} ms`,
    );
    // The load must have been one: a run with a handful of changes proves nothing.
    expect(accepted).toBeGreaterThan(killsEach * 5);
    failed = false;
  });
});

/** Kills still due. Both kinds go on until both are done, so that neither is killed without the other's load. */
interface Quota {
  server: number;
  agents: number;
}

const due = (quota: Quota): boolean => quota.server > 0 || quota.agents > 0;

/** One kill in five hits the start itself, two a server that just began to answer, two one with changes in its hands. */
async function killServer(fleet: Fleet, random: Random, quota: Quota): Promise<void> {
  while (due(quota)) {
    const server = fleet.startServer();
    const aim = random.next();
    if (aim < 0.2) await pass(random.below(700));
    else {
      await fleet.serverReady(server);
      if (aim < 0.6) await pass(random.below(400));
      else await soonAfterSending(fleet.sent(), random);
    }
    await endedByKill(server, 'server', fleet);
    quota.server -= 1;
  }
}

/** Half of the kills hit an agent whose changes have just left, the others any moment of its life. */
async function killAgents(fleet: Fleet, agent: string, random: Random, quota: Quota): Promise<void> {
  while (due(quota)) {
    const child = fleet.startAgent(agent, { seed: random.below(2 ** 31), mode: 'flap' });
    await pass(250 + random.below(3_000));
    if (random.chance(0.5)) await soonAfterSending(child.sent(), random);
    await endedByKill(child, `${agent}-child`, fleet);
    quota.agents -= 1;
  }
}

/** Between the sending and the receipt lie some milliseconds: the kill falls somewhere there. */
async function soonAfterSending(sent: Promise<void>, random: Random): Promise<void> {
  await Promise.race([sent, pass(sendWaitMs)]);
  await pass(random.below(receiptMs));
}

/** A process that ended before its kill has a bug, and that is a failure of its own. */
async function endedByKill(running: Running, name: string, fleet: Fleet): Promise<void> {
  if (!running.alive()) throw new Error(`${name} ended by itself:\n${fleet.printed(name)}`);
  await running.kill();
}

async function failsWhenEnded(server: Running, fleet: Fleet): Promise<never> {
  await server.ended;
  throw new Error(`the server ended by itself:\n${fleet.printed('server')}`);
}

/** All agents once more, with nothing failing any more, until each spool is empty. */
async function drain(fleet: Fleet): Promise<void> {
  const children = fleet.agents.map((agent) => ({
    agent,
    child: fleet.startAgent(agent, { seed, mode: 'drain' }),
  }));
  await Promise.all(
    children.map(async ({ agent, child }) => {
      const late = Symbol('late');
      const ended = await Promise.race([child.ended, pass(drainMs).then(() => late)]);
      if (ended !== 0)
        throw new Error(`${agent} did not drain: ${String(ended)}\n${fleet.printed(`${agent}-child`)}`);
    }),
  );
}

/** The drawn instant of a kill: the one place where time alone passes. */
function pass(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
