// The watch over the server's own anchors, the room put together, and the real TCP probe on loopback.
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createGatewayCounters } from '../../../../../server/shell/gateway/counters.ts';
import { createNewsQueue } from '../../../../../server/shell/gateway/news-queue.ts';
import { AnchorWatch } from '../../../../../server/shell/outside-in/anchors.ts';
import { startOutsideIn } from '../../../../../server/shell/outside-in/outside-in.ts';
import { answerToError, type ProbeAnswer } from '../../../../../server/shell/outside-in/probe-answer.ts';
import { anyAnswer, askTcp, createProbeWire } from '../../../../../server/shell/outside-in/probe-wire.ts';
import type { Icmp, PingAnswer } from '../../../../../shared/icmp/icmp.ts';
import { site, topologyOf } from '../../../../fakes/agent-side.ts';
import { createFakeCorrelator } from '../../../../fakes/fake-correlator.ts';
import { createFakeWire } from '../../../../fakes/fake-wire.ts';
import { createManualClock } from '../../../../fakes/manual-clock.ts';

const anchors = ['1.1.1.1', '8.8.8.8', '9.9.9.9'];

function watching(options: { readonly icmp?: boolean; readonly anchors?: readonly string[] } = {}) {
  const clock = createManualClock();
  const began = clock.now();
  const correlator = createFakeCorrelator();
  const wire = createFakeWire(clock, { icmp: options.icmp });
  const counters = createGatewayCounters();
  const news = createNewsQueue({ correlator, clock, counters });
  const setAll = (answer: ProbeAnswer, how?: 'icmp' | number): void => {
    for (const anchor of anchors) wire.set(anchor, answer, how);
  };
  const start = () =>
    new AnchorWatch({ anchors: options.anchors ?? anchors, correlator, news, clock, counters, wire });
  const told = () =>
    correlator
      .inputsOf('anchors.measured')
      .map((input) => [input.reachable, input.since - began, input.at - began]);
  const rounds = () => [...new Set(wire.probes.map((probe) => probe.atMs - began))];
  const since = (at: number | undefined) => (at === undefined ? undefined : at - began);
  return { clock, correlator, wire, setAll, start, told, rounds, since };
}

describe('the watch over the own anchors', () => {
  it('asks all of them every five seconds; one that answers is enough', async () => {
    const { clock, wire, start, told, rounds, since } = watching();
    wire.set('9.9.9.9', 'answered', 'icmp');
    const watch = start();
    await clock.advanceAsync(10_100);
    expect(told()).toEqual([[true, 0, 20]]);
    expect(rounds()).toEqual([0, 5_000, 10_000]);
    expect(wire.probes.filter((probe) => probe.how !== 'icmp')).toEqual([]);
    expect(since(watch.goodAt())).toBe(10_000);
    expect(watch.reachable()).toBe(true);
  });

  it('loses them after two bad rounds, the second right after the first, and asks every second then', async () => {
    const { clock, setAll, start, told, since } = watching();
    setAll('answered');
    const watch = start();
    await clock.advanceAsync(1_000);
    setAll('lost');
    await clock.advanceAsync(8_000);
    // Each bad round takes 1.3 s: ICMP first, TCP beside it after 0.3 s.
    expect(told().slice(1)).toEqual([[false, 5_000, 7_600]]);
    expect(watch.reachable()).toBe(false);
    expect(since(watch.goodAt())).toBe(0);
    setAll('answered');
    await clock.advanceAsync(1_400);
    expect(told()).toHaveLength(3);
    expect(told()[2]?.[0]).toBe(true);
  });

  it('is not lost by one bad round', async () => {
    const { clock, setAll, start, told } = watching();
    setAll('answered');
    start();
    await clock.advanceAsync(4_000);
    setAll('lost');
    await clock.advanceAsync(2_000);
    setAll('answered');
    await clock.advanceAsync(20_000);
    expect(told()).toEqual([[true, 0, 20]]);
  });

  it('asks for a name over TCP when ICMP does not pass, or is not possible at all', async () => {
    const blocked = watching();
    blocked.setAll('answered', 53);
    blocked.start();
    await blocked.clock.advanceAsync(1_000);
    expect(blocked.told()).toEqual([[true, 0, 320]]);
    const without = watching({ icmp: false });
    without.setAll('answered', 53);
    without.start();
    await without.clock.advanceAsync(1_000);
    expect(without.told()).toEqual([[true, 0, 20]]);
  });

  it('does not take a refusal for an answer: the own firewall may have sent it', async () => {
    const { clock, setAll, start, told } = watching();
    setAll('refused', 53);
    start();
    await clock.advanceAsync(3_000);
    expect(told().map(([reachable]) => reachable)).toEqual([false]);
  });

  it('counts it as bad when this server cannot even send, and as nothing when nothing was asked', async () => {
    const cut = watching();
    cut.setAll('local');
    cut.start();
    await cut.clock.advanceAsync(3_000);
    expect(cut.told().map(([reachable]) => reachable)).toEqual([false]);
    const idle = watching();
    idle.setAll('unasked');
    idle.start();
    await idle.clock.advanceAsync(30_000);
    expect(idle.told()).toEqual([]);
  });

  it('measures at once when the core asks, also while a round is under way', async () => {
    const { clock, correlator, setAll, start, rounds } = watching();
    setAll('answered');
    start();
    await clock.advanceAsync(2_000);
    correlator.hint({ kind: 'anchors.probe' });
    correlator.hint({ kind: 'anchors.probe' });
    await clock.advanceAsync(4_000);
    expect(rounds()).toEqual([0, 2_000, 2_020]);
  });

  it('measures nothing without anchors, and nothing after the stop', async () => {
    const none = watching({ anchors: [] });
    none.start();
    await none.clock.advanceAsync(60_000);
    expect(none.told()).toEqual([]);
    expect(none.wire.probes).toEqual([]);
    const stopped = watching();
    stopped.start().stop();
    await stopped.clock.advanceAsync(60_000);
    expect(stopped.told()).toEqual([]);
    expect(stopped.clock.timers()).toBe(0);
  });
});

describe('the outside-in room', () => {
  it('without anchors takes its own internet for good at every moment, with addresses or without', async () => {
    for (const probeAddresses of [true, false]) {
      const clock = createManualClock();
      const correlator = createFakeCorrelator();
      const counters = createGatewayCounters();
      const wire = createFakeWire(clock);
      const given = { anchors: [], probeAddresses, icmp: undefined, wire };
      const room = startOutsideIn({ correlator, clock, counters, ...given });
      expect(room.goodAt()).toBe(clock.now());
      await clock.advanceAsync(60_000);
      expect(room.goodAt()).toBe(clock.now());
      room.stop();
    }
  });

  it('watches anchors and addresses, or the anchors alone', async () => {
    const start = (probeAddresses: boolean) => {
      const clock = createManualClock();
      const correlator = createFakeCorrelator();
      correlator.adopt(topologyOf([site()]));
      const wire = createFakeWire(clock);
      for (const address of ['1.1.1.1', '198.51.100.10']) wire.set(address, 'answered');
      const counters = createGatewayCounters();
      const options = { anchors: ['1.1.1.1'], probeAddresses, icmp: undefined, wire };
      return { clock, correlator, room: startOutsideIn({ correlator, clock, counters, ...options }) };
    };
    const both = start(true);
    expect(both.room.goodAt()).toBeUndefined();
    const startedAt = both.clock.now();
    await both.clock.advanceAsync(1_000);
    expect(both.room.goodAt()).toBe(startedAt);
    expect(both.room.addressCount()).toBe(1);
    expect(both.correlator.inputs.map((input) => input.kind).sort()).toEqual([
      'address.measured',
      'anchors.measured',
    ]);
    both.room.stop();
    await both.clock.advanceAsync(60_000);
    expect(both.clock.timers()).toBe(0);
    const alone = start(false);
    const aloneSince = alone.clock.now();
    await alone.clock.advanceAsync(10_500);
    expect(alone.room.goodAt()).toBe(aloneSince + 10_000);
    expect(alone.room.addressCount()).toBe(0);
    expect(alone.room.anchorsReachable()).toBe(true);
    expect(alone.correlator.inputsOf('address.measured')).toEqual([]);
  });
});

describe('the real probe', () => {
  it('tells an accepted connection from a refused one', async () => {
    const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await askTcp('127.0.0.1', port, 1_000)).toBe('answered');
    server.close();
    await once(server, 'close');
    expect(await askTcp('127.0.0.1', port, 1_000)).toBe('refused');
  });

  it.each([
    ['ECONNREFUSED', 'refused'],
    ['EHOSTUNREACH', 'lost'],
    ['ETIMEDOUT', 'lost'],
    [undefined, 'lost'],
    ['ENETUNREACH', 'local'],
    ['EACCES', 'local'],
    ['EMFILE', 'unasked'],
  ])('takes the error %s for %s', (code, answer) => {
    expect(answerToError(code)).toBe(answer);
  });

  it('hands on what ICMP says, and lives without it', async () => {
    const answers: PingAnswer[] = [
      { kind: 'answered', rttMs: 1 },
      { kind: 'lost' },
      { kind: 'local', local: 'no-route' },
      { kind: 'unasked', reason: 'limit' },
    ];
    const icmp: Icmp = {
      ping: () => Promise.resolve(answers.shift() ?? { kind: 'lost' }),
      counters: () => ({ sent: 0, answered: 0, lost: 0, expired: 0, local: 0, unasked: 0 }),
      close: () => undefined,
    };
    const wire = createProbeWire(icmp);
    const kinds = [];
    for (let n = 0; n < 4; n += 1) kinds.push(await wire.icmp?.('192.0.2.1', 1_000));
    expect(kinds).toEqual(['answered', 'lost', 'local', 'unasked']);
    expect(createProbeWire(undefined).icmp).toBeUndefined();
  });

  it('of several answers takes the one that says most', async () => {
    const any = (...given: readonly ProbeAnswer[]) => anyAnswer(given.map((each) => Promise.resolve(each)));
    expect(await any('lost', 'unasked', 'answered')).toBe('answered');
    expect(await any('local', 'lost', 'refused', 'unasked')).toBe('refused');
    expect(await any('local', 'lost', 'unasked')).toBe('lost');
    expect(await any('unasked', 'local')).toBe('local');
    expect(await any()).toBe('unasked');
  });
});
