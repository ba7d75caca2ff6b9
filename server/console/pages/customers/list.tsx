// All customers in one table, worst state first, live from the wall's rows. Search by name, town, plan. A customer that has no
// site yet has no row on the wall; those are named below from the inventory.
import { type ReactNode, useDeferredValue, useMemo, useState } from 'react';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { Icon } from '../../view/icon.tsx';
import { useMay } from '../../view/session.tsx';
import { useWall } from '../../view/wall-context.ts';
import { hrefOf, PageHead, StateChip, TableFrame } from './parts.tsx';
import { type CustomerSummary, customersOf, selectCustomers, siteStatuses } from './summary.ts';
import { useInventory } from './use-inventory.ts';
import { en, pt } from './words.ts';

/** Rows drawn at first and with each press: enough for a screen, few enough for a phone. */
const rowsShownStep = 100;

const none = new Map<string, never>();

export function CustomerList(): ReactNode {
  const words = useWords({ pt, en });
  const may = useMay('administrator');
  const sites = useWall((state) => state.view?.sites ?? none);
  const incidents = useWall((state) => state.view?.incidents ?? none);
  const all = useMemo(() => customersOf(sites.values(), incidents.values()), [sites, incidents]);
  const [text, setText] = useState('');
  const [onlyTroubled, setOnlyTroubled] = useState(false);
  const [shown, setShown] = useState(rowsShownStep);
  const asked = useDeferredValue(text);
  const found = useMemo(
    () => selectCustomers(all, { text: asked, onlyTroubled }),
    [all, asked, onlyTroubled],
  );
  return (
    <>
      <PageHead title={words.customers} crumbs={[]}>
        {may && (
          <>
            <a className="button button-strong" href={hrefOf({ kind: 'new-customer' })}>
              {words.newCustomer}
            </a>
            <a className="button" href={hrefOf({ kind: 'document' })}>
              {words.document}
            </a>
          </>
        )}
      </PageHead>
      <Search
        text={text}
        onText={setText}
        onlyTroubled={onlyTroubled}
        onOnlyTroubled={setOnlyTroubled}
        count={words.shownOf(found.length, all.length)}
      />
      {all.length === 0 && (
        <p className="empty">
          <strong>{words.none}</strong> {may && words.noneHow}
        </p>
      )}
      {all.length > 0 && found.length === 0 && <p className="empty">{words.noneFound}</p>}
      {found.length > 0 && <CustomerTable customers={found.slice(0, shown)} />}
      {found.length > shown && (
        <button type="button" className="button" onClick={() => setShown(shown + rowsShownStep)}>
          {words.more(Math.min(rowsShownStep, found.length - shown))}
        </button>
      )}
      <WithoutSites known={all} version={sites.size} />
    </>
  );
}

function Search(props: {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onlyTroubled: boolean;
  readonly onOnlyTroubled: (only: boolean) => void;
  readonly count: string;
}): ReactNode {
  const words = useWords({ pt, en });
  const { text, onText, onlyTroubled, onOnlyTroubled, count } = props;
  return (
    <search className="filter customers-filter">
      <label className="filter-text">
        <span className="visually-hidden">{words.search}</span>
        <Icon name="search" />
        <input
          type="search"
          value={text}
          placeholder={words.search}
          onChange={(event) => onText(event.target.value)}
        />
      </label>
      <label className="filter-check">
        <input
          type="checkbox"
          checked={onlyTroubled}
          onChange={(event) => onOnlyTroubled(event.target.checked)}
        />
        {words.onlyTroubled}
      </label>
      <span className="muted" role="status">
        {count}
      </span>
    </search>
  );
}

function CustomerTable({ customers }: { readonly customers: readonly CustomerSummary[] }): ReactNode {
  const { formats } = useSpeech();
  const words = useWords({ pt, en });
  return (
    <TableFrame name={words.customers}>
      <table className="cards-on-phone">
        <caption className="visually-hidden">{words.listCaption}</caption>
        <thead>
          <tr>
            <th scope="col">{words.column.customer}</th>
            <th scope="col">{words.column.state}</th>
            <th scope="col">{words.column.sites}</th>
            <th scope="col">{words.column.open}</th>
            <th scope="col">{words.column.plan}</th>
          </tr>
        </thead>
        <tbody>
          {customers.map((customer) => (
            <tr key={customer.key} data-status={customer.status}>
              <th scope="row">
                <a href={hrefOf({ kind: 'customer', customer: customer.key })}>{customer.name}</a>
              </th>
              <td data-label={words.column.state}>
                <StateChip status={customer.status} text={words.customerState[customer.status]} />
              </td>
              <td data-label={words.column.sites}>
                <SiteCounts customer={customer} />
              </td>
              <td data-label={words.column.open} className={customer.incidents === 0 ? 'muted' : undefined}>
                <span>
                  {customer.incidents === 0 ? words.noOpen : formats.count(customer.incidents)}
                  {customer.criticals > 0 && (
                    <strong className="bad"> · {words.criticals(customer.criticals)}</strong>
                  )}
                </span>
              </td>
              <td data-label={words.column.plan}>{customer.plan}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}

function SiteCounts({ customer }: { readonly customer: CustomerSummary }): ReactNode {
  const words = useWords({ pt, en });
  const told = siteStatuses.filter((status) => customer.counts[status] > 0);
  return (
    <span>
      {told.map((status, index) => (
        <span key={status} className={status === 'down' ? 'bad' : undefined}>
          {index > 0 && ' · '}
          {words.siteCount[status](customer.counts[status])}
        </span>
      ))}
    </span>
  );
}

function WithoutSites({
  known,
  version,
}: {
  readonly known: readonly CustomerSummary[];
  readonly version: unknown;
}): ReactNode {
  const words = useWords({ pt, en });
  const { inventory } = useInventory(version);
  if (inventory.kind !== 'loaded') return null;
  const onWall = new Set(known.map(({ key }) => key));
  const without = inventory.value.customers.filter(({ key }) => !onWall.has(key)).slice(0, rowsShownStep);
  if (without.length === 0) return null;
  return (
    <section className="section" aria-labelledby="customers-without">
      <h3 id="customers-without" className="customers-subhead">
        {words.withoutSites}
      </h3>
      <ul className="customers-plain">
        {without.map(({ key, name }) => (
          <li key={key}>
            <a href={hrefOf({ kind: 'customer', customer: key })}>{name}</a>
          </li>
        ))}
      </ul>
    </section>
  );
}
