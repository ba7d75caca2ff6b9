// The latest notices and what became of each. To whom by name only: addresses never leave the server.
import type { ReactNode } from 'react';
import type { ChannelItem, ChannelList, PastNotice } from '../../../../shared/api/channels.ts';
import { second } from '../../../../shared/time.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { incidentHash } from '../../route.ts';
import { Icon, type IconName } from '../../view/icon.tsx';
import { InstantText } from '../../view/time.tsx';
import { Original } from './channel-card.tsx';
import { reasonText } from './reasons.ts';
import { channelWords } from './words.ts';

export function Recent({ answer }: { readonly answer: ChannelList }): ReactNode {
  const words = useWords(channelWords);
  const { recent, items } = answer;
  const columns = words.recentColumns;
  if (items.length === 0 && recent.length === 0) return null;
  return (
    <section className="channels-section" aria-labelledby="recent-heading">
      <h3 id="recent-heading">{words.recent}</h3>
      {recent.length === 0 ? (
        <p className="empty">{words.recentNone}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a frame that scrolls must be reachable by keyboard
        <section className="data-frame" tabIndex={0} aria-label={words.recent}>
          <table className="data-table channels-table">
            <caption className="visually-hidden">{words.recentCaption}</caption>
            <thead>
              <tr>
                {(['at', 'outcome', 'what', 'channel'] as const).map((column) => (
                  <th key={column} scope="col">
                    {columns[column]}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {recent.map((notice) => (
                <PastLine key={notice.id} notice={notice} items={items} />
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}

const outcomeIcons: Readonly<Record<PastNotice['outcome'], IconName>> = {
  sent: 'up',
  waiting: 'waiting',
  refused: 'down',
};

function PastLine({
  notice,
  items,
}: {
  readonly notice: PastNotice;
  readonly items: readonly ChannelItem[];
}): ReactNode {
  const words = useWords(channelWords);
  const { messages } = useSpeech();
  const { at, kind, priority, title, incident, channel, to } = notice;
  const columns = words.recentColumns;
  return (
    <tr>
      <td data-label={columns.at}>
        <InstantText at={at} />
      </td>
      <td data-label={columns.outcome}>
        <Outcome notice={notice} items={items} />
      </td>
      <th scope="row" data-label={columns.what}>
        {incident === null ? (
          <span lang="pt-BR">{title}</span>
        ) : (
          <a lang="pt-BR" href={incidentHash(incident)}>
            {title}
          </a>
        )}
        <span className="channel-note muted">{`${words.notice[kind]} · ${messages.priority[priority]}`}</span>
      </th>
      <td data-label={columns.channel}>
        {channel}
        <span className="channel-note muted">{to.length === 0 ? words.byDefault : to.join(', ')}</span>
      </td>
    </tr>
  );
}

function Outcome({
  notice: { outcome, at, settledAt, channel, trouble },
  items,
}: {
  readonly notice: PastNotice;
  readonly items: readonly ChannelItem[];
}): ReactNode {
  const words = useWords(channelWords);
  const { formats } = useSpeech();
  const tookMs = settledAt === null ? 0 : Date.parse(settledAt) - Date.parse(at);
  // A channel that left the configuration: HTTP's numbers are the more likely ones.
  const kind = items.find(({ name }) => name === channel)?.kind ?? 'webhook';
  return (
    <>
      <span className="channel-outcome" data-outcome={outcome}>
        <Icon name={outcomeIcons[outcome]} />
        {words.outcome[outcome]}
      </span>
      {outcome === 'sent' && (
        <span className="channel-note muted">
          {tookMs < second ? words.stepNow : words.after(formats.duration(tookMs))}
        </span>
      )}
      {trouble !== null && (
        <>
          <span className="channel-note">
            {reasonText(words, kind, { ...trouble, givenUp: !trouble.refused })}
          </span>
          <Original text={trouble.message} />
        </>
      )}
    </>
  );
}
