// A whole gateway on a real HTTP server on loopback, over stores in memory, a fake correlator and a manual clock; and the
// agents' side of its door.
import { once } from 'node:events';
import { createServer, request, type ServerOptions } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocket } from 'ws';
import { createMemoryRegistry } from '../../server/adapters/memory/registry.ts';
import { createMemorySeries } from '../../server/adapters/memory/series.ts';
import type { EnrolmentToken } from '../../server/ports/registry.ts';
import { type AddressLimits, doorServerOptions } from '../../server/shell/gateway/agent-door.ts';
import { createGatewayCounters } from '../../server/shell/gateway/counters.ts';
import { startGateway } from '../../server/shell/gateway/gateway.ts';
import { present } from '../../shared/assert.ts';
import { defaultTiming } from '../../shared/wire/assignment.ts';
import { decodeServerMessage, encodeMessage } from '../../shared/wire/codec.ts';
import { agentPaths, enrolmentAnswerSchema, nonceAnswerSchema } from '../../shared/wire/door.ts';
import { type AgentMessage, type ServerMessage, subprotocol } from '../../shared/wire/messages.ts';
import {
  type AgentKey,
  enrolmentRequest,
  enrolmentToken,
  newKey,
  site,
  topologyOf,
  upgradeHeadersOf,
} from './agent-side.ts';
import { createFakeCorrelator } from './fake-correlator.ts';
import { createManualClock, settled } from './manual-clock.ts';

export interface GatewayBenchOptions {
  readonly server?: ServerOptions;
  readonly addressLimits?: Partial<AddressLimits>;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly error?: { readonly code: string; readonly message: string; readonly issues: readonly unknown[] };
}

export interface Peer {
  readonly webSocket: WebSocket;
  readonly received: readonly ServerMessage[];
  send(message: AgentMessage): void;
  /** Resolves with the first message of this kind, past or to come. */
  heard<K extends ServerMessage['kind']>(kind: K): Promise<Extract<ServerMessage, { readonly kind: K }>>;
  /** The TCP socket below. */
  raw(): Socket;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

export type GatewayBench = Awaited<ReturnType<typeof startGatewayBench>>;

const plenty: AddressLimits = {
  sessionsMax: 1_000,
  enrolmentsPerMinuteMax: 10_000,
  noncesPerMinuteMax: 10_000,
  upgradesPerMinuteMax: 10_000,
};

export async function startGatewayBench(options: GatewayBenchOptions = {}) {
  const clock = createManualClock();
  const correlator = createFakeCorrelator();
  const registry = createMemoryRegistry();
  const series = createMemorySeries();
  const counters = createGatewayCounters();
  correlator.adopt(topologyOf([site()]));
  const gateway = startGateway({
    registry,
    correlator,
    series,
    clock,
    counters,
    log: () => undefined,
    assignment: { anchors: ['1.1.1.1'], dns: ['1.1.1.1'], timing: defaultTiming },
    addressLimits: { ...plenty, ...options.addressLimits },
  });
  const server = createServer({ ...doorServerOptions, ...options.server });
  server.on('request', (incoming, response) => {
    if (!gateway.handleRequest(incoming, response)) response.writeHead(404).end();
  });
  server.on('upgrade', (incoming, socket, head) => {
    if (!gateway.handleUpgrade(incoming, socket, head)) socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = (server.address() as AddressInfo).port;
  const door = createAgentsSide(port);

  const saveToken = (token: string, more: Partial<EnrolmentToken> = {}): void =>
    registry.saveToken(enrolmentToken(token, more));
  /** Enrols with a token of its own. */
  const enrolled = async (hostName = 'SRV-AD01', key = newKey()) => {
    const token = `token of ${hostName} ${crypto.randomUUID()}`;
    saveToken(token);
    const answer = await door.post(
      agentPaths.enrol,
      JSON.stringify(enrolmentRequest(key, token, { hostName })),
    );
    return { key, token, ...enrolmentAnswerSchema.parse(JSON.parse(answer.body)) };
  };
  const stop = async (): Promise<void> => {
    gateway.close();
    server.close();
    server.closeAllConnections();
    await settled();
  };
  const connections = (): Promise<number> =>
    new Promise((resolve, reject) => {
      server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
    });
  const stores = { correlator, registry, series, counters };
  return { ...stores, clock, gateway, port, connections, stop, saveToken, enrolled, ...door };
}

/** The agents' side of any server's door on loopback. */
export function createAgentsSide(port: number) {
  const ask = (
    method: string,
    path: string,
    more: { readonly headers?: Record<string, string>; readonly body?: string | Buffer } = {},
  ): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const outgoing = request({
        host: '127.0.0.1',
        port,
        method,
        path,
        headers: more.headers,
        agent: false,
      });
      outgoing.on('error', reject);
      outgoing.on('upgrade', (_response, socket) => {
        socket.destroy();
        resolve({ status: 101, body: '' });
      });
      outgoing.on('response', (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => {
          const body = Buffer.concat(chunks).toString();
          const status = incoming.statusCode ?? 0;
          resolve({ status, body, error: status >= 400 && body !== '' ? JSON.parse(body).error : undefined });
        });
      });
      outgoing.end(more.body);
    });
  const get = (path: string) => ask('GET', path);
  const post = (path: string, body: string | Buffer) => ask('POST', path, { body });
  const nonce = async (): Promise<string> =>
    nonceAnswerSchema.parse(JSON.parse((await get(agentPaths.nonce)).body)).nonce;
  /** An upgrade request as plain HTTP: what a refused peer sees. */
  const upgrade = (headers: Record<string, string>, path: string = agentPaths.socket): Promise<Answer> =>
    ask('GET', path, { headers: { ...upgradeRequest, ...headers } });
  const connect = async (
    agent: string,
    key: AgentKey,
    more: { readonly autoPong?: boolean } = {},
  ): Promise<Peer> => {
    const webSocket = new WebSocket(`ws://127.0.0.1:${port}${agentPaths.socket}`, subprotocol, {
      headers: upgradeHeadersOf(agent, await nonce(), key),
      perMessageDeflate: true,
      autoPong: more.autoPong ?? true,
    });
    const peer = peerOf(webSocket);
    await once(webSocket, 'open');
    return peer;
  };
  return { ask, get, post, nonce, upgrade, connect };
}

const upgradeRequest: Record<string, string> = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-protocol': subprotocol,
};

function peerOf(webSocket: WebSocket): Peer {
  const received: ServerMessage[] = [];
  const listeners = new Set<() => void>();
  webSocket.on('message', (data) => {
    const decoded = decodeServerMessage(String(data));
    if (!decoded.ok) throw new Error(`the agent would refuse: ${decoded.failure.message}`);
    received.push(decoded.value);
    for (const listener of listeners) listener();
  });
  webSocket.on('error', () => undefined);
  let below: Socket | undefined;
  webSocket.once('upgrade', (response) => {
    below = response.socket;
  });
  return {
    webSocket,
    received,
    raw: () => present(below, 'the socket below an open WebSocket'),
    send: (message) => webSocket.send(encodeMessage(message)),
    heard: (kind) =>
      new Promise((resolve) => {
        const look = (): void => {
          for (const message of received) {
            if (!isKind(message, kind)) continue;
            listeners.delete(look);
            resolve(message);
            return;
          }
        };
        listeners.add(look);
        look();
      }),
    closed: new Promise((resolve) => {
      webSocket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
    }),
  };
}

function isKind<K extends ServerMessage['kind']>(
  message: ServerMessage,
  kind: K,
): message is Extract<ServerMessage, { readonly kind: K }> {
  return message.kind === kind;
}
