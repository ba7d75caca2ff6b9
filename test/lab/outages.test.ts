// Outages on real processes and a real network at default settings: each is exactly one right ticket, nothing else opens
// one.
import { beforeAll, describe, test } from 'vitest';
import { requireLab } from './lab-allowed.ts';
import { critical, openStand, settleMs, withinMs } from './stand.ts';

const vivoDown = critical('link-down aurora/matriz vivo', 15_000);
const erpDown = critical('host-down aurora/matriz srv-erp', 15_000);
const matrizOffline = critical('site-offline aurora/matriz', 15_000);
const lojaOffline = critical('site-offline boreal/loja', 15_000);

describe.skipIf(!requireLab())('lab: outages', () => {
  const stand = openStand();

  describe('one thing lost', () => {
    beforeAll(() => stand.renew());

    test('a primary black-holed upstream is one critical ticket', async () => {
      const fault = stand.lab.faults.blackHole('a');
      await stand.ledger.expect('black hole', { faultAt: fault.at, expected: [vivoDown], withinMs });
      await stand.ledger.quiet('black hole', 10_000);
      await fault.heal();
      await stand.lab.settled(settleMs);
    });

    test('a site without power is one ticket for the site', async () => {
      const fault = await stand.lab.faults.siteGone(
        ['site2'],
        [{ host: 'h21', programs: [stand.lab.agent('h21')] }],
      );
      await stand.ledger.expect('site gone', { faultAt: fault.at, expected: [lojaOffline], withinMs });
      await stand.ledger.quiet('site gone', 10_000);
      await fault.heal();
      stand.lab.bootHost('h21');
      await stand.lab.settled(settleMs);
      await stand.ledger.quiet('site gone, after', 5_000);
    });

    test('a host without power is one ticket for the host, told by its neighbour', async () => {
      const fault = await stand.lab.faults.hostGone('h12', [stand.lab.agent('h12')]);
      await stand.ledger.expect('host gone', { faultAt: fault.at, expected: [erpDown], withinMs });
      await stand.ledger.quiet('host gone', 10_000);
      await fault.heal();
      stand.lab.bootHost('h12');
      await stand.lab.settled(settleMs);
      await stand.ledger.quiet('host gone, after', 5_000);
    });
  });

  describe('everything of a site lost', () => {
    beforeAll(() => stand.renew());

    test('both links cut are one ticket, another site lost meanwhile one too, and the return opens none', async () => {
      const faults = [stand.lab.faults.carrierDown('a'), stand.lab.faults.carrierDown('b')];
      const faultAt = Math.min(...faults.map((fault) => fault.at));
      await stand.ledger.expect('both links cut', { faultAt, expected: [matrizOffline], withinMs });
      await stand.ledger.quiet('both links cut', 5_000);

      // Another customer meanwhile: the same kind of thing at the same time, and still a ticket of its own.
      const other = await stand.lab.faults.siteGone(
        ['site2'],
        [{ host: 'h21', programs: [stand.lab.agent('h21')] }],
      );
      await stand.ledger.expect('another site too', { faultAt: other.at, expected: [lojaOffline], withinMs });
      await stand.ledger.quiet('two sites gone', 5_000);

      for (const fault of [...faults, other]) await fault.heal();
      stand.lab.bootHost('h21');
      await stand.lab.settled(settleMs);
      // Late data is history: the ledger refuses a ticket of a retro incident and counts every other.
      await stand.ledger.quiet('both links cut, after', 12_000);
    });
  });
});
