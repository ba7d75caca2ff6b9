// The console's requests beside the stream: details when a person opens something, and what a person does.
// Every answer goes through its schema. Failures are values that the views turn into words.
import { z } from 'zod';
import type { Result } from '../../shared/result.ts';
import { fail, ok } from '../../shared/result.ts';

export type RequestFailure =
  | { readonly kind: 'unreachable' }
  /** `code`: why, where a sign-in asks (`auth.second-factor`). */
  | { readonly kind: 'signed-out'; readonly code?: string }
  /** `issues`: what the server wants otherwise, each with its path in the body. */
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly message?: string;
      readonly issues?: readonly { readonly path: string; readonly message: string }[];
    }
  /** The answer does not match the schema: server and console are of different releases. */
  | { readonly kind: 'unreadable' };

/** GET, parsed. An aborted request answers `unreachable`; its caller no longer listens. */
export async function getJson<T>(
  url: string,
  schema: z.ZodType<T>,
  signal: AbortSignal,
): Promise<Result<T, RequestFailure>> {
  const answer = await send(url, { signal });
  return answer.ok ? readJson(answer.value, schema) : answer;
}

/** What was read, and which version of it that was (RFC 9110's entity tag); undefined where the server names none. */
export interface Tagged<T> {
  readonly value: T;
  readonly tag: string | undefined;
}

/** GET of something that will be sent back changed. */
export async function getTagged<T>(
  url: string,
  schema: z.ZodType<T>,
  signal?: AbortSignal,
): Promise<Result<Tagged<T>, RequestFailure>> {
  const answer = await send(url, { headers: { accept: 'application/json' }, ...(signal && { signal }) });
  return answer.ok ? tagged(answer.value, schema) : answer;
}

/** The same as text of this media type. */
export async function getTaggedText(
  url: string,
  type: string,
  signal?: AbortSignal,
): Promise<Result<Tagged<string>, RequestFailure>> {
  const answer = await send(url, { headers: { accept: type }, ...(signal && { signal }) });
  if (!answer.ok) return answer;
  try {
    return ok({ value: await answer.value.text(), tag: answer.value.headers.get('etag') ?? undefined });
  } catch {
    return fail({ kind: 'unreachable' });
  }
}

/** PUT of a text, only over the version that `tag` names: otherwise the server refuses with 412. */
export async function putTagged<T>(
  url: string,
  schema: z.ZodType<T>,
  sent: { readonly text: string; readonly type: string; readonly tag: string | undefined },
): Promise<Result<Tagged<T>, RequestFailure>> {
  const headers = {
    'x-vigia-console': '1',
    'content-type': sent.type,
    ...(sent.tag === undefined ? {} : { 'if-match': sent.tag }),
  };
  const answer = await send(url, { method: 'PUT', headers, body: sent.text });
  return answer.ok ? tagged(answer.value, schema) : answer;
}

async function tagged<T>(answer: Response, schema: z.ZodType<T>): Promise<Result<Tagged<T>, RequestFailure>> {
  const read = await readJson(answer, schema);
  return read.ok ? ok({ value: read.value, tag: answer.headers.get('etag') ?? undefined }) : read;
}

/** POST, with or without a body. */
export function post(url: string, body?: object): Promise<Result<undefined, RequestFailure>> {
  return act('POST', url, body);
}

/** An unsafe request. The header tells the server that no foreign page sent this (a form cannot set it). */
export async function act(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  url: string,
  body?: object,
): Promise<Result<undefined, RequestFailure>> {
  const answer = await sendBody(method, url, body);
  return answer.ok ? ok(undefined) : answer;
}

/** The same where the answer says something. */
export async function actJson<T>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  url: string,
  { body, schema }: { readonly body?: object; readonly schema: z.ZodType<T> },
): Promise<Result<T, RequestFailure>> {
  const answer = await sendBody(method, url, body);
  return answer.ok ? readJson(answer.value, schema) : answer;
}

function sendBody(
  method: string,
  url: string,
  body: object | undefined,
): Promise<Result<Response, RequestFailure>> {
  const headers = { 'x-vigia-console': '1' };
  if (body === undefined) return send(url, { method, headers });
  return send(url, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function readJson<T>(answer: Response, schema: z.ZodType<T>): Promise<Result<T, RequestFailure>> {
  let json: unknown;
  try {
    json = await answer.json();
  } catch {
    return fail({ kind: 'unreadable' });
  }
  const read = schema.safeParse(json);
  return read.success ? ok(read.data) : fail({ kind: 'unreadable' });
}

async function send(url: string, options: RequestInit): Promise<Result<Response, RequestFailure>> {
  let answer: Response;
  try {
    answer = await fetch(url, { ...options, cache: 'no-store', credentials: 'same-origin' });
  } catch {
    return fail({ kind: 'unreachable' });
  }
  if (answer.ok) return ok(answer);
  const { code, ...reason } = await reasonOf(answer);
  if (answer.status === 401) return fail({ kind: 'signed-out', ...(code === undefined ? {} : { code }) });
  return fail({ kind: 'refused', status: answer.status, ...reason });
}

const problemSchema = z.object({
  error: z.object({
    code: z.string().optional(),
    message: z.string().optional(),
    issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  }),
});

/** What a refusal says of itself, for a person who can mend it; a proxy's page says nothing. */
async function reasonOf(answer: Response): Promise<z.output<typeof problemSchema>['error']> {
  try {
    return problemSchema.parse(await answer.json()).error;
  } catch {
    return {};
  }
}
