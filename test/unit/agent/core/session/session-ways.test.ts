// The session on its way to the server: two addresses, a server that moves, a dead default route. Virtual time only.
import { describe, expect, test } from 'vitest';
import { limits } from '../../../../../shared/limits.ts';
import type { AssignedLink } from '../../../../../shared/wire/assignment.ts';
import { assignmentOf, Rig, type RigOptions } from '../rig.ts';

const old = 'https://old.example';
const moved = 'https://new.example';
const backup = '192.168.10.21';
const links: AssignedLink[] = [
  { key: 'vivo', role: 'primary', source: '192.168.10.20' },
  { key: 'claro', role: 'backup', source: backup },
];

function rigAt(servers: readonly string[], more: RigOptions = {}): Rig {
  return new Rig({ assignment: assignmentOf({ links }), dial: { servers }, ...more });
}

/** Where the last session was opened to, and by which source. */
function last(rig: Rig) {
  const { server, source } = rig.of('socket.open').at(-1)?.output ?? {};
  return { server, source };
}

describe('two addresses', () => {
  test('a dead first one costs one failed attempt', () => {
    const rig = rigAt([old, moved], { serverAlive: (server) => server === moved });
    rig.run(limits.agentOpenMs + 2_000);
    expect(rig.server.hellos).toHaveLength(1);
    expect(last(rig).server).toBe(moved);
    expect(rig.of('socket.open')).toHaveLength(2);
  });

  test('when the first one dies, the agent is at the second within fifteen seconds, and stays there', () => {
    const rig = rigAt([old, moved]);
    rig.run(60_000);
    expect(last(rig).server).toBe(old);
    rig.serverAlive = (server) => server === moved;
    rig.cut();
    rig.run(15_000);
    expect(rig.server.hellos).toHaveLength(2);
    rig.serverAlive = () => true;
    rig.cut();
    rig.run(5_000);
    expect(last(rig).server).toBe(moved);
  });

  test('with the default route and one address dead, the backup and the other address are found together', () => {
    const rig = rigAt([old, moved]);
    rig.run(60_000);
    rig.world = (link) => (link === 'vivo' ? undefined : { rttMs: 20 });
    rig.serverAlive = (server) => server === moved;
    rig.routeAlive = (source) => source === backup;
    rig.cut();
    rig.run(30_000);
    expect(last(rig)).toEqual({ server: moved, source: backup });
    expect(rig.server.hellos).toHaveLength(2);
  });
});

describe('a server that moves house', () => {
  test('announces the new address, goes away later, and the agent follows by itself', () => {
    const rig = rigAt([old], { serverAlive: (server) => server === old });
    rig.run(60_000);
    rig.assign(assignmentOf({ links, servers: [moved] }));
    expect(rig.of('assignment.save').at(-1)?.output.assignment.servers).toEqual([moved]);
    rig.run(60_000);
    expect(rig.server.hellos).toHaveLength(1);
    rig.serverAlive = (server) => server === moved;
    rig.cut();
    rig.run(15_000);
    expect(last(rig).server).toBe(moved);
    expect(rig.server.hellos).toHaveLength(2);
  });

  test('is found after a restart too, from the saved assignment alone', () => {
    const assignment = assignmentOf({ links, servers: [moved] });
    const rig = rigAt([old], { assignment, serverAlive: (server) => server === moved });
    rig.run(limits.agentOpenMs + 2_000);
    expect(last(rig).server).toBe(moved);
    expect(rig.server.hellos).toHaveLength(1);
  });

  test('is gone to at once where the run before was there last', () => {
    const dial = { servers: [old], lastServer: moved };
    const rig = rigAt([old], { dial, serverAlive: (server) => server === moved });
    rig.run(1_000);
    expect(rig.server.hellos).toHaveLength(1);
    expect(rig.of('socket.open').map(({ output }) => output.server)).toEqual([moved]);
  });

  test('cannot lead the agent to an address that is not encrypted; the refusal is counted', () => {
    const assignment = assignmentOf({ links, servers: ['http://new.example', 'https://u:p@new.example'] });
    const rig = rigAt([old], { assignment, serverAlive: () => false });
    rig.run(120_000);
    expect(rig.core.counters()).toMatchObject({ serversRefused: 2 });
    const dialled = rig.of('socket.open').map(({ output }) => output.server);
    expect(dialled.length).toBeGreaterThan(3);
    expect(new Set(dialled)).toEqual(new Set([old]));
  });
});
