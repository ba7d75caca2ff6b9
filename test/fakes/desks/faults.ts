// The ways in which a desk's HTTP interface fails, shared by all fake desks: a server on loopback whose handler is a
// plain function from request to answer, with faults queued by the test. Must never fail by itself: no fault, no failure.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface FakeRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly raw: Buffer;
}

export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** A desk as a function. It commits what it does before it answers, as real ones do. */
export type FakeHandler = (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>;

/**
 * - `lose-answer`: done, then the connection is cut before the answer.
 * - `error-before` / `error-after`: 5xx instead of doing it / after it was done.
 * - `reset`: the connection is cut before anything was done.
 * - `hang` / `hang-after`: no answer at all, not done / done. Ends with the caller's time-out.
 * - `limit`: 429 with `Retry-After`, not done.
 * - `refuse`: this status and body, not done.
 * - `garbage`: done, and 200 with bytes that nobody can read.
 * - `delay`: done and answered, later.
 */
export type Fault =
  | { readonly kind: 'lose-answer' }
  | { readonly kind: 'error-before'; readonly status?: number }
  | { readonly kind: 'error-after'; readonly status?: number }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'hang-after' }
  | { readonly kind: 'limit'; readonly retryAfterS?: number }
  | { readonly kind: 'refuse'; readonly status?: number; readonly body?: string }
  | { readonly kind: 'garbage' }
  | { readonly kind: 'delay'; readonly ms: number };

export interface Faults {
  /** Queued for the next requests that `only` lets through, one each. */
  next(...faults: readonly Fault[]): void;
  /** Which requests faults fall on from now on; at first every one. */
  only(matches: (request: FakeRequest) => boolean): void;
  /** Forgets what is queued and falls on every request again. */
  clear(): void;
  waiting(): number;
  /** For servers: the fault of this request, taken from the queue. */
  take(request: FakeRequest): Fault | undefined;
}

export function createFaults(): Faults {
  let queue: Fault[] = [];
  let matches: (request: FakeRequest) => boolean = () => true;
  return {
    next: (...faults) => {
      queue.push(...faults);
    },
    only: (wanted) => {
      matches = wanted;
    },
    clear: () => {
      queue = [];
      matches = () => true;
    },
    waiting: () => queue.length,
    take: (request) => (matches(request) ? queue.shift() : undefined),
  };
}

/** Only requests that change something: for desks that probe or search before they write. */
export function writesOnly(request: FakeRequest): boolean {
  return request.method !== 'GET' && request.method !== 'HEAD';
}

export interface FakeServer {
  /** Without a slash at the end. */
  readonly url: string;
  readonly faults: Faults;
  /** Every request that arrived, also those that failed, oldest first. */
  readonly requests: readonly FakeRequest[];
  stop(): Promise<void>;
}

export async function startFakeServer(handler: FakeHandler, faults = createFaults()): Promise<FakeServer> {
  const requests: FakeRequest[] = [];
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  const server = createServer((request, response) => {
    void readRequest(request).then(async (read) => {
      if (read === undefined) return;
      requests.push(read);
      await answer({ request: read, response, handler, fault: faults.take(read), timers });
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    faults,
    requests,
    stop: async () => {
      for (const timer of timers) clearTimeout(timer);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

interface Answering {
  readonly request: FakeRequest;
  readonly response: ServerResponse;
  readonly handler: FakeHandler;
  readonly fault: Fault | undefined;
  readonly timers: Set<NodeJS.Timeout>;
}

async function answer({ request, response, handler, fault, timers }: Answering): Promise<void> {
  switch (fault?.kind) {
    case undefined:
      return send(response, await handler(request));
    case 'lose-answer':
      await handler(request);
      response.destroy();
      return;
    case 'error-before':
      return send(response, { status: fault.status ?? 503, body: 'Service Unavailable' });
    case 'error-after':
      await handler(request);
      return send(response, { status: fault.status ?? 502, body: '<html>Bad Gateway</html>' });
    case 'reset':
      response.destroy();
      return;
    case 'hang':
      return;
    case 'hang-after':
      await handler(request);
      return;
    case 'limit':
      return send(response, { status: 429, headers: { 'retry-after': String(fault.retryAfterS ?? 7) } });
    case 'refuse':
      return send(response, { status: fault.status ?? 422, body: fault.body ?? '{"errors":["no"]}' });
    case 'garbage':
      await handler(request);
      return send(response, { status: 200, body: Buffer.from([0xff, 0xfe, 0x00, 0x3c, 0x7b, 0xc3]) });
    case 'delay': {
      const done = await handler(request);
      const timer = setTimeout(() => {
        timers.delete(timer);
        send(response, done);
      }, fault.ms);
      timers.add(timer);
      return;
    }
    default:
      throw new Error(`no such fault: ${JSON.stringify(fault satisfies never)}`);
  }
}

function send(response: ServerResponse, { status, headers, body }: FakeAnswer): void {
  if (response.destroyed) return;
  response.writeHead(status, { connection: 'close', ...headers });
  response.end(body);
}

/** Undefined: the caller went away while it was sending. */
async function readRequest(request: IncomingMessage): Promise<FakeRequest | undefined> {
  const parts: Buffer[] = [];
  try {
    for await (const part of request) parts.push(Buffer.from(part));
  } catch {
    return undefined;
  }
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
  const url = new URL(request.url ?? '/', 'http://desk.invalid');
  return { method: request.method ?? 'GET', url, headers, raw: Buffer.concat(parts) };
}
