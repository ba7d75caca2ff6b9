// The agents page: who is installed, how each is doing, and the one thing a person does to an agent: revoke it. Details are
// fetched when the page opens, when an agent appears or goes, when a person asks, and again as `renewal.ts` says.
import { type ReactNode, useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import '../../style/data-table.css';
import './agents.css';
import { type AgentItem, agentsAnswerSchema } from '../../../../shared/api/agents.ts';
import { present } from '../../../../shared/assert.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { pageHash } from '../../route.ts';
import type { WallView } from '../../store.ts';
import type { PageProps } from '../../view/pages.tsx';
import { useMay } from '../../view/session.tsx';
import { LoadedPart } from '../../view/side-panel.tsx';
import { InstantText } from '../../view/time.tsx';
import { useDetail } from '../../view/use-detail.ts';
import { useWall, useWallContext } from '../../view/wall-context.ts';
import { AgentFilter } from './filter.tsx';
import { FindingsDialog } from './findings.tsx';
import { type AgentQuery, type ListedAgent, listAgents, newestVersion, selectAgents } from './fleet.ts';
import { agentsNews, isDue } from './renewal.ts';
import { RevokeDialog } from './revoke.tsx';
import { AgentTable } from './table.tsx';
import { en, pt } from './words.ts';

/** Rows drawn at first, and with each "show more". */
const rowsPerPage = 100;

const atFirst: AgentQuery = { text: '', show: 'all', order: 'presence', descending: false };

/** `about`: what the list is filtered by at first, e.g. an agent's id. */
export function AgentsPage({ about }: PageProps): ReactNode {
  const words = useWords({ pt, en });
  const sites = useDeferredValue(
    present(
      useWall((state) => state.view),
      'a wall behind its pages',
    ).sites,
  );
  const agentCount = useMemo(() => countAgents(sites), [sites]);
  const { loaded, again } = useDetail({
    url: '/api/v1/agents',
    schema: agentsAnswerSchema,
    version: agentCount,
  });
  useRenewal({ sites, answer: loaded, again });
  const [query, setQuery] = useState<AgentQuery>({ ...atFirst, text: about });
  const [chosen, setChosen] = useState<ListedAgent | undefined>();
  const [done, setDone] = useState('');
  const mayRevoke = useMay('administrator');
  const ask = (agent: ListedAgent): void => {
    setDone('');
    setChosen(agent);
  };
  return (
    <>
      <PageHead asOf={loaded.value?.at} again={again} />
      <p role="status" className={done === '' ? 'visually-hidden' : 'agents-done'}>
        {done}
      </p>
      <LoadedPart loaded={loaded} again={again}>
        {({ items, at }) => (
          <AgentList
            items={items}
            sites={sites}
            at={at}
            query={query}
            change={setQuery}
            revoke={mayRevoke ? ask : undefined}
          />
        )}
      </LoadedPart>
      <p className="muted">
        {words.doctor} <code>vigia-agent doctor</code>.
      </p>
      {chosen !== undefined && (
        <RevokeDialog
          agent={chosen}
          onClose={(revoked) => {
            setChosen(undefined);
            if (!revoked) return;
            setDone(words.revoked(chosen.name));
            again();
          }}
        />
      )}
    </>
  );
}

function PageHead({
  asOf,
  again,
}: {
  /** Of the answer shown, ISO 8601. */
  readonly asOf: string | undefined;
  readonly again: () => void;
}): ReactNode {
  const words = useWords({ pt, en });
  const mayEnrol = useMay('operator');
  return (
    <div className="section-head">
      <h2>{words.title}</h2>
      <div className="agents-head">
        {asOf !== undefined && (
          <span className="muted">
            {words.asOf} <InstantText at={asOf} />
          </span>
        )}
        <button type="button" className="button" onClick={again}>
          {words.refresh}
        </button>
        {mayEnrol && (
          <a className="button" href={pageHash('customers')}>
            {words.enrol}
          </a>
        )}
      </div>
    </div>
  );
}

function AgentList({
  items,
  sites,
  at,
  query,
  change,
  revoke,
}: {
  readonly items: readonly AgentItem[];
  readonly sites: WallView['sites'];
  /** Of the answer, ISO 8601. */
  readonly at: string;
  readonly query: AgentQuery;
  readonly change: (query: AgentQuery) => void;
  /** Absent: this person may not. */
  readonly revoke: ((agent: ListedAgent) => void) | undefined;
}): ReactNode {
  const words = useWords({ pt, en });
  const { formats } = useSpeech();
  const agents = useMemo(() => listAgents(items, sites, Date.parse(at)), [items, sites, at]);
  const newest = useMemo(() => newestVersion(items.map(({ version }) => version)), [items]);
  const deferred = useDeferredValue(query);
  const found = useMemo(() => selectAgents(agents, deferred), [agents, deferred]);
  const [rowsMax, setRowsMax] = useState(rowsPerPage);
  const [examined, setExamined] = useState<ListedAgent | undefined>();
  const left = found.length - rowsMax;
  if (agents.length === 0) return <p className="empty">{words.none}</p>;
  return (
    <section className="section agents" aria-label={words.table}>
      <AgentFilter query={query} change={change} agents={agents} />
      <p className="muted" role="status">
        {words.shown(found.length, agents.length)}
      </p>
      {found.length === 0 ? (
        <p className="empty">{words.noneFound}</p>
      ) : (
        <AgentTable
          agents={found.slice(0, rowsMax)}
          newest={newest}
          query={query}
          change={change}
          at={Date.parse(at)}
          examine={setExamined}
          revoke={revoke}
        />
      )}
      <ChosenFindings agent={examined} at={at} onClose={() => setExamined(undefined)} />
      {left > 0 && (
        <button type="button" className="button show-more" onClick={() => setRowsMax(rowsMax + rowsPerPage)}>
          {words.showMore(formats.count(Math.min(left, rowsPerPage)))}
        </button>
      )}
    </section>
  );
}

function ChosenFindings({
  agent,
  at,
  onClose,
}: {
  readonly agent: ListedAgent | undefined;
  /** Of the answer, ISO 8601. */
  readonly at: string;
  readonly onClose: () => void;
}): ReactNode {
  if (agent === undefined || agent.findings === null) return null;
  return <FindingsDialog agent={agent} findings={agent.findings} at={Date.parse(at)} onClose={onClose} />;
}

/** Asks again while somebody looks. The answer replaces the rows in their places: scroll and focus stay. */
function useRenewal(options: {
  readonly sites: WallView['sites'];
  /** Of the newest request: another one means that it was answered. */
  readonly answer: unknown;
  readonly again: () => void;
}): void {
  const { sites, answer, again } = options;
  const { ticker } = useWallContext();
  const news = useMemo(() => agentsNews(sites), [sites]);
  const last = useRef({ answeredAt: ticker.now(), waiting: true, news });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the answer is the reason to look, not an input
  useEffect(() => {
    last.current = { ...last.current, answeredAt: ticker.now(), waiting: false };
  }, [answer, ticker]);
  const look = useCallback(() => {
    const { waiting, answeredAt, news: asked } = last.current;
    if (waiting || document.visibilityState !== 'visible') return;
    if (!isDue({ sinceMs: ticker.now() - answeredAt, hasNews: asked !== news })) return;
    last.current = { answeredAt, waiting: true, news };
    again();
  }, [again, news, ticker]);
  useEffect(() => ticker.subscribe(look), [look, ticker]);
}

function countAgents(sites: WallView['sites']): number {
  let agents = 0;
  for (const { hosts } of sites.values()) agents += hosts.filter(({ agent }) => agent !== null).length;
  return agents;
}
