// The bar across the top: who this is, the three numbers a person looks for first, the clock, and whether the data
// can be trusted. Zero is shown quiet, anything else loud.
import { memo, type ReactNode } from 'react';
import { assertNever } from '../../../shared/assert.ts';
import { useSpeech } from '../i18n/speech.ts';
import { televisionHash } from '../route.ts';
import type { WallCounts } from '../select.ts';
import type { Freshness } from '../store.ts';
import { AccountMenu } from './account-menu.tsx';
import { AlertsMenu } from './alerts-menu.tsx';
import { Icon, type IconName } from './icon.tsx';
import { useFreshness, useTick } from './wall-context.ts';

export const WallHeader = memo(function WallHeader({ counts }: { readonly counts?: WallCounts }): ReactNode {
  const { messages } = useSpeech();
  return (
    <header className="wall-header">
      <h1 className="brand">
        <Icon name="eye" />
        {messages.product}
        <span className="visually-hidden"> · {messages.wall}</span>
      </h1>
      {counts !== undefined && (
        <ul className="counts">
          <Count value={counts.criticals} tone="down" icon="down" label={messages.openCriticals} />
          <Count value={counts.sitesDown} tone="down" icon="blind" label={messages.sitesDown} />
          <Count
            value={counts.linksDegraded}
            tone="degraded"
            icon="degraded"
            label={messages.linksDegraded}
          />
        </ul>
      )}
      <div className="header-side">
        <ConnectionState />
        <AlertsMenu />
        <a className="button header-link" href={televisionHash}>
          <Icon name="screen" />
          {messages.television}
        </a>
        <HeaderClock />
        <AccountMenu />
      </div>
    </header>
  );
});

function Count(props: {
  readonly value: number;
  readonly tone: 'down' | 'degraded';
  readonly icon: IconName;
  readonly label: string;
}): ReactNode {
  const { formats } = useSpeech();
  return (
    <li className="count" data-tone={props.value === 0 ? 'quiet' : props.tone}>
      <Icon name={props.value === 0 ? 'up' : props.icon} />
      <span className="count-value">{formats.count(props.value)}</span>
      <span className="count-label">{props.label}</span>
    </li>
  );
}

function ConnectionState(): ReactNode {
  const { messages } = useSpeech();
  const freshness = useFreshness();
  return (
    <p className="connection" data-freshness={freshness} role="status">
      <Icon name={connectionIcon(freshness)} />
      {messages.connection[freshness]}
    </p>
  );
}

export function connectionIcon(freshness: Freshness): IconName {
  switch (freshness) {
    case 'live':
      return 'up';
    case 'connecting':
    case 'reconnecting':
      return 'waiting';
    case 'silent':
      return 'unknown';
    case 'unreadable':
    case 'signed-out':
      return 'degraded';
    default:
      return assertNever(freshness);
  }
}

/** The browser's own time in its own zone: what the person's watch says, not the server's. */
function HeaderClock(): ReactNode {
  const { formats } = useSpeech();
  const clock = useTick((now) => formats.clock(now));
  const date = useTick((now) => formats.date(now));
  return (
    <p className="header-clock">
      <span className="header-time">{clock}</span>
      <span className="header-date">{date}</span>
    </p>
  );
}
