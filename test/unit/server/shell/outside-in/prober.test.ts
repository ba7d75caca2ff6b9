// The prober of the customers' public addresses, over a network and a clock of the test's own.
import { describe, expect, it } from 'vitest';
import { addressProbing } from '../../../../../server/core/liveness/judge-address.ts';
import type { Topology } from '../../../../../server/core/topology.ts';
import { createGatewayCounters } from '../../../../../server/shell/gateway/counters.ts';
import { createNewsQueue } from '../../../../../server/shell/gateway/news-queue.ts';
import { OutsideInProber } from '../../../../../server/shell/outside-in/prober.ts';
import { siteId } from '../../../../../shared/ids.ts';
import { instant } from '../../../../../shared/time.ts';
import { matriz, site, topologyOf } from '../../../../fakes/agent-side.ts';
import { createFakeCorrelator } from '../../../../fakes/fake-correlator.ts';
import { createFakeWire } from '../../../../fakes/fake-wire.ts';
import { createManualClock } from '../../../../fakes/manual-clock.ts';

const vivo = '198.51.100.10';
const round = addressProbing.roundMs;

interface Bench {
  readonly topology?: Topology;
  readonly icmp?: boolean;
  readonly concurrencyMax?: number;
  /** What the core remembers of vivo's address. */
  readonly remembered?: { readonly answers: boolean; readonly everAnswered: boolean };
}

function probing(options: Bench = {}) {
  const clock = createManualClock();
  const began = clock.now();
  const correlator = createFakeCorrelator();
  correlator.adopt(options.topology ?? topologyOf([site()]));
  if (options.remembered !== undefined) {
    const addresses = [{ link: 'vivo', since: instant(0), ...options.remembered }];
    correlator.setSite({ id: matriz, agents: [], incidents: [], past: [], links: [], hosts: [], addresses });
  }
  const wire = createFakeWire(clock, { icmp: options.icmp });
  const counters = createGatewayCounters();
  const news = createNewsQueue({ correlator, clock, counters });
  const start = () =>
    new OutsideInProber({ correlator, news, clock, counters, wire, concurrencyMax: options.concurrencyMax });
  const told = () =>
    correlator
      .inputsOf('address.measured')
      .map((input) => [input.link, input.answers, input.since - began, input.at - began]);
  const sentAt = (how: 'icmp' | number) =>
    wire.probes.filter((probe) => probe.how === how).map((probe) => probe.atMs - began);
  return { clock, correlator, wire, counters, start, told, sentAt };
}

/** `count` sites with one link each. */
function manySites(count: number): Topology {
  return topologyOf(
    Array.from({ length: count }, (_, n) =>
      site({
        id: siteId('aurora', `s${n}`),
        key: `s${n}`,
        links: [
          {
            key: 'vivo',
            name: 'Vivo',
            provider: 'vivo',
            role: 'primary',
            publicAddress: `10.0.${n >> 8}.${n & 255}`,
          },
        ],
      }),
    ),
  );
}

describe('the outside-in prober', () => {
  it('asks each address every four seconds and tells its first answer', async () => {
    const { clock, wire, start, told, sentAt } = probing();
    wire.set(vivo, 'answered', 'icmp');
    start();
    await clock.advanceAsync(16_000);
    expect(told()).toEqual([['vivo', true, 0, 20]]);
    expect(sentAt('icmp')).toEqual([0, 4_000, 8_000, 12_000, 16_000]);
  });

  it('tells silence after the first loss and three lost probes a second apart, within four seconds of it', async () => {
    const { clock, wire, start, told, sentAt } = probing();
    wire.set(vivo, 'answered', 'icmp');
    start();
    await clock.advanceAsync(round + 1_000);
    wire.set(vivo, 'lost', 'icmp');
    await clock.advanceAsync(2 * round + 3_000);
    const lost = 2 * round;
    expect(told().slice(1)).toEqual([['vivo', false, lost, lost + 4_000]]);
    const burst = [lost, lost + 1_000, lost + 2_000, lost + 3_000];
    expect(sentAt('icmp')).toEqual([0, round, ...burst, lost + 3_000 + round]);
    wire.set(vivo, 'answered', 'icmp');
    await clock.advanceAsync(round);
    const back = lost + 3_000 + 2 * round;
    expect(told().slice(2)).toEqual([['vivo', true, back, back + 20]]);
  });

  it('does not try TCP on an address that ever answered ICMP', async () => {
    const { clock, wire, start } = probing();
    wire.set(vivo, 'answered', 'icmp');
    start();
    await clock.advanceAsync(1_000);
    wire.set(vivo, 'lost');
    wire.set(vivo, 'lost', 'icmp');
    const before = wire.probes.length;
    await clock.advanceAsync(300_000);
    expect(new Set(wire.probes.slice(before).map((probe) => probe.how))).toEqual(new Set(['icmp']));
  });

  it('finds an address that answers only TCP, and asks it once a minute from then on', async () => {
    const { clock, wire, start, told, sentAt } = probing();
    // A router that refuses is there all the same.
    wire.set(vivo, 'refused', 7547);
    start();
    await clock.advanceAsync(119_000);
    // The ping's own second passes first: what answers pings must never look like a TCP address.
    expect(told()).toEqual([['vivo', true, 0, 1_020]]);
    expect(sentAt(7547)).toEqual([1_000, 61_000]);
    expect(sentAt(443)).toEqual([1_000, 61_000]);
    wire.set(vivo, 'lost', 7547);
    await clock.advanceAsync(10_000);
    expect(told().slice(1)).toEqual([['vivo', false, 120_000, 128_000]]);
  });

  it('keeps an address that answers pings at full pace although its refused connection would be there sooner', async () => {
    const { clock, wire, start, sentAt } = probing();
    wire.set(vivo, 'refused', 443);
    wire.set(vivo, 'answered', 'icmp');
    start();
    await clock.advanceAsync(2 * round + 1_000);
    expect(sentAt('icmp')).toEqual([0, round, 2 * round]);
    expect(sentAt(443)).toEqual([]);
  });

  it('asks an address that never answered anything only once a minute', async () => {
    const { clock, start, told, sentAt } = probing();
    start();
    await clock.advanceAsync(125_000);
    expect(told()).toEqual([['vivo', false, 0, 5_000]]);
    expect(sentAt('icmp')).toEqual([0, 2_000, 3_000, 4_000, 64_000, 124_000]);
    expect(sentAt(443)).toEqual([1_000, 65_000, 125_000]);
  });

  it('asks by TCP at full pace where this server has no ICMP', async () => {
    const { clock, wire, start, told, sentAt } = probing({ icmp: false });
    wire.set(vivo, 'answered', 80);
    start();
    await clock.advanceAsync(2 * round + 1_000);
    expect(told()).toEqual([['vivo', true, 0, 20]]);
    expect(sentAt(80)).toEqual([0, round, 2 * round]);
  });

  it('bursts at once when the core asks, four probes a second apart', async () => {
    const { clock, correlator, wire, start, sentAt } = probing();
    wire.set(vivo, 'answered', 'icmp');
    start();
    const asked = round + 2_000;
    await clock.advanceAsync(asked);
    correlator.hint({ kind: 'site.probe', site: matriz });
    correlator.hint({ kind: 'site.probe', site: siteId('aurora', 'nowhere') });
    await clock.advanceAsync(3_000 + round + 500);
    const burst = [asked, asked + 1_000, asked + 2_000, asked + 3_000];
    expect(sentAt('icmp')).toEqual([0, round, ...burst, asked + 3_000 + round]);
  });

  it('takes its own troubles for nothing the address did', async () => {
    const { clock, wire, start, told, counters } = probing();
    wire.set(vivo, 'answered', 'icmp');
    start();
    await clock.advanceAsync(1_000);
    wire.set(vivo, 'local', 'icmp');
    await clock.advanceAsync(6 * round);
    wire.set(vivo, 'unasked', 'icmp');
    await clock.advanceAsync(6 * round);
    expect(told()).toHaveLength(1);
    expect(counters.read()['outside-in.unasked']).toBe(12);
  });

  it('after a restart tells only what is different from what the core knows', async () => {
    const same = probing({ remembered: { answers: true, everAnswered: true } });
    same.wire.set(vivo, 'answered', 'icmp');
    same.start();
    await same.clock.advanceAsync(2 * round + 1_000);
    expect(same.told()).toEqual([]);
    const changed = probing({ remembered: { answers: true, everAnswered: true } });
    changed.start();
    await changed.clock.advanceAsync(4_000 + 2 * round + 500);
    expect(changed.told()).toEqual([['vivo', false, 0, 5_000]]);
    // It answered once: its return is looked for at full pace.
    expect(changed.sentAt('icmp')).toEqual([0, 2_000, 3_000, 4_000, 4_000 + round, 4_000 + 2 * round]);
  });

  it('spreads many addresses evenly over the round', async () => {
    const { clock, wire, start } = probing({ topology: manySites(500) });
    const prober = start();
    expect(prober.targetCount()).toBe(500);
    const almost = round - 1;
    await clock.advanceAsync(almost);
    const perSecond = [0, 1, 2, 3].map(
      (second) =>
        new Set(
          wire.probes
            .filter(({ atMs }) => Math.floor((atMs - clock.now() + almost) / 1_000) === second)
            .map(({ address }) => address),
        ).size,
    );
    for (const count of perSecond) expect(count).toBeGreaterThanOrEqual(125);
    expect(new Set(wire.probes.map((probe) => probe.address)).size).toBe(500);
  });

  it('has never more under way than its limit, counts when it bites, and asks everybody in the end', async () => {
    const { clock, wire, start, counters } = probing({ topology: manySites(60), concurrencyMax: 5 });
    start();
    for (let n = 0; n < 300; n += 1) {
      await clock.advanceAsync(100);
      // One target asks by ICMP and three TCP ports together at most.
      expect(wire.inFlight()).toBeLessThanOrEqual(5 * 4);
    }
    expect(counters.read()['outside-in.held-back']).toBeGreaterThan(0);
    expect(new Set(wire.probes.map((probe) => probe.address)).size).toBe(60);
  });

  it('follows the inventory: new links, changed addresses, retired sites', async () => {
    const { clock, correlator, wire, start, told } = probing();
    wire.set(vivo, 'answered', 'icmp');
    const prober = start();
    await clock.advanceAsync(1_000);
    const moved = {
      key: 'vivo',
      name: 'Vivo',
      provider: 'vivo',
      role: 'primary',
      publicAddress: '198.51.100.99',
    } as const;
    const added = {
      key: 'oi',
      name: 'Oi',
      provider: 'oi',
      role: 'backup',
      publicAddress: '203.0.113.5',
    } as const;
    wire.set('203.0.113.5', 'answered', 'icmp');
    correlator.adopt(topologyOf([site({ links: [moved, added] })]));
    expect(prober.targetCount()).toBe(2);
    const before = wire.probes.length;
    await clock.advanceAsync(10_000);
    expect(wire.probes.slice(before).map((probe) => probe.address)).not.toContain(vivo);
    expect(told().map(([link, answers]) => [link, answers])).toEqual([
      ['vivo', true],
      ['oi', true],
      ['vivo', false],
    ]);
    correlator.adopt(topologyOf([]));
    expect(prober.targetCount()).toBe(0);
    const last = wire.probes.length;
    await clock.advanceAsync(60_000);
    expect(wire.probes).toHaveLength(last);
  });

  it('ignores the answer of an address that was retired while it was asked', async () => {
    const { clock, correlator, wire, start, told } = probing();
    wire.set(vivo, 'answered', 'icmp');
    start();
    correlator.adopt(topologyOf([]));
    await clock.advanceAsync(1_000);
    expect(told()).toEqual([]);
  });

  it('is still after the stop', async () => {
    const { clock, wire, start } = probing();
    wire.set(vivo, 'answered', 'icmp');
    const prober = start();
    await clock.advanceAsync(6_000);
    prober.stop();
    const before = wire.probes.length;
    await clock.advanceAsync(60_000);
    expect(wire.probes).toHaveLength(before);
    expect(clock.timers()).toBe(0);
  });
});
