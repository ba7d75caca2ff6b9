// The wall for a screen nobody touches, read from five metres: what burns, large and most urgent first, page after page;
// the counts, the clock. Everything heals by itself. Must never let old data pass for new: it says so over the whole screen.
import './television.css';
import './television-narrow.css';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { limits } from '../../../../shared/limits.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { countWall, groupIncidents, phaseOf, siteOf } from '../../select.ts';
import type { WallView } from '../../store.ts';
import { alertsIcons, useAlertsMood } from '../../view/alerts-menu.tsx';
import { Announcer } from '../../view/announcer.tsx';
import { Icon } from '../../view/icon.tsx';
import { ReloadWhenServed } from '../../view/reload-when-served.tsx';
import { closePanel } from '../../view/use-route.ts';
import { useFreshness, useServerTick, useTick, useWall, useWallContext } from '../../view/wall-context.ts';
import { TelevisionBar } from './bar.tsx';
import { pagingOf, shiftOf } from './paging.ts';
import { ProblemRow } from './problem-row.tsx';
import { useFit } from './use-fit.ts';
import { useScreenAwake } from './use-screen-awake.ts';
import { televisionWords } from './words.ts';

export function TelevisionPage(): ReactNode {
  const words = useWords(televisionWords);
  const view = useWall((state) => state.view);
  const freshness = useFreshness();
  const x = useTick((now) => shiftOf(now).x);
  const y = useTick((now) => shiftOf(now).y);
  useScreenAwake();
  useLeaving();
  return (
    <div className="tv-screen">
      <div className="tv" data-freshness={freshness} style={{ translate: `${x}px ${y}px` }}>
        <TelevisionBar view={view} />
        <OldData />
        {view !== undefined && <Warnings view={view} />}
        <main className="tv-main" aria-label={words.name}>
          {view !== undefined && <Problems view={view} />}
        </main>
        {view !== undefined && <Announced view={view} />}
        {view !== undefined && <NewRelease release={view.server.release} />}
      </div>
      {freshness !== 'live' && <div className="tv-frame" aria-hidden="true" />}
    </div>
  );
}

function Announced({ view }: { readonly view: WallView }): ReactNode {
  const { criticals } = useMemo(() => countWall(view), [view]);
  return <Announcer view={view} criticals={criticals} />;
}

/** Says that and since when the data is old, and what is done about it without anybody's hand. */
function OldData(): ReactNode {
  const words = useWords(televisionWords);
  const { formats } = useSpeech();
  const { openAgain } = useWallContext();
  const freshness = useFreshness();
  const heardAt = useWall((state) => state.lastHeardAt);
  const since = useTick((now) =>
    heardAt === undefined
      ? ''
      : words.oldSince(formats.instant(heardAt, now), formats.age(Math.max(0, now - heardAt))),
  );
  useEffect(() => {
    if (freshness !== 'signed-out') return;
    // Somebody may have signed in again in another tab of this browser.
    const timer = setInterval(openAgain, limits.televisionReturnMs);
    return () => clearInterval(timer);
  }, [freshness, openAgain]);
  if (freshness === 'live') return null;
  return (
    <div className="tv-old" role="alert">
      <Icon name={freshness === 'connecting' ? 'waiting' : 'degraded'} />
      <p>
        <strong>{words.old[freshness]}</strong>{' '}
        {since !== '' && freshness !== 'signed-out' && <span aria-live="off">{since}</span>}
      </p>
      {freshness === 'unreadable' && <ReloadWhenServed />}
    </div>
  );
}

/** The server came back as another release: its page is newer than this one. */
function NewRelease({ release }: { readonly release: string }): ReactNode {
  const [first] = useState(release);
  return first === release ? null : <ReloadWhenServed />;
}

function Warnings({ view }: { readonly view: WallView }): ReactNode {
  const words = useWords(televisionWords);
  const { formats } = useSpeech();
  const { blindSince, desk } = view.server;
  const blind = useServerTick((now) =>
    blindSince === null ? '' : words.blind(formats.age(now - Date.parse(blindSince))),
  );
  const deskDown = useServerTick((now) => {
    const downMs = desk.downSince === null ? 0 : now - Date.parse(desk.downSince);
    if (downMs >= limits.deskDownToldMs) return words.deskDown(desk.name, formats.age(downMs));
    return desk.lateSince === null
      ? ''
      : words.deskLate(desk.name, formats.age(now - Date.parse(desk.lateSince)));
  });
  if (blind === '' && deskDown === '' && desk.held === 0) return null;
  return (
    <ul className="tv-warnings">
      {blind !== '' && (
        <li>
          <Icon name="blind" />
          {blind}
        </li>
      )}
      {deskDown !== '' && (
        <li>
          <Icon name="ticket" />
          {deskDown}
        </li>
      )}
      {desk.held > 0 && (
        <li>
          <Icon name="hand" />
          {words.held(desk.held)}
        </li>
      )}
    </ul>
  );
}

function Problems({ view }: { readonly view: WallView }): ReactNode {
  const words = useWords(televisionWords);
  const groups = useMemo(() => groupIncidents(view.incidents.values()), [view.incidents]);
  const ongoing = groups.filter(({ row }) => phaseOf(row) !== 'over');
  const resolved = groups.length - ongoing.length;
  const list = useRef<HTMLDivElement>(null);
  const fit = useFit(list);
  const startedAt = useFirstPageAt(ongoing[0]?.row.id);
  const count = ongoing.length;
  const page = useTick((now) => pagingOf({ count, fit, startedAt, now }).page);
  const paging = pagingOf({ count, fit, startedAt, now: startedAt + page * limits.televisionPageMs });
  return (
    <>
      <div className="tv-list" ref={list}>
        {count === 0 ? (
          <AllWell view={view} />
        ) : (
          <ol className="tv-problems" start={paging.from + 1}>
            {ongoing.slice(paging.from, paging.to).map(({ row, children }) => (
              <ProblemRow
                key={row.id}
                row={row}
                site={view.sites.get(siteOf(row) ?? '')}
                more={children.length}
              />
            ))}
          </ol>
        )}
      </div>
      <footer className="tv-foot">
        {count > 0 && (
          <p>
            <strong>{words.range(paging.from + 1, paging.to, count)}</strong>
            {paging.pages > 1 && <span> · {words.page(paging.page + 1, paging.pages)}</span>}
          </p>
        )}
        {resolved > 0 && (
          <p className="good">
            <Icon name="up" />
            {words.resolved(resolved)}
          </p>
        )}
        <AlertsNote />
      </footer>
    </>
  );
}

/** When the first page was last turned to, ms: at the start, and whenever another problem is the most urgent one. */
function useFirstPageAt(mostUrgent: string | undefined): number {
  const { ticker } = useWallContext();
  const [first, setFirst] = useState({ id: mostUrgent, at: ticker.now() });
  if (first.id === mostUrgent) return first.at;
  const next = { id: mostUrgent, at: ticker.now() };
  setFirst(next);
  return next.at;
}

function AllWell({ view }: { readonly view: WallView }): ReactNode {
  const words = useWords(televisionWords);
  const { messages, formats } = useSpeech();
  const counts = useMemo(() => countWall(view), [view]);
  const empty = counts.sites === 0;
  return (
    <div className="tv-well" data-empty={empty}>
      <Icon name={empty ? 'waiting' : 'up'} />
      <p>
        <strong>{empty ? messages.nothingYet : messages.allWell}</strong>
        {!empty && <span>{words.watched(formats.count(counts.sites), formats.count(counts.links))}</span>}
      </p>
    </div>
  );
}

function AlertsNote(): ReactNode {
  const { mood, text } = useAlertsMood();
  return (
    <p className="tv-alerts" data-mood={mood}>
      <Icon name={alertsIcons[mood]} />
      {text}
    </p>
  );
}

/** Escape leads back to the wall. */
function useLeaving(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') closePanel();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
