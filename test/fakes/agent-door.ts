// A server's door for tests of the agent: real HTTP and WebSocket on loopback, with the server's own rules for tokens,
// nonces and signatures written out by hand, and switches for everything a door can do wrong.
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { enrolmentProof, enrolmentRequestSchema, upgradeProof } from '../../shared/wire/door.ts';

export interface DoorSwitches {
  /** Status of the next enrolment answers in place of the real one. */
  enrolStatus?: number;
  enrolBody?: string;
  /** Takes an enrolment in and cuts the connection before the answer. */
  loseEnrolAnswer?: boolean;
  nonceStatus?: number;
  /** Never answers. */
  hangNonce?: boolean;
  hangUpgrade?: boolean;
  refuseUpgrade?: boolean;
}

export interface AgentDoor {
  readonly url: string;
  readonly port: number;
  readonly switches: DoorSwitches;
  /** Public keys that enrolled, in order. */
  readonly keys: string[];
  readonly sockets: WebSocket[];
  readonly frames: string[];
  /** Remote addresses of nonce requests and upgrades. */
  readonly from: string[];
  readonly upgradeHeaders: IncomingMessage['headers'][];
  close(): Promise<void>;
}

export interface DoorOptions {
  readonly token?: string;
  /** An address of this machine; default 127.0.0.1. */
  readonly address?: string;
  readonly port?: number;
  readonly tls?: ServerOptions;
  /** Keys of agents that enrolled at another address of the same server. */
  readonly keys?: string[];
}

export async function openAgentDoor(options: DoorOptions = {}): Promise<AgentDoor> {
  const { token = 'token-token-token-token', address = '127.0.0.1', port: wantedPort = 0, tls } = options;
  const switches: DoorSwitches = {};
  const keys = options.keys ?? [];
  const sockets: WebSocket[] = [];
  const frames: string[] = [];
  const from: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const nonces = new Set<string>();
  const hanging: (() => void)[] = [];
  const answer = (response: ServerResponse, status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
  const listener: RequestListener = (request, response) => {
    if (request.url === '/agent/nonce') {
      from.push(request.socket.remoteAddress ?? '');
      if (switches.hangNonce) return;
      const nonce = randomBytes(18).toString('base64url');
      nonces.add(nonce);
      answer(response, switches.nonceStatus ?? 200, { nonce });
      return;
    }
    if (request.url !== '/agent/enrolment' || request.method !== 'POST') {
      answer(response, 404, {});
      return;
    }
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const parsed = enrolmentRequestSchema.safeParse(JSON.parse(text));
      if (switches.enrolStatus !== undefined) {
        answer(response, switches.enrolStatus, switches.enrolBody ?? { message: 'no' });
        return;
      }
      if (!parsed.success) {
        answer(response, 400, { message: 'bad request' });
        return;
      }
      const { publicKey, signature } = parsed.data;
      if (!isSigned(publicKey, enrolmentProof(parsed.data.token, publicKey), signature)) {
        answer(response, 400, { message: 'signature' });
        return;
      }
      if (parsed.data.token !== token) {
        answer(response, 401, { message: 'token is used up' });
        return;
      }
      keys.push(publicKey);
      if (switches.loseEnrolAnswer) request.socket.destroy();
      else answer(response, 201, { agent: 'agent-1', customer: 'aurora', site: 'matriz', host: 'srv' });
    });
  };
  const http = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  const web = new WebSocketServer({ noServer: true, handleProtocols: () => 'vigia.v1' });
  http.on('upgrade', (request, socket, head) => {
    from.push(request.socket.remoteAddress ?? '');
    headers.push(request.headers);
    if (switches.hangUpgrade) {
      hanging.push(() => socket.destroy());
      return;
    }
    const nonce = String(request.headers['vigia-nonce']);
    const agent = String(request.headers['vigia-agent']);
    const signature = String(request.headers['vigia-signature']);
    const key = keys.at(-1) ?? '';
    const fresh = nonces.delete(nonce);
    if (switches.refuseUpgrade || !fresh || !isSigned(key, upgradeProof(agent, nonce), signature)) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\r\n');
      return;
    }
    web.handleUpgrade(request, socket, head, (accepted) => {
      sockets.push(accepted);
      accepted.on('message', (data) => frames.push(String(data)));
    });
  });
  await new Promise<void>((resolve) => http.listen(wantedPort, address, resolve));
  const { port } = http.address() as AddressInfo;
  return {
    url: `http${tls === undefined ? '' : 's'}://${address.includes(':') ? `[${address}]` : address}:${port}`,
    port,
    switches,
    keys,
    sockets,
    frames,
    from,
    upgradeHeaders: headers,
    close: () => {
      for (const socket of sockets) socket.terminate();
      for (const cut of hanging) cut();
      http.closeAllConnections();
      return new Promise((resolve) => {
        http.close(() => resolve());
      });
    },
  };
}

function isSigned(publicKey: string, text: string, signature: string): boolean {
  if (publicKey === '') return false;
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
  return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'));
}
