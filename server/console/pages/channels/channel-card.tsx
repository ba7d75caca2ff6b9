// One channel: what it is, whom it tells of what, how it fares, and its test. What is wrong is told by an icon and words,
// never by colour alone.
import type { ReactNode } from 'react';
import type { ChannelItem, ChannelList } from '../../../../shared/api/channels.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { Icon, type IconName } from '../../view/icon.tsx';
import { Fact, Facts } from '../../view/side-panel.tsx';
import { AgeText, InstantText } from '../../view/time.tsx';
import { type Health, healthOf, reasonText } from './reasons.ts';
import { type RouteSpeech, sendText, whenText } from './route-text.ts';
import { channelWords } from './words.ts';

const healthIcons: Readonly<Record<Health, IconName>> = {
  good: 'up',
  idle: 'unknown',
  waiting: 'waiting',
  trying: 'degraded',
  refusing: 'down',
  failed: 'down',
  held: 'waiting',
};

export function ChannelCard({
  item,
  answer,
  speech,
  test,
}: {
  readonly item: ChannelItem;
  readonly answer: ChannelList;
  readonly speech: RouteSpeech;
  /** Absent: this person may not. */
  readonly test: (() => void) | undefined;
}): ReactNode {
  const words = useWords(channelWords);
  const health = healthOf(item);
  const id = `channel-${item.name}`;
  return (
    <li>
      <article className="channel" aria-labelledby={id}>
        <div className="channel-head">
          <h4 id={id}>{item.name}</h4>
          <span className="muted">{words.kind[item.kind]}</span>
          <span className="channel-health" data-health={health}>
            <Icon name={healthIcons[health]} />
            {words.health[health]}
          </span>
        </div>
        <Facts>
          <Fact name={words.facts.routes}>
            <Routed item={item} answer={answer} speech={speech} />
          </Fact>
          <Fact name={words.facts.own}>
            <Own item={item} />
          </Fact>
          <Whom item={item} />
          <Faring item={item} />
          <Past item={item} />
        </Facts>
        {test !== undefined && (
          <button type="button" className="button" aria-label={words.testOf(item.name)} onClick={test}>
            <Icon name="bell" />
            {words.test}
          </button>
        )}
      </article>
    </li>
  );
}

function Routed({
  item,
  answer,
  speech,
}: {
  readonly item: ChannelItem;
  readonly answer: ChannelList;
  readonly speech: RouteSpeech;
}): ReactNode {
  const words = useWords(channelWords);
  const routes = answer.routes
    .map((route, index) => ({ ...route, number: index + 1 }))
    .filter(({ channels, send }) => send !== 'never' && channels.includes(item.name));
  if (routes.length === 0) return <Marked text={words.noRoute} />;
  return (
    <ul className="channel-routes">
      {routes.map((route) => (
        <li key={route.number}>
          {whenText(route, speech)}{' '}
          <span className="muted">{sendText(route.send, words, answer.rules?.dailyAt ?? '')}</span>
        </li>
      ))}
    </ul>
  );
}

function Own({ item: { ownOutage, deskDown } }: { readonly item: ChannelItem }): ReactNode {
  const words = useWords(channelWords);
  if (!ownOutage && !deskDown) return <span className="muted">{words.ownNone}</span>;
  const served = ownOutage && deskDown ? 'both' : ownOutage ? 'outage' : 'desk';
  return (
    <span className="channel-own">
      <Icon name="eye" />
      {words.own[served]}
    </span>
  );
}

function Whom({ item: { recipients, people } }: { readonly item: ChannelItem }): ReactNode {
  const words = useWords(channelWords);
  const { formats } = useSpeech();
  if (people === null) return <Fact name={words.facts.to}>{words.room}</Fact>;
  return (
    <>
      <Fact name={words.facts.to}>{words.recipients(formats.count(recipients), recipients === 1)}</Fact>
      <Fact name={words.facts.people}>{people.length === 0 ? words.noPeople : people.join(', ')}</Fact>
    </>
  );
}

function Faring({ item }: { readonly item: ChannelItem }): ReactNode {
  const words = useWords(channelWords);
  const { formats } = useSpeech();
  const { kind, lastSentAt, lastError, nextTryAt, waiting, retried, sent, refused, givenUp } = item;
  const stopped = lastError !== null && !lastError.refused && nextTryAt === null && waiting === 0;
  return (
    <>
      <Fact name={words.facts.sent}>
        {lastSentAt === null ? <span className="muted">{words.never}</span> : <Moment at={lastSentAt} />}
      </Fact>
      <Fact name={words.facts.failure}>
        {lastError === null ? (
          <span className="muted">{lastSentAt === null ? words.never : words.noFailure}</span>
        ) : (
          <>
            <Marked text={reasonText(words, kind, { ...lastError, givenUp: stopped })} />
            <Moment at={lastError.at} />
            <Original text={lastError.message} />
          </>
        )}
      </Fact>
      {nextTryAt !== null && (
        <Fact name={words.facts.next}>
          <InstantText at={nextTryAt} />
        </Fact>
      )}
      <Fact name={words.facts.waiting}>{words.waiting(formats.count(waiting))}</Fact>
      <Fact name={words.facts.count}>
        {words.counts(
          formats.count(sent),
          formats.count(retried),
          formats.count(refused),
          formats.count(givenUp),
        )}
      </Fact>
    </>
  );
}

function Past({ item: { summarised, heldUntil, lastTest } }: { readonly item: ChannelItem }): ReactNode {
  const words = useWords(channelWords);
  const { formats } = useSpeech();
  return (
    <>
      <Fact name={words.facts.storm}>
        {summarised === 0 ? (
          <span className="muted">{words.stormNone}</span>
        ) : (
          words.stormBit(formats.count(summarised), summarised === 1)
        )}
        {heldUntil !== null && (
          <span className="channel-note">
            {words.stormHeld} <InstantText at={heldUntil} />
          </span>
        )}
      </Fact>
      {lastTest !== null && (
        <Fact name={words.facts.test}>
          {words.lastTest(formats.count(lastTest.sent), formats.count(lastTest.failed))}{' '}
          <span className="muted">{words.by(lastTest.by)}</span>
          <Moment at={lastTest.at} />
        </Fact>
      )}
    </>
  );
}

/** When, and how long ago that is. */
function Moment({ at }: { readonly at: string }): ReactNode {
  const words = useWords(channelWords);
  return (
    <span className="channel-note">
      <InstantText at={at} />
      {', '}
      <AgeText at={at} say={words.ago} />
    </span>
  );
}

export function Marked({ text }: { readonly text: string }): ReactNode {
  return (
    <span className="channel-marked">
      <Icon name="degraded" />
      <span>{text}</span>
    </span>
  );
}

/** What the channel said, for who mends it: as it came, in its own language. */
export function Original({ text }: { readonly text: string }): ReactNode {
  const words = useWords(channelWords);
  return (
    <details className="channel-original">
      <summary>{words.original}</summary>
      <code lang="en">{text}</code>
    </details>
  );
}
