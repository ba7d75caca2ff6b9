// Every site, most urgent first, with a filter. Rows are memoised and drawn by the page as it is scrolled: a wall of
// thousands of sites must answer a key press at once.
import { type ReactNode, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import type { IncidentRow } from '../../../shared/api/incidents.ts';
import type { SiteRow } from '../../../shared/api/wall.ts';
import { useSpeech } from '../i18n/speech.ts';
import { incidentsBySite, type SiteOrder, type SiteQuery, selectSites, siteOrders } from '../select.ts';
import { Icon } from './icon.tsx';
import { SiteItem } from './site-item.tsx';

/** Rows drawn at first and added each time the end comes into sight. */
const rowsPerPage = 100;

export function Sites(props: {
  readonly sites: ReadonlyMap<string, SiteRow>;
  readonly incidents: ReadonlyMap<string, IncidentRow>;
}): ReactNode {
  const { messages } = useSpeech();
  const [query, setQuery] = useState<SiteQuery>({ text: '', order: 'urgency', onlyTroubled: false });
  const [rowsMax, setRowsMax] = useState(rowsPerPage);
  const deferred = useDeferredValue(query);
  const found = useMemo(() => selectSites(props.sites.values(), deferred), [props.sites, deferred]);
  const incidents = useMemo(() => incidentsBySite(props.incidents.values()), [props.incidents]);
  const left = found.length - rowsMax;
  if (props.sites.size === 0) return null;
  return (
    <section className="section" aria-labelledby="sites-heading">
      <div className="section-head">
        <h2 id="sites-heading">
          {messages.sites}
          <span className="heading-note" role="status">
            {messages.shownOf(found.length, props.sites.size)}
          </span>
        </h2>
        <SiteFilter query={query} change={setQuery} />
      </div>
      {found.length === 0 && <p className="empty">{messages.noneFound}</p>}
      <div className="site-columns" aria-hidden="true">
        <span>{messages.columns.site}</span>
        <span>{messages.columns.links}</span>
        <span>{messages.columns.hosts}</span>
      </div>
      <ul className="sites">
        {found.slice(0, rowsMax).map((site) => (
          <SiteItem key={site.id} site={site} incidentId={incidents.get(site.id)?.id} />
        ))}
      </ul>
      {left > 0 && (
        <ShowMore
          label={messages.showMore(Math.min(left, rowsPerPage))}
          show={() => setRowsMax((rows) => rows + rowsPerPage)}
        />
      )}
    </section>
  );
}

function SiteFilter({
  query,
  change,
}: {
  readonly query: SiteQuery;
  readonly change: (query: SiteQuery) => void;
}): ReactNode {
  const { messages } = useSpeech();
  return (
    <search className="filter">
      <label className="filter-text">
        <Icon name="search" />
        <span className="visually-hidden">{messages.filter}</span>
        <input
          type="search"
          autoComplete="off"
          spellCheck={false}
          placeholder={messages.filter}
          value={query.text}
          onChange={(event) => change({ ...query, text: event.target.value })}
        />
      </label>
      <label className="filter-check">
        <input
          type="checkbox"
          checked={query.onlyTroubled}
          onChange={(event) => change({ ...query, onlyTroubled: event.target.checked })}
        />
        {messages.onlyTroubled}
      </label>
      <label className="filter-order">
        <span>{messages.order}</span>
        <select
          value={query.order}
          onChange={(event) => change({ ...query, order: orderNamed(event.target.value) })}
        >
          {siteOrders.map((order) => (
            <option key={order} value={order}>
              {messages.orderBy[order]}
            </option>
          ))}
        </select>
      </label>
    </search>
  );
}

function orderNamed(name: string): SiteOrder {
  return siteOrders.find((order) => order === name) ?? 'urgency';
}

/** A button for the keyboard that presses itself when it is scrolled into sight. */
function ShowMore({ label, show }: { readonly label: string; readonly show: () => void }): ReactNode {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const seen = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) show();
    });
    if (button.current !== null) seen.observe(button.current);
    return () => seen.disconnect();
  });
  return (
    <button type="button" className="button show-more" ref={button} onClick={show}>
      {label}
    </button>
  );
}
