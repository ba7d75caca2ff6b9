// JSON answers of the agent's door, over HTTP and over a raw socket whose upgrade is refused. One shape for every
// refusal: `{ error: { code, message, issues } }`.
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Failure } from '../../../shared/failure.ts';
import { limits } from '../../../shared/limits.ts';
import type { Clock } from '../../ports/clock.ts';

export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 405 | 408 | 413 | 429 | 503;
  readonly failure: Failure;
}

export function refusalBody(failure: Failure): string {
  const { code, message, issues } = failure;
  return JSON.stringify({ error: { code, message, issues: issues ?? [] } });
}

export function answerJson(response: ServerResponse, status: number, body: string): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
}

/** Also ends the connection (node does so after `connection: close`), so that what the peer still sends is not read. */
export function refuseRequest(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  if (response.headersSent || response.destroyed) return;
  response.setHeader('connection', 'close');
  if (refusal.status === 405) response.setHeader('allow', request.method === 'GET' ? 'POST' : 'GET');
  if (refusal.status === 429 || refusal.status === 503) response.setHeader('retry-after', '30');
  answerJson(response, refusal.status, refusalBody(refusal.failure));
}

/** A plain HTTP answer in place of an upgrade; the socket is gone a second later even if the peer reads nothing. */
export function refuseUpgrade(socket: Duplex, refusal: Refusal, clock: Clock): void {
  if (socket.destroyed) return;
  socket.on('error', () => socket.destroy());
  const body = refusalBody(refusal.failure);
  const head = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? 'Refused'}`,
    'connection: close',
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
  ];
  if (refusal.status === 429 || refusal.status === 503) head.push('retry-after: 30');
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  const cancel = clock.after(limits.closeHandshakeMs, () => socket.destroy());
  socket.once('close', cancel);
}
