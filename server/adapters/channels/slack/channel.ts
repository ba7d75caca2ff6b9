// Notices in a Slack channel by an incoming webhook. Slack reads `&`, `<` and `>` as marks (links, `<!channel>`), so all
// three are escaped. Must never write the hook's address into a failure: who knows it may write there.
import type { Channel, Notice } from '../../../ports/channel.ts';
import type { Clock } from '../../../ports/clock.ts';
import { judge, post, quote } from '../http/post.ts';
import { room, toLine } from '../http/settings.ts';
import type { SlackConfig } from './config.ts';

export interface SlackChannelOptions {
  readonly config: SlackConfig;
  readonly secrets: { readonly url: string };
  readonly clock: Pick<Clock, 'now'>;
  readonly fetch?: typeof globalThis.fetch;
  readonly timeoutMs?: number;
}

export function createSlackChannel({
  config,
  secrets,
  clock,
  fetch,
  timeoutMs,
}: SlackChannelOptions): Channel {
  const { name } = config;
  return {
    name,
    kind: 'slack',
    recipients: () => room,
    send: async (notice) => {
      const body = JSON.stringify({ text: markedText(notice), unfurl_links: false });
      const posted = await post({ name, url: secrets.url, body, fetch, timeoutMs });
      if (!posted.ok) return posted;
      // Slack's refusal is one word: `channel_is_archived`.
      return judge(posted.value, { name, clock, said: quote(posted.value.text, [secrets.url]) });
    },
  };
}

function markedText({ title, text, to, url }: Notice): string {
  const link = url === undefined ? [] : [`<${escaped(url)}|Abrir no Vigia>`];
  return [`*${escaped(title)}*`, escaped(text), ...toLine(to).map(escaped), ...link].join('\n');
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
