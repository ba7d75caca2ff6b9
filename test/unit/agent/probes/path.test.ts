// The path probe over pretended networks.
import { describe, expect, it } from 'vitest';
import { createPathProbe } from '../../../../agent/probes/path.ts';
import type { ProbeAnswer, ProbeRequest } from '../../../../agent/probes/probe.ts';
import { limits } from '../../../../shared/limits.ts';

const target = '8.8.8.8';
const way = { address: target, timeoutMs: 500, hopsMax: 6 };
const hop = (ttl: number): ProbeAnswer => ({ kind: 'expired', from: `10.0.0.${ttl}`, rttMs: ttl });

function network(answers: (ttl: number) => ProbeAnswer) {
  const asked: ProbeRequest[] = [];
  const probe = createPathProbe((request) => {
    asked.push(request);
    return Promise.resolve(answers(request.ttl ?? 0));
  });
  return { asked, probe };
}

describe('probe: path', () => {
  it('ends at the target and cuts what was asked beyond it', async () => {
    const { probe } = network((ttl) => (ttl < 3 ? hop(ttl) : { kind: 'answered', rttMs: 9 }));
    expect(await probe(way)).toEqual({
      reached: true,
      hops: [
        { ttl: 1, address: '10.0.0.1', rttMs: 1 },
        { ttl: 2, address: '10.0.0.2', rttMs: 2 },
        { ttl: 3, address: target, rttMs: 9 },
      ],
    });
  });

  it('shows silent hops without a name when the target is never reached', async () => {
    const { probe } = network((ttl) => (ttl < 3 ? hop(ttl) : { kind: 'lost' }));
    const path = await probe(way);
    expect(path.reached).toBe(false);
    expect(path.hops.map(({ ttl, address }) => [ttl, address])).toEqual([
      [1, '10.0.0.1'],
      [2, '10.0.0.2'],
      ...[3, 4, 5, 6].map((ttl) => [ttl, undefined]),
    ]);
  });

  it('never shows a hop that was not asked as silent', async () => {
    const { probe } = network((ttl) => (ttl === 2 ? hop(2) : { kind: 'unasked', reason: 'limit' }));
    expect((await probe(way)).hops.map(({ ttl }) => ttl)).toEqual([2]);
    const nowhere = network(() => ({ kind: 'local', local: 'no-route' }));
    expect(await nowhere.probe(way)).toEqual({ reached: false, hops: [] });
  });

  it('asks all distances at once, each by the link it was told, and no more than the limit', async () => {
    const waiting: (() => void)[] = [];
    const asked: ProbeRequest[] = [];
    const probe = createPathProbe((request) => {
      asked.push(request);
      return new Promise((resolve) => waiting.push(() => resolve({ kind: 'lost' })));
    });
    const path = probe({ ...way, hopsMax: 99, source: '192.0.2.2', interface: 'eth1' });
    expect(asked.map(({ ttl }) => ttl)).toEqual(
      Array.from({ length: limits.pathHopsMax }, (_, at) => at + 1),
    );
    expect(asked.every(({ source, interface: device }) => source === '192.0.2.2' && device === 'eth1')).toBe(
      true,
    );
    for (const answer of waiting) answer();
    expect((await path).hops).toHaveLength(limits.pathHopsMax);
  });
});
