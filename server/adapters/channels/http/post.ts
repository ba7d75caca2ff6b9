// One bounded HTTP POST to a channel, and what its answer means where a channel knows nothing better. Shared by
// `adapters/channels/*`; knows none of them. Must never follow a redirect, retry, read an answer without end, or write an
// address, header or secret into a failure: addresses of such services are secrets themselves.
import { failure } from '../../../../shared/failure.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { second } from '../../../../shared/time.ts';
import type { ChannelFailure } from '../../../ports/channel.ts';
import type { Clock } from '../../../ports/clock.ts';

export interface PostOptions {
  /** Of the channel, for failures. */
  readonly name: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  readonly fetch?: typeof globalThis.fetch;
  readonly timeoutMs?: number;
}

export interface Posted {
  readonly status: number;
  readonly headers: Headers;
  /** At most `limits.noticeAnswerBytesMax`; a longer one is cut. */
  readonly text: string;
}

/** Any answer is `ok`: `judge` says what it means. No answer is `unavailable`, retryable. */
export async function post(options: PostOptions): Promise<Result<Posted>> {
  const { name, url, headers, body, fetch = globalThis.fetch, timeoutMs = limits.noticeCallMs } = options;
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json; charset=utf-8', Connection: 'close', ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return ok({ status: answer.status, headers: answer.headers, text: await readBounded(answer) });
  } catch (error) {
    const reason = error instanceof Error ? error.name : 'unknown';
    return fail(unavailable(`${name} did not answer (${reason})`));
  }
}

/** Answers that begin with 4 and may be different later. */
const passing: ReadonlySet<number> = new Set([408, 409, 425, 429]);

export interface JudgeOptions {
  readonly name: string;
  readonly clock: Pick<Clock, 'now'>;
  /** What the channel said, for a person: its own words, already free of secrets. */
  readonly said?: string;
}

/** 2xx is done; a redirect, 408, 409, 425, 429 and 5xx come again; every other 4xx is a refusal. */
export function judge(
  { status, headers }: Posted,
  { name, clock, said = '' }: JudgeOptions,
): Result<void, ChannelFailure> {
  if (status >= 200 && status < 300) return ok(undefined);
  const words = said === '' ? '' : `: ${said}`;
  if (status >= 400 && status < 500 && !passing.has(status))
    return fail({ ...failure('input.invalid', `${name} refused it with ${status}${words}`), status });
  const retryAfterMs = retryAfterOf(headers, clock.now());
  return fail({ ...unavailable(`${name} answered ${status}${words}`, retryAfterMs), status });
}

export function unavailable(message: string, retryAfterMs?: number): ChannelFailure {
  const bounded =
    retryAfterMs === undefined ? undefined : Math.min(retryAfterMs, limits.noticeRetryAfterMsMax);
  return failure('unavailable', message, { retryable: true, retryAfterMs: bounded });
}

/** A short quotation without secrets. */
export function quote(text: string, secrets: readonly string[]): string {
  let quoted = text;
  for (const secret of secrets) if (secret !== '') quoted = quoted.replaceAll(secret, '***');
  return quoted.replace(/\s+/g, ' ').trim().slice(0, limits.deskQuoteMax);
}

/** RFC 9110, 10.2.3: seconds or a date. */
function retryAfterOf(headers: Headers, now: number): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (text === '') return undefined;
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * second : Date.parse(text) - now;
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0);
}

async function readBounded(answer: Response): Promise<string> {
  if (answer.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of answer.body) {
    size += chunk.byteLength;
    if (size > limits.noticeAnswerBytesMax) break;
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}
