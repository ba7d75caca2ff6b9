// Notices as a signed POST to an address of the operator's choice, as the webhook desk signs: `Idempotency-Key`,
// `Vigia-Signature: t=<unix s>,v1=<hex HMAC-SHA256 of "t.body">`. The same news keep their key when they are sent again.
// Must never write its address or secret into a failure.
import { createHmac } from 'node:crypto';
import { second } from '../../../../shared/time.ts';
import type { Channel, Notice } from '../../../ports/channel.ts';
import type { Clock } from '../../../ports/clock.ts';
import { judge, post } from '../http/post.ts';
import { room } from '../http/settings.ts';
import type { WebhookChannelConfig } from './config.ts';

export interface WebhookChannelOptions {
  readonly config: WebhookChannelConfig;
  readonly secrets: { readonly url: string; readonly secret?: string };
  readonly clock: Pick<Clock, 'now'>;
  readonly fetch?: typeof globalThis.fetch;
  readonly timeoutMs?: number;
}

export function createWebhookChannel(options: WebhookChannelOptions): Channel {
  const { config, secrets, clock, fetch, timeoutMs } = options;
  const { name } = config;
  return {
    name,
    kind: 'webhook',
    recipients: () => room,
    send: async (notice) => {
      const body = bodyOf(notice);
      // A header holds no accents: names of incidents and steps have none, but nothing else is promised.
      const headers: Record<string, string> = { 'Idempotency-Key': encodeURI(notice.key) };
      if (secrets.secret !== undefined)
        headers['Vigia-Signature'] = signed(secrets.secret, body, clock.now());
      const posted = await post({ name, url: secrets.url, headers, body, fetch, timeoutMs });
      return posted.ok ? judge(posted.value, { name, clock }) : posted;
    },
  };
}

function bodyOf({ key, kind, priority, title, text, to, incident, url }: Notice): string {
  return JSON.stringify({ key, kind, priority, title, text, to, incident, incidentUrl: url });
}

function signed(secret: string, body: string, now: number): string {
  const at = Math.floor(now / second);
  return `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${body}`, 'utf8').digest('hex')}`;
}
