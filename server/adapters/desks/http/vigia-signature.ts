// Vigia's own signature of a request, both ways: `Vigia-Signature: t=<unix s>,v1=<hex HMAC-SHA256 of "t.body">`
// (CONTRACT.md, section 5). Shared by the desks whose other end is written by the operator: the webhook and RT's scrip.
import { createHmac } from 'node:crypto';
import { failure } from '../../../../shared/failure.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { type Instant, second } from '../../../../shared/time.ts';
import type { DeskHintRequest } from '../../../ports/desk-client.ts';
import { hmacMatches } from './proof.ts';

/** Of a body without bytes (a GET) the signed text is `t.`. */
export function vigiaSignature(secret: string, body: string, now: Instant): string {
  const at = Math.floor(now / second);
  return `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${body}`, 'utf8').digest('hex')}`;
}

/** On the raw bytes, before anything is read from them. `auth.refused`: unsigned, wrongly signed or out of its time. */
export function checkVigiaSignature(secret: string | undefined, request: DeskHintRequest): Result<void> {
  const { headers, raw, now } = request;
  const parts = /^t=(?<at>\d{1,12}),\s?v1=(?<hex>[0-9a-f]{64})$/i.exec(
    headers['vigia-signature'] ?? '',
  )?.groups;
  const { at = '', hex = '' } = parts ?? {};
  const signed =
    secret !== undefined &&
    secret !== '' &&
    parts !== undefined &&
    hmacMatches({ algorithm: 'sha256', secret, parts: [`${at}.`, raw], hex });
  if (!signed) return fail(failure('auth.refused', 'the event is not signed with the secret of this desk'));
  if (Math.abs(now - Number(at) * second) > limits.deskSignatureAgeMsMax)
    return fail(failure('auth.refused', 'the event is too old, or the clocks differ'));
  return ok(undefined);
}

/** JSON of a signed event, still to be parsed by a schema. Undefined: no JSON, or no UTF-8. */
export function eventJson(raw: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw));
  } catch {
    return undefined;
  }
}
