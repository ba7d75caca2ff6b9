// The runner with fake probes: what counts as asked, lost and answered, and in what time.
import { describe, expect, it } from 'vitest';
import type { RoundTarget } from '../../../../agent/core/output.ts';
import type { PageAnswer, Probe, ProbeAnswer, ProbeRequest } from '../../../../agent/probes/probe.ts';
import { createRunner, type RunnerParts } from '../../../../agent/shell/runner.ts';
import { clockAt } from '../../../fakes/agent-records.ts';

const answered: ProbeAnswer = { kind: 'answered', rttMs: 5 };
const lost: ProbeAnswer = { kind: 'lost' };
const never: Probe = () => new Promise(() => undefined);

interface Heard extends RunnerParts {
  readonly asked: { readonly by: string; readonly request: ProbeRequest }[];
}

function parts(
  more: Partial<RunnerParts> & {
    icmp?: (address: string, request: ProbeRequest) => ProbeAnswer;
    tcp?: ProbeAnswer;
  } = {},
): Heard {
  const asked: Heard['asked'] = [];
  const hear =
    (by: string, answer: (address: string, request: ProbeRequest) => ProbeAnswer): Probe =>
    (request) => {
      asked.push({ by, request });
      return Promise.resolve(answer(request.address, request));
    };
  let atMs = 0;
  return {
    asked,
    clock: () => {
      atMs += 1;
      return clockAt(atMs);
    },
    ping: hear('icmp', more.icmp ?? (() => answered)),
    pingMethod: () => 'icmp',
    anchorTcp: hear('anchor tcp', () => more.tcp ?? answered),
    hostTcp: hear('host tcp', () => more.tcp ?? answered),
    dns: hear('dns', () => answered),
    page: (): Promise<PageAnswer> => Promise.resolve({ http: 'no-content', rttMs: 9 }),
    gateway: () => Promise.resolve(undefined),
    load: () => Promise.resolve({ uptimeMs: 1, disks: [] }),
    ...more,
  };
}

const anchors: RoundTarget[] = ['1.1.1.1', '8.8.8.8'].map((target) => ({ target, role: 'anchor' }));
const link = { key: 'vivo', role: 'primary' as const, source: '192.0.2.20', gateway: '192.0.2.1' };

function start(targets: readonly RoundTarget[], more: { timeoutMs?: number; gateway?: string | null } = {}) {
  const { gateway = link.gateway, timeoutMs = 1_000 } = more;
  return {
    kind: 'round.start' as const,
    link: { ...link, gateway: gateway ?? undefined },
    round: 3,
    targets,
    timeoutMs,
  };
}

describe('runner: a round', () => {
  it('shows no way for an anchor that only took a connection: that flow may have left by another link', async () => {
    const icmp = (_address: string, { ttl }: ProbeRequest): ProbeAnswer =>
      ttl === undefined ? lost : { kind: 'expired', from: '100.64.0.1', rttMs: 1 };
    const asked: RoundTarget[] = anchors.map((anchor) => ({ ...anchor, wayTtl: 2 }));
    const { targets } = await createRunner(parts({ icmp, tcp: answered })).round(start(asked));
    expect(targets).toMatchObject([
      { method: 'tcp', lost: 0 },
      { method: 'tcp', lost: 0 },
    ]);
    for (const each of targets) expect(each).not.toHaveProperty('way');
    const byPing = await createRunner(parts({ icmp, tcp: lost })).round(start(asked));
    expect(byPing.targets[0]).toMatchObject({ method: 'icmp', lost: 1, way: '100.64.0.1' });
  });

  it('asks every target by its own probe, bound to the link, and tells what each said', async () => {
    const given = parts({ icmp: (address) => (address === '8.8.8.8' ? lost : answered) });
    const runner = createRunner(given);
    await runner.round(start(anchors));
    const measured = await runner.round(
      start([
        { target: '192.0.2.1', role: 'gateway' },
        ...anchors,
        { target: '1.1.1.1', role: 'dns' },
        { target: 'http://example.org/', role: 'http' },
      ]),
    );
    expect(measured).toMatchObject({ kind: 'round.measured', link: 'vivo', round: 3 });
    expect(measured.clock.monoMs).toBeGreaterThan(measured.sentAt.monoMs);
    expect(measured.targets).toEqual([
      { target: '192.0.2.1', role: 'gateway', method: 'icmp', sent: 1, lost: 0, rttMs: 5 },
      { target: '1.1.1.1', role: 'anchor', method: 'icmp', sent: 1, lost: 0, rttMs: 5 },
      { target: '8.8.8.8', role: 'anchor', method: 'icmp', sent: 1, lost: 1 },
      { target: '1.1.1.1', role: 'dns', method: 'dns', sent: 1, lost: 0, rttMs: 5 },
      {
        target: 'http://example.org/',
        role: 'http',
        method: 'http',
        sent: 1,
        lost: 0,
        http: 'no-content',
        rttMs: 9,
      },
    ]);
    for (const { request } of given.asked) {
      expect(request.source).toBe('192.0.2.20');
      expect(request.timeoutMs).toBeLessThan(1_000);
    }
  });

  it('does not take what could not be asked, or could not leave, for lost', async () => {
    const given = parts({
      icmp: (address) =>
        address === '1.1.1.1' ? { kind: 'unasked', reason: 'limit' } : { kind: 'local', local: 'no-address' },
      tcp: lost,
    });
    const { targets } = await createRunner(given).round(start(anchors));
    expect(targets).toEqual([
      { target: '1.1.1.1', role: 'anchor', method: 'icmp', sent: 0, lost: 0 },
      { target: '8.8.8.8', role: 'anchor', method: 'icmp', sent: 0, lost: 0, local: 'no-address' },
    ]);
  });

  it('answers in time when a probe does not', async () => {
    const startMs = performance.now();
    const given = parts({
      ping: never,
      anchorTcp: never,
      dns: never,
      page: () => new Promise(() => undefined),
    });
    const { targets } = await createRunner(given).round(
      start([...anchors, { target: 'http://x/', role: 'http' }], { timeoutMs: 120 }),
    );
    expect(performance.now() - startMs).toBeLessThan(1_000);
    expect(targets.map(({ sent, lost: count }) => [sent, count])).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
    expect(targets[2]?.http).toBe('failed');
  });

  it('asks TCP beside ICMP only where no anchor of the link ever answered a ping', async () => {
    let filtered = true;
    const given = parts({ icmp: () => (filtered ? lost : answered) });
    const runner = createRunner(given);
    const first = await runner.round(start(anchors));
    expect(first.targets.map(({ method, lost: count }) => [method, count])).toEqual([
      ['tcp', 0],
      ['tcp', 0],
    ]);
    filtered = false;
    await runner.round(start(anchors));
    filtered = true;
    given.asked.length = 0;
    const third = await runner.round(start(anchors));
    expect(third.targets.map(({ method, lost: count }) => [method, count])).toEqual([
      ['icmp', 1],
      ['icmp', 1],
    ]);
    expect(given.asked.map(({ by }) => by)).toEqual(['icmp', 'icmp']);
  });

  it('is by TCP alone where this machine cannot ping at all', async () => {
    const given = parts({ pingMethod: () => 'tcp' });
    const { targets } = await createRunner(given).round(start(anchors));
    expect(targets.every(({ method }) => method === 'tcp')).toBe(true);
    expect(given.asked.map(({ by }) => by)).toEqual(['anchor tcp', 'anchor tcp']);
  });

  it('finds the gateway by itself where the inventory names none, and asks the routes rarely', async () => {
    let looked = 0;
    const given = parts({
      gateway: () => {
        looked += 1;
        return Promise.resolve('192.0.2.254');
      },
    });
    const runner = createRunner(given);
    const { targets } = await runner.round(start(anchors, { gateway: null }));
    expect(targets).toContainEqual({
      target: '192.0.2.254',
      role: 'gateway',
      method: 'icmp',
      sent: 1,
      lost: 0,
      rttMs: 5,
    });
    await runner.round(start(anchors, { gateway: null }));
    expect(looked).toBe(1);
    expect((await runner.round(start(anchors))).targets).toHaveLength(2);
  });
});
