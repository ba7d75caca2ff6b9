// Outages of a provider that are under way, each with the customers' incidents it explains. Rows come from the wall.
import type { ReactNode } from 'react';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { incidentHash } from '../../route.ts';
import type { IncidentGroup } from '../../select.ts';
import { Icon } from '../../view/icon.tsx';
import { AgeText } from '../../view/time.tsx';
import { en, pt } from './words.ts';

/** Customers named under one outage; the incident itself names them all. */
const childrenShownMax = 30;

export function RegionalOutages({ outages }: { readonly outages: readonly IncidentGroup[] }): ReactNode {
  const words = useWords({ pt, en });
  return (
    <section className="section" aria-labelledby="regional-heading">
      <h3 id="regional-heading">{words.regional}</h3>
      {outages.length === 0 ? (
        <p className="empty">{words.noRegional}</p>
      ) : (
        <ul className="regional">
          {outages.map((group) => (
            <RegionalOutage key={group.row.id} group={group} />
          ))}
        </ul>
      )}
    </section>
  );
}

function RegionalOutage({ group: { row, children } }: { readonly group: IncidentGroup }): ReactNode {
  const words = useWords({ pt, en });
  const { messages } = useSpeech();
  const protocol = row.ticket?.protocol ?? null;
  return (
    <li className="regional-outage">
      <p className="regional-title">
        <Icon name="down" />
        <a href={incidentHash(row.id)} lang="pt-BR">
          {row.title}
        </a>
      </p>
      <p className="muted regional-facts">
        <AgeText at={row.detectedAt} say={messages.ago} />
        <span>{protocol === null ? messages.noTicket : messages.ticket(protocol)}</span>
        <span>
          {row.acknowledgedBy === null ? messages.nobodyTook : messages.takenBy(row.acknowledgedBy)}
        </span>
        {row.recoveredAt !== null && <AgeText at={row.recoveredAt} say={messages.recovering} />}
      </p>
      {children.length > 0 && (
        <details>
          <summary>{words.customersHit(children.length)}</summary>
          <ul className="regional-children">
            {children.slice(0, childrenShownMax).map((child) => (
              <li key={child.id}>
                <a href={incidentHash(child.id)}>
                  {[child.customerName, child.siteName].filter(Boolean).join(', ')}
                </a>
                <span className="muted"> · {messages.severity[child.severity]}</span>
              </li>
            ))}
            {children.length > childrenShownMax && (
              <li className="muted">{words.moreChildren(children.length - childrenShownMax)}</li>
            )}
          </ul>
        </details>
      )}
    </li>
  );
}
