// One site: its drawing with live state, the chosen item in detail, links compared, devices with their agents, what is under way.
// Live from the wall's row; the inventory adds addresses and what hangs behind what, and may be refused to a viewer.
import { type ReactNode, useMemo } from 'react';
import type { IncidentRow } from '../../../../shared/api/incidents.ts';
import type { ShownHost, ShownSite } from '../../../../shared/api/inventory.ts';
import type { HostRow, SiteRow } from '../../../../shared/api/wall.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { phaseOf } from '../../select.ts';
import { QuietText } from '../../view/quiet-text.tsx';
import { useMay } from '../../view/session.tsx';
import { Fact, Facts } from '../../view/side-panel.tsx';
import { AgeText } from '../../view/time.tsx';
import { townOf } from '../../view/town.tsx';
import { useWall } from '../../view/wall-context.ts';
import { siteIn } from './draft.ts';
import { LinksTable } from './links-table.tsx';
import { hrefOf, MoreRows, OpenIncidents, PageHead, StateChip, TableFrame, useFirstRows } from './parts.tsx';
import type { Chosen } from './place.ts';
import { openIncidentsOf } from './summary.ts';
import { TopologyPart } from './topology-view.tsx';
import { useAvailability } from './use-availability.ts';
import { useInventory } from './use-inventory.ts';
import { en, pt } from './words.ts';

const none = new Map<string, never>();

interface Props {
  readonly customer: string;
  readonly site: string;
  readonly chosen: Chosen | undefined;
}

export function SitePart({ customer, site, chosen }: Props): ReactNode {
  const { messages } = useSpeech();
  const words = useWords({ pt, en });
  const may = useMay('administrator');
  const mayEnrol = useMay('operator');
  const row = useWall((state) => state.view?.sites.get(`${customer}/${site}`));
  const incidents = useWall((state) => state.view?.incidents ?? none);
  const open = useMemo(
    () => openIncidentsOf(incidents.values(), { customer, site: `${customer}/${site}` }),
    [incidents, customer, site],
  );
  // A provider's outage belongs to no site, but explains this one.
  const drawn = useMemo(
    () => [...open, ...[...incidents.values()].filter(isProviderOutage)],
    [open, incidents],
  );
  // What stands in the row comes from the inventory, so a change of its shape is a change of the inventory.
  const shape = row && [...row.links, ...row.hosts].map(({ key, name }) => `${key} ${name}`).join();
  const { inventory } = useInventory(shape);
  const entry = inventory.kind === 'loaded' ? siteIn(inventory.value, customer, site) : undefined;
  if (row === undefined) return <UnknownSite customer={customer} name={entry?.name ?? site} />;
  const phones = new Map(
    inventory.kind === 'loaded'
      ? inventory.value.providers.map(({ key, supportPhone }) => [key, supportPhone] as const)
      : [],
  );
  return (
    <>
      <PageHead
        title={row.name}
        crumbs={[
          { place: { kind: 'list' }, name: words.customers },
          { place: { kind: 'customer', customer }, name: row.customerName },
        ]}
        state={<StateChip status={row.status} text={messages.siteStatus[row.status]} />}
      >
        {mayEnrol && (
          <a className="button button-strong" href={hrefOf({ kind: 'enrol', customer, site })}>
            {words.enrol}
          </a>
        )}
        {may && entry !== undefined && (
          <a className="button" href={hrefOf({ kind: 'edit-site', customer, site })}>
            {words.edit}
          </a>
        )}
      </PageHead>
      <About row={row} />
      {inventory.kind === 'failed' && <p className="muted">{words.inventoryHidden}</p>}
      <TopologyPart row={row} entry={entry} incidents={drawn} chosen={chosen} phones={phones} />
      <OpenIncidents rows={open} withSite={false} />
      <Compared row={row} version={open.map(({ id }) => id).join()} />
      <HostTable row={row} entry={entry} />
    </>
  );
}

function About({ row }: { readonly row: SiteRow }): ReactNode {
  const words = useWords({ pt, en });
  return (
    <>
      <QuietText site={row} />
      <Facts>
        {townOf(row) !== '' && <Fact name={words.town}>{townOf(row)}</Fact>}
        <Fact name={words.plan}>{row.plan}</Fact>
        <Fact name={words.timeZone}>{row.timeZone}</Fact>
      </Facts>
    </>
  );
}

function isProviderOutage(row: IncidentRow): boolean {
  return row.kind === 'provider-outage' && phaseOf(row) === 'burning';
}

function UnknownSite({ customer, name }: { readonly customer: string; readonly name: string }): ReactNode {
  const words = useWords({ pt, en });
  return (
    <>
      <PageHead title={name} crumbs={[{ place: { kind: 'list' }, name: words.customers }]} />
      <p className="empty">
        {words.unknownSite} <a href={hrefOf({ kind: 'customer', customer })}>{words.back}</a>
      </p>
    </>
  );
}

function Compared({ row, version }: { readonly row: SiteRow; readonly version: unknown }): ReactNode {
  const availability = useAvailability(row.customer, row.timeZone, version);
  const sites = useMemo(() => [row], [row]);
  return <LinksTable sites={sites} withSite={false} {...availability} />;
}

function HostTable({
  row,
  entry,
}: {
  readonly row: SiteRow;
  readonly entry: ShownSite | undefined;
}): ReactNode {
  const { messages } = useSpeech();
  const words = useWords({ pt, en });
  const { shown, ...more } = useFirstRows(row.hosts);
  const written = new Map((entry?.hosts ?? []).map((host) => [host.key, host]));
  return (
    <section className="section" aria-labelledby="customers-hosts">
      <h3 id="customers-hosts" className="customers-subhead">
        {words.hostsHeading}
      </h3>
      {row.hosts.length === 0 ? (
        <p className="empty">{messages.noHosts}</p>
      ) : (
        <TableFrame name={words.hostsHeading}>
          <table className="cards-on-phone">
            <caption className="visually-hidden">{words.hostsCaption}</caption>
            <thead>
              <tr>
                <th scope="col">{words.column.host}</th>
                <th scope="col">{words.column.state}</th>
                <th scope="col">{words.column.agent}</th>
                <th scope="col">{words.column.address}</th>
                <th scope="col">{words.column.behind}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((host) => (
                <HostLine key={host.key} host={host} written={written.get(host.key)} row={row} />
              ))}
            </tbody>
          </table>
        </TableFrame>
      )}
      <MoreRows {...more} />
    </section>
  );
}

function HostLine({
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
  const { address, parent } = written ?? {};
  return (
    <tr data-status={host.status}>
      <th scope="row">{host.name}</th>
      <td data-label={words.column.state}>
        <StateChip status={host.status} text={messages.hostStatus[host.status]} />
      </td>
      <td data-label={words.column.agent}>
        <AgentText host={host} />
      </td>
      <td data-label={words.column.address} className="protocol">
        {address ?? '–'}
      </td>
      <td data-label={words.column.behind}>
        {parent === undefined
          ? words.nothingBehind
          : (row.hosts.find(({ key }) => key === parent)?.name ?? parent)}
      </td>
    </tr>
  );
}

function AgentText({ host }: { readonly host: HostRow }): ReactNode {
  const { messages } = useSpeech();
  const words = useWords({ pt, en });
  if (host.agent === null) return <span className="muted">{words.noAgent}</span>;
  const { presence, since } = host.agent;
  const aged = presence === 'suspected' || presence === 'silent' || presence === 'away';
  return (
    <span className="presence" data-presence={presence}>
      {aged && since !== null ? (
        <AgeText at={since} say={messages.agentSince[presence]} />
      ) : (
        messages.agent[presence]
      )}
    </span>
  );
}
