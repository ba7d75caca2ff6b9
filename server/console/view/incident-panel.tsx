// All that is known of one incident: summary, diagnosis with witnesses and refused hypotheses, timeline, and the button
// by which a person takes it. Fetched when opened and again with each news of its row.
import { type ReactNode, useState } from 'react';
import {
  type IncidentDetail,
  type IncidentRow,
  incidentDetailSchema,
} from '../../../shared/api/incidents.ts';
import type { SiteRow } from '../../../shared/api/wall.ts';
import { formatsFor } from '../format.ts';
import { useSpeech } from '../i18n/speech.ts';
import { postBare, type RequestFailure } from '../request.ts';
import { incidentHash, ticketHash } from '../route.ts';
import { siteOf } from '../select.ts';
import { Icon } from './icon.tsx';
import { SeverityMark } from './incident-item.tsx';
import { Fact, Facts, FailureText, LoadedPart, SidePanel } from './side-panel.tsx';
import { AgeText, DowntimeText, InstantText } from './time.tsx';
import { TownText } from './town.tsx';
import { useDetail } from './use-detail.ts';

export function IncidentPanel(props: {
  readonly id: string;
  /** The wall's row, undefined once it left the wall: the panel then shows what the server still knows. */
  readonly row: IncidentRow | undefined;
  readonly sites: ReadonlyMap<string, SiteRow>;
}): ReactNode {
  const { messages } = useSpeech();
  const url = `/api/v1/incidents/${encodeURIComponent(props.id)}`;
  const { loaded, again } = useDetail({ url, schema: incidentDetailSchema, version: props.row });
  const row = props.row ?? loaded.value;
  return (
    <SidePanel
      title={row?.title ?? props.id}
      above={
        row !== undefined && (
          <p className="panel-above">
            <SeverityMark row={row} />
            <span className="muted">{messages.kind[row.kind]}</span>
          </p>
        )
      }
    >
      {row !== undefined && <Take url={url} row={row} />}
      {row !== undefined && <Summary row={row} site={props.sites.get(siteOf(row) ?? '')} />}
      <LoadedPart loaded={loaded} again={again}>
        {(detail) => (
          <>
            <VerdictPart detail={detail} />
            <TimelinePart detail={detail} />
          </>
        )}
      </LoadedPart>
    </SidePanel>
  );
}

type Taking =
  | { readonly kind: 'idle' | 'sending' | 'done' }
  | { readonly kind: 'failed'; readonly failure: RequestFailure };

function Take({ url, row }: { readonly url: string; readonly row: IncidentRow }): ReactNode {
  const { messages } = useSpeech();
  const [taking, setTaking] = useState<Taking>({ kind: 'idle' });
  if (row.state !== 'open' || row.acknowledgedBy !== null) return null;
  const take = async (): Promise<void> => {
    setTaking({ kind: 'sending' });
    const answer = await postBare(`${url}/acknowledgement`);
    setTaking(answer.ok ? { kind: 'done' } : { kind: 'failed', failure: answer.failure });
  };
  return (
    <div className="take">
      <button
        type="button"
        className="button button-strong"
        disabled={taking.kind === 'sending' || taking.kind === 'done'}
        onClick={() => void take()}
      >
        <Icon name="person" />
        {taking.kind === 'sending' ? messages.taking : messages.take}
      </button>
      <span role="status">
        {taking.kind === 'done' && messages.takenNow}
        {taking.kind === 'failed' && <FailureText failure={taking.failure} />}
      </span>
    </div>
  );
}

function Summary({
  row,
  site,
}: {
  readonly row: IncidentRow;
  readonly site: SiteRow | undefined;
}): ReactNode {
  const { messages, formats } = useSpeech();
  const confirmedAfterMs = Date.parse(row.confirmedAt) - Date.parse(row.detectedAt);
  return (
    <section aria-label={messages.facts}>
      <Facts>
        <WhoseFacts row={row} site={site} />
        <Fact name={messages.fact.detectedAt}>
          <InstantText at={row.detectedAt} /> (<AgeText at={row.detectedAt} say={messages.ago} />)
          <SiteClock at={row.detectedAt} site={site} />
        </Fact>
        <Fact name={messages.fact.confirmedAt}>
          <InstantText at={row.confirmedAt} />
          <span className="muted"> · {messages.afterDetection(formats.duration(confirmedAfterMs))}</span>
        </Fact>
        {row.resolvedAt !== null && (
          <Fact name={messages.fact.resolvedAt}>
            <InstantText at={row.resolvedAt} />
          </Fact>
        )}
        <Fact name={messages.fact.downtime}>
          <DowntimeText finishedMs={row.downtimeMs} runningSince={row.outageSince} say={(text) => text} />
        </Fact>
        {row.parent !== null && (
          <Fact name={messages.fact.parent}>
            <a href={incidentHash(row.parent)} className="protocol">
              {row.parent}
            </a>
          </Fact>
        )}
        <Fact name={messages.fact.cause}>{messages.cause[row.cause]}</Fact>
        {row.layer !== null && <Fact name={messages.fact.layer}>{messages.layer[row.layer]}</Fact>}
        <ProviderFact row={row} site={site} />
        <Fact name={messages.fact.priority}>{messages.priority[row.priority]}</Fact>
        {row.acknowledgedBy !== null && (
          <Fact name={messages.fact.taken}>
            {row.acknowledgedBy}
            {row.acknowledgedAt !== null && (
              <span className="muted">
                {' '}
                · <InstantText at={row.acknowledgedAt} />
              </span>
            )}
          </Fact>
        )}
        <TicketFact row={row} />
      </Facts>
    </section>
  );
}

function WhoseFacts({
  row,
  site,
}: {
  readonly row: IncidentRow;
  readonly site: SiteRow | undefined;
}): ReactNode {
  const { messages } = useSpeech();
  return (
    <>
      {row.customer !== null && (
        <Fact name={messages.fact.customer}>
          {row.customerName ?? row.customer}
          {site !== undefined && <span className="muted"> · {site.plan}</span>}
        </Fact>
      )}
      {row.site !== null && (
        <Fact name={messages.fact.site}>
          {row.siteName ?? row.site}
          {site !== undefined && <TownText site={site} />}
        </Fact>
      )}
    </>
  );
}

/** The site's own wall clock, when it differs from the browser's: Brazil has four time zones. */
function SiteClock({ at, site }: { readonly at: string; readonly site: SiteRow | undefined }): ReactNode {
  const { messages, formats, language } = useSpeech();
  if (site === undefined) return null;
  const there = formatsFor(language, site.timeZone).clock(Date.parse(at));
  if (there === formats.clock(Date.parse(at))) return null;
  return <span className="muted"> · {messages.atSite(there, site.city)}</span>;
}

function ProviderFact({
  row,
  site,
}: {
  readonly row: IncidentRow;
  readonly site: SiteRow | undefined;
}): ReactNode {
  const { messages } = useSpeech();
  const link = site?.links.find((each) => each.key === row.link);
  const name = link?.providerName ?? row.provider;
  return name === null ? null : <Fact name={messages.fact.provider}>{name}</Fact>;
}

function TicketFact({ row }: { readonly row: IncidentRow }): ReactNode {
  const { messages } = useSpeech();
  const { ticket } = row;
  if (ticket === null) return <Fact name={messages.fact.ticket}>{messages.noTicket}</Fact>;
  if (ticket.protocol === null) {
    return (
      <Fact name={messages.fact.ticket}>
        {ticket.state === 'refused' ? messages.ticketRefused : messages.ticketPending}
      </Fact>
    );
  }
  return (
    <Fact name={messages.fact.ticket}>
      <a href={ticketHash(ticket.protocol)} className="protocol">
        {ticket.protocol}
      </a>
      {ticket.registeredAt !== null && (
        <span className="muted">
          {' '}
          · <InstantText at={ticket.registeredAt} />
        </span>
      )}
    </Fact>
  );
}

function VerdictPart({ detail }: { readonly detail: IncidentDetail }): ReactNode {
  const { messages } = useSpeech();
  const { verdict } = detail;
  return (
    <section aria-labelledby="verdict-heading">
      <h3 id="verdict-heading">{messages.verdict}</h3>
      <p>
        <strong>{messages.kind[verdict.kind]}</strong>
        <span className="muted"> · {messages.confidence[verdict.confidence]}</span>
      </p>
      {verdict.undecided.text !== null && (
        <p className="muted" lang="pt-BR">
          {verdict.undecided.text}
        </p>
      )}
      <h4>{messages.witnesses}</h4>
      <ul className="witnesses" lang="pt-BR">
        {verdict.witnesses.map((witness) => (
          <li key={`${witness.source} ${witness.who} ${witness.says}`}>
            <Icon name="eye" />
            <span>{witness.text}</span>
          </li>
        ))}
      </ul>
      {verdict.refused.length > 0 && (
        <>
          <h4>{messages.refusedHypotheses}</h4>
          <ul className="witnesses" lang="pt-BR">
            {verdict.refused.map((refused) => (
              <li key={`${refused.kind} ${refused.cause} ${refused.because}`}>
                <Icon name="close" />
                <span>{refused.text}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {detail.symptoms.length > 0 && (
        <>
          <h4>{messages.symptoms(detail.symptoms.length)}</h4>
          <ul className="witnesses" lang="pt-BR">
            {detail.symptoms.map((symptom) => (
              <li key={symptom}>
                <Icon name="eye" />
                <span>{symptom}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function TimelinePart({ detail }: { readonly detail: IncidentDetail }): ReactNode {
  const { messages } = useSpeech();
  return (
    <section aria-labelledby="timeline-heading">
      <h3 id="timeline-heading">{messages.timeline}</h3>
      <ol className="timeline">
        {detail.timeline.map((entry, index) => (
          // Entries are only ever added at the end, and two may say the same in one millisecond.
          // biome-ignore lint/suspicious/noArrayIndexKey: the place in the history is the entry's identity
          <li key={index}>
            <InstantText at={entry.at} />
            <span>
              <span lang="pt-BR">{entry.text}</span>
              {entry.by !== null && <span className="muted"> · {entry.by}</span>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
