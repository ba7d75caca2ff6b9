// Notices by WhatsApp's Cloud API, as an approved template: a business may write free text only within 24 h of a person's
// own message, and an outage does not wait for one. Parameters may hold no line break and no run of spaces.
// Must never send anything but the template, nor write the token into a failure.
import { z } from 'zod';
import { failure } from '../../../../shared/failure.ts';
import { fail, type Result } from '../../../../shared/result.ts';
import { clipped } from '../../../core/view/notice-text.ts';
import type { Channel, ChannelFailure, Notice } from '../../../ports/channel.ts';
import type { Clock } from '../../../ports/clock.ts';
import { judge, type Posted, post, quote, unavailable } from '../http/post.ts';
import { addressesOf } from '../http/settings.ts';
import type { WhatsappConfig } from './config.ts';

export interface WhatsappChannelOptions {
  readonly config: WhatsappConfig;
  readonly secrets: { readonly token: string };
  readonly clock: Pick<Clock, 'now'>;
  readonly fetch?: typeof globalThis.fetch;
  readonly timeoutMs?: number;
}

/** A template's body with its parameters holds 1,024 characters. */
const titleCharsMax = 200;
const textCharsMax = 600;

export function createWhatsappChannel(options: WhatsappChannelOptions): Channel {
  const { config, secrets, fetch, timeoutMs } = options;
  const { name, apiUrl, apiVersion, phoneNumberId } = config;
  return {
    name,
    kind: 'whatsapp',
    people: Object.keys(config.people),
    recipients: (to) => addressesOf(to, config),
    send: async (notice, recipient) => {
      const posted = await post({
        name,
        url: `${apiUrl}/${apiVersion}/${phoneNumberId}/messages`,
        headers: { Authorization: `Bearer ${secrets.token}` },
        body: JSON.stringify(bodyOf(notice, recipient, config)),
        fetch,
        timeoutMs,
      });
      return posted.ok ? judged(posted.value, options) : posted;
    },
  };
}

function bodyOf(notice: Notice, recipient: string, { template, language, parameters }: WhatsappConfig) {
  const values = {
    title: oneLine(notice.title, titleCharsMax),
    text: oneLine(notice.text, textCharsMax),
    link: notice.url ?? '-',
  };
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: recipient,
    type: 'template',
    template: {
      name: template,
      language: { code: language },
      components: [
        { type: 'body', parameters: parameters.map((each) => ({ type: 'text', text: values[each] })) },
      ],
    },
  };
}

/** An empty parameter is refused too. */
function oneLine(text: string, charsMax: number): string {
  const line = text
    .replace(/\s*\n\s*/g, ' | ')
    .replace(/\s+/g, ' ')
    .trim();
  return line === '' ? '-' : clipped(line, charsMax);
}

/** Codes of the Graph API that pass: unknown or overloaded, limits of app, account, number, pair. They come as 400 too. */
const passing: ReadonlySet<number> = new Set([
  1, 2, 4, 80_007, 130_429, 131_000, 131_016, 131_048, 131_056, 133_016,
]);
const errorSchema = z.object({ error: z.object({ code: z.number(), message: z.string().optional() }) });

function judged(
  posted: Posted,
  { config: { name }, secrets, clock }: WhatsappChannelOptions,
): Result<void, ChannelFailure> {
  const parsed = errorSchema.safeParse(jsonOf(posted.text));
  if (!parsed.success) return judge(posted, { name, clock });
  const { code, message = '' } = parsed.data.error;
  const said = quote(`${code} ${message}`, [secrets.token]);
  const plain = judge(posted, { name, clock, said });
  const { status } = posted;
  if (plain.ok) return fail({ ...failure('input.invalid', `${name} refused it: ${said}`), status });
  if (!passing.has(code) || plain.failure.retryable) return plain;
  return fail({ ...unavailable(`${name} takes no more now: ${said}`), status });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
