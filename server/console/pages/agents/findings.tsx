// What an agent found when it examined itself: one line in the table, all of it with its advice in a dialog. The sentences
// are the agent's own, in the page's language, shown as plain text. Levels are told by an icon and a word.
import { type ReactNode, useLayoutEffect, useRef } from 'react';
import './findings.css';
import type { AgentFindings } from '../../../../shared/api/agents.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { Icon } from '../../view/icon.tsx';
import { AgeText, InstantText } from '../../view/time.tsx';
import { countFindings, examinationFreshMs, type ListedAgent } from './fleet.ts';
import { en, pt } from './words.ts';

const icons = { warning: 'degraded', error: 'down' } as const;

/** `at`: the answer's instant, ms; by it an examination is old. */
function isStale({ examinedAt }: AgentFindings, at: number): boolean {
  return at - Date.parse(examinedAt) > examinationFreshMs;
}

function useSummary(findings: AgentFindings): string {
  const words = useWords({ pt, en });
  const { errors, warnings, all } = countFindings(findings);
  if (all === 0) return words.findingsNone;
  return [
    ...(errors > 0 ? [words.errors(errors)] : []),
    ...(warnings > 0 ? [words.warnings(warnings)] : []),
  ].join(words.and);
}

export function FindingsCell({
  agent,
  at,
  open,
}: {
  readonly agent: ListedAgent;
  readonly at: number;
  readonly open: (agent: ListedAgent) => void;
}): ReactNode {
  const words = useWords({ pt, en });
  const { findings } = agent;
  if (findings === null) return <span className="muted">{words.notExamined}</span>;
  return <Summary agent={agent} findings={findings} at={at} open={() => open(agent)} />;
}

function Summary({
  agent,
  findings,
  at,
  open,
}: {
  readonly agent: ListedAgent;
  readonly findings: AgentFindings;
  readonly at: number;
  readonly open: () => void;
}): ReactNode {
  const words = useWords({ pt, en });
  const summary = useSummary(findings);
  const { errors, all } = countFindings(findings);
  const worst = errors > 0 ? 'error' : 'warning';
  const stale = isStale(findings, at);
  return (
    <>
      <button
        type="button"
        className="button findings-open"
        data-level={all === 0 ? 'good' : worst}
        aria-label={words.seeFindings(agent.name, summary)}
        aria-haspopup="dialog"
        onClick={open}
      >
        <Icon name={all === 0 ? 'up' : icons[worst]} />
        {summary}
      </button>
      <span className={stale ? 'agent-note agent-marked' : 'agent-note muted'}>
        {stale && <Icon name="waiting" />}
        <span>
          <AgeText at={findings.examinedAt} say={stale ? words.examinationStale : words.examinedAgo} />
        </span>
      </span>
    </>
  );
}

export function FindingsDialog({
  agent,
  findings,
  at,
  onClose,
}: {
  readonly agent: ListedAgent;
  readonly findings: AgentFindings;
  readonly at: number;
  readonly onClose: () => void;
}): ReactNode {
  const words = useWords({ pt, en });
  const dialog = useRef<HTMLDialogElement>(null);
  const head = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    // Not the button at the end: on a phone that would begin with the last finding.
    head.current?.focus();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      className="findings"
      ref={dialog}
      aria-labelledby="findings-title"
      onCancel={(event) => {
        // Escape: closed by whoever shows it, so that it is gone for React too.
        event.preventDefault();
        onClose();
      }}
    >
      <h3 id="findings-title" ref={head} tabIndex={-1}>
        {words.findingsTitle(agent.name)}
      </h3>
      <p className="muted">
        {`${agent.customerName}, ${agent.siteName}. ${words.examinedAt} `}
        <InstantText at={findings.examinedAt} />
        {'.'}
      </p>
      {isStale(findings, at) && <p className="findings-stale">{words.staleMeaning}</p>}
      <FindingList findings={findings} />
      <p className="muted">{words.good(findings.good)}.</p>
      <div className="revoke-buttons">
        <button type="button" className="button" onClick={onClose}>
          {words.close}
        </button>
      </div>
    </dialog>
  );
}

function FindingList({ findings: { items, more } }: { readonly findings: AgentFindings }): ReactNode {
  const words = useWords({ pt, en });
  if (items.length === 0) return <p>{words.findingsNoneLong}</p>;
  return (
    <>
      <ul className="findings-list">
        {items.map((item) => (
          // One check may find several things of one link.
          <FindingLine key={JSON.stringify(item)} item={item} />
        ))}
      </ul>
      {more > 0 && <p className="muted">{words.more(more)}</p>}
    </>
  );
}

function FindingLine({ item }: { readonly item: AgentFindings['items'][number] }): ReactNode {
  const words = useWords({ pt, en });
  const { language } = useSpeech();
  const { level, of, detail } = item;
  const { name, text, advice } = item[language];
  return (
    <li className="finding" data-level={level}>
      <Icon name={icons[level]} />
      <div>
        <p>
          <strong>{`${words.level[level]}: ${name}${of === null ? '' : ` (${of})`}`}</strong>
        </p>
        <p>{text}</p>
        {advice !== null && <p>{`${words.advice} ${advice}`}</p>}
        {detail !== null && (
          <p className="muted">
            {`${words.detail} `}
            <code lang="en">{detail}</code>
          </p>
        )}
      </div>
    </li>
  );
}
