// The first thing on the wall: what is wrong now, most urgent first; then what is over but still held for a return.
// When nothing is wrong it says so and says how much is watched, because an empty space proves nothing.
import { memo, type ReactNode, useDeferredValue, useState } from 'react';
import { useSpeech } from '../i18n/speech.ts';
import { type IncidentGroup, phaseOf, type WallCounts } from '../select.ts';
import { Icon } from './icon.tsx';
import { IncidentItem } from './incident-item.tsx';
import { ShowMore } from './show-more.tsx';

export const Problems = memo(function Problems(props: {
  readonly groups: readonly IncidentGroup[];
  readonly counts: WallCounts;
}): ReactNode {
  const { messages } = useSpeech();
  const ongoing = props.groups.filter((group) => phaseOf(group.row) !== 'over');
  const over = props.groups.filter((group) => phaseOf(group.row) === 'over');
  const ongoingCount = ongoing.reduce((sum, group) => sum + 1 + group.children.length, 0);
  return (
    <section className="section" aria-labelledby="problems-heading">
      <h2 id="problems-heading">
        <span id="problems" tabIndex={-1}>
          {messages.problems}
        </span>
        {ongoingCount > 0 && <span className="heading-note">{messages.problemsCount(ongoingCount)}</span>}
      </h2>
      {ongoing.length === 0 ? <Quiet counts={props.counts} /> : <Groups groups={ongoing} />}
      {over.length > 0 && (
        <>
          <h3 className="subheading">{messages.resolvedHeading}</h3>
          <Groups groups={over} />
        </>
      )}
    </section>
  );
});

function Quiet({ counts }: { readonly counts: WallCounts }): ReactNode {
  const { messages } = useSpeech();
  const empty = counts.sites === 0;
  return (
    <div className="quiet" data-empty={empty}>
      <Icon name={empty ? 'waiting' : 'up'} />
      <p>
        <strong>{empty ? messages.nothingYet : messages.allWell}</strong>{' '}
        <span>{empty ? messages.nothingYetHow : messages.observed(counts.sites, counts.links)}</span>
      </p>
    </div>
  );
}

function Groups({ groups }: { readonly groups: readonly IncidentGroup[] }): ReactNode {
  const page = usePage(groups.length);
  return (
    <>
      <ul className="incidents">
        {groups.slice(0, page.shown).map((group) => (
          <Group key={group.row.id} group={group} />
        ))}
      </ul>
      {page.more}
    </>
  );
}

/** Rows drawn at first and added each time the end comes into sight: a mass outage must not stop the browser. */
const rowsPerPage = 100;
/** In sight at once, drawn before the rest of the first hundred. */
const rowsAtOnce = 24;

function usePage(count: number): { readonly shown: number; readonly more: ReactNode } {
  const { messages } = useSpeech();
  const [shown, setShown] = useState(rowsPerPage);
  // More rows are drawn in small steps: nothing waits for those below.
  const drawn = useDeferredValue(shown, rowsAtOnce);
  const left = count - shown;
  const more = left > 0 && (
    <ShowMore
      label={messages.showMoreProblems(Math.min(left, rowsPerPage))}
      show={() => setShown((rows) => rows + rowsPerPage)}
    />
  );
  return { shown: drawn, more };
}

/** Above this many children a parent starts folded: one regional outage must not push all else off the screen. */
const unfoldedChildrenMax = 3;

const Group = memo(function Group({ group }: { readonly group: IncidentGroup }): ReactNode {
  const { messages } = useSpeech();
  const [chosen, setChosen] = useState<boolean>();
  const { row, children } = group;
  const open = chosen ?? children.length <= unfoldedChildrenMax;
  const childrenId = `children-of-${row.id}`;
  return (
    <li>
      <IncidentItem row={row} child={row.parent !== null} />
      {children.length > 0 && (
        <div className="incident-children">
          <button
            type="button"
            className="fold"
            aria-expanded={open}
            aria-controls={childrenId}
            onClick={() => setChosen(!open)}
          >
            <Icon name="chevron" />
            {messages.children(children.length)}
          </button>
          <div id={childrenId} hidden={!open}>
            {open && <Children rows={children} />}
          </div>
        </div>
      )}
    </li>
  );
});

function Children({ rows }: { readonly rows: IncidentGroup['children'] }): ReactNode {
  const page = usePage(rows.length);
  return (
    <>
      <ul className="incidents">
        {rows.slice(0, page.shown).map((child) => (
          <li key={child.id}>
            <IncidentItem row={child} child={false} />
          </li>
        ))}
      </ul>
      {page.more}
    </>
  );
}
