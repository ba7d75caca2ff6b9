// The chosen item of a site's drawing in detail: what is known of a link or a device, and the incident about it.
import type { ReactNode } from 'react';
import type { IncidentRow } from '../../../../shared/api/incidents.ts';
import type { ShownHost, ShownLink, ShownSite } from '../../../../shared/api/inventory.ts';
import type { HostRow, LinkRow, SiteRow } from '../../../../shared/api/wall.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { pageHash } from '../../route.ts';
import { Icon } from '../../view/icon.tsx';
import { Fact, Facts } from '../../view/side-panel.tsx';
import { AgeText } from '../../view/time.tsx';
import { linkTitle } from './nodes.ts';
import { hrefOf, StateChip } from './parts.tsx';
import type { Chosen as ChosenThing } from './place.ts';
import { siteKeyOf } from './summary.ts';
import { en, pt } from './words.ts';

interface Props {
  readonly row: SiteRow;
  readonly entry: ShownSite | undefined;
  readonly incidents: readonly IncidentRow[];
  readonly chosen: ChosenThing;
  readonly phones: ReadonlyMap<string, string | undefined>;
}

export function Chosen(props: Props): ReactNode {
  const words = useWords({ pt, en });
  const { row, entry, incidents, chosen, phones } = props;
  const incident = incidents.find((each) => each[chosen.kind] === chosen.key);
  const link = chosen.kind === 'link' ? row.links.find(({ key }) => key === chosen.key) : undefined;
  const host = chosen.kind === 'host' ? row.hosts.find(({ key }) => key === chosen.key) : undefined;
  return (
    <section className="topology-detail" aria-label={words.detail} aria-live="polite">
      <div className="topology-detail-head">
        <h4>{linkTitle(link, row.links) ?? host?.name ?? chosen.key}</h4>
        <a
          className="button button-icon"
          href={hrefOf({ kind: 'site', customer: row.customer, site: siteKeyOf(row.id) })}
          aria-label={words.closeDetail}
        >
          <Icon name="close" />
        </a>
      </div>
      {link !== undefined && (
        <LinkDetail
          link={link}
          written={entry?.links.find(({ key }) => key === link.key)}
          phone={phones.get(link.provider)}
        />
      )}
      {host !== undefined && (
        <HostDetail host={host} written={entry?.hosts.find(({ key }) => key === host.key)} row={row} />
      )}
      {link === undefined && host === undefined && <p>{words.gone}</p>}
      <p className="topology-detail-ways">
        {incident !== undefined && <a href={pageHash('incident-page', incident.id)}>{words.incidentOf}</a>}
        {link !== undefined && <a href={pageHash('providers', link.provider)}>{words.seeProvider}</a>}
      </p>
    </section>
  );
}

function LinkDetail({
  link,
  written,
  phone,
}: {
  readonly link: LinkRow;
  readonly written: ShownLink | undefined;
  readonly phone: string | undefined;
}): ReactNode {
  const { messages } = useSpeech();
  const words = useWords({ pt, en });
  return (
    <Facts>
      <Fact name={words.column.state}>
        <StateChip status={link.status} text={messages.linkStatus[link.status]} />
        {link.since !== null && (
          <>
            {' '}
            <AgeText at={link.since} say={messages.ago} />
          </>
        )}
      </Fact>
      <Fact name={words.column.role}>
        {messages.linkRole[link.role]}
        {link.carries && ` · ${messages.inUse}`}
      </Fact>
      {link.layer !== null && <Fact name={messages.layerLabel}>{messages.layer[link.layer]}</Fact>}
      <Written name={words.circuit} text={written?.circuit} />
      <Written name={words.publicAddress} text={written?.publicAddress} />
      <Written name={words.gateway} text={written?.gateway} />
      {phone !== undefined && (
        <Fact name={words.supportPhone}>
          <a href={`tel:${phone.replace(/[^+\d]/g, '')}`}>{phone}</a>
        </Fact>
      )}
    </Facts>
  );
}

function HostDetail({
  host,
  written,
  row,
}: {
  readonly host: HostRow;
  readonly written: ShownHost | undefined;
  readonly row: SiteRow;
}): ReactNode {
  const { messages } = useSpeech();
  const words = useWords({ pt, en });
  const parent = written?.parent;
  return (
    <Facts>
      <Fact name={words.column.state}>
        <StateChip status={host.status} text={messages.hostStatus[host.status]} />
        {host.since !== null && (
          <>
            {' '}
            <AgeText at={host.since} say={messages.ago} />
          </>
        )}
      </Fact>
      <Fact name={words.column.role}>{words.hostKind[host.role]}</Fact>
      <Fact name={words.column.agent}>
        {host.agent === null ? words.noAgent : messages.agent[host.agent.presence]}
      </Fact>
      <Written name={words.column.address} text={written?.address} />
      {parent !== undefined && (
        <Fact name={words.column.behind}>{row.hosts.find(({ key }) => key === parent)?.name ?? parent}</Fact>
      )}
    </Facts>
  );
}

function Written({ name, text }: { readonly name: string; readonly text: string | undefined }): ReactNode {
  if (text === undefined) return null;
  return (
    <Fact name={name}>
      <span className="protocol">{text}</span>
    </Fact>
  );
}
