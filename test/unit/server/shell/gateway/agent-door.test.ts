// The upgrade and the life of a socket, over real HTTP and WebSocket on loopback.
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { doorServerOptions } from '../../../../../server/shell/gateway/agent-door.ts';
import { agentId } from '../../../../../shared/ids.ts';
import { limits } from '../../../../../shared/limits.ts';
import { agentPaths, upgradeHeaders } from '../../../../../shared/wire/door.ts';
import { closeCodes } from '../../../../../shared/wire/messages.ts';
import { beat, changes, hello, matriz, newKey, upgradeHeadersOf } from '../../../../fakes/agent-side.ts';
import { type GatewayBench, startGatewayBench } from '../../../../fakes/gateway-bench.ts';
import { edgeTexts } from '../../../../fakes/wire-fuzz.ts';

let bench: GatewayBench;
beforeEach(async () => {
  bench = await startGatewayBench();
});
afterEach(() => bench.stop());

/** An agent with an open session. */
async function opened(more: { readonly autoPong?: boolean } = {}) {
  const enrolled = await bench.enrolled();
  const peer = await bench.connect(enrolled.agent, enrolled.key, more);
  peer.send(hello());
  await peer.heard('assignment');
  return { ...enrolled, ...peer };
}

describe('an upgrade', () => {
  it('opens a socket for who proves its key, without compression', async () => {
    const { webSocket, agent, received } = await opened();
    expect(webSocket.protocol).toBe('vigia.v1');
    expect(webSocket.extensions).toBe('');
    expect(received.map((message) => message.kind)).toEqual(['welcome', 'assignment']);
    expect(received[0]).toMatchObject({ egress: '127.0.0.1' });
    expect(bench.gateway.live(agentId(agent))).toMatchObject({ connected: true, egress: '127.0.0.1' });
    webSocket.close(1000);
    await vi.waitFor(() => expect(bench.gateway.sessionCount()).toBe(0));
    expect(bench.gateway.live(agentId(agent))).toMatchObject({ connected: false });
  });

  it('is refused with a reason, and never becomes a socket, when anything is missing or wrong', async () => {
    const { agent, key } = await bench.enrolled();
    const headers = async () => upgradeHeadersOf(agent, await bench.nonce(), key);
    const without = async (name: string) =>
      Object.fromEntries(Object.entries(await headers()).filter(([each]) => each !== name));
    const cases: readonly [Record<string, string>, number, string][] = [
      [{}, 401, 'auth.missing'],
      [await without(upgradeHeaders.agent), 401, 'auth.missing'],
      [await without(upgradeHeaders.nonce), 401, 'auth.missing'],
      [await without(upgradeHeaders.signature), 401, 'auth.missing'],
      [{ ...(await headers()), [upgradeHeaders.signature]: '' }, 401, 'auth.missing'],
      [{ ...(await headers()), [upgradeHeaders.agent]: '../../etc' }, 401, 'auth.missing'],
      [{ ...(await headers()), [upgradeHeaders.nonce]: 'x'.repeat(68) }, 401, 'auth.refused'],
      [upgradeHeadersOf(agent, await bench.nonce(), newKey()), 401, 'auth.refused'],
      [upgradeHeadersOf('agt-stranger', await bench.nonce(), key), 401, 'auth.refused'],
      [{ ...(await headers()), [upgradeHeaders.nonce]: await bench.nonce() }, 401, 'auth.refused'],
      [{ ...(await headers()), origin: 'https://vigia.example' }, 403, 'auth.refused'],
      [{ ...(await headers()), 'sec-websocket-protocol': 'vigia.v2' }, 400, 'input.invalid'],
      [{ ...(await headers()), 'sec-websocket-protocol': '' }, 400, 'input.invalid'],
    ];
    for (const [given, status, code] of cases) {
      expect(await bench.upgrade(given), JSON.stringify(given)).toMatchObject({ status, error: { code } });
    }
    expect(bench.gateway.sessionCount()).toBe(0);
    expect(bench.counters.read()['upgrade.done']).toBe(0);
    expect((await bench.upgrade(await headers())).status).toBe(101);
  });

  it('tells an unknown agent and a wrong key apart from nobody', async () => {
    const { agent } = await bench.enrolled();
    const wrong = await bench.upgrade(upgradeHeadersOf(agent, await bench.nonce(), newKey()));
    const unknown = await bench.upgrade(upgradeHeadersOf('agt-nobody', await bench.nonce(), newKey()));
    expect(unknown).toEqual(wrong);
  });

  it('with a nonce that was used already is refused: a recorded upgrade is worthless', async () => {
    const { agent, key } = await bench.enrolled();
    const recorded = upgradeHeadersOf(agent, await bench.nonce(), key);
    expect((await bench.upgrade(recorded)).status).toBe(101);
    expect(await bench.upgrade(recorded)).toMatchObject({ status: 401, error: { code: 'auth.refused' } });
  });

  it('with a nonce older than thirty seconds is refused', async () => {
    const { agent, key } = await bench.enrolled();
    const headers = upgradeHeadersOf(agent, await bench.nonce(), key);
    bench.clock.advance(limits.nonceMs + 1);
    expect((await bench.upgrade(headers)).status).toBe(401);
  });

  it('of a revoked agent is refused, and only its key learns why', async () => {
    const { agent, key } = await bench.enrolled();
    bench.registry.revoke(agentId(agent), bench.clock.now());
    expect(await bench.upgrade(upgradeHeadersOf(agent, await bench.nonce(), key))).toMatchObject({
      status: 403,
      error: { message: 'the agent is revoked' },
    });
    expect((await bench.upgrade(upgradeHeadersOf(agent, await bench.nonce(), newKey()))).status).toBe(401);
  });

  it('is refused past the sessions or the upgrades of one address', async () => {
    await bench.stop();
    bench = await startGatewayBench({ addressLimits: { sessionsMax: 1 } });
    const { agent, key, webSocket } = await opened();
    const again = async () => bench.upgrade(upgradeHeadersOf(agent, await bench.nonce(), key));
    expect(await again()).toMatchObject({ status: 429, error: { code: 'limit.reached' } });
    webSocket.close();
    await vi.waitFor(() => expect(bench.gateway.sessionCount()).toBe(0));
    expect((await again()).status).toBe(101);
    await bench.stop();
    bench = await startGatewayBench({ addressLimits: { upgradesPerMinuteMax: 2 } });
    const statuses = [await bench.upgrade({}), await bench.upgrade({}), await bench.upgrade({})];
    expect(statuses.map((answer) => answer.status)).toEqual([401, 401, 429]);
  });

  it('that sends its headers byte by byte is dropped in time', async () => {
    expect(doorServerOptions.headersTimeout).toBeLessThanOrEqual(limits.upgradeMs);
    expect(doorServerOptions.connectionsCheckingInterval).toBeLessThanOrEqual(1_000);
    await bench.stop();
    bench = await startGatewayBench({ server: { headersTimeout: 200, connectionsCheckingInterval: 50 } });
    const socket = connect(bench.port, '127.0.0.1');
    socket.on('error', () => undefined);
    const text = `GET ${agentPaths.socket} HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nx: ${'y'.repeat(1_000)}`;
    let sent = 0;
    const drip = setInterval(() => socket.write(text[sent++ % text.length] ?? 'y'), 5);
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(drip);
    expect(sent).toBeLessThan(text.length);
  });

  it('is refused while the server stops, and open sockets are told', async () => {
    const { closed, agent, key } = await opened();
    const headers = upgradeHeadersOf(agent, await bench.nonce(), key);
    bench.gateway.close();
    expect((await closed).code).toBe(closeCodes.goingAway.code);
    expect((await bench.upgrade(headers)).status).toBe(503);
    expect(bench.correlator.inputsOf('session.closed')).toEqual([]);
  });
});

describe('an open socket', () => {
  it('gets its receipt after the commit only', async () => {
    const { send, heard, received } = await opened();
    bench.correlator.hold();
    send(changes([1, 2]));
    send(beat(1));
    await heard('beat.reply');
    expect(received.some((message) => message.kind === 'receipt')).toBe(false);
    bench.correlator.release();
    expect(await heard('receipt')).toMatchObject({ changesUpTo: 2 });
  });

  it('is replaced at once by a newer session of the same run of the same machine', async () => {
    const older = await opened();
    const newer = await bench.connect(older.agent, older.key);
    newer.send(hello());
    await newer.heard('welcome');
    expect(await older.closed).toEqual({
      code: closeCodes.replaced.code,
      reason: closeCodes.replaced.reason,
    });
    expect(bench.correlator.inputs.map((input) => input.kind).slice(-3)).toEqual([
      'session.opened',
      'session.closed',
      'session.opened',
    ]);
    expect(bench.gateway.sessionCount()).toBe(1);
    newer.send(beat(1));
    await newer.heard('beat.reply');
  });

  it('says who ended it: close frame and FIN are the peer, a reset is not', async () => {
    const ends = async (end: (webSocket: WebSocket, raw: Socket) => void) => {
      const { webSocket, raw } = await opened();
      const before = bench.correlator.inputsOf('session.closed').length;
      end(webSocket, raw());
      await vi.waitFor(() => expect(bench.correlator.inputsOf('session.closed')).toHaveLength(before + 1));
      return bench.correlator.inputsOf('session.closed').at(-1)?.by;
    };
    expect(await ends((webSocket) => webSocket.close(1000))).toBe('peer');
    expect(await ends((webSocket) => webSocket.terminate())).toBe('peer');
    expect(await ends((_webSocket, raw) => raw.resetAndDestroy())).toBe('timeout');
  });

  it('is cut when its agent is revoked', async () => {
    const { agent, closed } = await opened();
    bench.correlator.hint({ kind: 'agent.cut', agent: agentId(agent) });
    expect((await closed).code).toBe(closeCodes.revoked.code);
    // Nothing is expected of it any more.
    await bench.clock.advanceAsync(120_000);
    expect(bench.correlator.inputsOf('agent.silent')).toEqual([]);
  });

  it('is destroyed within a second when a cut peer does not answer', async () => {
    const { agent, webSocket } = await opened();
    webSocket.pause();
    bench.correlator.hint({ kind: 'agent.cut', agent: agentId(agent) });
    expect(bench.gateway.sessionCount()).toBe(0);
    expect(await bench.connections()).toBe(1);
    await vi.waitFor(async () => expect(await bench.connections()).toBe(0), { timeout: 5_000 });
  });

  it('is challenged: who answers is not suspected, who does not is', async () => {
    const awake = await opened();
    bench.correlator.hint({ kind: 'agent.challenge', agent: agentId(awake.agent) });
    bench.clock.advance(1);
    await vi.waitFor(() => expect(bench.counters.read()['liveness.challenged']).toBe(1));
    await new Promise((resolve) => awake.webSocket.once('ping', resolve));
    awake.send(beat(1));
    await awake.heard('beat.reply');
    await bench.clock.advanceAsync(limits.challengeMs);
    expect(bench.correlator.inputsOf('agent.suspected')).toEqual([]);

    const deaf = await opened({ autoPong: false });
    bench.clock.advance(1);
    bench.correlator.hint({ kind: 'agent.challenge', agent: agentId(deaf.agent) });
    await new Promise((resolve) => deaf.webSocket.once('ping', resolve));
    await bench.clock.advanceAsync(limits.challengeMs);
    expect(bench.correlator.inputsOf('agent.suspected')).toMatchObject([{ agent: deaf.agent }]);
  });

  it('gets the new assignment when the inventory changed', async () => {
    const { received } = await opened();
    bench.correlator.adopt({ ...bench.correlator.state().topology, revision: 99 });
    bench.correlator.hint({ kind: 'assignment.send', sites: [matriz] });
    await vi.waitFor(() => expect(received.at(-1)).toMatchObject({ kind: 'assignment', revision: 99 }));
  });

  it.each([
    ['a message that is too large', 1009, (ws: WebSocket) => ws.send('x'.repeat(limits.messageBytesMax + 1))],
    ['a binary frame', 4003, (ws: WebSocket) => ws.send(Buffer.from('{"kind":"beat"}'))],
    ['broken UTF-8', 1007, (ws: WebSocket) => ws.send(Buffer.from([0xff, 0xfe]), { binary: false })],
    [
      'too many fragments',
      1008,
      (ws: WebSocket) => {
        for (let n = 0; n <= limits.messageFragmentsMax; n += 1) ws.send('x', { fin: false });
      },
    ],
  ])('is closed by %s', async (_what, code, send) => {
    const { webSocket, closed } = await opened();
    send(webSocket);
    expect((await closed).code).toBe(code);
    await vi.waitFor(() => expect(bench.gateway.sessionCount()).toBe(0));
    expect(bench.correlator.inputsOf('session.closed')).toMatchObject([{ by: 'local' }]);
  });

  it('survives what is no WebSocket at all', async () => {
    const { raw, closed } = await opened();
    raw().write(Buffer.alloc(64, 0xff));
    expect((await closed).code).toBe(1002);
  });

  it('closes with one clear reason on every edge case of JSON, before and after hello', async () => {
    const { agent, key } = await bench.enrolled();
    const texts = edgeTexts.filter((text) => text.length <= limits.messageBytesMax);
    for (const [n, text] of texts.entries()) {
      const peer = await bench.connect(agent, key);
      if (n % 2 === 0) peer.send(hello());
      peer.webSocket.send(text);
      // Kinds of a newer version are skipped; a second hello ends those as well.
      peer.send(hello());
      peer.send(hello());
      const { code, reason } = await peer.closed;
      expect([text.slice(0, 40), code]).toEqual([text.slice(0, 40), closeCodes.badMessage.code]);
      expect(reason.length).toBeGreaterThan('message refused: '.length);
    }
    expect(bench.correlator.inputsOf('changes.received')).toEqual([]);
    await vi.waitFor(() => expect(bench.gateway.sessionCount()).toBe(0));
    const { received } = await opened();
    expect(received).toHaveLength(2);
  });
});
