// The alarm as a signed POST to an address of the operator's choice (a pager, an SMS gateway in the same rack). Signed
// and keyed exactly as the webhook desk: `Idempotency-Key`, `Vigia-Signature: t=<unix s>,v1=<hex HMAC-SHA256 of "t.body">`.
// Must never write its URL or secret into a failure: URLs of such services are secrets themselves.
import { createHmac } from 'node:crypto';
import { failure } from '../../../../shared/failure.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { second, toIso } from '../../../../shared/time.ts';
import type { Alarm, AlarmNews } from '../../../ports/alarm.ts';
import type { Clock } from '../../../ports/clock.ts';

export interface WebhookAlarmOptions {
  readonly url: string;
  /** Absent: not signed. */
  readonly secret?: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly fetch?: typeof globalThis.fetch;
}

/** Answers that may be different later although they begin with 4. The other 4xx are a refusal. */
const passing: ReadonlySet<number> = new Set([408, 409, 425, 429]);

export function createWebhookAlarm(options: WebhookAlarmOptions): Alarm {
  return { name: 'webhook', tell: (news) => post(options, news) };
}

async function post({ url, secret, clock, fetch = globalThis.fetch }: WebhookAlarmOptions, news: AlarmNews) {
  const { key, kind, state, incident, since, text } = news;
  const body = JSON.stringify({ key, kind, state, incident, since: toIso(since), text });
  const headers: Record<string, string> = { 'Content-Type': 'application/json', 'Idempotency-Key': key };
  if (secret !== undefined) headers['Vigia-Signature'] = signatureOf(secret, body, clock.now());
  try {
    const signal = AbortSignal.timeout(limits.alarmCallMs);
    const answer = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' });
    // Nobody reads what it says; unread bodies would hold the connection.
    await answer.body?.cancel();
    return judge(answer.status);
  } catch (error) {
    const reason = error instanceof Error ? error.name : 'unknown';
    return fail(failure('unavailable', `the webhook did not answer (${reason})`, { retryable: true }));
  }
}

function judge(status: number): Result<void> {
  if (status >= 200 && status < 300) return ok(undefined);
  const refused = status >= 400 && status < 500 && !passing.has(status);
  return refused
    ? fail(failure('input.invalid', `the webhook refused it with ${status}`))
    : fail(failure('unavailable', `the webhook answered ${status}`, { retryable: true }));
}

function signatureOf(secret: string, body: string, now: number): string {
  const at = Math.floor(now / second);
  return `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${body}`, 'utf8').digest('hex')}`;
}
