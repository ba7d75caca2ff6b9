// The filter and order of the list of sites: one field, one box, one choice. Holds nothing itself.
import type { ReactNode } from 'react';
import { useSpeech } from '../i18n/speech.ts';
import { type SiteOrder, type SiteQuery, siteOrders } from '../select.ts';
import { Icon } from './icon.tsx';

export function SiteFilter({
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
