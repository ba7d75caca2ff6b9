// The notices page: by which ways the NOC is told, how they fare, who is on call, by which routes, and what was told lately.
// Shows and tests; channels, routes and rota are written in the configuration, with their secrets in files beside it.
import { type ReactNode, useMemo, useState } from 'react';
import '../../style/data-table.css';
import './channels.css';
import type { ChannelItem, ChannelList } from '../../../../shared/api/channels.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { Icon } from '../../view/icon.tsx';
import { useMay } from '../../view/session.tsx';
import { LoadedPart } from '../../view/side-panel.tsx';
import { InstantText } from '../../view/time.tsx';
import { useWall } from '../../view/wall-context.ts';
import { ChannelCard } from './channel-card.tsx';
import { OnCall } from './on-call.tsx';
import { Recent } from './recent.tsx';
import type { RouteSpeech } from './route-text.ts';
import { RoutesTable } from './routes-table.tsx';
import { TestDialog } from './test-dialog.tsx';
import { useChannels } from './use-channels.ts';
import { channelWords } from './words.ts';

export function ChannelsPage(): ReactNode {
  const words = useWords(channelWords);
  const { loaded, again } = useChannels();
  const mayTest = useMay('administrator');
  const [tested, setTested] = useState<ChannelItem>();
  return (
    <div className="channels-page">
      <div className="section-head">
        <h2>{words.title}</h2>
        <div className="channels-head">
          {loaded.value !== undefined && (
            <span className="muted">
              {words.asOf} <InstantText at={loaded.value.at} />
            </span>
          )}
          <button type="button" className="button" onClick={again}>
            {words.refresh}
          </button>
        </div>
      </div>
      <p className="muted">{words.meaning}</p>
      <LoadedPart loaded={loaded} again={again}>
        {(answer) => <Told answer={answer} test={mayTest ? setTested : undefined} />}
      </LoadedPart>
      {tested !== undefined && (
        <TestDialog item={tested} onTested={again} onClose={() => setTested(undefined)} />
      )}
    </div>
  );
}

function Told({
  answer,
  test,
}: {
  readonly answer: ChannelList;
  /** Absent: this person may not. */
  readonly test: ((item: ChannelItem) => void) | undefined;
}): ReactNode {
  const words = useWords(channelWords);
  const speech = useRouteSpeech(answer);
  return (
    <>
      <Attention answer={answer} />
      <section className="channels-section" aria-labelledby="channels-heading">
        <h3 id="channels-heading">{words.channels}</h3>
        {answer.items.length === 0 ? (
          <p className="empty">{words.none}</p>
        ) : (
          <ul className="channels">
            {answer.items.map((item) => (
              <ChannelCard
                key={item.name}
                item={item}
                answer={answer}
                speech={speech}
                test={test && (() => test(item))}
              />
            ))}
          </ul>
        )}
      </section>
      <OnCall answer={answer} />
      <Recent answer={answer} />
      <RoutesTable answer={answer} speech={speech} />
    </>
  );
}

/** What a person should know before an outage shows it. */
function Attention({ answer }: { readonly answer: ChannelList }): ReactNode {
  const words = useWords(channelWords);
  const { formats } = useSpeech();
  const { items, onCall, news } = answer;
  const some = items.length > 0;
  const { unrouted = 0, dropped = 0 } = news ?? {};
  const written = onCall?.roles.filter(({ now, next }) => now.people.length > 0 || next !== null) ?? [];
  const nobody = written.filter(({ now }) => now.people.length === 0).map(({ role }) => words.role[role]);
  const lines = [
    some && !items.some(({ ownOutage }) => ownOutage) && words.noOwnOutage,
    some && !items.some(({ deskDown }) => deskDown) && words.noDeskDown,
    some && nobody.length > 0 && words.nobodyOnCall(nobody.join(', ')),
    unrouted > 0 && words.unrouted(formats.count(unrouted), unrouted === 1),
    dropped > 0 && words.dropped(formats.count(dropped), dropped === 1),
  ].filter((line) => line !== false);
  if (lines.length === 0) return null;
  return (
    <section className="channels-attention" aria-label={words.attention}>
      <ul>
        {lines.map((line) => (
          <li key={line}>
            <Icon name="degraded" />
            <span>{line}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Names of customers only where a route names one: the wall may have thousands of sites. */
function useRouteSpeech({ routes }: ChannelList): RouteSpeech {
  const words = useWords(channelWords);
  const { formats } = useSpeech();
  const sites = useWall((state) => state.view?.sites);
  return useMemo(() => {
    const wanted = new Set(routes.flatMap(({ customers }) => customers ?? []));
    const names = new Map<string, string>();
    if (wanted.size > 0) {
      for (const { id, customerName } of sites?.values() ?? []) {
        const [key = ''] = id.split('/');
        if (wanted.has(key)) names.set(key, customerName);
      }
    }
    return { words, formats, customer: (key) => names.get(key) ?? key };
  }, [routes, sites, words, formats]);
}
