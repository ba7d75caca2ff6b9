// The drawn ends of machines: what the truth may be, and how often the logs are lost.
import { describe, expect, test } from 'vitest';
import { agentId, siteId } from '../../shared/ids.ts';
import { drawEnding } from './endings.ts';
import type { HostSpec, SiteSpec } from './world.ts';

const host = (key: string, parent?: string): HostSpec => {
  return { key, address: '192.168.0.5', role: 'server', agent: agentId(`ag-${key}`), wallSkewMs: 0, parent };
};
const carrier = host('carrier');
const guest = host('guest', 'carrier');
const single = host('single');
const site: SiteSpec = {
  ...{ id: siteId('aurora', 'matriz'), key: 'matriz', customer: 'aurora' },
  ...{ links: [], hosts: [carrier, guest, single] },
};
const span = (at: number) => ({ id: 1, at, until: at + 60_000, site: site.id });
const thousand = Array.from({ length: 1_000 }, (_, at) => at);
const downs = (about: string, of: HostSpec) =>
  thousand.map((at) =>
    drawEnding(7, site, { ...span(at), kind: 'host.down', host: about, bootMs: 30_000 }, of),
  );

describe('sim: how a machine ended', () => {
  test('the logs tell the truth or nothing, and nothing about once in ten', () => {
    const drawn = downs('single', single);
    expect(drawn.filter(({ truth, told }) => told !== truth && told !== 'unknown')).toEqual([]);
    const lost = drawn.filter(({ told }) => told === 'unknown').length;
    expect(lost).toBeGreaterThan(60);
    expect(lost).toBeLessThan(140);
  });

  test('a machine may end in six ways, one that carries others is never killed by its hypervisor', () => {
    expect(new Set(downs('single', single).map(({ truth }) => truth)).size).toBe(6);
    const carriers = new Set(downs('carrier', carrier).map(({ truth }) => truth));
    expect(carriers.size).toBe(5);
    expect(carriers.has('virtual-machine-killed')).toBe(false);
  });

  test('a guest that goes with its hypervisor was killed with it', () => {
    expect(new Set(downs('carrier', guest).map(({ truth }) => truth))).toEqual(
      new Set(['virtual-machine-killed']),
    );
  });

  test('a site without power ends every machine by power', () => {
    const dark = thousand.map((at) =>
      drawEnding(7, site, { ...span(at), kind: 'site.power', routerMs: 10_000, bootMs: {} }, single),
    );
    expect(new Set(dark.map(({ truth }) => truth))).toEqual(new Set(['power']));
  });
});
