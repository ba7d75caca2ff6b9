// One customer: its sites worst first, its links compared, what is under way. Live from the wall's rows; the inventory adds
// what only a person knows (CNPJ), and may be refused to a viewer.

import { type ReactNode, useMemo } from 'react';
import type { SiteRow } from '../../../../shared/api/wall.ts';
import { formatCnpj, parseCnpj } from '../../../../shared/cnpj.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { pageHash } from '../../route.ts';
import { useMay } from '../../view/session.tsx';
import { Fact, Facts } from '../../view/side-panel.tsx';
import { townOf } from '../../view/town.tsx';
import { useWall } from '../../view/wall-context.ts';
import { customerIn } from './draft.ts';
import { LinksTable } from './links-table.tsx';
import { hrefOf, MoreRows, OpenIncidents, PageHead, StateChip, TableFrame, useFirstRows } from './parts.tsx';
import { type CustomerSummary, customersOf, openIncidentsOf, siteKeyOf } from './summary.ts';
import { useAvailability } from './use-availability.ts';
import { useInventory } from './use-inventory.ts';
import { en, pt } from './words.ts';

const none = new Map<string, never>();

export function CustomerPart({ customer }: { readonly customer: string }): ReactNode {
  const words = useWords({ pt, en });
  const may = useMay('administrator');
  const sites = useWall((state) => state.view?.sites ?? none);
  const incidents = useWall((state) => state.view?.incidents ?? none);
  const summary = useMemo(() => {
    const own = [...sites.values()].filter((site) => site.customer === customer);
    return customersOf(own, incidents.values())[0];
  }, [sites, incidents, customer]);
  const open = useMemo(() => openIncidentsOf(incidents.values(), { customer }), [incidents, customer]);
  const { inventory } = useInventory(summary?.sites.length);
  const entry = inventory.kind === 'loaded' ? customerIn(inventory.value, customer) : undefined;
  const name = summary?.name ?? entry?.name ?? customer;
  const isUnknown = summary === undefined && entry === undefined && inventory.kind !== 'loading';
  return (
    <>
      <PageHead
        title={name}
        crumbs={[{ place: { kind: 'list' }, name: words.customers }]}
        state={
          summary !== undefined && (
            <StateChip status={summary.status} text={words.customerState[summary.status]} />
          )
        }
      >
        <Ways customer={customer} mayEdit={may && entry !== undefined} hasReport={summary !== undefined} />
      </PageHead>
      {isUnknown ? (
        <p className="empty">
          {words.unknownCustomer} <a href={hrefOf({ kind: 'list' })}>{words.back}</a>
        </p>
      ) : (
        <Facts>
          <Fact name={words.plan}>{summary?.plan ?? entry?.plan ?? ''}</Fact>
          {entry !== undefined && (
            <Fact name={words.cnpj}>{formatCnpj(parseCnpj(entry.cnpj) ?? entry.cnpj)}</Fact>
          )}
        </Facts>
      )}
      {summary === undefined ? (
        entry !== undefined && <p className="empty">{words.noSites}</p>
      ) : (
        <>
          <OpenIncidents rows={open} withSite />
          <SiteTable customer={summary} />
          <Compared customer={summary} version={open.map(({ id }) => id).join()} />
        </>
      )}
    </>
  );
}

function Ways(props: {
  readonly customer: string;
  readonly mayEdit: boolean;
  readonly hasReport: boolean;
}): ReactNode {
  const words = useWords({ pt, en });
  const { customer, mayEdit, hasReport } = props;
  return (
    <>
      {mayEdit && (
        <>
          <a className="button" href={hrefOf({ kind: 'edit-customer', customer })}>
            {words.edit}
          </a>
          <a className="button" href={hrefOf({ kind: 'new-site', customer })}>
            {words.newSite}
          </a>
        </>
      )}
      {hasReport && (
        <a className="button" href={pageHash('reports', customer)}>
          {words.report}
        </a>
      )}
    </>
  );
}

/** Its own, so that the report is asked for only where there are sites: the server knows no customer without. */
function Compared({
  customer,
  version,
}: {
  readonly customer: CustomerSummary;
  readonly version: unknown;
}): ReactNode {
  const availability = useAvailability(customer.key, customer.sites[0]?.timeZone, version);
  return <LinksTable sites={customer.sites} withSite {...availability} />;
}

function SiteTable({ customer }: { readonly customer: CustomerSummary }): ReactNode {
  const { messages } = useSpeech();
  const words = useWords({ pt, en });
  const { shown, ...more } = useFirstRows(customer.sites);
  return (
    <section className="section" aria-labelledby="customers-sites">
      <h3 id="customers-sites" className="customers-subhead">
        {words.sites}
      </h3>
      <TableFrame name={words.sites}>
        <table className="cards-on-phone">
          <caption className="visually-hidden">{words.sitesCaption}</caption>
          <thead>
            <tr>
              <th scope="col">{words.column.site}</th>
              <th scope="col">{words.town}</th>
              <th scope="col">{words.column.state}</th>
              <th scope="col">{words.column.links}</th>
              <th scope="col">{words.column.hosts}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((site) => (
              <tr key={site.id} data-status={site.status}>
                <th scope="row">
                  <a href={hrefOf({ kind: 'site', customer: customer.key, site: siteKeyOf(site.id) })}>
                    {site.name}
                  </a>
                </th>
                <td data-label={words.town}>{townOf(site)}</td>
                <td data-label={words.column.state}>
                  <StateChip status={site.status} text={messages.siteStatus[site.status]} />
                </td>
                <td data-label={words.column.links}>{words.linksOf(upOf(site.links), site.links.length)}</td>
                <td data-label={words.column.hosts}>{words.hostsOf(upOf(site.hosts), site.hosts.length)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
      <MoreRows {...more} />
    </section>
  );
}

function upOf(things: SiteRow['links'] | SiteRow['hosts']): number {
  return things.filter((thing) => thing.status !== 'down' && thing.status !== 'unknown').length;
}
