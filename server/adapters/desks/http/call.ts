// One bounded HTTP request to a desk, and what its answer or silence means: the one way by which every desk adapter
// speaks. Shared by `adapters/desks/*`; knows no desk. It must never retry, follow a redirect, read an answer without
// end, or write a query, header, token or secret into a failure: failures are shown and logged.
import type { z } from 'zod';
import { type Failure, failure } from '../../../../shared/failure.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { second } from '../../../../shared/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import { addressProblem } from './address.ts';

/** How one desk is spoken to; made once by its adapter. */
export interface DeskHttp {
  /** Of the desk, for failures: `redmine`. */
  readonly name: string;
  /** Plain HTTP to another machine is allowed because the operator said so. Loopback always is. */
  readonly allowInsecure: boolean;
  readonly clock: Pick<Clock, 'now'>;
  /** Cut out of whatever the desk says before it is quoted. */
  readonly secrets: readonly string[];
  /** What 403 means here; 401 is always the credential. Absent: a refusal. */
  readonly forbidden?: 'unauthorised' | 'refused';
  readonly fetch?: typeof globalThis.fetch;
  /** Milliseconds for the whole call, connecting and reading included. */
  readonly timeoutMs?: number;
}

export interface DeskRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer> | FormData;
  /** Statuses beside 2xx that the adapter reads itself (404 of a search, say). */
  readonly accepts?: readonly number[];
}

export interface DeskAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

/** Answers that begin with 4 and yet are no refusal: it may have happened, or happens when asked again. */
const passing: ReadonlySet<number> = new Set([408, 409, 425]);

/**
 * Sends one request. A 2xx (or accepted) answer comes back whole; it still has to be believed by its body.
 * Failures as `ports/desk-client.ts` defines them: never connected or name unknown -> `desk.unavailable`; time-out, reset,
 * 3xx, 5xx, 408, 409, 425, answer too long -> `desk.uncertain`; 401 -> `desk.unauthorised`; 429 -> `desk.limited` with the
 * wait of Retry-After; other 4xx, and what cannot be sent at all -> `desk.refused`.
 */
export async function call(desk: DeskHttp, request: DeskRequest): Promise<Result<DeskAnswer>> {
  const problem = addressProblem(request.url, desk.allowInsecure);
  if (problem !== undefined) return fail(failure('desk.refused', `${desk.name}: ${problem}`));
  const headers = headersOf(request);
  if (headers === undefined)
    return fail(failure('desk.refused', `${desk.name}: a configured value cannot stand in an HTTP header`));
  const { fetch = globalThis.fetch, timeoutMs = limits.deskCallMs } = desk;
  try {
    const answer = await fetch(request.url, {
      method: request.method,
      headers,
      body: request.body,
      // A redirect followed would carry the credential elsewhere, or turn a POST into a GET.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return await judge(desk, request, answer);
  } catch (error) {
    return fail(silence(desk, error));
  }
}

/** The answer's JSON by its schema. What cannot be read proves nothing: `desk.uncertain`. */
export function jsonOf<T>(desk: DeskHttp, answer: DeskAnswer, schema: z.ZodType<T>): Result<T> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(answer.bytes));
  } catch {
    return fail(uncertain(`${desk.name} answered ${answer.status} with a text that is no JSON`));
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return ok(parsed.data);
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  return fail(
    uncertain(`${desk.name} answered ${answer.status} in an unknown shape${where && ` (at ${where})`}`),
  );
}

/** For adapters that find a 2xx answer not to be what was asked for. */
export function uncertain(message: string, retryAfterMs?: number): Failure {
  return failure('desk.uncertain', message, { retryable: true, retryAfterMs });
}

/** A short quotation of what the desk said, without secrets, for a person who must look. */
export function quote(desk: DeskHttp, bytes: Uint8Array): string {
  let text = new TextDecoder().decode(bytes.subarray(0, limits.deskQuoteMax * 8));
  for (const secret of desk.secrets) if (secret !== '') text = text.replaceAll(secret, '***');
  // Addresses may carry a token in their query.
  text = text.replace(/\?[^\s"'<>]*=[^\s"'<>]*/g, '?***');
  return text.replace(/\s+/g, ' ').trim().slice(0, limits.deskQuoteMax);
}

function headersOf(request: DeskRequest): Headers | undefined {
  try {
    const headers = new Headers(request.headers);
    // A connection of its own for each call: a kept one that the desk closes just as it is used again would make a
    // harmless request uncertain.
    headers.set('Connection', 'close');
    return headers;
  } catch {
    return undefined;
  }
}

async function judge(desk: DeskHttp, request: DeskRequest, answer: Response): Promise<Result<DeskAnswer>> {
  const { status, headers } = answer;
  const bytes = await readBounded(answer);
  if (bytes === undefined)
    return fail(uncertain(`${desk.name} answered ${status} with more than is ever read`));
  if ((status >= 200 && status < 300) || request.accepts?.includes(status) === true)
    return ok({ status, headers, bytes });
  return fail(refusal(desk, status, headers, bytes));
}

/** What an answer with this status means when nothing else is known of it. */
export function refusal(desk: DeskHttp, status: number, headers: Headers, bytes: Uint8Array): Failure {
  const { name, clock, forbidden = 'refused' } = desk;
  const retryAfterMs = retryAfterOf(headers, clock.now());
  if (status === 429)
    return failure('desk.limited', `${name} takes no more requests now`, { retryable: true, retryAfterMs });
  if (status === 401 || (status === 403 && forbidden === 'unauthorised'))
    return failure('desk.unauthorised', `${name} does not take the credential (${status})`, {
      retryable: true,
    });
  if (status >= 300 && status < 400)
    return uncertain(`${name} sends elsewhere (${status}); is its address right?`);
  if (status < 400 || status >= 500 || passing.has(status))
    return uncertain(`${name} answered ${status}`, retryAfterMs);
  const said = quote(desk, bytes);
  return failure('desk.refused', `${name} refused with ${status}${said && `: ${said}`}`);
}

async function readBounded(answer: Response): Promise<Uint8Array | undefined> {
  if (answer.body === null) return new Uint8Array();
  const reader = answer.body.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(parts, size);
    size += value.byteLength;
    if (size > limits.deskAnswerBytesMax) {
      await reader.cancel();
      return undefined;
    }
    parts.push(value);
  }
}

/** Milliseconds; undefined when the desk does not say or says nonsense. RFC 9110, 10.2.3: seconds or a date. */
export function retryAfterOf(headers: Headers, now: number): number | undefined {
  const text = headers.get('retry-after')?.trim();
  if (text === undefined || text === '') return undefined;
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * second : Date.parse(text) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), limits.deskRetryAfterMsMax);
}

/** Steps before the first byte of a request: what fails there has certainly not reached the desk. */
const beforeSending: ReadonlySet<unknown> = new Set(['connect', 'getaddrinfo']);
const neverSent = /^(UND_ERR_CONNECT_TIMEOUT|ERR_TLS_.*|CERT_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*)$/;

function silence(desk: DeskHttp, error: unknown): Failure {
  const marks = marksOf(error);
  const why = marks.find((mark) => mark.code !== undefined)?.code ?? marks[0]?.name ?? 'unknown';
  const unsent = marks.some(
    (mark) => beforeSending.has(mark.syscall) || (mark.code !== undefined && neverSent.test(mark.code)),
  );
  return unsent
    ? failure('desk.unavailable', `${desk.name} cannot be reached (${why})`, { retryable: true })
    : uncertain(`${desk.name} did not answer (${why})`);
}

interface ErrorMark {
  readonly name: string;
  readonly code?: string;
  readonly syscall?: string;
}

/** An error of `fetch` says in its cause what happened, and in that one's parts when several addresses were tried. */
function marksOf(error: unknown): readonly ErrorMark[] {
  if (!(error instanceof Error)) return [];
  const own: ErrorMark = {
    name: error.name,
    code: 'code' in error && typeof error.code === 'string' ? error.code : undefined,
    syscall: 'syscall' in error && typeof error.syscall === 'string' ? error.syscall : undefined,
  };
  const parts: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  return [own, ...parts.flatMap(marksOf), ...marksOf(error.cause)];
}
