// What is no customer's outage, on real processes and a real network at default settings: a restarted, killed or cut-off
// server, a blip, a bad link, a killed agent open nothing, or nothing critical; what is real beside them opens once.
import { beforeAll, describe, test } from 'vitest';
import { requireLab } from './lab-allowed.ts';
import type { Expected } from './ledger.ts';
import { critical, openStand, settleMs, withinMs } from './stand.ts';
import { until } from './until.ts';

const vivoDown = critical('link-down aurora/matriz vivo', 15_000);
const claroDown = critical('link-down aurora/matriz claro', 15_000);
const erpAgentLost: Expected = {
  label: 'agent-lost aurora/matriz srv-erp',
  priority: 'standard',
  ticket: 'either',
  goalMs: 30_000,
};
const ownOutage: Expected = { label: 'own-outage', priority: 'critical', ticket: 'own', goalMs: 30_000 };

describe.skipIf(!requireLab())('lab: no outage', () => {
  const stand = openStand();

  describe('what is no outage', () => {
    beforeAll(() => stand.renew());

    test('a server restart opens nothing', async () => {
      await stand.lab.killServer();
      await stand.lab.startServer();
      await stand.lab.settled(settleMs);
      await stand.ledger.quiet('server restart', 2_000);
    });

    test('a blip of 3 s on the primary opens no ticket', async () => {
      const blip = stand.lab.faults.blackHole('a');
      await stand.ledger.quiet('blip', 3_000);
      await blip.heal();
      await stand.lab.settled(settleMs);
      await stand.ledger.quiet('blip', 12_000);
    });

    test('20 % loss on the primary and 400 ms more on the backup for 30 s are no link down', async () => {
      const loss = stand.lab.faults.loss('a', 20);
      const latency = await stand.lab.faults.latencyOnB(400);
      await stand.ledger.quiet('loss and latency', 30_000);
      await loss.heal();
      await latency.heal();
      await stand.lab.settled(settleMs);
    });

    test('a killed agent on a living host is no critical ticket', async () => {
      const faultAt = Date.now();
      await stand.lab.agent('h12').end('SIGKILL');
      await stand.ledger.expect('agent killed', { faultAt, expected: [erpAgentLost], withinMs });
      await stand.ledger.quiet('agent killed', 10_000);
      stand.lab.restartAgent('h12');
      await stand.lab.settled(settleMs);
    });

    test('and a primary without carrier still is one critical ticket there', async () => {
      const fault = stand.lab.faults.carrierDown('a');
      await stand.ledger.expect('carrier down', { faultAt: fault.at, expected: [vivoDown], withinMs });
      await stand.ledger.quiet('carrier down', 10_000);
      await fault.heal();
      await stand.lab.settled(settleMs);
      await stand.ledger.quiet('carrier down, after', 5_000);
    });
  });

  describe('the server itself', () => {
    beforeAll(() => stand.renew());

    test('killed twice in the middle of an outage it opens exactly one ticket', async () => {
      const fault = stand.lab.faults.carrierDown('b');
      await stand.ledger.quiet('server killed', 4_000);
      await stand.lab.killServer();
      await stand.lab.startServer();
      await until('the incident is open', withinMs, async () => (await stand.lab.api.incidents()).length > 0);
      await stand.lab.killServer();
      await stand.lab.startServer();
      await stand.ledger.expect('server killed', { faultAt: fault.at, expected: [claroDown], withinMs });
      await stand.ledger.quiet('server killed', 10_000);
      await fault.heal();
      await stand.lab.settled(settleMs);
    });

    test('without its own uplink for a minute it says so and opens no customer ticket', async () => {
      const fault = stand.lab.faults.nocCut();
      await stand.ledger.expect('NOC cut', { faultAt: fault.at, expected: [ownOutage], withinMs });
      const left = fault.at + 60_000 - Date.now();
      await stand.ledger.quiet('NOC cut', Math.max(1_000, left));
      await fault.heal();
      await stand.lab.settled(settleMs);
      await stand.ledger.quiet('NOC cut, after', 10_000);
    });
  });
});
