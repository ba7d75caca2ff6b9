// The TCP probe against real sockets on loopback.
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTcpProbe } from '../../../../agent/probes/tcp.ts';

let server: Server;
let openPort = 0;
let accepted = 0;

beforeAll(async () => {
  server = createServer((socket) => {
    accepted += 1;
    socket.resume();
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  openPort = typeof address === 'object' && address !== null ? address.port : 0;
});

afterAll(() => {
  server.close();
});

describe('probe: tcp', () => {
  it('takes an open port for an answer', async () => {
    const answer = await createTcpProbe([openPort])({ address: '127.0.0.1', timeoutMs: 2_000 });
    expect(answer).toMatchObject({ kind: 'answered' });
  });

  it('takes a refusal for an answer: someone is there', async () => {
    const answer = await createTcpProbe([1])({ address: '127.0.0.1', timeoutMs: 2_000 });
    expect(answer).toMatchObject({ kind: 'answered' });
  });

  it('says no-address when the source is not on this machine', async () => {
    const probe = createTcpProbe([openPort]);
    expect(await probe({ address: '127.0.0.1', source: '198.51.100.77', timeoutMs: 2_000 })).toEqual({
      kind: 'local',
      local: 'no-address',
    });
    expect(await probe({ address: '127.0.0.1', source: '::1', timeoutMs: 2_000 })).toMatchObject({
      kind: 'local',
    });
  });

  it('says interface-down for an interface that is not there', async () => {
    const answer = await createTcpProbe([openPort])({
      address: '127.0.0.1',
      interface: 'vigia-none',
      timeoutMs: 2_000,
    });
    expect(answer).toEqual({ kind: 'local', local: 'interface-down' });
  });

  it('asks the port that answered before alone first', async () => {
    const probe = createTcpProbe([openPort, openPort]);
    await probe({ address: '127.0.0.1', timeoutMs: 2_000 });
    const before = accepted;
    await probe({ address: '127.0.0.1', timeoutMs: 2_000 });
    expect(accepted - before).toBeLessThanOrEqual(1);
  });

  it('does not ask a name', async () => {
    expect(await createTcpProbe([openPort])({ address: 'localhost', timeoutMs: 500 })).toEqual({
      kind: 'unasked',
      reason: 'not-an-address',
    });
  });
});
