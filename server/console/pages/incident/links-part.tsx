// The site around the incident: its links as they are now. For a server's incident this answers at a glance whether the way
// to it works; for a link's, what carries the site meanwhile. Live from the wall's rows.
import type { ReactNode } from 'react';
import type { IncidentRow } from '../../../../shared/api/incidents.ts';
import type { LinkRow, SiteRow } from '../../../../shared/api/wall.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { pageHash } from '../../route.ts';
import { Icon } from '../../view/icon.tsx';
import { AgeText } from '../../view/time.tsx';
import { incidentWords } from './words.ts';

export function LinksPart({ row, site }: { readonly row: IncidentRow; readonly site: SiteRow }): ReactNode {
  const words = useWords(incidentWords).links;
  return (
    <section aria-labelledby="links-heading">
      <h3 id="links-heading">{words.heading}</h3>
      {site.links.length === 0 ? (
        <p className="muted">{words.none}</p>
      ) : (
        <ul className="site-links">
          {site.links.map((link) => (
            <LinkItem key={link.key} link={link} own={link.key === row.link} />
          ))}
        </ul>
      )}
      <a href={pageHash('customers', site.id)}>{words.open}</a>
    </section>
  );
}

function LinkItem({ link, own }: { readonly link: LinkRow; readonly own: boolean }): ReactNode {
  const { messages } = useSpeech();
  const words = useWords(incidentWords).links;
  const notes = [
    link.recovering ? messages.comingBack : undefined,
    link.carries ? messages.inUse : undefined,
    link.answersFromOutside === false ? messages.outsideSilent : undefined,
    own ? words.this : undefined,
  ].filter((note) => note !== undefined);
  return (
    <li data-status={link.status}>
      <Icon name={link.status} />
      <span>
        <strong>{link.providerName}</strong>{' '}
        <span className="muted">
          {link.name !== link.providerName && `${link.name} · `}
          {messages.linkRole[link.role]}
        </span>
        <span className="site-link-state">
          {messages.linkStatus[link.status]}
          {link.status !== 'up' && link.since !== null && (
            <>
              {' '}
              <AgeText at={link.since} say={messages.ago} />
            </>
          )}
          {notes.length > 0 && <span className="muted"> · {notes.join(' · ')}</span>}
        </span>
      </span>
    </li>
  );
}
