// All that is known of one incident: what a person can do, the contract's clock, what comes next, first steps, summary, the
// ticket's way, diagnosis and timeline. Fetched when opened and again with each news of its row.
import type { ReactNode } from 'react';
import { type IncidentRow, incidentDetailSchema } from '../../../shared/api/incidents.ts';
import type { SiteRow } from '../../../shared/api/wall.ts';
import { formatsFor } from '../format.ts';
import { useSpeech } from '../i18n/speech.ts';
import { ContactsPart } from '../pages/incident/contacts-part.tsx';
import { incidentHash, pageHash } from '../route.ts';
import { phaseOf, siteOf } from '../select.ts';
import { EscalationPart } from './escalation-text.tsx';
import { IncidentActions } from './incident-actions.tsx';
import { SeverityMark } from './incident-item.tsx';
import { Fact, Facts, LoadedPart, SidePanel } from './side-panel.tsx';
import { SlaPart } from './sla-part.tsx';
import { ClosedTooEarly, TicketPart } from './ticket-part.tsx';
import { AgeText, DowntimeText, InstantText } from './time.tsx';
import { TownText } from './town.tsx';
import { useDetail } from './use-detail.ts';
import { HintsPart, TimelinePart, VerdictPart } from './verdict-part.tsx';

export function IncidentPanel(props: {
  readonly id: string;
  /** The wall's row, undefined once it left the wall: the panel then shows what the server still knows. */
  readonly row: IncidentRow | undefined;
  readonly sites: ReadonlyMap<string, SiteRow>;
}): ReactNode {
  const { messages, language } = useSpeech();
  const url = `/api/v1/incidents/${encodeURIComponent(props.id)}`;
  const { loaded, again } = useDetail({
    url: language === 'en' ? `${url}?language=en` : url,
    schema: incidentDetailSchema,
    version: props.row,
  });
  const row = props.row ?? loaded.value;
  return (
    <SidePanel
      title={row?.title ?? props.id}
      above={
        row !== undefined && (
          <p className="panel-above">
            <SeverityMark row={row} />
            <span className="muted">{messages.kind[row.kind]}</span>
            <a href={pageHash('incident-page', row.id)}>{messages.pages.openIncident}</a>
          </p>
        )
      }
    >
      {row !== undefined && (
        <>
          <ClosedTooEarly row={row} />
          <IncidentActions url={url} row={row} />
          <SlaPart row={row} why={loaded.value?.sla.why ?? undefined} />
          {phaseOf(row) !== 'over' && row.kind !== 'own-outage' && (
            <EscalationPart escalation={row.escalation} />
          )}
        </>
      )}
      {loaded.value !== undefined && (
        <>
          <HintsPart detail={loaded.value} />
          <ContactsPart detail={loaded.value} brief />
        </>
      )}
      {row !== undefined && (
        <>
          <Summary row={row} site={props.sites.get(siteOf(row) ?? '')} />
          <TicketPart row={row} />
        </>
      )}
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
    <section aria-labelledby="facts-heading">
      <h3 id="facts-heading">{messages.facts}</h3>
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
        {row.kind !== 'own-outage' && <Fact name={messages.fact.cause}>{messages.cause[row.cause]}</Fact>}
        {row.layer !== null && <Fact name={messages.fact.layer}>{messages.layer[row.layer]}</Fact>}
        <ProviderFact row={row} site={site} />
        {row.assignedTo !== null && <Fact name={messages.service.act.assignedTo}>{row.assignedTo}</Fact>}
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
