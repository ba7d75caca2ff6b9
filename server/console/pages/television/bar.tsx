// The television's top: who this is, the three counts, the clock, whether the data lives, and the way out for a keyboard
// or a mouse that is at hand after all.
import { type ReactNode, useMemo } from 'react';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { wallHash } from '../../route.ts';
import { countWall } from '../../select.ts';
import type { WallView } from '../../store.ts';
import { connectionIcon } from '../../view/header.tsx';
import { Icon, type IconName } from '../../view/icon.tsx';
import { useFreshness, useTick } from '../../view/wall-context.ts';
import { televisionWords } from './words.ts';

export function TelevisionBar({ view }: { readonly view: WallView | undefined }): ReactNode {
  const { messages, formats } = useSpeech();
  const words = useWords(televisionWords);
  const freshness = useFreshness();
  const clock = useTick((now) => formats.clock(now));
  const date = useTick((now) => formats.date(now));
  return (
    <header className="tv-bar">
      <div className="tv-brand">
        <h1 className="tv-name">
          <Icon name="eye" />
          {messages.product}
        </h1>
        <p className="connection" data-freshness={freshness} role="status">
          <Icon name={connectionIcon(freshness)} />
          {messages.connection[freshness]}
        </p>
        <a className="tv-leave" href={wallHash}>
          {words.leave}
        </a>
      </div>
      {view !== undefined && <Counts view={view} />}
      <p className="tv-clock">
        <span className="tv-time">{clock}</span>
        <span className="tv-date">{date}</span>
      </p>
    </header>
  );
}

function Counts({ view }: { readonly view: WallView }): ReactNode {
  const { messages } = useSpeech();
  const counts = useMemo(() => countWall(view), [view]);
  return (
    <ul className="tv-counts">
      <Count value={counts.criticals} tone="down" icon="down" label={messages.openCriticals} />
      <Count value={counts.sitesDown} tone="down" icon="blind" label={messages.sitesDown} />
      <Count value={counts.linksDegraded} tone="degraded" icon="degraded" label={messages.linksDegraded} />
    </ul>
  );
}

function Count(props: {
  readonly value: number;
  readonly tone: 'down' | 'degraded';
  readonly icon: IconName;
  readonly label: string;
}): ReactNode {
  const { formats } = useSpeech();
  return (
    <li className="tv-count" data-tone={props.value === 0 ? 'quiet' : props.tone}>
      <Icon name={props.value === 0 ? 'up' : props.icon} />
      <span className="tv-count-value">{formats.count(props.value)}</span>
      <span className="tv-count-label">{props.label}</span>
    </li>
  );
}
