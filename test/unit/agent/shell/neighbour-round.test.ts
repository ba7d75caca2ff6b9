// One round of the neighbours with probes that answer as each test wants.
import { describe, expect, test } from 'vitest';
import type { Probe, ProbeAnswer } from '../../../../agent/probes/probe.ts';
import { createNeighbourRound, type NeighbourParts } from '../../../../agent/shell/neighbour-round.ts';

const answered: ProbeAnswer = { kind: 'answered', rttMs: 5 };
const lost: ProbeAnswer = { kind: 'lost' };
const limit: ProbeAnswer = { kind: 'unasked', reason: 'limit' };
const never: Promise<ProbeAnswer> = new Promise(() => undefined);

type Says = (address: string) => ProbeAnswer | Promise<ProbeAnswer>;

interface World {
  readonly icmp?: Says;
  readonly tcp?: Says;
  readonly arp?: Says;
  readonly method?: 'icmp' | 'ping' | 'tcp';
}

function round(world: World) {
  const asked: string[] = [];
  const probe =
    (by: string, says: Says): Probe =>
    ({ address }) => {
      asked.push(`${by} ${address}`);
      return Promise.resolve(says(address));
    };
  const parts: NeighbourParts = {
    clock: () => ({ monoMs: 1, wallMs: 1, bootId: 'b' }),
    ping: probe('icmp', world.icmp ?? (() => lost)),
    pingMethod: () => world.method ?? 'icmp',
    hostTcp: probe('tcp', world.tcp ?? (() => lost)),
    ...(world.arp === undefined ? {} : { arp: probe('arp', world.arp) }),
  };
  return { asked, ask: createNeighbourRound(parts) };
}

const ad = { key: 'ad', address: '192.0.2.5', self: false };
const erp = { key: 'erp', address: '192.0.2.6', self: false };
const wish = { kind: 'neighbours.start' as const, round: 1, hosts: [ad, erp], timeoutMs: 200 };
const evidence = (target: string, method: 'icmp' | 'tcp' | 'arp', answer: 'yes' | 'no') => ({
  target,
  role: 'host',
  method,
  sent: 1,
  lost: answer === 'yes' ? 0 : 1,
  ...(answer === 'yes' ? { rttMs: 5 } : {}),
});

describe('neighbour round', () => {
  test('leaves out itself, hosts without an address and hosts that could not be asked', async () => {
    const { ask } = round({
      icmp: (address) => (address === ad.address ? answered : limit),
      tcp: () => limit,
    });
    const hosts = [{ key: 'me', address: '192.0.2.2', self: true }, { key: 'nowhere', self: false }, ad, erp];
    expect((await ask({ ...wish, hosts })).hosts).toEqual([
      { host: 'ad', evidence: [evidence(ad.address, 'icmp', 'yes')] },
    ]);
  });

  test('asks a host that filters pings by TCP, and one that answered pings never again', async () => {
    let alive = true;
    const { ask, asked } = round({
      icmp: (address) => (address === ad.address && alive ? answered : lost),
      tcp: (address) => (address === erp.address ? answered : lost),
    });
    expect((await ask(wish)).hosts[1]).toEqual({
      host: 'erp',
      evidence: [evidence(erp.address, 'tcp', 'yes')],
    });
    alive = false;
    asked.length = 0;
    expect((await ask(wish)).hosts[0]).toEqual({
      host: 'ad',
      evidence: [evidence(ad.address, 'icmp', 'no')],
    });
    expect(asked).not.toContain(`tcp ${ad.address}`);
  });

  test('asks by ARP only who keeps silent, and tells both words', async () => {
    const { ask, asked } = round({
      icmp: (address) => (address === ad.address ? answered : lost),
      arp: () => answered,
    });
    expect((await ask(wish)).hosts).toEqual([
      { host: 'ad', evidence: [evidence(ad.address, 'icmp', 'yes')] },
      { host: 'erp', evidence: [evidence(erp.address, 'icmp', 'no'), evidence(erp.address, 'arp', 'yes')] },
    ]);
    expect(asked.filter((line) => line.startsWith('arp'))).toEqual([`arp ${erp.address}`]);
  });

  test('tells nothing of ARP where it could not be asked, and ARP alone is no evidence', async () => {
    const unasked = round({ arp: () => limit });
    expect((await unasked.ask(wish)).hosts[0]?.evidence).toEqual([evidence(ad.address, 'icmp', 'no')]);
    const alone = round({ icmp: () => limit, tcp: () => limit, arp: () => answered });
    expect((await alone.ask(wish)).hosts).toEqual([]);
  });

  test('an answer that comes while ARP is asked makes ARP superfluous', async () => {
    let answer: (value: ProbeAnswer) => void = () => undefined;
    const slow = new Promise<ProbeAnswer>((resolve) => {
      answer = resolve;
    });
    const { ask } = round({
      icmp: () => slow,
      arp: () => {
        answer(answered);
        return answered;
      },
    });
    expect((await ask({ ...wish, hosts: [ad] })).hosts[0]?.evidence).toEqual([
      evidence(ad.address, 'icmp', 'yes'),
    ]);
  });

  test('ends in time although no probe does', async () => {
    const { ask } = round({ icmp: () => never, tcp: () => never, arp: () => never });
    expect((await ask(wish)).hosts).toEqual(
      [ad, erp].map(({ key, address }) => ({
        host: key,
        evidence: [evidence(address, 'icmp', 'no'), evidence(address, 'arp', 'no')],
      })),
    );
  });

  test('without any ping TCP is the method itself', async () => {
    const { ask, asked } = round({ method: 'tcp', tcp: () => answered });
    expect((await ask(wish)).hosts[0]?.evidence).toEqual([evidence(ad.address, 'tcp', 'yes')]);
    expect(asked.some((line) => line.startsWith('icmp'))).toBe(false);
  });
});
