// The goodbye of an orderly stop where the way is in doubt: a session that hangs, a dial under way, a dead default route,
// a server that never answers. A lost goodbye is a false critical ticket. Virtual time only.
import { describe, expect, test } from 'vitest';
import { limits } from '../../../../../shared/limits.ts';
import type { AssignedLink } from '../../../../../shared/wire/assignment.ts';
import { closeCodes } from '../../../../../shared/wire/messages.ts';
import { assignmentOf, Rig } from '../rig.ts';

const backup = '192.168.10.21';
const links: AssignedLink[] = [
  { key: 'vivo', role: 'primary', source: '192.168.10.20' },
  { key: 'claro', role: 'backup', source: backup },
];

function settled(): Rig {
  const rig = new Rig({ assignment: assignmentOf({ links }) });
  rig.run(60_000);
  return rig;
}

function stop(rig: Rig): number {
  rig.feed({ kind: 'stop.requested', clock: rig.clock(), reason: 'restart' });
  return rig.nowMs;
}

/** How long after the stop it had said all it had to say. */
function tookMs(rig: Rig, stoppedMs: number): number {
  rig.run(10_000);
  return (rig.of('stopped')[0]?.atMs ?? Number.POSITIVE_INFINITY) - stoppedMs;
}

describe('a goodbye on a session that hangs', () => {
  test('is said again over a fresh connection, well before a service manager kills', () => {
    const rig = settled();
    rig.hungSocket = rig.openSocket;
    const stoppedMs = stop(rig);
    expect(tookMs(rig, stoppedMs)).toBeLessThanOrEqual(limits.goodbyeAnswerMs + 200);
    expect(rig.server.goodbyes).toEqual(['restart']);
    expect(rig.server.hellos).toHaveLength(2);
  });

  test('goes by another way when the default route is what is dead', () => {
    const rig = settled();
    rig.hungSocket = rig.openSocket;
    rig.routeAlive = (source) => source !== undefined;
    tookMs(rig, stop(rig));
    expect(rig.server.goodbyes).toEqual(['restart']);
    expect(rig.of('socket.open').at(-1)?.output.source).toBeDefined();
  });

  test('finds the third way when the second is dead too', () => {
    const rig = settled();
    rig.hungSocket = rig.openSocket;
    rig.routeAlive = (source) => source === backup;
    const stoppedMs = stop(rig);
    expect(tookMs(rig, stoppedMs)).toBeLessThanOrEqual(limits.goodbyeMs);
    expect(rig.server.goodbyes).toEqual(['restart']);
    expect(rig.of('socket.open').at(-1)?.output.source).toBe(backup);
  });

  test('is over in time when nothing answers anywhere', () => {
    const rig = settled();
    rig.server.hung = true;
    const stoppedMs = stop(rig);
    expect(tookMs(rig, stoppedMs)).toBeLessThanOrEqual(limits.goodbyeMs);
    expect(limits.goodbyeMs).toBeLessThan(limits.agentStopMs);
    expect(rig.of('socket.open').length).toBeLessThanOrEqual(1 + limits.goodbyeDialsMax);
    expect(rig.feed({ kind: 'time.advanced', clock: rig.clock() })).toEqual([]);
  });

  test('sends no changes and no beats over the fresh connection', () => {
    const rig = settled();
    rig.hungSocket = rig.openSocket;
    const stoppedMs = stop(rig);
    tookMs(rig, stoppedMs);
    const said = rig.of('socket.send').filter(({ atMs }) => atMs >= stoppedMs);
    expect(said.map(({ output }) => output.message.kind)).toEqual(['goodbye', 'hello', 'goodbye']);
  });

  test('that is confirmed late, while the next connection is being made, ends it', () => {
    const rig = settled();
    const socket = rig.openSocket ?? 0;
    rig.hungSocket = socket;
    rig.dialMs = 1_000;
    stop(rig);
    rig.run(limits.uplinkCloseMs + 100);
    const { code } = { code: 1000 };
    const outputs = rig.feed({ kind: 'socket.closed', clock: rig.clock(), socket, code });
    expect(outputs.map(({ kind }) => kind)).toEqual(['socket.close', 'stopped']);
  });
});

describe('a stop without an open session', () => {
  test('just after the session was lost dials at once, not when the backoff ends', () => {
    const rig = settled();
    rig.server.dials = 'refuse';
    rig.cut();
    rig.run(5_000);
    rig.server.dials = 'open';
    const stoppedMs = stop(rig);
    expect(tookMs(rig, stoppedMs)).toBeLessThan(500);
    expect(rig.server.goodbyes).toEqual(['restart']);
  });

  test('in the middle of a dial lets it come through', () => {
    const rig = settled();
    rig.dialMs = 500;
    rig.cut();
    rig.run(100);
    const dials = rig.of('socket.open').length;
    tookMs(rig, stop(rig));
    expect(rig.server.goodbyes).toEqual(['restart']);
    expect(rig.of('socket.open')).toHaveLength(dials);
  });

  test('ends at once when the server has missed it already', () => {
    const rig = settled();
    rig.server.dials = 'refuse';
    rig.cut();
    rig.run(limits.goodbyeLostMs + 60_000);
    const dials = rig.of('socket.open').length;
    const outputs = rig.feed({ kind: 'stop.requested', clock: rig.clock(), reason: 'shutdown' });
    expect(outputs.at(-1)).toEqual({ kind: 'stopped' });
    expect(rig.of('socket.open').length).toBe(dials);
  });

  test('ends soon when the server refuses every dial', () => {
    const rig = settled();
    rig.server.dials = 'refuse';
    rig.cut();
    rig.run(1_000);
    const stoppedMs = stop(rig);
    expect(tookMs(rig, stoppedMs)).toBeLessThan(200);
  });

  test('ends at once when the server does not want this agent', () => {
    const rig = settled();
    rig.cut(closeCodes.revoked.code);
    rig.run(100);
    const outputs = rig.feed({ kind: 'stop.requested', clock: rig.clock(), reason: 'shutdown' });
    expect(outputs.at(-1)).toEqual({ kind: 'stopped' });
  });
});
