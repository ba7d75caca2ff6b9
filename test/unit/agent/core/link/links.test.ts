// Links end to end inside the core: rounds out, changes recorded; which links an agent may judge.
import { describe, expect, test } from 'vitest';
import type { RoundTarget } from '../../../../../agent/core/output.ts';
import type { StoredChange } from '../../../../../agent/core/record.ts';
import type { AssignedLink } from '../../../../../shared/wire/assignment.ts';
import { FakeServer } from '../fake-server.ts';
import { type Answer, assignmentOf, Rig } from '../rig.ts';

const fine = (): Answer => ({ rttMs: 20 });
const providerDead = (_link: string, target: RoundTarget): Answer | undefined =>
  target.role === 'gateway' ? { rttMs: 1 } : undefined;
const words = (changes: readonly StoredChange[]): string[] =>
  changes.flatMap(({ body }) =>
    body.kind === 'link.changed'
      ? [[body.status, body.layer, body.recovering ? 'recovering' : ''].filter((word) => word).join(' ')]
      : [],
  );
const settled = (assignment = assignmentOf()): Rig => {
  const rig = new Rig({ assignment });
  rig.run(60_000);
  return rig;
};

describe('the only link of a site', () => {
  test('is confirmed down within ten seconds, since the first probe of the first bad round', () => {
    const rig = settled();
    const cutMs = rig.nowMs;
    rig.world = providerDead;
    rig.run(11_000);
    const down = rig.linkChanges().at(-1);
    expect(words(rig.linkChanges())).toEqual(['up', 'down provider']);
    const firstBad = rig.of('round.start').find(({ atMs }) => atMs >= cutMs);
    expect(down?.since.monoMs).toBe(firstBad?.atMs);
    expect((down?.at.monoMs ?? 0) - cutMs).toBeLessThanOrEqual(10_000);
  });

  test('survives blips of under three bursts without a word', () => {
    const rig = settled();
    for (let blip = 0; blip < 5; blip += 1) {
      rig.world = providerDead;
      rig.run(3_000);
      rig.world = fine;
      rig.run(60_000);
    }
    expect(words(rig.linkChanges())).toEqual(['up']);
  });

  test('bursts while in doubt, and calmly probes a settled outage', () => {
    const rig = settled();
    rig.world = providerDead;
    rig.run(60_000);
    const starts = rig.of('round.start').map(({ atMs }) => atMs);
    const gaps = starts.slice(-6).map((atMs, index, all) => atMs - (all[index - 1] ?? atMs - 5_000));
    expect(gaps).toEqual([5_000, 5_000, 5_000, 5_000, 5_000, 5_000]);
    const timeouts = new Set(rig.of('round.start').map(({ output }) => output.timeoutMs));
    expect(timeouts).toEqual(new Set([1_500, 1_000]));
  });

  test('asks DNS and the page in each sixth round, and in every burst round', () => {
    const rig = settled();
    const slow = rig.of('round.start').map(({ output }) => output.targets.some(({ role }) => role === 'dns'));
    expect(slow.slice(0, 7)).toEqual([true, false, false, false, false, false, true]);
    rig.world = providerDead;
    rig.run(6_600);
    const bursts = rig.of('round.start').filter(({ output }) => output.timeoutMs === 1_000);
    expect(bursts.length).toBeGreaterThan(1);
    expect(bursts.every(({ output }) => output.targets.some(({ role }) => role === 'http'))).toBe(true);
  });

  test('tells recovery at the first good round, then up since that round', () => {
    const rig = settled();
    rig.world = providerDead;
    rig.run(30_000);
    rig.world = fine;
    rig.run(30_000);
    expect(words(rig.linkChanges())).toEqual(['up', 'down provider', 'down provider recovering', 'up']);
    const [, down, recovering, up] = rig.linkChanges();
    expect(recovering?.since).toEqual(down?.since);
    expect(up?.since.monoMs).toBeLessThan(recovering?.at.monoMs ?? 0);
  });

  test('is degraded when names are not resolved', () => {
    const rig = settled();
    rig.world = (_link, { role }) => (role === 'dns' ? undefined : { rttMs: 20 });
    rig.run(60_000);
    expect(words(rig.linkChanges())).toEqual(['up', 'degraded dns']);
    rig.world = fine;
    rig.run(60_000);
    expect(words(rig.linkChanges())).toEqual(['up', 'degraded dns', 'up']);
  });

  test('is probed unbound although the inventory names its source', () => {
    const rig = settled(assignmentOf({ links: [{ key: 'vivo', role: 'primary', source: '192.168.10.20' }] }));
    expect(rig.of('round.start')[0]?.output.link.source).toBeUndefined();
  });

  test('names at most 32 targets, none longer than the wire allows', () => {
    const long = `http://portal.example/${'x'.repeat(300)}`;
    const rig = new Rig({ assignment: assignmentOf({ captivePortalUrl: long }) });
    rig.run(10_000);
    const body = rig.linkChanges()[0]?.body;
    expect(body?.kind === 'link.changed' && body.evidence.every(({ target }) => target.length <= 120)).toBe(
      true,
    );
    expect(rig.server.committed.size).toBe(2);
  });
});

describe('a shell that hangs', () => {
  test('is no evidence: nothing is reported, and measuring goes on', () => {
    const rig = settled();
    rig.shellHung = true;
    rig.run(600_000);
    expect(words(rig.linkChanges())).toEqual(['up']);
    expect(rig.core.counters().roundsWrittenOff).toBeGreaterThan(100);
    rig.shellHung = false;
    rig.world = providerDead;
    rig.run(15_000);
    expect(words(rig.linkChanges())).toEqual(['up', 'down provider']);
  });

  test('an answer that comes twice or for another link is counted and dropped', () => {
    const rig = settled();
    const round = {
      kind: 'round.measured',
      clock: rig.clock(),
      round: 0,
      sentAt: rig.clock(),
      targets: [],
    } as const;
    rig.feed({ ...round, link: 'vivo' });
    rig.feed({ ...round, link: 'nobody' });
    expect(rig.core.counters().roundsStray).toBe(2);
  });
});

const bound: AssignedLink[] = [
  {
    key: 'vivo',
    role: 'primary',
    source: '192.168.10.20',
    gateway: '192.168.10.1',
    publicAddress: '198.51.100.10',
  },
  {
    key: 'claro',
    role: 'backup',
    source: '192.168.10.21',
    gateway: '192.168.10.2',
    publicAddress: '203.0.113.10',
  },
];

describe('several links by source address', () => {
  test('are judged each by itself', () => {
    const rig = settled(assignmentOf({ links: bound }));
    rig.world = (link) => (link === 'claro' ? undefined : fine());
    rig.run(20_000);
    expect(words(rig.linkChanges('vivo'))).toEqual(['up']);
    expect(words(rig.linkChanges('claro'))).toEqual(['up', 'down gateway']);
  });

  test('a source address on another machine is never reported, and tried seldom', () => {
    const rig = new Rig({ assignment: assignmentOf({ links: bound }) });
    rig.world = (link) => (link === 'claro' ? { local: 'no-address' } : { rttMs: 20 });
    rig.run(600_000);
    expect(rig.linkChanges('claro')).toEqual([]);
    const tries = rig.of('round.start').filter(({ output }) => output.link.key === 'claro').length;
    expect(tries).toBeGreaterThanOrEqual(10);
    expect(tries).toBeLessThanOrEqual(14);
    rig.world = fine;
    rig.run(61_000);
    expect(words(rig.linkChanges('claro'))).toEqual(['up']);
  });

  test('a word that this machine can no longer stand by is withdrawn, not turned into an outage', () => {
    const rig = settled(assignmentOf({ links: bound }));
    rig.world = (link) => (link === 'claro' ? { local: 'no-address' } : { rttMs: 20 });
    rig.run(300_000);
    expect(words(rig.linkChanges('claro'))).toEqual(['up', 'unknown']);
  });
});

const unbound: AssignedLink[] = [
  { key: 'vivo', role: 'primary', publicAddress: '198.51.100.10' },
  { key: 'claro', role: 'backup', publicAddress: '203.0.113.10' },
  { key: 'tim', role: 'backup' },
];

describe('several links behind one router', () => {
  test('only the one by which the session leaves is measured', () => {
    const rig = settled(assignmentOf({ links: unbound }));
    expect(words(rig.linkChanges('vivo'))).toEqual(['up']);
    expect(new Set(rig.of('round.start').map(({ output }) => output.link.key))).toEqual(new Set(['vivo']));
  });

  test('a dual-stack spelling of the egress is the same address', () => {
    const rig = new Rig({ assignment: assignmentOf({ links: unbound }) });
    rig.server.egress = '::ffff:203.0.113.10';
    rig.run(30_000);
    expect(words(rig.linkChanges('claro'))).toEqual(['up']);
  });

  test('a link that takes the session with it is still confirmed down', () => {
    const rig = settled(assignmentOf({ links: unbound }));
    rig.world = () => undefined;
    rig.server.hung = true;
    rig.server.dials = 'hang';
    rig.run(30_000);
    expect(words(rig.linkChanges('vivo'))).toEqual(['up', 'down provider']);
  });

  test('nothing is measured while the egress is unknown', () => {
    const server = new FakeServer();
    server.dials = 'refuse';
    const rig = new Rig({ assignment: assignmentOf({ links: unbound }), server });
    rig.world = () => undefined;
    rig.run(120_000);
    expect(rig.of('round.start')).toEqual([]);
    expect(rig.linkChanges()).toEqual([]);
  });

  test('when the router moves the site, the new link is judged, a down of the old stands and a good word is withdrawn', () => {
    const rig = settled(assignmentOf({ links: unbound }));
    rig.server.egress = '203.0.113.10';
    rig.cut();
    rig.run(60_000);
    expect(words(rig.linkChanges('claro'))).toEqual(['up']);
    expect(words(rig.linkChanges('vivo'))).toEqual(['up', 'unknown']);
    rig.world = () => undefined;
    rig.server.hung = true;
    rig.run(12_000);
    rig.server.egress = '198.51.100.10';
    rig.server.hung = false;
    rig.cut();
    rig.run(1_000);
    rig.world = fine;
    rig.run(60_000);
    expect(words(rig.linkChanges('claro'))).toEqual(['up', 'down provider']);
    expect(words(rig.linkChanges('vivo'))).toEqual(['up', 'unknown', 'up']);
  });

  test('a round whose egress changed on the way says nothing', () => {
    const rig = settled(assignmentOf({ links: unbound }));
    const socket = rig.of('socket.open').at(-1)?.output.socket ?? 0;
    rig.world = () => undefined;
    const before = rig.of('round.start').length;
    while (rig.of('round.start').length === before) rig.run(10);
    rig.server.egress = '203.0.113.10';
    rig.feed({ kind: 'socket.closed', clock: rig.clock(), socket });
    rig.run(1_600);
    expect(rig.core.counters().roundsUncounted).toBe(1);
    expect(words(rig.linkChanges('vivo'))).toEqual(['up']);
  });
});

describe('a new assignment', () => {
  test('changes no status by itself, whatever it changes', () => {
    const rig = settled(assignmentOf({ links: bound }));
    const before = rig.changes.length;
    rig.assign(assignmentOf({ revision: 2, links: bound }));
    rig.assign(
      assignmentOf({ revision: 3, links: bound.map((link) => ({ ...link, source: `${link.source}9` })) }),
    );
    rig.assign(assignmentOf({ revision: 4, links: bound.slice(0, 1), anchors: ['4.4.4.4'] }));
    rig.assign(assignmentOf({ revision: 5, links: [] }));
    rig.assign(assignmentOf({ revision: 6, links: bound }));
    expect(rig.changes.length).toBe(before);
    expect(rig.of('assignment.save').map(({ output }) => output.assignment.revision)).toEqual([
      2, 3, 4, 5, 6,
    ]);
    expect(rig.of('assignment.save')[0]?.output.assignment).not.toHaveProperty('kind');
  });

  test('keeps a doubt going, so that an import does not delay an alarm', () => {
    const rig = settled();
    rig.world = providerDead;
    while (rig.of('round.start').at(-1)?.output.timeoutMs === 1_500) rig.run(100);
    rig.assign(assignmentOf({ revision: 2 }));
    rig.run(3_500);
    expect(words(rig.linkChanges())).toEqual(['up', 'down provider']);
  });

  test('a link with a new source is judged anew and says nothing when it agrees', () => {
    const rig = settled(assignmentOf({ links: bound }));
    rig.assign(assignmentOf({ links: bound.map((link) => ({ ...link, source: `${link.source}9` })) }));
    rig.run(60_000);
    expect(words(rig.linkChanges('vivo'))).toEqual(['up']);
    rig.world = providerDead;
    rig.run(20_000);
    expect(words(rig.linkChanges('vivo'))).toEqual(['up', 'down provider']);
  });

  test('a gateway that was replaced proves nothing until it has answered', () => {
    const rig = settled();
    rig.assign(
      assignmentOf({
        links: [{ key: 'vivo', role: 'primary', gateway: '192.168.10.9', publicAddress: '198.51.100.10' }],
      }),
    );
    rig.world = () => undefined;
    rig.run(20_000);
    expect(words(rig.linkChanges())).toEqual(['up', 'down provider']);
  });
});
