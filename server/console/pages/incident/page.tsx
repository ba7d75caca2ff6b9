// One incident as a page of its own: what happened and why at the right, what to do and who is next at the left. The address
// names it. Live: each news of its row on the wall draws, and fetches the detail again.
import { type ReactNode, useEffect, useRef, useState } from 'react';
import {
  type IncidentDetail,
  type IncidentRow,
  incidentDetailSchema,
} from '../../../../shared/api/incidents.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { incidentHash, pageHash } from '../../route.ts';
import { phaseOf, siteOf } from '../../select.ts';
import type { WallView } from '../../store.ts';
import { EscalationPart } from '../../view/escalation-text.tsx';
import { IncidentActions } from '../../view/incident-actions.tsx';
import { SeverityMark } from '../../view/incident-item.tsx';
import type { PageProps } from '../../view/pages.tsx';
import { useMayActOn } from '../../view/session.tsx';
import { LoadedPart } from '../../view/side-panel.tsx';
import { SlaPart } from '../../view/sla-part.tsx';
import { ClosedTooEarly, TicketPart } from '../../view/ticket-part.tsx';
import { useDetail } from '../../view/use-detail.ts';
import { HintsPart, VerdictPart } from '../../view/verdict-part.tsx';
import { useServerTick, useWall } from '../../view/wall-context.ts';
import { ChartPart } from './chart-part.tsx';
import { ContactsPart } from './contacts-part.tsx';
import { CopySummary } from './copy-summary.tsx';
import { EffectsPart } from './effects-part.tsx';
import { HistoryPart } from './history-part.tsx';
import { LinksPart } from './links-part.tsx';
import { PausePart } from './pause-part.tsx';
import { SilencePart } from './silence-part.tsx';
import { plainSummary, storyOf } from './story.ts';
import { TimelineTable } from './timeline-table.tsx';
import { incidentWords } from './words.ts';
import './incident.css';

export function IncidentPage({ about }: PageProps): ReactNode {
  const words = useWords(incidentWords);
  const view = useWall((state) => state.view);
  if (about === '') {
    return (
      <p className="empty">
        {words.none} <a href="#wall">{words.toWall}</a>
      </p>
    );
  }
  return view === undefined ? null : <Incident key={about} id={about} view={view} />;
}

function Incident({ id, view }: { readonly id: string; readonly view: WallView }): ReactNode {
  const { language } = useSpeech();
  const words = useWords(incidentWords);
  const onWall = view.incidents.get(id);
  const [openedAtPage] = useState(view.at);
  const url = `/api/v1/incidents/${encodeURIComponent(id)}`;
  const { loaded, again } = useDetail({
    url: language === 'en' ? `${url}?language=en` : url,
    schema: incidentDetailSchema,
    version: onWall,
  });
  const detail = loaded.value;
  const row = onWall ?? detail;
  // The wall's titles are Portuguese; the detail's is in the language it was asked for.
  const title = (language === 'en' ? detail?.title : undefined) ?? row?.title ?? words.unknown(id);
  return (
    <article className="incident-page" aria-labelledby="incident-heading">
      <Head title={title} row={row} view={view} />
      <LoadedPart loaded={loaded} again={again}>
        {() => null}
      </LoadedPart>
      {row !== undefined && (
        <>
          <ClosedTooEarly row={row} />
          <Doing url={url} row={row} />
          <div className="incident-columns">
            <Rail row={row} detail={detail} view={view} />
            <Story row={row} detail={detail} view={view} openedAtPage={openedAtPage} />
          </div>
        </>
      )}
    </article>
  );
}

function Doing({ url, row }: { readonly url: string; readonly row: IncidentRow }): ReactNode {
  if (!useMayActOn(row)) return null;
  return (
    <div className="card doing">
      <IncidentActions url={url} row={row} />
      <PausePart url={url} row={row} />
      <SilencePart row={row} />
    </div>
  );
}

interface PartProps {
  readonly row: IncidentRow;
  readonly detail: IncidentDetail | undefined;
  readonly view: WallView;
}

function Head({
  title,
  row,
  view,
}: {
  readonly title: string;
  readonly row: IncidentRow | undefined;
  readonly view: WallView;
}): ReactNode {
  const { messages, language, formats } = useSpeech();
  const words = useWords(incidentWords);
  const offset = useWall((state) => state.clockOffsetMs);
  const heading = useRef<HTMLHeadingElement>(null);
  // A screen reader then says what opened, and Tab goes on to the actions.
  useEffect(() => heading.current?.focus(), []);
  const make = (of: IncidentRow): string =>
    plainSummary(of, {
      ...{ words, messages, formats, title },
      now: Date.now() + offset,
      site: view.sites.get(siteOf(of) ?? ''),
      url: `${location.origin}/${pageHash('incident-page', of.id)}`,
    });
  return (
    <header className="incident-head">
      {row !== undefined && (
        <p className="incident-above">
          <SeverityMark row={row} />
          <span className="muted">{messages.kind[row.kind]}</span>
          <span className="tag" data-priority={row.priority}>
            {messages.priority[row.priority]}
          </span>
          {row.flapping && <span className="mark">{messages.flapping}</span>}
          {row.reopenedCount > 0 && <span className="mark">{messages.reopened(row.reopenedCount)}</span>}
          {row.parent !== null && (
            <a href={pageHash('incident-page', row.parent)}>
              {messages.fact.parent} {row.parent}
            </a>
          )}
        </p>
      )}
      <h2 id="incident-heading" ref={heading} tabIndex={-1} lang={language === 'en' ? undefined : 'pt-BR'}>
        {title}
      </h2>
      {row !== undefined && (
        <>
          <p className="incident-story">
            <StoryText row={row} />
          </p>
          <div className="incident-tools">
            <CopySummary make={() => make(row)} />
            <a className="button" href={incidentHash(row.id)}>
              {words.toWall}
            </a>
          </div>
        </>
      )}
    </header>
  );
}

function StoryText({ row }: { readonly row: IncidentRow }): ReactNode {
  const { messages, formats } = useSpeech();
  const words = useWords(incidentWords);
  return useServerTick((now) => storyOf(row, { words, messages, formats, now }));
}

/** What to do, by when, and who comes next. */
function Rail({ row, detail, view }: PartProps): ReactNode {
  const words = useWords(incidentWords);
  const site = view.sites.get(siteOf(row) ?? '');
  return (
    <aside className="incident-rail" aria-label={words.rail}>
      <div className="card">
        <SlaPart row={row} why={detail?.sla.why ?? undefined} />
      </div>
      {phaseOf(row) !== 'over' && row.kind !== 'own-outage' && (
        <div className="card">
          <EscalationPart escalation={row.escalation} />
        </div>
      )}
      {detail !== undefined && detail.hints.length > 0 && (
        <div className="card">
          <HintsPart detail={detail} />
        </div>
      )}
      {detail !== undefined && detail.contacts.length > 0 && (
        <div className="card">
          <ContactsPart detail={detail} />
        </div>
      )}
      {site !== undefined && (
        <div className="card">
          <LinksPart row={row} site={site} />
        </div>
      )}
      <div className="card">
        <TicketPart row={row} />
      </div>
    </aside>
  );
}

function Story({
  row,
  detail,
  view,
  openedAtPage,
}: PartProps & { readonly openedAtPage: number }): ReactNode {
  const words = useWords(incidentWords);
  const site = view.sites.get(siteOf(row) ?? '');
  return (
    <section className="incident-main" aria-label={words.main}>
      {detail !== undefined && (
        <div className="card">
          <VerdictPart detail={detail} />
        </div>
      )}
      {site !== undefined && <ChartPart row={row} detail={detail} site={site} />}
      {detail !== undefined && <TimelineTable detail={detail} row={row} />}
      <EffectsPart row={row} incidents={view.incidents} />
      <HistoryPart row={row} openedAtPage={openedAtPage} />
    </section>
  );
}
