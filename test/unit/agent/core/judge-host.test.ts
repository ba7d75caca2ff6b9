// Neighbours: hosts of the same site as this agent sees them.
import { describe, expect, test } from 'vitest';
import type { StoredChange } from '../../../../agent/core/record.ts';
import type { AssignedHost } from '../../../../shared/wire/assignment.ts';
import { assignmentOf, Rig } from './rig.ts';

const hosts: AssignedHost[] = [
  { key: 'self', address: '192.168.10.4', self: true },
  { key: 'srv-ad', address: '192.168.10.5', self: false },
  { key: 'srv-erp', address: '192.168.10.6', self: false },
  { key: 'nowhere', self: false },
];
const words = (changes: readonly StoredChange[]): string[] =>
  changes.flatMap(({ body }) =>
    body.kind === 'host.changed' ? [`${body.status}${body.recovering ? ' recovering' : ''}`] : [],
  );
const settled = (): Rig => {
  const rig = new Rig({ assignment: assignmentOf({ hosts }) });
  rig.run(60_000);
  return rig;
};

describe('a neighbour', () => {
  test('is asked by address only, and never oneself', () => {
    const rig = settled();
    expect(rig.of('neighbours.start')[0]?.output.hosts.map(({ key }) => key)).toEqual(['srv-ad', 'srv-erp']);
  });

  test('is down after suspicion and three bursts, and only it', () => {
    const rig = settled();
    const diedMs = rig.nowMs;
    rig.neighbour = (host) => host !== 'srv-erp';
    rig.run(12_000);
    expect(words(rig.hostChanges('srv-erp'))).toEqual(['up', 'down']);
    expect(words(rig.hostChanges('srv-ad'))).toEqual(['up']);
    const down = rig.hostChanges('srv-erp').at(-1);
    expect((down?.at.monoMs ?? 0) - diedMs).toBeLessThanOrEqual(10_500);
    expect(down?.since.monoMs).toBeGreaterThanOrEqual(diedMs);
  });

  test('bursts ask only those in doubt', () => {
    const rig = settled();
    rig.neighbour = (host) => host !== 'srv-erp';
    rig.run(8_000);
    const bursts = rig.of('neighbours.start').filter(({ output }) => output.timeoutMs === 1_000);
    expect(bursts.length).toBeGreaterThanOrEqual(2);
    expect(bursts.every(({ output }) => output.hosts.length === 1)).toBe(true);
  });

  test('recovers, falls back and comes up like a link', () => {
    const rig = settled();
    rig.neighbour = () => false;
    rig.world = () => ({ rttMs: 20 });
    rig.run(20_000);
    rig.neighbour = () => true;
    rig.run(6_000);
    rig.neighbour = () => false;
    rig.run(4_000);
    rig.neighbour = () => true;
    rig.run(20_000);
    expect(words(rig.hostChanges('srv-ad'))).toEqual([
      'up',
      'down',
      'down recovering',
      'down',
      'down recovering',
      'up',
    ]);
  });

  test('that never answered is never down', () => {
    const rig = new Rig({ assignment: assignmentOf({ hosts }) });
    rig.neighbour = (host) => host !== 'srv-erp';
    rig.run(120_000);
    expect(rig.hostChanges('srv-erp')).toEqual([]);
  });

  test('with a new address starts over in silence', () => {
    const rig = settled();
    const moved = hosts.map((host) =>
      host.key === 'srv-erp' ? { ...host, address: '192.168.10.66' } : host,
    );
    rig.assign(assignmentOf({ hosts: moved }));
    rig.neighbour = (host) => host !== 'srv-erp';
    rig.run(60_000);
    expect(words(rig.hostChanges('srv-erp'))).toEqual(['up']);
    rig.neighbour = () => true;
    rig.run(30_000);
    expect(words(rig.hostChanges('srv-erp'))).toEqual(['up']);
  });

  test('a blip, a hung shell and an answer for a stranger leave no trace', () => {
    const rig = settled();
    const count = rig.changes.length;
    rig.neighbour = () => false;
    rig.run(2_500);
    rig.neighbour = () => true;
    rig.run(30_000);
    rig.shellHung = true;
    rig.run(60_000);
    rig.shellHung = false;
    rig.run(10_000);
    const evidence = { target: 'x', role: 'host', method: 'icmp', sent: 1, lost: 1 } as const;
    const hostsMeasured = [{ host: 'stranger', evidence: [evidence] }];
    rig.feed({
      kind: 'neighbours.measured',
      clock: rig.clock(),
      round: 99_999,
      sentAt: rig.clock(),
      hosts: hostsMeasured,
    });
    expect(rig.changes.length).toBe(count);
  });
});

describe("this machine's own network", () => {
  test('when its cable is pulled it accuses no neighbour, whenever the rounds fall', () => {
    for (let phase = 0; phase < 12; phase += 1) {
      const rig = settled();
      rig.run(phase * 430);
      rig.neighbour = () => false;
      rig.world = () => ({ local: 'interface-down' });
      rig.run(60_000);
      expect(words(rig.hostChanges('srv-ad'))).toEqual(['up']);
      expect(rig.linkChanges().at(-1)?.body).toMatchObject({ status: 'down', layer: 'lan' });
      rig.neighbour = () => true;
      rig.world = () => ({ rttMs: 20 });
      rig.run(30_000);
      expect(words(rig.hostChanges('srv-ad'))).toEqual(['up']);
    }
  });

  test('the same when a switch died and the gateway is gone with everything else', () => {
    const rig = settled();
    rig.neighbour = () => false;
    rig.world = () => undefined;
    rig.run(60_000);
    expect(words(rig.hostChanges('srv-ad'))).toEqual(['up']);
    expect(rig.linkChanges().at(-1)?.body).toMatchObject({ status: 'down', layer: 'lan' });
  });

  test('all neighbours dead while the gateway answers is their trouble', () => {
    const rig = settled();
    rig.neighbour = () => false;
    rig.run(20_000);
    expect(words(rig.hostChanges('srv-ad'))).toEqual(['up', 'down']);
    expect(words(rig.hostChanges('srv-erp'))).toEqual(['up', 'down']);
  });
});

describe('a neighbour seen by ARP', () => {
  type Ways = Partial<Record<'icmp' | 'arp', boolean>>;
  const evidenceOf = (target: string, ways: Ways) =>
    (['icmp', 'arp'] as const).flatMap((method) => {
      const answers = ways[method];
      if (answers === undefined) return [];
      return [{ target, role: 'host' as const, method, sent: 1, lost: answers ? 0 : 1 }];
    });
  /** Feeds rounds in which srv-ad answers everything and srv-erp as told. */
  const rigWith = (start: Ways): { rig: Rig; set: (ways: Ways) => void } => {
    let ways = start;
    const rig = new Rig({ assignment: assignmentOf({ hosts }) });
    rig.hostEvidence = (host, address) => evidenceOf(address, host === 'srv-erp' ? ways : { icmp: true });
    rig.run(60_000);
    return { rig, set: (next) => (ways = next) };
  };

  test('is up by ARP alone when it never answered anything better, and down when ARP falls silent', () => {
    const { rig, set } = rigWith({ icmp: false, arp: true });
    expect(words(rig.hostChanges('srv-erp'))).toEqual(['up']);
    set({ icmp: false, arp: false });
    rig.run(20_000);
    expect(words(rig.hostChanges('srv-erp'))).toEqual(['up', 'down']);
  });

  test('is down when it has answered pings and only ARP is left, and the evidence says that ARP answers', () => {
    const { rig, set } = rigWith({ icmp: true });
    set({ icmp: false, arp: true });
    rig.run(20_000);
    const change = rig.hostChanges('srv-erp').at(-1)?.body;
    expect(change).toMatchObject({
      status: 'down',
      evidence: [{ method: 'icmp' }, { method: 'arp', lost: 0 }],
    });
  });

  test('keeps its state while ARP, its only voice, has nothing fresh to say', () => {
    const { rig, set } = rigWith({ icmp: false, arp: true });
    set({ icmp: false });
    rig.run(60_000);
    expect(words(rig.hostChanges('srv-erp'))).toEqual(['up']);
  });

  test('that answers a ping after a life on ARP is judged by pings from then on', () => {
    const { rig, set } = rigWith({ icmp: false, arp: true });
    set({ icmp: true });
    rig.run(10_000);
    set({ icmp: false, arp: true });
    rig.run(20_000);
    expect(words(rig.hostChanges('srv-erp'))).toEqual(['up', 'down']);
  });

  test('that never answered anything at all stays unsaid, whatever ARP is silent about', () => {
    const { rig } = rigWith({ icmp: false, arp: false });
    expect(rig.hostChanges('srv-erp')).toEqual([]);
  });

  test('at a new address must earn its voice anew', () => {
    const { rig, set } = rigWith({ icmp: true });
    const moved = hosts.map((host) =>
      host.key === 'srv-erp' ? { ...host, address: '192.168.10.66' } : host,
    );
    rig.assign(assignmentOf({ hosts: moved }));
    set({ icmp: false, arp: true });
    rig.run(60_000);
    expect(words(rig.hostChanges('srv-erp'))).toEqual(['up']);
  });
});
