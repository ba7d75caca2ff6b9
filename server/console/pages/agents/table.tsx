// The agents' table: one line each, sorted by the heads; on a phone each line becomes a card with its columns' names.
// What deserves an eye is marked by an icon and words, never by colour alone.
import type { ReactNode } from 'react';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { pageHash } from '../../route.ts';
import { Icon, type IconName } from '../../view/icon.tsx';
import { AgeText, InstantText } from '../../view/time.tsx';
import { FindingsCell } from './findings.tsx';
import { type AgentQuery, type ListedAgent, type Mark, type Order, orders } from './fleet.ts';
import { en, pt } from './words.ts';

interface TableProps {
  readonly agents: readonly ListedAgent[];
  readonly newest: string | undefined;
  readonly query: AgentQuery;
  readonly change: (query: AgentQuery) => void;
  /** Of the answer, ms. */
  readonly at: number;
  readonly examine: (agent: ListedAgent) => void;
  /** Absent: this person may not. */
  readonly revoke: ((agent: ListedAgent) => void) | undefined;
}

export function AgentTable({ agents, newest, query, change, at, examine, revoke }: TableProps): ReactNode {
  const words = useWords({ pt, en });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a frame that scrolls must be reachable by keyboard
    <section className="data-frame" tabIndex={0} aria-label={words.table}>
      <table className="data-table agents-table">
        <caption className="visually-hidden">{words.table}</caption>
        <thead>
          <tr>
            {orders.map((order) => (
              <SortHead key={order} order={order} query={query} change={change} />
            ))}
            <th scope="col">{words.columns.egress}</th>
            <th scope="col">{words.columns.ping}</th>
            {revoke !== undefined && <th scope="col">{words.columns.act}</th>}
          </tr>
        </thead>
        <tbody>
          {agents.map((agent) => (
            <AgentLine
              key={agent.id}
              agent={agent}
              newest={newest}
              at={at}
              examine={examine}
              revoke={revoke}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function SortHead({
  order,
  query,
  change,
}: Pick<TableProps, 'query' | 'change'> & { readonly order: Order }): ReactNode {
  const words = useWords({ pt, en });
  const isChosen = query.order === order;
  const sorted = query.descending ? 'descending' : 'ascending';
  return (
    <th scope="col" aria-sort={isChosen ? sorted : undefined}>
      <button
        type="button"
        className="sort"
        title={words.sortBy(words.columns[order])}
        onClick={() => change({ ...query, order, descending: isChosen && !query.descending })}
      >
        {words.columns[order]}
      </button>
    </th>
  );
}

function AgentLine({
  agent,
  newest,
  at,
  examine,
  revoke,
}: Pick<TableProps, 'newest' | 'at' | 'examine' | 'revoke'> & { readonly agent: ListedAgent }): ReactNode {
  const words = useWords({ pt, en });
  const { columns } = words;
  const has = (mark: Mark): boolean => agent.marks.includes(mark);
  return (
    <tr>
      <td data-label={columns.presence}>
        <Presence agent={agent} />
      </td>
      <th scope="row" data-label={columns.host}>
        <Machine agent={agent} />
      </th>
      <td data-label={columns.site}>
        <a href={pageHash('customers', agent.siteId)}>{`${agent.customerName}, ${agent.siteName}`}</a>
      </td>
      <td data-label={columns.version}>
        {agent.version ?? <Untold />}
        {has('old-version') && newest !== undefined && <Marked text={words.oldVersion(newest)} />}
      </td>
      <td data-label={columns.lastHeard}>
        {agent.lastHeardAt === null ? words.never : <InstantText at={agent.lastHeardAt} />}
      </td>
      <td data-label={columns.clock}>
        <Clock offsetMs={agent.clockOffsetMs} isOff={has('clock')} />
      </td>
      <td data-label={columns.spool}>
        <Spool depth={agent.spoolDepth} isHigh={has('spool')} />
      </td>
      <td data-label={columns.findings}>
        <FindingsCell agent={agent} at={at} open={examine} />
      </td>
      <td data-label={columns.egress}>
        {agent.egress === null ? <Untold /> : <span className="protocol">{agent.egress}</span>}
      </td>
      <td data-label={columns.ping}>
        <Ping agent={agent} />
      </td>
      {revoke !== undefined && (
        <td>
          <button
            type="button"
            className="button"
            aria-label={words.revokeOf(agent.name, `${agent.customerName}, ${agent.siteName}`)}
            onClick={() => revoke(agent)}
          >
            {words.revoke}
          </button>
        </td>
      )}
    </tr>
  );
}

const presenceIcons: Readonly<Record<ListedAgent['presence'], IconName>> = {
  new: 'waiting',
  live: 'up',
  suspected: 'degraded',
  silent: 'down',
  away: 'unknown',
  revoked: 'unknown',
};

function Presence({ agent }: { readonly agent: ListedAgent }): ReactNode {
  const words = useWords({ pt, en });
  const { presence, presenceSince } = agent;
  return (
    <>
      <span className="agent-presence" data-presence={presence}>
        <Icon name={presenceIcons[presence]} />
        {words.presence[presence]}
      </span>
      {presenceSince !== null && presence !== 'new' && (
        <span className="agent-note muted">
          <AgeText at={presenceSince} say={words.since} />
        </span>
      )}
    </>
  );
}

function Machine({ agent }: { readonly agent: ListedAgent }): ReactNode {
  const words = useWords({ pt, en });
  const { name, hostName, system, cloneSeenAt, cloneAddress, cloneTimes } = agent;
  const about = [hostName === name ? '' : hostName, system === null ? '' : systemText(system)];
  return (
    <>
      {name}
      <span className="agent-note muted">{about.filter(Boolean).join(' · ')}</span>
      {cloneSeenAt !== null && agent.marks.includes('clone') && (
        <span className="agent-note agent-marked">
          <Icon name="copy" />
          <span>
            <AgeText at={cloneSeenAt} say={(age) => words.clone(cloneTimes, age, cloneAddress)} />
          </span>
        </span>
      )}
    </>
  );
}

function systemText({ name, version, arch }: NonNullable<ListedAgent['system']>): string {
  return `${[name, version].filter(Boolean).join(' ')} (${arch})`;
}

function Clock({
  offsetMs,
  isOff,
}: {
  readonly offsetMs: number | null;
  readonly isOff: boolean;
}): ReactNode {
  const words = useWords({ pt, en });
  const { formats } = useSpeech();
  if (offsetMs === null) return <Untold />;
  const size = Math.abs(Math.round(offsetMs));
  const text = size < 1_000 ? `${formats.count(size)} ms` : formats.duration(size);
  // Server minus agent: what is left when the agent's clock lags behind.
  const said = offsetMs > 0 ? words.clockBehind(text) : words.clockAhead(text);
  return (
    <>
      {size === 0 ? words.clockExact : said}
      {isOff && <Marked text={words.clockWrong} />}
    </>
  );
}

function Spool({ depth, isHigh }: { readonly depth: number | null; readonly isHigh: boolean }): ReactNode {
  const words = useWords({ pt, en });
  const { formats } = useSpeech();
  if (depth === null) return <Untold />;
  return (
    <>
      {depth === 0 ? words.spoolEmpty : words.spoolOf(formats.count(depth))}
      {isHigh && <Marked text={words.spoolHigh} />}
    </>
  );
}

function Ping({ agent: { ping } }: { readonly agent: ListedAgent }): ReactNode {
  const words = useWords({ pt, en });
  if (ping === null) return <Untold />;
  if (ping.method === 'icmp') return words.pingBy.icmp;
  return (
    <>
      {words.pingBy[ping.method]}
      {ping.reason !== null && <Marked text={ping.reason} />}
    </>
  );
}

function Marked({ text }: { readonly text: string }): ReactNode {
  return (
    <span className="agent-note agent-marked">
      <Icon name="degraded" />
      <span>{text}</span>
    </span>
  );
}

function Untold(): ReactNode {
  const words = useWords({ pt, en });
  return <span className="muted">{words.notTold}</span>;
}
