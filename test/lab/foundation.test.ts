// The foundation scenarios on real processes and a real network at default settings: each real outage is exactly one
// right ticket, nothing else opens one. Groups share one network; each group has a server and agents of its own.
// Scenarios inside a group build on one server's history: the ledger compares everything since that server's start.
import { afterAll, afterEach, beforeAll, describe, test } from 'vitest';
import { Lab } from './lab.ts';
import { requireLab } from './lab-allowed.ts';
import { type Expected, Ledger } from './ledger.ts';
import { until } from './until.ts';

/** Longest that a scenario waits for its ticket: the product's goals plus a busy machine's delay. */
const withinMs = 60_000;
const settleMs = 90_000;

const vivoDown = critical('link-down aurora/matriz vivo', 15_000);
const claroDown = critical('link-down aurora/matriz claro', 15_000);
const erpDown = critical('host-down aurora/matriz srv-erp', 15_000);
const matrizOffline = critical('site-offline aurora/matriz', 15_000);
const lojaOffline = critical('site-offline boreal/loja', 15_000);
const erpAgentLost: Expected = {
  label: 'agent-lost aurora/matriz srv-erp',
  priority: 'standard',
  ticket: 'either',
  goalMs: 30_000,
};
const ownOutage: Expected = { label: 'own-outage', priority: 'critical', ticket: 'own', goalMs: 30_000 };

describe.skipIf(!requireLab())('lab: foundation', () => {
  let lab: Lab;
  let ledger: Ledger;
  let failed = false;

  const renew = async (): Promise<void> => {
    ledger.clear();
    await lab.renew();
  };

  beforeAll(async () => {
    lab = await Lab.open();
    ledger = new Ledger(lab);
  });

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') failed = true;
    await lab.faults.healAll();
  });

  afterAll(() => {
    if (lab === undefined) return;
    console.log(`\nseconds after the fault:\n${ledger.table()}\n`);
    if (failed) console.log(`what the programs printed is kept in ${lab.network.folder}`);
    lab.close({ keep: failed });
  });

  describe('what is no outage', () => {
    beforeAll(renew);

    test('a server restart opens nothing', async () => {
      await lab.killServer();
      await lab.startServer();
      await lab.settled(settleMs);
      await ledger.quiet('server restart', 2_000);
    });

    test('a blip of 3 s on the primary opens no ticket', async () => {
      const blip = lab.faults.blackHole('a');
      await ledger.quiet('blip', 3_000);
      await blip.heal();
      await lab.settled(settleMs);
      await ledger.quiet('blip', 12_000);
    });

    test('20 % loss on the primary and 400 ms more on the backup for 30 s are no link down', async () => {
      const loss = lab.faults.loss('a', 20);
      const latency = await lab.faults.latencyOnB(400);
      await ledger.quiet('loss and latency', 30_000);
      await loss.heal();
      await latency.heal();
      await lab.settled(settleMs);
    });

    test('a killed agent on a living host is no critical ticket', async () => {
      const faultAt = Date.now();
      await lab.agent('h12').end('SIGKILL');
      await ledger.expect('agent killed', { faultAt, expected: [erpAgentLost], withinMs });
      await ledger.quiet('agent killed', 10_000);
      lab.restartAgent('h12');
      await lab.settled(settleMs);
    });

    test('and a primary without carrier still is one critical ticket there', async () => {
      const fault = lab.faults.carrierDown('a');
      await ledger.expect('carrier down', { faultAt: fault.at, expected: [vivoDown], withinMs });
      await ledger.quiet('carrier down', 10_000);
      await fault.heal();
      await lab.settled(settleMs);
      await ledger.quiet('carrier down, after', 5_000);
    });
  });

  describe('one thing lost', () => {
    beforeAll(renew);

    test('a primary black-holed upstream is one critical ticket', async () => {
      const fault = lab.faults.blackHole('a');
      await ledger.expect('black hole', { faultAt: fault.at, expected: [vivoDown], withinMs });
      await ledger.quiet('black hole', 10_000);
      await fault.heal();
      await lab.settled(settleMs);
    });

    test('a site without power is one ticket for the site', async () => {
      const fault = await lab.faults.siteGone(['site2'], [{ host: 'h21', programs: [lab.agent('h21')] }]);
      await ledger.expect('site gone', { faultAt: fault.at, expected: [lojaOffline], withinMs });
      await ledger.quiet('site gone', 10_000);
      await fault.heal();
      lab.bootHost('h21');
      await lab.settled(settleMs);
      await ledger.quiet('site gone, after', 5_000);
    });

    test('a host without power is one ticket for the host, told by its neighbour', async () => {
      const fault = await lab.faults.hostGone('h12', [lab.agent('h12')]);
      await ledger.expect('host gone', { faultAt: fault.at, expected: [erpDown], withinMs });
      await ledger.quiet('host gone', 10_000);
      await fault.heal();
      lab.bootHost('h12');
      await lab.settled(settleMs);
      await ledger.quiet('host gone, after', 5_000);
    });
  });

  describe('the server itself', () => {
    beforeAll(renew);

    test('killed twice in the middle of an outage it opens exactly one ticket', async () => {
      const fault = lab.faults.carrierDown('b');
      await ledger.quiet('server killed', 4_000);
      await lab.killServer();
      await lab.startServer();
      await until('the incident is open', withinMs, async () => (await lab.api.incidents()).length > 0);
      await lab.killServer();
      await lab.startServer();
      await ledger.expect('server killed', { faultAt: fault.at, expected: [claroDown], withinMs });
      await ledger.quiet('server killed', 10_000);
      await fault.heal();
      await lab.settled(settleMs);
    });

    test('without its own uplink for a minute it says so and opens no customer ticket', async () => {
      const fault = lab.faults.nocCut();
      await ledger.expect('NOC cut', { faultAt: fault.at, expected: [ownOutage], withinMs });
      const left = fault.at + 60_000 - Date.now();
      await ledger.quiet('NOC cut', Math.max(1_000, left));
      await fault.heal();
      await lab.settled(settleMs);
      await ledger.quiet('NOC cut, after', 10_000);
    });
  });

  describe('everything of a site lost', () => {
    beforeAll(renew);

    test('both links cut are one ticket, another site lost meanwhile one too, and the return opens none', async () => {
      const faults = [lab.faults.carrierDown('a'), lab.faults.carrierDown('b')];
      const faultAt = Math.min(...faults.map((fault) => fault.at));
      await ledger.expect('both links cut', { faultAt, expected: [matrizOffline], withinMs });
      await ledger.quiet('both links cut', 5_000);

      // Another customer meanwhile: the same kind of thing at the same time, and still a ticket of its own.
      const other = await lab.faults.siteGone(['site2'], [{ host: 'h21', programs: [lab.agent('h21')] }]);
      await ledger.expect('another site too', { faultAt: other.at, expected: [lojaOffline], withinMs });
      await ledger.quiet('two sites gone', 5_000);

      for (const fault of [...faults, other]) await fault.heal();
      lab.bootHost('h21');
      await lab.settled(settleMs);
      // Late data is history: the ledger refuses a ticket of a retro incident and counts every other.
      await ledger.quiet('both links cut, after', 12_000);
    });
  });
});

function critical(label: string, goalMs: number): Expected {
  return { label, priority: 'critical', ticket: 'one', goalMs };
}
