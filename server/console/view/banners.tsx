// Warnings about Vigia itself, above everything: old data, a server that is blind, tickets that wait for the desk.
// They say what it means for the person, not only that it is so.
import type { ReactNode } from 'react';
import type { ServerRow } from '../../../shared/api/wall.ts';
import { limits } from '../../../shared/limits.ts';
import { useSpeech } from '../i18n/speech.ts';
import { manualHash } from '../route.ts';
import type { Freshness } from '../store.ts';
import { Icon, type IconName } from './icon.tsx';
import { useFreshness, useServerTick, useTick, useWall, useWallContext } from './wall-context.ts';

export function Banners(): ReactNode {
  const freshness = useFreshness();
  const server = useWall((state) => state.view?.server);
  return (
    <div className="banners">
      {(freshness === 'silent' || freshness === 'reconnecting' || freshness === 'unreadable') && (
        <NotFresh freshness={freshness} />
      )}
      {server !== undefined && server.blindSince !== null && (
        <Blind since={server.blindSince} because={server.blindBecause ?? 'unknown'} />
      )}
      {server !== undefined && <DeskBanners server={server} />}
    </div>
  );
}

function Banner(props: {
  readonly tone: 'down' | 'degraded';
  readonly icon: IconName;
  readonly title: ReactNode;
  readonly more?: ReactNode;
  readonly action?: ReactNode;
}): ReactNode {
  return (
    <div className="banner" data-tone={props.tone} role="alert">
      <Icon name={props.icon} />
      <p>
        <strong>{props.title}</strong> {props.more}
      </p>
      {props.action}
    </div>
  );
}

function NotFresh({
  freshness,
}: {
  readonly freshness: Extract<Freshness, 'silent' | 'reconnecting' | 'unreadable'>;
}): ReactNode {
  const { messages } = useSpeech();
  const { openAgain } = useWallContext();
  const unreadable = useWall((state) => state.unreadable);
  const empty = useWall((state) => state.view === undefined);
  const incompatible = freshness === 'unreadable';
  const title = incompatible && empty ? messages.notFresh.unreadableEmpty : messages.notFresh[freshness];
  return (
    <Banner
      tone="degraded"
      icon={incompatible ? 'degraded' : 'waiting'}
      title={title}
      more={
        // The age ticks: outside the alert's title, or a screen reader would say the whole again each second.
        <span aria-live="off">
          {incompatible && unreadable !== undefined ? messages.unreadableDetail(unreadable) : <DataAge />}
        </span>
      }
      action={
        <button type="button" className="button" onClick={incompatible ? () => location.reload() : openAgain}>
          {incompatible ? messages.reload : messages.tryAgain}
        </button>
      }
    />
  );
}

function DataAge(): ReactNode {
  const { messages, formats } = useSpeech();
  const heardAt = useWall((state) => state.lastHeardAt);
  const text = useTick((now) =>
    heardAt === undefined ? '' : messages.dataFrom(formats.instant(heardAt, now), formats.age(now - heardAt)),
  );
  return text === '' ? null : `(${text})`;
}

function Blind({
  since,
  because,
}: {
  readonly since: string;
  readonly because: 'anchors-lost' | 'mass-silence' | 'unknown';
}): ReactNode {
  const { messages, formats } = useSpeech();
  const title = useServerTick((now) => {
    const at = Date.parse(since);
    return messages.blind(messages.blindBecause[because], formats.instant(at, now), formats.age(now - at));
  });
  return (
    <Banner
      tone="down"
      icon="blind"
      title={<span aria-live="off">{title}</span>}
      more={messages.blindMeaning}
    />
  );
}

/** A hiccup is not told: as long as it may be one, what waits is said in the usual words. */
function DeskBanners({ server }: { readonly server: ServerRow }): ReactNode {
  const { downSince, lateSince, held, name } = server.desk;
  const waiting = Math.max(0, server.outboxWaiting - held);
  const down = useServerTick(
    (now) => downSince !== null && now - Date.parse(downSince) >= limits.deskDownToldMs,
  );
  return (
    <>
      {down && downSince !== null && <DeskDown name={name} since={downSince} waiting={waiting} />}
      {!down && lateSince !== null && <DeskLate name={name} since={lateSince} waiting={waiting} />}
      {held > 0 && <Held count={held} />}
      {!down && lateSince === null && waiting > 0 && <Outbox waiting={waiting} />}
    </>
  );
}

interface DeskTroubleProps {
  readonly name: string;
  readonly since: string;
  readonly waiting: number;
}

function DeskDown({ waiting, ...props }: DeskTroubleProps): ReactNode {
  const words = useSpeech().messages.service.desk;
  return <DeskTrouble {...props} sentence={words.down} meaning={words.downMeaning(waiting)} />;
}

/** It may well answer: a critical waits to be registered, whatever holds it back. */
function DeskLate({ waiting, ...props }: DeskTroubleProps): ReactNode {
  const words = useSpeech().messages.service.desk;
  return <DeskTrouble {...props} sentence={words.late} meaning={words.lateMeaning(waiting)} />;
}

function DeskTrouble(props: {
  readonly name: string;
  readonly since: string;
  readonly sentence: (name: string, instant: string, age: string) => string;
  readonly meaning: string;
}): ReactNode {
  const { formats } = useSpeech();
  const title = useServerTick((now) => {
    const at = Date.parse(props.since);
    return props.sentence(props.name, formats.instant(at, now), formats.age(now - at));
  });
  return (
    <Banner tone="down" icon="ticket" title={<span aria-live="off">{title}</span>} more={props.meaning} />
  );
}

function Held({ count }: { readonly count: number }): ReactNode {
  const { messages } = useSpeech();
  return (
    <Banner
      tone="degraded"
      icon="hand"
      title={messages.service.desk.heldBanner(count)}
      action={
        <a className="button" href={manualHash}>
          {messages.service.desk.toQueue}
        </a>
      }
    />
  );
}

function Outbox({ waiting }: { readonly waiting: number }): ReactNode {
  const { messages } = useSpeech();
  return <Banner tone="degraded" icon="ticket" title={messages.outbox(waiting)} />;
}
