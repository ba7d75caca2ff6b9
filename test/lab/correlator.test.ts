// What the correlator concludes beyond one site's first word, on real processes and a real network: an outage of a
// provider over two customers, a power cut that is known after the return, a hypervisor with its guests, and machines
// that said goodbye. Groups share one network; each has a server and agents of its own.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Lab } from './lab.ts';
import { requireLab } from './lab-allowed.ts';
import { type Expected, Ledger, labelOf } from './ledger.ts';
import { until } from './until.ts';

const withinMs = 60_000;
const settleMs = 90_000;

const vivoDown = critical('link-down aurora/matriz vivo');
const lojaOffline = critical('site-offline boreal/loja');
const hypervisorDown = critical('host-down aurora/matriz hv');
const erpDown = critical('host-down aurora/matriz srv-erp');
const providerOutage: Expected = {
  label: 'provider-outage',
  priority: 'critical',
  ticket: 'own',
  goalMs: 90_000,
};

describe.skipIf(!requireLab())('lab: correlator', () => {
  let lab: Lab;
  let ledger: Ledger;
  let failed = false;

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

  const causeOf = async (label: string): Promise<string | undefined> =>
    (await lab.api.incidents()).find((row) => labelOf(row) === label && !row.retro)?.cause;

  describe('at default settings', () => {
    beforeAll(async () => {
      ledger.clear();
      await lab.renew();
    });

    test('a hypervisor with three guests without power is one ticket', async () => {
      const fault = lab.faults.hypervisorGone();
      await ledger.expect('hypervisor gone', { faultAt: fault.at, expected: [hypervisorDown], withinMs });
      await ledger.quiet('hypervisor gone', 15_000);
      await fault.heal();
      await lab.settled(settleMs);
    });

    test('a site without power is told as such once its machine has booted', async () => {
      const fault = await lab.faults.siteGone(['site2'], [{ host: 'h21', programs: [lab.agent('h21')] }]);
      await ledger.expect('power', { faultAt: fault.at, expected: [lojaOffline], withinMs });
      await fault.heal();
      lab.bootHost('h21');
      await until(
        'the cause is known',
        withinMs,
        async () => (await causeOf(lojaOffline.label)) === 'power',
        () => lab.printed(),
      );
      await lab.settled(settleMs);
      await ledger.quiet('power, after', 5_000);
    });
  });

  describe('a provider', () => {
    beforeAll(async () => {
      ledger.clear();
      await lab.renew();
    });

    test('lost by two customers is one ticket for each of them and one for itself', async () => {
      const faults = [lab.faults.blackHole('a'), lab.faults.blackHole('site2')];
      const faultAt = Math.min(...faults.map((fault) => fault.at));
      await ledger.expect('provider outage', {
        faultAt,
        expected: [vivoDown, lojaOffline, providerOutage],
        withinMs: 100_000,
      });
      const incidents = await lab.api.incidents();
      const parent = incidents.find((row) => row.kind === 'provider-outage');
      const children = incidents.filter((row) => row.parent === parent?.id).map(labelOf);
      expect(children.sort()).toEqual([vivoDown.label, lojaOffline.label].sort());
      await ledger.quiet('provider outage', 5_000);
      for (const fault of faults) await fault.heal();
      await lab.settled(settleMs);
    });
  });

  describe('machines that said goodbye', () => {
    beforeAll(async () => {
      ledger.clear();
      // The deadline is learned from the return before: twice as long, without the usual two minutes on top.
      await lab.renew({ goodbyeReturnMs: 25_000, returnMinMs: 10_000, returnSlackMs: 0 });
    });

    test('a reboot that returns in time opens nothing', async () => {
      await lab.agent('h12').end('SIGTERM');
      const fault = await lab.faults.hostGone('h12', []);
      await ledger.quiet('planned reboot', 12_000);
      await fault.heal();
      lab.bootHost('h12');
      await lab.settled(settleMs);
      await ledger.quiet('planned reboot, after', 5_000);
    });

    test('one that does not return is a critical ticket at its deadline', async () => {
      const faultAt = Date.now();
      await lab.agent('h12').end('SIGTERM');
      const fault = await lab.faults.hostGone('h12', []);
      await ledger.expect('did not return', { faultAt, expected: [erpDown], withinMs: 90_000 });
      await ledger.quiet('did not return', 5_000);
      await fault.heal();
      lab.bootHost('h12');
      await lab.settled(settleMs);
    });
  });
});

function critical(label: string): Expected {
  return { label, priority: 'critical', ticket: 'one', goalMs: 15_000 };
}
