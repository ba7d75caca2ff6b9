// The session: opening, greeting, beats, half-open sockets, ways out, goodbye. Virtual time only.
import { describe, expect, test } from 'vitest';
import { agentCloses } from '../../../../agent/core/session/closes.ts';
import { limits } from '../../../../shared/limits.ts';
import type { AssignedLink } from '../../../../shared/wire/assignment.ts';
import { FakeServer } from './fake-server.ts';
import { assignmentOf, Rig, type RigOptions } from './rig.ts';

const withServer = (faults: Partial<FakeServer>, options: RigOptions = {}): Rig =>
  new Rig({ ...options, server: Object.assign(new FakeServer(), faults) });
const settled = (options: RigOptions = {}): Rig => {
  const rig = new Rig(options);
  rig.run(60_000);
  return rig;
};
const closesOf = (rig: Rig): number[] => rig.of('socket.close').map(({ output }) => output.code);

describe('opening', () => {
  test('begins at once and says hello with what the spool still holds', () => {
    const rig = new Rig();
    expect(rig.of('socket.open')).toMatchObject([{ atMs: 1_000_000, output: { socket: 1 } }]);
    rig.run(1_000);
    expect(rig.server.hellos).toMatchObject([{ epoch: 1, bootId: 'boot-1', spoolDepth: 1 }]);
  });

  test('that hangs is given up after five seconds, and the next attempt follows', () => {
    const rig = withServer({ dials: 'hang' });
    rig.run(limits.agentOpenMs - 1);
    expect(closesOf(rig)).toEqual([]);
    rig.run(1);
    expect(closesOf(rig)).toEqual([agentCloses.unopened.code]);
    rig.run(600);
    expect(rig.of('socket.open').length).toBe(2);
  });

  test('that is refused backs off within its bounds and never gives up', () => {
    const rig = withServer({ dials: 'refuse' });
    rig.run(3_600_000);
    const opens = rig.of('socket.open').map(({ atMs }) => atMs);
    expect(opens.length).toBeGreaterThan(240);
    expect(opens.length).toBeLessThan(3_600_000 / 1_000);
    rig.server.dials = 'open';
    rig.run(limits.dialCapMs + 100);
    expect(rig.server.hellos.length).toBe(1);
  });

  test('without a welcome within five seconds is given up', () => {
    const rig = withServer({ silentAfterHello: true });
    rig.run(limits.agentWelcomeMs + 100);
    expect(closesOf(rig)).toEqual([agentCloses.noWelcome.code]);
    expect(rig.core.counters().dialsFailed).toBe(1);
  });

  test('news of a socket that was given up changes nothing', () => {
    const rig = settled();
    const welcome = { clock: rig.clock(), socket: 99 };
    rig.feed({ kind: 'socket.closed', ...welcome });
    rig.feed({ kind: 'socket.opened', ...welcome });
    rig.feed({
      kind: 'message.received',
      ...welcome,
      message: { kind: 'receipt', epoch: 1, changesUpTo: 50, rollupsUpTo: 50 },
    });
    expect(rig.of('socket.open').length).toBe(1);
    expect(rig.core.counters().messagesStray).toBe(2);
  });
});

describe('beats', () => {
  test('come every heartbeat, with the load once a minute', () => {
    const rig = new Rig();
    rig.run(305_000);
    const gaps = rig.server.beats.map(
      ({ atMs }, index, all) => atMs - (all[index - 1]?.atMs ?? atMs - 10_000),
    );
    expect(new Set(gaps)).toEqual(new Set([10_000]));
    expect(rig.server.beats.filter(({ load }) => load).length).toBe(5);
  });

  test('an unanswered one ends the session after three seconds, and the next dial is immediate', () => {
    const rig = settled();
    rig.server.hung = true;
    rig.run(10_000);
    const beat = rig
      .of('socket.send')
      .filter(({ output }) => output.message.kind === 'beat')
      .at(-1);
    rig.run(6_000);
    const close = rig.of('socket.close')[0];
    expect(close).toMatchObject({ output: agentCloses.unanswered });
    expect((close?.atMs ?? 0) - (beat?.atMs ?? 0)).toBe(limits.beatReplyMsMin);
    expect(rig.of('socket.open')[1]?.atMs).toBe(close?.atMs);
    expect(rig.core.counters().beatsUnanswered).toBe(1);
  });

  test('a link in doubt asks at once, with less patience, and never twice at a time', () => {
    const rig = settled();
    rig.world = () => undefined;
    rig.server.hung = true;
    rig.run(10_000);
    const close = rig.of('socket.close')[0];
    const down = rig.linkChanges().at(-1);
    expect(close?.output.code).toBe(agentCloses.unanswered.code);
    // Suspicion to closed socket takes three seconds: the new session is there long before a beat would have failed.
    expect((close?.atMs ?? 0) - (down?.since.monoMs ?? 0)).toBeLessThanOrEqual(
      1_500 + limits.probeBeatReplyMs,
    );
  });

  test('an answered suspicion keeps the session', () => {
    const rig = settled();
    rig.world = (_link, { role }) => (role === 'gateway' ? { rttMs: 1 } : undefined);
    const before = rig.server.beats.length;
    rig.run(10_000);
    expect(rig.server.beats.length - before).toBeGreaterThanOrEqual(2);
    expect(rig.of('socket.open').length).toBe(1);
  });

  test('a neighbour that stays down does not make the agent chatter', () => {
    const hosts = [{ key: 'srv', address: '192.168.10.5', self: false }];
    const rig = settled({ assignment: assignmentOf({ hosts }) });
    rig.neighbour = () => false;
    rig.run(20_000);
    const before = rig.server.beats.length;
    rig.run(100_000);
    expect(rig.server.beats.length - before).toBe(10);
  });
});

describe('after a loss', () => {
  test('the first attempt is immediate', () => {
    const rig = settled();
    rig.cut();
    expect(rig.of('socket.open').at(-1)?.atMs).toBe(rig.nowMs);
  });

  test('a server that welcomes and hangs up at once is not hammered', () => {
    const rig = settled();
    for (let minute = 0; minute < 60; minute += 1) {
      for (let index = 0; index < 60; index += 1) {
        rig.run(1_000);
        rig.cut();
      }
    }
    expect(rig.of('socket.open').length).toBeLessThan(1_800);
  });
});

const bound: AssignedLink[] = [
  { key: 'vivo', role: 'primary', source: '192.168.10.20' },
  { key: 'claro', role: 'backup', source: '192.168.10.21' },
];

describe('ways out', () => {
  test('when the default route dies with the primary, the agent leaves by the living backup within fifteen seconds', () => {
    const rig = settled({ assignment: assignmentOf({ links: bound }) });
    const cutMs = rig.nowMs;
    const dead = (source: string | undefined): boolean => source === undefined || source === '192.168.10.20';
    rig.server.hung = true;
    rig.routeAlive = (source) => !dead(source);
    rig.world = (link) => (link === 'vivo' ? undefined : { rttMs: 20 });
    // The old socket is dead; a new one by the backup lives.
    while (rig.of('socket.close').length === 0) rig.run(50);
    rig.server.hung = false;
    rig.run(10_000);
    expect(rig.server.hellos.length).toBe(2);
    const open = rig.of('socket.open').find(({ output }) => output.source === '192.168.10.21');
    expect((open?.atMs ?? Number.POSITIVE_INFINITY) - cutMs).toBeLessThanOrEqual(10_000);
  });

  test('a source is never used while its link is not known to live', () => {
    const rig = withServer({ dials: 'refuse' }, { assignment: assignmentOf({ links: bound }) });
    rig.world = (link) => (link === 'vivo' ? undefined : { rttMs: 20 });
    rig.run(120_000);
    const ways = new Set(rig.of('socket.open').map(({ output }) => output.source));
    expect(ways).toEqual(new Set([undefined, '192.168.10.21']));
  });
});

describe('an orderly stop', () => {
  const stop = (rig: Rig) => rig.feed({ kind: 'stop.requested', clock: rig.clock(), reason: 'shutdown' });

  test('says goodbye, closes, and ends when the socket has closed', () => {
    const rig = settled();
    expect(stop(rig).map(({ kind }) => kind)).toEqual([
      'spool.append',
      'socket.send',
      'socket.close',
      'wake.at',
    ]);
    const stoppedMs = rig.nowMs;
    rig.run(1_000);
    expect(rig.server.goodbyes).toEqual(['shutdown']);
    expect(rig.of('stopped')[0]?.atMs).toBe(stoppedMs + 10);
  });

  test('waits for the confirmation, and for no more than its time although nobody closes the other side', () => {
    const rig = settled();
    const outputs = stop(rig);
    expect(outputs.at(-1)).toEqual({ kind: 'wake.at', monoMs: rig.nowMs + limits.goodbyeAnswerMs });
    const clock = { ...rig.clock(), monoMs: rig.nowMs + limits.goodbyeMs };
    expect(rig.feed({ kind: 'time.advanced', clock })).toEqual([{ kind: 'stopped' }]);
    expect(rig.feed({ kind: 'time.advanced', clock })).toEqual([]);
  });

  test('without a session ends at once, also in the middle of a dial', () => {
    const rig = withServer({ dials: 'hang' });
    expect(stop(rig).map(({ kind }) => kind)).toEqual(['socket.close', 'stopped']);
    const refused = withServer({ dials: 'refuse' });
    refused.run(25);
    expect(stop(refused).map(({ kind }) => kind)).toEqual(['stopped']);
  });

  test('takes no more measurements as evidence, but receipts still trim', () => {
    const rig = settled();
    rig.server.receipts = 'drop';
    rig.world = () => undefined;
    rig.run(12_000);
    const socket = rig.of('socket.open').at(-1)?.output.socket ?? 0;
    stop(rig);
    const late = rig.feed({
      kind: 'message.received',
      clock: rig.clock(),
      socket,
      message: { kind: 'receipt', epoch: 1, changesUpTo: 3, rollupsUpTo: 0 },
    });
    expect(late.map(({ kind }) => kind)).toEqual(['spool.trim', 'wake.at']);
    const round = { kind: 'round.measured', link: 'vivo', round: 1, targets: [] } as const;
    expect(rig.feed({ ...round, clock: rig.clock(), sentAt: rig.clock() }).map(({ kind }) => kind)).toEqual([
      'wake.at',
    ]);
  });
});

describe('the core as a whole', () => {
  test('refuses inputs before its start, a second start, and another boot in one run', () => {
    const rig = settled();
    const started = {
      kind: 'agent.started',
      clock: rig.clock(),
      spool: { epoch: 1, lastChangeSeq: 0, lastRollupSeq: 0, changes: 0, rollups: 0 },
      offsets: [],
    } as const;
    expect(() => rig.core.step(started)).toThrow('starts once');
    expect(() =>
      rig.core.step({ kind: 'time.advanced', clock: { ...rig.clock(), bootId: 'other' } }),
    ).toThrow('within one boot');
  });

  test('asks to be woken after each step, always later than now', () => {
    const rig = settled();
    rig.world = () => undefined;
    rig.run(30_000);
    rig.cut();
    rig.run(30_000);
    const wakes = rig.of('wake.at');
    expect(wakes.every(({ atMs, output }) => output.monoMs > atMs)).toBe(true);
  });

  test('a monotonic clock read out of order does not run back', () => {
    const rig = settled();
    const back = { ...rig.clock(), monoMs: rig.nowMs - 5_000 };
    expect(() => rig.feed({ kind: 'time.advanced', clock: back })).not.toThrow();
  });
});
