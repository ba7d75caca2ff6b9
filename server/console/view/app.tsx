// The wall's plan: header, warnings, problems first, then sites, tickets at the side, and the open panel over it.
// Decides only what is shown: sign-in, waiting for data, the wall, or the wall for a television.
import { type ReactNode, useDeferredValue, useMemo } from 'react';
import { useSpeech } from '../i18n/speech.ts';
import { countWall, groupIncidents } from '../select.ts';
import type { WallView } from '../store.ts';
import { Announcer } from './announcer.tsx';
import { Banners } from './banners.tsx';
import { WallHeader } from './header.tsx';
import { Icon } from './icon.tsx';
import { PageNav } from './page-nav.tsx';
import { PageFrame } from './pages.tsx';
import { PanelFrame } from './panel-frame.tsx';
import { Problems } from './problems.tsx';
import { SessionProvider } from './session.tsx';
import { SignIn } from './sign-in.tsx';
import { Sites } from './sites.tsx';
import { TelevisionFrame } from './television-frame.tsx';
import { Tickets } from './tickets.tsx';
import { InstantText } from './time.tsx';
import { useRoute } from './use-route.ts';
import { useFreshness, useWall } from './wall-context.ts';

export function App(): ReactNode {
  const { messages } = useSpeech();
  const freshness = useFreshness();
  const view = useWall((state) => state.view);
  const route = useRoute();
  if (route.kind === 'television') return <TelevisionFrame />;
  if (freshness === 'signed-out') return <SignIn />;
  if (view !== undefined) {
    return (
      <SessionProvider>
        <Wall view={view} fresh={freshness === 'live'} />
      </SessionProvider>
    );
  }
  return (
    <>
      <WallHeader />
      <Banners />
      <main className="waiting" id="problems">
        <p role="status">
          <Icon name="waiting" />
          {freshness === 'unreadable' ? messages.connection.unreadable : messages.waitingForServer}
        </p>
      </main>
    </>
  );
}

/** Asked once: it costs as much as a small list. */
const ownTimeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const noSites: WallView['sites'] = new Map();
const noIncidents: WallView['incidents'] = new Map();

function Wall({ view, fresh }: { readonly view: WallView; readonly fresh: boolean }): ReactNode {
  const { messages } = useSpeech();
  const groups = useMemo(() => groupIncidents(view.incidents.values()), [view.incidents]);
  const counts = useMemo(() => countWall(view), [view]);
  // The list of all sites comes behind the problems, drawn in small steps that a press of a key goes before.
  const sites = useDeferredValue(view.sites, noSites);
  const incidents = useDeferredValue(view.incidents, noIncidents);
  const route = useRoute();
  const page = route.kind === 'page' ? route : undefined;
  return (
    <>
      <a className="skip" href={page === undefined ? '#problems' : '#page'}>
        {page === undefined ? messages.skipToProblems : messages.pages.skip}
      </a>
      <WallHeader counts={counts} />
      <PageNav open={page?.page} />
      <Banners />
      {page !== undefined ? (
        <PageFrame key={page.page} page={page.page} about={page.about} />
      ) : (
        <div className={fresh ? 'wall' : 'wall wall-old'}>
          <main className="wall-main">
            <Problems groups={groups} counts={counts} />
            <Sites sites={sites} incidents={incidents} />
          </main>
          <Tickets tickets={view.tickets} held={view.server.desk.held} />
        </div>
      )}
      <footer className="wall-footer">
        <span>
          {messages.product} · {messages.release(view.server.release)}
        </span>
        <span>
          {messages.timeZoneOf(ownTimeZone)} · <ServerSince at={view.server.startedAt} />
        </span>
        <LanguageLinks />
      </footer>
      <Announcer view={view} criticals={counts.criticals} />
      <PanelFrame view={view} />
    </>
  );
}

function ServerSince({ at }: { readonly at: string }): ReactNode {
  const { messages } = useSpeech();
  return (
    <>
      {messages.serverSince} <InstantText at={at} />
    </>
  );
}

function LanguageLinks(): ReactNode {
  const { messages, language } = useSpeech();
  return (
    <nav aria-label={messages.language}>
      <a href="?lang=pt" lang="pt-BR" aria-current={language === 'pt' ? 'true' : undefined}>
        Português
      </a>
      <a href="?lang=en" lang="en" aria-current={language === 'en' ? 'true' : undefined}>
        English
      </a>
    </nav>
  );
}
