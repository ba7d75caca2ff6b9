// One small JSON request at the server's door (nonce, enrolment): bounded in time and size, from a chosen source, no
// redirects. Stands under enrol.ts and uplink.ts.
import type { IncomingMessage } from 'node:http';
import { limits } from '../../shared/limits.ts';
import { ok, type Result } from '../../shared/result.ts';
import { messageOf } from './errors.ts';
import type { Reach, Reached, ReachWish } from './reach.ts';
import { inTrouble, type Trouble } from './reach-trouble.ts';
import { parseJson } from './record-schema.ts';

export interface DoorRequest extends ReachWish {
  /** From the server's address on. */
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly body?: unknown;
}

export interface DoorAnswer {
  readonly status: number;
  /** undefined when the body is not JSON. */
  readonly json: unknown;
  /** What the server says the time is, whole seconds; undefined when it says nothing of it. */
  readonly dateMs?: number;
  /** Where it answered. */
  readonly at: Pick<Reached, 'host' | 'address'>;
}

/** Fails (retryable) when no whole answer came in time. Never rejects. */
export async function askDoor(reach: Reach, request: DoorRequest): Promise<Result<DoorAnswer, Trouble>> {
  const deadline = performance.now() + request.timeoutMs;
  const reached = await reach.open(request);
  if (!reached.ok) return reached;
  const timeoutMs = Math.max(1, deadline - performance.now());
  return askOn(reached.value, { ...request, timeoutMs });
}

function askOn(reached: Reached, request: DoorRequest): Promise<Result<DoorAnswer, Trouble>> {
  // Loaded only where it is spoken, and not by import: that would run node:http's lazy exports (16 MB resident). TLS is
  // in the socket already, so that one module speaks both.
  const { request: send } = process.getBuiltinModule('node:http');
  const { promise, resolve } = Promise.withResolvers<Result<DoorAnswer, Trouble>>();
  const url = new URL(`${request.server}${request.path}`);
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  const settle = (result: Result<DoorAnswer, Trouble>): void => {
    clearTimeout(timer);
    request.signal?.removeEventListener('abort', givenUp);
    resolve(result);
    call.destroy();
    reached.socket.destroy();
  };
  const failed = (why: string): void => settle(inTrouble('door-failed', `${url}: ${why}`));
  const givenUp = (): void => failed('no answer in time');
  const timer = setTimeout(givenUp, request.timeoutMs);
  request.signal?.addEventListener('abort', givenUp);
  const call = send({
    method: request.method,
    path: url.pathname,
    createConnection: () => reached.socket,
    headers: {
      host: url.host,
      accept: 'application/json',
      connection: 'close',
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    },
  });
  call.on('error', (error) => failed(messageOf(error)));
  call.on('close', () => failed('the connection closed before an answer'));
  call.on('response', (response) =>
    collect(response, {
      failed,
      done: (json) =>
        settle(
          ok({
            status: response.statusCode ?? 0,
            json,
            dateMs: dateOf(response),
            at: { host: reached.host, address: reached.address },
          }),
        ),
    }),
  );
  call.end(body);
  return promise;
}

function dateOf({ headers }: IncomingMessage): number | undefined {
  const dateMs = Date.parse(headers.date ?? '');
  return Number.isNaN(dateMs) ? undefined : dateMs;
}

function collect(
  response: IncomingMessage,
  told: { readonly failed: (why: string) => void; readonly done: (json: unknown) => void },
): void {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  response.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (sizeBytes > limits.doorAnswerBytesMax) told.failed('the answer is too large');
    else chunks.push(chunk);
  });
  response.on('error', (error) => told.failed(messageOf(error)));
  response.on('end', () => told.done(parseJson(Buffer.concat(chunks).toString('utf8'))));
}
