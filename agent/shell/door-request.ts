// One small JSON request at the server's door (nonce, enrolment): bounded in time and size, from a chosen source, no
// redirects. Stands under enrol.ts and uplink.ts.
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { failure } from '../../shared/failure.ts';
import { limits } from '../../shared/limits.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import { messageOf } from './errors.ts';
import { parseJson } from './record-schema.ts';

export interface DoorRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly body?: unknown;
  /** Leave by this local address. */
  readonly source?: string;
  readonly lookup?: LookupFunction;
  readonly timeoutMs: number;
}

export interface DoorAnswer {
  readonly status: number;
  /** undefined when the body is not JSON. */
  readonly json: unknown;
}

/** Fails with `unavailable` (retryable) when no whole answer came in time. Never rejects. */
export function askDoor(request: DoorRequest): Promise<Result<DoorAnswer>> {
  // Loaded only where it is spoken, and not by import: that would run node:http's lazy exports (16 MB resident).
  const name = request.url.startsWith('https:') ? 'node:https' : 'node:http';
  const { request: send } = process.getBuiltinModule(name);
  return new Promise((resolve) => {
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const settle = (result: Result<DoorAnswer>): void => {
      clearTimeout(timer);
      resolve(result);
      call.destroy();
    };
    const unavailable = (why: string): void =>
      settle(fail(failure('unavailable', `${request.url}: ${why}`, { retryable: true })));
    const timer = setTimeout(
      () => unavailable(`no answer within ${request.timeoutMs} ms`),
      request.timeoutMs,
    );
    const call = send(request.url, {
      method: request.method,
      agent: false,
      localAddress: request.source,
      family: request.source === undefined ? undefined : isIP(request.source),
      lookup: request.lookup,
      headers: {
        accept: 'application/json',
        connection: 'close',
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      },
    });
    call.on('error', (error) => unavailable(messageOf(error)));
    call.on('response', (response) => {
      const chunks: Buffer[] = [];
      let sizeBytes = 0;
      response.on('data', (chunk: Buffer) => {
        sizeBytes += chunk.length;
        if (sizeBytes > limits.doorAnswerBytesMax) unavailable('the answer is too large');
        else chunks.push(chunk);
      });
      response.on('error', (error) => unavailable(messageOf(error)));
      response.on('end', () => {
        const json = parseJson(Buffer.concat(chunks).toString('utf8'));
        settle(ok({ status: response.statusCode ?? 0, json }));
      });
    });
    call.end(body);
  });
}
