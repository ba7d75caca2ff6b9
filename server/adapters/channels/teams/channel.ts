// Notices in a Teams channel by a Workflows webhook, as an Adaptive Card. Plain text runs, because a TextBlock would read
// marks in it. Must never write the hook's address into a failure: who knows it may write there.
import type { Channel, Notice } from '../../../ports/channel.ts';
import type { Clock } from '../../../ports/clock.ts';
import { judge, post } from '../http/post.ts';
import { room, toLine } from '../http/settings.ts';
import type { TeamsConfig } from './config.ts';

export interface TeamsChannelOptions {
  readonly config: TeamsConfig;
  readonly secrets: { readonly url: string };
  readonly clock: Pick<Clock, 'now'>;
  readonly fetch?: typeof globalThis.fetch;
  readonly timeoutMs?: number;
}

export function createTeamsChannel({
  config,
  secrets,
  clock,
  fetch,
  timeoutMs,
}: TeamsChannelOptions): Channel {
  const { name } = config;
  return {
    name,
    kind: 'teams',
    recipients: () => room,
    send: async (notice) => {
      const body = JSON.stringify(messageOf(notice));
      const posted = await post({ name, url: secrets.url, body, fetch, timeoutMs });
      return posted.ok ? judge(posted.value, { name, clock }) : posted;
    },
  };
}

function messageOf(notice: Notice) {
  return {
    type: 'message',
    attachments: [
      { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: cardOf(notice) },
    ],
  };
}

function cardOf({ title, text, to, url }: Notice) {
  const lines = [...text.split('\n'), ...toLine(to)];
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body: [
      {
        type: 'RichTextBlock',
        inlines: [{ type: 'TextRun', text: title, weight: 'Bolder', size: 'Medium' }],
      },
      ...lines.map((line) => ({
        type: 'RichTextBlock',
        spacing: 'None',
        inlines: [{ type: 'TextRun', text: line }],
      })),
    ],
    ...(url === undefined ? {} : { actions: [{ type: 'Action.OpenUrl', title: 'Abrir no Vigia', url }] }),
  };
}
