// Notices by a Telegram bot (`sendMessage`, HTML with everything escaped). The bot's token is part of the address, so no
// address ever stands in a failure.
import { z } from 'zod';
import { fail, type Result } from '../../../../shared/result.ts';
import { second } from '../../../../shared/time.ts';
import { clipped } from '../../../core/view/notice-text.ts';
import type { Channel, ChannelFailure, Notice } from '../../../ports/channel.ts';
import type { Clock } from '../../../ports/clock.ts';
import { judge, type Posted, post, quote, unavailable } from '../http/post.ts';
import { addressesOf } from '../http/settings.ts';
import type { TelegramConfig } from './config.ts';

export interface TelegramChannelOptions {
  readonly config: TelegramConfig;
  readonly secrets: { readonly token: string };
  readonly clock: Pick<Clock, 'now'>;
  readonly fetch?: typeof globalThis.fetch;
  readonly timeoutMs?: number;
}

/** 4,096 after the marks are read; title and address need the rest. */
const textCharsMax = 3_500;

export function createTelegramChannel(options: TelegramChannelOptions): Channel {
  const { config, secrets, fetch, timeoutMs } = options;
  return {
    name: config.name,
    kind: 'telegram',
    people: Object.keys(config.people),
    recipients: (to) => addressesOf(to, config),
    send: async (notice, recipient) => {
      const posted = await post({
        name: config.name,
        url: `${config.apiUrl}/bot${secrets.token}/sendMessage`,
        body: JSON.stringify({
          chat_id: recipient,
          text: markedText(notice),
          parse_mode: 'HTML',
          link_preview_options: { is_disabled: true },
        }),
        fetch,
        timeoutMs,
      });
      return posted.ok ? judged(posted.value, options) : posted;
    },
  };
}

function markedText({ title, text, url }: Notice): string {
  const link = url === undefined ? [] : ['', escaped(url)];
  return [`<b>${escaped(title)}</b>`, escaped(clipped(text, textCharsMax)), ...link].join('\n');
}

/** Bot API, "HTML style": only these three have a meaning. */
function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

const refusalSchema = z.object({
  description: z.string().optional(),
  parameters: z.object({ retry_after: z.number().min(0).optional() }).optional(),
});

/** Telegram says in the body how long it wants to be left alone, not in a header. */
function judged(
  posted: Posted,
  { config: { name }, secrets, clock }: TelegramChannelOptions,
): Result<void, ChannelFailure> {
  const parsed = refusalSchema.safeParse(jsonOf(posted.text));
  const said = parsed.success ? quote(parsed.data.description ?? '', [secrets.token]) : '';
  const judgedPlain = judge(posted, { name, clock, said });
  const retryAfter = parsed.success ? parsed.data.parameters?.retry_after : undefined;
  if (judgedPlain.ok || !judgedPlain.failure.retryable || retryAfter === undefined) return judgedPlain;
  return fail({
    ...judgedPlain.failure,
    ...unavailable(judgedPlain.failure.message, retryAfter * second),
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
