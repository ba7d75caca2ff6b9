// The uplink against a real door: signed upgrade, frames through the codec, every way a session can fail or end.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { enrol } from '../../../../agent/shell/enrol.ts';
import { type Identity, loadIdentity } from '../../../../agent/shell/identity.ts';
import { createUplink, type Uplink } from '../../../../agent/shell/uplink.ts';
import { limits } from '../../../../shared/limits.ts';
import { closeCodes, type ServerMessage } from '../../../../shared/wire/messages.ts';
import { type AgentDoor, openAgentDoor } from '../../../fakes/agent-door.ts';
import { createHeardLog, until } from '../../../fakes/agent-records.ts';

let state = '';
let door: AgentDoor;
let identity: Identity;
let uplink: Uplink;
let opened: number[] = [];
let closed: { readonly socket: number; readonly code?: number }[] = [];
let received: ServerMessage[] = [];

beforeEach(async () => {
  state = mkdtempSync(join(tmpdir(), 'vigia-uplink-'));
  door = await openAgentDoor();
  await enrol({
    servers: [door.url],
    token: 'token-token-token-token',
    stateDirectory: state,
    allowInsecureHttp: false,
    agentVersion: '1',
  });
  const loaded = loadIdentity(state);
  if (!loaded.ok) throw new Error(loaded.failure.message);
  identity = loaded.value;
  opened = [];
  closed = [];
  received = [];
  uplink = createUplink({
    identity,
    log: createHeardLog(),
    events: {
      opened: (socket) => void opened.push(socket),
      closed: (socket, code) => void closed.push({ socket, code }),
      received: (_socket, message) => void received.push(message),
    },
  });
});

afterEach(async () => {
  uplink.end();
  await door.close();
  rmSync(state, { recursive: true });
});

const receipt = { kind: 'receipt', epoch: 1, changesUpTo: 2, rollupsUpTo: 0 } as const;
const goodbye = { kind: 'goodbye', reason: 'unknown' } as const;

async function session(socket = 1): Promise<void> {
  uplink.open(socket);
  await until(() => opened.includes(socket));
}

describe('uplink: opening', () => {
  it('signs the nonce, speaks vigia.v1 and offers no compression', async () => {
    await session();
    const headers = door.upgradeHeaders[0] ?? {};
    expect(headers['sec-websocket-protocol']).toBe('vigia.v1');
    expect(headers['sec-websocket-extensions']).toBeUndefined();
    expect(headers['vigia-agent']).toBe('agent-1');
  });

  it('leaves by the source it was told, for the nonce and for the socket', async () => {
    uplink.open(1, { source: '127.0.0.9' });
    await until(() => opened.length === 1);
    expect(door.from).toEqual(['127.0.0.9', '127.0.0.9']);
  });

  it('reports an attempt that never opened as closed, once', async () => {
    door.switches.nonceStatus = 500;
    uplink.open(1);
    await until(() => closed.length === 1);
    door.switches.nonceStatus = 200;
    door.switches.refuseUpgrade = true;
    uplink.open(2);
    await until(() => closed.length === 2);
    uplink.open(3, { source: '198.51.100.77' });
    await until(() => closed.length === 3);
    await door.close();
    uplink.open(4);
    await until(() => closed.length === 4);
    expect(closed.map(({ socket }) => socket)).toEqual([1, 2, 3, 4]);
    expect(opened).toEqual([]);
    expect(uplink.counters().failed).toBe(4);
  });

  it('gives up an attempt that the core closes, at once, also while the door hangs', async () => {
    door.switches.hangNonce = true;
    uplink.open(1);
    await until(() => door.from.length === 1);
    uplink.close(1, 4100, 'no socket in time');
    // Without a code: nobody at the other end has confirmed anything.
    expect(closed).toEqual([{ socket: 1, code: undefined }]);
    door.switches.hangNonce = false;
    door.switches.hangUpgrade = true;
    uplink.open(2);
    await until(() => door.upgradeHeaders.length === 1);
    uplink.close(2, 4100, 'no socket in time');
    expect(closed).toHaveLength(2);
  });

  it('opens no more sockets than its limit', () => {
    door.switches.hangNonce = true;
    for (let socket = 1; socket <= limits.uplinkSocketsMax + 1; socket += 1) uplink.open(socket);
    expect(closed).toEqual([{ socket: limits.uplinkSocketsMax + 1, code: undefined }]);
  });
});

describe('uplink: frames', () => {
  it('carries messages both ways, each on its own socket', async () => {
    await session(1);
    await session(2);
    uplink.send(2, goodbye);
    door.sockets[0]?.send(JSON.stringify(receipt));
    await until(() => received.length === 1 && door.frames.length === 1);
    expect(received).toEqual([receipt]);
    expect(JSON.parse(door.frames[0] ?? '')).toEqual(goodbye);
    expect(uplink.counters().sentBytes).toBe(door.frames[0]?.length);
  });

  it('skips and counts a kind from a newer server, and stays open', async () => {
    await session();
    door.sockets[0]?.send('{"kind":"horoscope","text":"good"}');
    door.sockets[0]?.send(JSON.stringify(receipt));
    await until(() => received.length === 1);
    expect(uplink.counters()).toMatchObject({ skippedKinds: 1, refusedMessages: 0 });
    expect(closed).toEqual([]);
  });

  it('closes with 4003 on a message that does not fit, and hears nothing behind it', async () => {
    for (const [at, bad] of ['no json', '{"kind":"receipt","epoch":1}', Buffer.from([1, 2])].entries()) {
      await session(at);
      const peer = door.sockets[at];
      let code = 0;
      peer?.on('close', (given) => {
        code = given;
      });
      peer?.send(bad);
      peer?.send(JSON.stringify(receipt));
      await until(() => code !== 0 && closed.some(({ socket }) => socket === at));
      expect(code).toBe(closeCodes.badMessage.code);
    }
    expect(received).toEqual([]);
    expect(uplink.counters().refusedMessages).toBe(3);
  });

  it('ends on a message larger than the wire allows', async () => {
    await session();
    door.sockets[0]?.send('x'.repeat(limits.messageBytesMax + 1));
    await until(() => closed.length === 1);
    expect(received).toEqual([]);
  });
});

describe('uplink: ending', () => {
  it('passes on the code of the server', async () => {
    await session();
    door.sockets[0]?.close(closeCodes.revoked.code, closeCodes.revoked.reason);
    await until(() => closed.length === 1);
    expect(closed).toEqual([{ socket: 1, code: 4001 }]);
  });

  it('cuts a peer that does not confirm the close', async () => {
    await session();
    door.sockets[0]?.pause();
    uplink.close(1, 4102, 'a beat stayed unanswered');
    await until(() => closed.length === 1, limits.uplinkCloseMs + 2_000);
    expect(closed[0]?.socket).toBe(1);
  });

  it('sends what was said before the close, first', async () => {
    await session();
    uplink.send(1, goodbye);
    uplink.close(1, 1000, 'goodbye');
    await until(() => closed.length === 1 && door.frames.length === 1);
    expect(closed).toEqual([{ socket: 1, code: 1000 }]);
  });

  it('ends a socket whose peer takes nothing, before memory fills', async () => {
    await session();
    door.sockets[0]?.pause();
    const big = { ...goodbye, reason: 'unknown' as const, pad: 'x'.repeat(200_000) };
    for (let n = 0; n < 200 && closed.length === 0; n += 1) {
      uplink.send(1, big);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => closed.length === 1);
    expect(uplink.counters().tooSlow).toBe(1);
  });

  it('says nothing any more after its own end', async () => {
    await session();
    uplink.end();
    await until(() => door.sockets[0]?.readyState === 3);
    expect(closed).toEqual([]);
  });
});
