// Search, what to show with how many there are of it, and (for a phone, where the columns have no heads) the order.
import type { ReactNode } from 'react';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { Icon } from '../../view/icon.tsx';
import { type AgentQuery, type ListedAgent, orders, shows } from './fleet.ts';
import { en, pt } from './words.ts';

interface FilterProps {
  readonly query: AgentQuery;
  readonly change: (query: AgentQuery) => void;
  readonly agents: readonly ListedAgent[];
}

export function AgentFilter({ query, change, agents }: FilterProps): ReactNode {
  const words = useWords({ pt, en });
  const { messages, formats } = useSpeech();
  const count = (show: AgentQuery['show']): number => {
    if (show === 'all') return agents.length;
    return agents.filter(({ marks }) => (show === 'marked' ? marks.length > 0 : marks.includes(show))).length;
  };
  return (
    <search className="filter agents-filter">
      <SearchField query={query} change={change} />
      <label className="filter-order">
        <span>{words.show}</span>
        <select
          value={query.show}
          onChange={(event) =>
            change({ ...query, show: shows.find((each) => each === event.target.value) ?? 'all' })
          }
        >
          {shows.map((show) => (
            <option key={show} value={show}>
              {`${words.showOf[show]} (${formats.count(count(show))})`}
            </option>
          ))}
        </select>
      </label>
      <label className="filter-order agents-order">
        <span>{messages.order}</span>
        <select
          value={query.order}
          onChange={(event) =>
            change({ ...query, order: orders.find((each) => each === event.target.value) ?? 'presence' })
          }
        >
          {orders.map((order) => (
            <option key={order} value={order}>
              {words.columns[order]}
            </option>
          ))}
        </select>
      </label>
    </search>
  );
}

function SearchField({ query, change }: Pick<FilterProps, 'query' | 'change'>): ReactNode {
  const words = useWords({ pt, en });
  return (
    <label className="filter-text">
      <Icon name="search" />
      <span className="visually-hidden">{words.filter}</span>
      <input
        type="search"
        autoComplete="off"
        spellCheck={false}
        placeholder={words.filter}
        value={query.text}
        onChange={(event) => change({ ...query, text: event.target.value })}
      />
    </label>
  );
}
