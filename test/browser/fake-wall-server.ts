// A stand-in for Vigia's server in front of a real browser: serves the built console under the strict content security
// policy and speaks server-sent events on /api/v1/wall. A test says what it streams and reads what was posted.
import { createReadStream, existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { SessionAnswer } from '../../shared/api/people.ts';
import type { WallEvent, WallSnapshot } from '../../shared/api/wall.ts';

export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** What the server answers to strangers, too. */
const publicPaths: ReadonlySet<string> = new Set(['/api/v1/sign-in-options', '/api/v1/sign-in']);

const sessionAnswer: SessionAnswer = {
  by: 'NOC',
  role: 'administrator',
  customers: null,
  via: 'link',
  login: null,
  totp: false,
  password: false,
  expiresAt: '2030-01-01T00:00:00.000Z',
};

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Parsed; absent when there was none. */
  readonly body?: unknown;
  readonly consoleHeader: string | undefined;
}

export interface Answered {
  readonly status: number;
  readonly body?: unknown;
}

export interface Posted {
  readonly url: string;
  readonly consoleHeader: string | undefined;
  /** Parsed; absent when there was none. */
  readonly body?: unknown;
}

export class FakeWallServer {
  readonly posted: Posted[] = [];
  /** Streams opened since the start: a reconnect makes one more. */
  streamsOpened = 0;
  signedIn = true;
  /** Status answered to POST. */
  postStatus = 204;
  /** Asked first about every API request but the stream, signed in or not; undefined leaves it to what stands here. */
  answering: (asked: Asked) => Answered | undefined = () => undefined;
  /** Called before a POST is answered: what it changes at the server. */
  onPosted: (path: string) => void = () => {};
  /** JSON answers to GET by path; anything else is 404. */
  readonly answers = new Map<string, unknown>([
    ['/api/v1/session', sessionAnswer],
    ['/api/v1/sign-in-options', { setUp: false, password: true, oidc: null }],
  ]);
  /** Sent first on every new stream; undefined sends nothing. */
  snapshot: () => WallSnapshot | undefined;
  readonly #dist: string;
  readonly #streams = new Set<ServerResponse>();
  #server: Server | undefined;
  #port = 0;

  constructor(options: { readonly dist: string; readonly snapshot: () => WallSnapshot | undefined }) {
    this.#dist = options.dist;
    this.snapshot = options.snapshot;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The first start picks a port; a later one takes the same again, as a restarted server does. */
  async start(): Promise<void> {
    const server = createServer((request, response) => this.#answer(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Goes away as a killed server does: every socket is cut. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#streams.clear();
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }

  send(event: WallEvent, data: unknown): void {
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    for (const stream of this.#streams) stream.write(`event: ${event}\ndata: ${text}\n\n`);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://fake');
    response.setHeader('content-security-policy', contentSecurityPolicy);
    response.setHeader('x-content-type-options', 'nosniff');
    if (!path.startsWith('/api/')) this.#file(path, response);
    else if (path === '/api/v1/wall') this.#stream(response);
    else this.#api(request, { path, query }, response);
  }

  #api(
    request: IncomingMessage,
    { path, query }: { readonly path: string; readonly query: URLSearchParams },
    response: ServerResponse,
  ): void {
    const { method = 'GET' } = request;
    const header = request.headers['x-vigia-console'];
    const consoleHeader = typeof header === 'string' ? header : undefined;
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      const body = text === '' ? {} : { body: JSON.parse(text) as unknown };
      const answer = this.answering({ method, path, query, consoleHeader, ...body });
      if (answer !== undefined) sendJson(response, answer);
      else if (!this.signedIn && !publicPaths.has(path)) response.writeHead(401).end();
      else if (method === 'POST') this.#post({ url: path, consoleHeader, ...body }, response);
      else this.#json(path, response);
    });
  }

  #stream(response: ServerResponse): void {
    if (!this.signedIn) {
      response.writeHead(401).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.flushHeaders();
    this.streamsOpened += 1;
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
    const first = this.snapshot();
    if (first !== undefined) response.write(`event: wall.snapshot\ndata: ${JSON.stringify(first)}\n\n`);
  }

  #post(posted: Posted, response: ServerResponse): void {
    this.posted.push(posted);
    this.onPosted(posted.url);
    response.writeHead(this.postStatus).end();
  }

  #json(path: string, response: ServerResponse): void {
    const answer = this.answers.get(path);
    if (answer === undefined) response.writeHead(404).end();
    else sendJson(response, { status: 200, body: answer });
  }

  #file(path: string, response: ServerResponse): void {
    const file = join(this.#dist, normalize(path === '/' ? '/index.html' : path));
    const contentType = contentTypes[extname(file)];
    if (contentType === undefined || !file.startsWith(this.#dist) || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': contentType });
    createReadStream(file).pipe(response);
  }
}

function sendJson(response: ServerResponse, { status, body }: Answered): void {
  if (body === undefined) response.writeHead(status).end();
  else response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
