// A small JSON body from a stranger: bounded in bytes and in time. Never throws, never keeps more than it was allowed.
import type { IncomingMessage } from 'node:http';
import { failure } from '../../../shared/failure.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Refusal } from './http-answer.ts';

export interface BodyLimits {
  readonly bytesMax: number;
  readonly withinMs: number;
  readonly clock: Clock;
}

/** Gives the parsed JSON, not yet checked against any schema. Refusals: 400 no JSON, 408 too slow, 413 too large. */
export function readBody(request: IncomingMessage, limit: BodyLimits): Promise<Result<unknown, Refusal>> {
  const tooLarge: Refusal = {
    status: 413,
    failure: failure('input.invalid', `wanted: a body of at most ${limit.bytesMax} bytes`),
  };
  if (Number(request.headers['content-length'] ?? 0) > limit.bytesMax) return Promise.resolve(fail(tooLarge));
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    const finish = (result: Result<unknown, Refusal>): void => {
      cancel();
      request.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken);
      // What still comes is thrown away; the answer ends the connection.
      request.on('error', () => undefined).resume();
      resolve(result);
    };
    const onData = (chunk: Buffer): void => {
      sizeBytes += chunk.length;
      if (sizeBytes > limit.bytesMax) finish(fail(tooLarge));
      else chunks.push(chunk);
    };
    const onEnd = (): void => finish(parseJson(Buffer.concat(chunks)));
    const onBroken = (): void => finish(fail(broken));
    const cancel = limit.clock.after(limit.withinMs, () => finish(fail(tooSlow)));
    request.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken);
  });
}

const broken: Refusal = { status: 400, failure: failure('input.invalid', 'the body ended too early') };
const tooSlow: Refusal = { status: 408, failure: failure('input.invalid', 'the body came too slowly') };

function parseJson(bytes: Buffer): Result<unknown, Refusal> {
  try {
    // Strict UTF-8: a body with broken characters is refused, not repaired.
    return ok(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    return fail({ status: 400, failure: failure('input.invalid', 'wanted: a JSON object in UTF-8') });
  }
}
