// The console's requests beside the stream: details when a person opens something, and what a person does.
// Every answer goes through its schema. Failures are values that the views turn into words.
import type { z } from 'zod';
import type { Result } from '../../shared/result.ts';
import { fail, ok } from '../../shared/result.ts';

export type RequestFailure =
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'signed-out' }
  | { readonly kind: 'refused'; readonly status: number }
  /** The answer does not match the schema: server and console are of different releases. */
  | { readonly kind: 'unreadable' };

/** GET, parsed. An aborted request answers `unreachable`; its caller no longer listens. */
export async function getJson<T>(
  url: string,
  schema: z.ZodType<T>,
  signal: AbortSignal,
): Promise<Result<T, RequestFailure>> {
  const answer = await send(url, { signal });
  if (!answer.ok) return answer;
  let json: unknown;
  try {
    json = await answer.value.json();
  } catch {
    return fail({ kind: 'unreadable' });
  }
  const read = schema.safeParse(json);
  return read.success ? ok(read.data) : fail({ kind: 'unreadable' });
}

/** POST, with or without a body. The header tells the server that no foreign page sent this (a form cannot set it). */
export async function post(url: string, body?: object): Promise<Result<undefined, RequestFailure>> {
  const headers = { 'x-vigia-console': '1' };
  const answer = await send(
    url,
    body === undefined
      ? { method: 'POST', headers }
      : {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        },
  );
  return answer.ok ? ok(undefined) : answer;
}

async function send(url: string, options: RequestInit): Promise<Result<Response, RequestFailure>> {
  let answer: Response;
  try {
    answer = await fetch(url, { ...options, cache: 'no-store', credentials: 'same-origin' });
  } catch {
    return fail({ kind: 'unreachable' });
  }
  if (answer.ok) return ok(answer);
  return fail(answer.status === 401 ? { kind: 'signed-out' } : { kind: 'refused', status: answer.status });
}
