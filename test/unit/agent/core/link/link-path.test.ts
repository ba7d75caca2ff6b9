// The path of a link: learned on good days, asked in doubt, and what it makes of the layer and of the report.
import { describe, expect, test } from 'vitest';
import type { RoundTarget } from '../../../../../agent/core/output.ts';
import type { PathHop } from '../../../../../shared/wire/evidence.ts';
import type { LinkChanged } from '../../../../../shared/wire/messages.ts';
import { type Answer, assignmentOf, Rig } from '../rig.ts';

const gateway = '192.168.10.1';
const path: PathHop[] = [
  { ttl: 1, address: gateway, rttMs: 1 },
  { ttl: 2, address: '100.64.0.1', rttMs: 4 },
  { ttl: 3, address: '200.10.0.1', rttMs: 8 },
  { ttl: 4, address: '1.1.1.1', rttMs: 12 },
];

/** Everything up to this step answers. */
function cutBehind(ttl: number): Pick<Rig, 'world' | 'hops'> {
  const world = (_link: string, target: RoundTarget): Answer | undefined => {
    const at = target.role === 'gateway' ? 1 : (target.ttl ?? 4);
    return at <= ttl ? { rttMs: 5 } : undefined;
  };
  const hops = path.map((hop) => (hop.ttl <= ttl ? hop : { ttl: hop.ttl }));
  return { world, hops: () => ({ reached: ttl >= 4, hops }) };
}

function apply(rig: Rig, state: Pick<Rig, 'world' | 'hops'>): void {
  rig.world = state.world;
  rig.hops = state.hops;
}

function settled(assignment = assignmentOf()): Rig {
  const rig = new Rig({ assignment });
  apply(rig, cutBehind(4));
  rig.run(120_000);
  return rig;
}

function last(rig: Rig): LinkChanged | undefined {
  const body = rig.linkChanges().at(-1)?.body;
  return body?.kind === 'link.changed' ? (body as LinkChanged) : undefined;
}

describe('a path', () => {
  test('is learned soon after the link came up, then about every ten minutes, and asked of one anchor', () => {
    const rig = settled();
    expect(rig.of('path.start').length).toBe(1);
    rig.run(3_600_000);
    const asked = rig.of('path.start').length;
    expect(asked).toBeGreaterThanOrEqual(4);
    expect(asked).toBeLessThanOrEqual(12);
  });

  test('gives the routers beyond the gateway to slow rounds, and to no other', () => {
    const rig = settled();
    const before = rig.of('round.start').length;
    rig.run(120_000);
    const rounds = rig.of('round.start').slice(before);
    const withHops = rounds.filter(({ output }) => output.targets.some(({ role }) => role === 'hop'));
    expect(withHops.length).toBe(4);
    const hops = withHops[0]?.output.targets.filter(({ role }) => role === 'hop');
    expect(hops).toEqual([
      { target: '100.64.0.1', role: 'hop', ttl: 2, toward: '1.1.1.1' },
      { target: '200.10.0.1', role: 'hop', ttl: 3, toward: '1.1.1.1' },
    ]);
  });

  test.each([
    [0, 'gateway', 1],
    [1, 'provider', 2],
    // The provider's first router alone may be the edge of a provider that is dead inside.
    [2, 'provider', 3],
    [3, 'internet', 4],
  ] as const)('cut behind step %i is of the layer %s', (ttl, layer, deadTtl) => {
    const rig = settled();
    apply(rig, cutBehind(ttl));
    rig.run(15_000);
    const down = last(rig);
    expect([down?.status, down?.layer]).toEqual(['down', layer]);
    expect(down?.path?.reached).toBe(false);
    expect(down?.path?.target).toBe('1.1.1.1');
    // Of the anchor itself nobody says that it was the first to die.
    expect(down?.path?.firstDead?.ttl).toBe(deadTtl === 4 ? undefined : deadTtl);
    expect(rig.linkChanges().length).toBe(2);
  });

  test('of a second box of the customer’s own does not speak for the provider', () => {
    const rig = new Rig();
    const box = { ttl: 2, address: '192.168.100.1' };
    rig.hops = () => ({
      reached: true,
      hops: [{ ttl: 1, address: gateway }, box, { ttl: 3, address: '1.1.1.1' }],
    });
    rig.run(120_000);
    rig.world = (_link, { role }) => (role === 'gateway' || role === 'hop' ? { rttMs: 1 } : undefined);
    rig.run(15_000);
    expect([last(rig)?.status, last(rig)?.layer]).toEqual(['down', 'provider']);
  });

  test('that is found after the verdict is told in one more report of the same outage', () => {
    const rig = settled();
    const { world, hops } = cutBehind(1);
    rig.world = world;
    let held = true;
    rig.hops = () => ({ reached: false, hops: held ? [] : hops('vivo').hops });
    rig.run(15_000);
    held = false;
    expect(last(rig)?.path?.hops).toEqual([]);
    const slow = new Rig();
    slow.run(120_000);
    slow.world = world;
    const start = slow.of('path.start').length;
    while (slow.of('path.start').length === start) slow.run(100);
    expect(slow.of('path.start').at(-1)?.output.timeoutMs).toBeLessThanOrEqual(1_500);
  });

  test('is not asked again and again by a link that wavers', () => {
    const rig = settled();
    const before = rig.of('path.start').length;
    for (let turn = 0; turn < 30; turn += 1) {
      apply(rig, cutBehind(1));
      rig.run(1_600);
      apply(rig, cutBehind(4));
      rig.run(1_400);
    }
    expect(rig.of('path.start').length - before).toBeLessThanOrEqual(12);
  });

  test('that answers to no question of ours is counted and dropped', () => {
    const rig = settled();
    const stray = {
      kind: 'path.measured',
      clock: rig.clock(),
      trace: 99,
      target: 'x',
      reached: true,
      hops: [],
    } as const;
    rig.feed({ ...stray, link: 'vivo' });
    rig.feed({ ...stray, link: 'nobody' });
    expect(rig.core.counters().roundsStray).toBe(2);
  });
});

test('a silent gateway with every neighbour silent is the local network’s trouble', () => {
  const rig = settled(
    assignmentOf({
      hosts: [
        { key: 'self', address: '192.168.10.4', self: true },
        { key: 'erp', address: '192.168.10.6', self: false },
      ],
    }),
  );
  apply(rig, cutBehind(0));
  rig.neighbour = () => false;
  rig.run(30_000);
  expect([last(rig)?.status, last(rig)?.layer]).toEqual(['down', 'lan']);
});

test('the site’s own resolver, answering from memory, hides no dead gateway', () => {
  const rig = new Rig({ assignment: assignmentOf({ dns: ['192.168.10.5'] }) });
  rig.run(60_000);
  rig.world = (_link, { role }) => (role === 'dns' ? { rttMs: 1 } : undefined);
  rig.run(15_000);
  expect([last(rig)?.status, last(rig)?.layer]).toEqual(['down', 'gateway']);
});
