// What several of the customers' pages draw alike: the heading with the way back, a state with its shape and word, incidents.
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { IncidentRow } from '../../../../shared/api/incidents.ts';
import type { LinkRow } from '../../../../shared/api/wall.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { pageHash } from '../../route.ts';
import { Icon } from '../../view/icon.tsx';
import { AgeText } from '../../view/time.tsx';
import { aboutOf, type Place } from './place.ts';
import type { SiteStatus } from './summary.ts';
import { en, pt } from './words.ts';

export function hrefOf(place: Place): string {
  return pageHash('customers', aboutOf(place));
}

export interface Crumb {
  readonly place: Place;
  readonly name: string;
}

/** The heading takes the focus when its page opens, so that a screen reader says where one is. */
export function PageHead(props: {
  readonly title: string;
  readonly crumbs: readonly Crumb[];
  readonly state?: ReactNode;
  /** Links and buttons at the side. */
  readonly children?: ReactNode;
}): ReactNode {
  const words = useWords({ pt, en });
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <header className="customers-head">
      {props.crumbs.length > 0 && (
        <nav className="customers-crumbs" aria-label={words.where}>
          <ol>
            {props.crumbs.map((crumb) => (
              <li key={crumb.name}>
                <a href={hrefOf(crumb.place)}>{crumb.name}</a>
              </li>
            ))}
          </ol>
        </nav>
      )}
      <div className="customers-title">
        <h2 ref={heading} tabIndex={-1}>
          {props.title}
        </h2>
        {props.state}
      </div>
      {props.children !== undefined && <div className="action-buttons">{props.children}</div>}
    </header>
  );
}

export function StateChip({
  status,
  text,
}: {
  readonly status: SiteStatus | LinkRow['status'];
  readonly text: string;
}): ReactNode {
  return (
    <span className="chip" data-status={status}>
      <Icon name={status} />
      {text}
    </span>
  );
}

export function OpenIncidents({
  rows,
  withSite,
}: {
  readonly rows: readonly IncidentRow[];
  readonly withSite: boolean;
}): ReactNode {
  const { messages } = useSpeech();
  const words = useWords({ pt, en });
  return (
    <section className="section" aria-labelledby="customers-open">
      <h3 id="customers-open" className="customers-subhead">
        {words.openHeading}
      </h3>
      {rows.length === 0 && (
        <p className="customers-quiet">
          <Icon name="up" />
          {words.nothingOpen}
        </p>
      )}
      <ul className="customers-open">
        {rows.map((row) => (
          <li key={row.id} data-severity={row.severity}>
            <span className="tag" data-priority={row.priority}>
              {messages.priority[row.priority]}
            </span>
            <a href={pageHash('incident-page', row.id)} lang="pt-BR">
              {row.title}
            </a>
            <span className="muted">
              {withSite && row.siteName !== null && `${row.siteName} · `}
              <AgeText at={row.detectedAt} say={messages.ago} />
              {' · '}
              {row.ticket?.protocol == null ? messages.noTicket : messages.ticket(row.ticket.protocol)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Rows drawn at first and with each press: enough for a screen, few enough for a phone. */
const rowsShownStep = 100;

/** The first rows of a long list, and a button for the next ones. */
export function useFirstRows<T>(rows: readonly T[]): {
  readonly shown: readonly T[];
  /** How many the next press shows; 0: all are shown. */
  readonly next: number;
  readonly showMore: () => void;
} {
  const [max, setMax] = useState(rowsShownStep);
  const next = Math.min(rowsShownStep, Math.max(0, rows.length - max));
  return { shown: rows.slice(0, max), next, showMore: () => setMax(max + rowsShownStep) };
}

export function MoreRows({
  next,
  showMore,
}: {
  readonly next: number;
  readonly showMore: () => void;
}): ReactNode {
  const words = useWords({ pt, en });
  if (next === 0) return null;
  return (
    <button type="button" className="button customers-more" onClick={showMore}>
      {words.moreRows(next)}
    </button>
  );
}

/** A wide table scrolls by itself on a phone, and by keyboard. */
export function TableFrame({
  name,
  children,
}: {
  readonly name: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse
    <section className="customers-table" aria-label={name} tabIndex={0}>
      {children}
    </section>
  );
}
