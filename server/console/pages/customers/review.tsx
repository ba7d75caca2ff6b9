// The steps of an import as a person sees them: what is wrong, what would change, that it was applied. Retiring asks for a word of
// its own, because what is retired is watched no more.
import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import type { ImportAnswer } from '../../../../shared/api/inventory.ts';
import { useWords } from '../../i18n/words.ts';
import type { RequestFailure } from '../../request.ts';
import { Icon } from '../../view/icon.tsx';
import { FailureText } from '../../view/side-panel.tsx';
import type { Issue } from './draft.ts';
import { en, pt } from './edit-words.ts';
import { wantedAt } from './fields.tsx';
import { TableFrame } from './parts.tsx';
import type { ImportSteps } from './use-import.ts';

function useFocusAtFirst<T extends HTMLElement>(): RefObject<T | null> {
  const part = useRef<T>(null);
  useEffect(() => part.current?.focus(), []);
  return part;
}

const counted = ['created', 'updated', 'retired', 'unchanged'] as const;

export function Review({ steps }: { readonly steps: ImportSteps }): ReactNode {
  const words = useWords({ pt, en });
  const heading = useFocusAtFirst<HTMLHeadingElement>();
  const [sure, setSure] = useState(false);
  const [asked, setAsked] = useState(false);
  const { step, apply, edit } = steps;
  if (step.kind !== 'reviewing' && step.kind !== 'applying') return null;
  const { answer } = step;
  const changes = answer.created + answer.updated + answer.retired;
  const needsWord = answer.retired > 0 && !sure;
  return (
    <section className="inventory-review" aria-labelledby="inventory-review">
      <h3 id="inventory-review" className="customers-subhead" ref={heading} tabIndex={-1}>
        {words.review}
      </h3>
      {changes === 0 ? (
        <p className="empty">{words.nothingChanges}</p>
      ) : (
        <>
          <ul className="inventory-counts">
            {counted
              .filter((count) => answer[count] > 0)
              .map((count) => (
                <li key={count} data-change={count}>
                  {words.count[count](answer[count])}
                </li>
              ))}
          </ul>
          <Changes answer={answer} />
        </>
      )}
      {answer.retired > 0 && (
        <Sure count={answer.retired} sure={sure} onSure={setSure} missing={asked && needsWord} />
      )}
      <div className="action-buttons">
        {changes > 0 && (
          <button
            type="button"
            className="button button-strong"
            disabled={step.kind === 'applying'}
            onClick={() => (needsWord ? setAsked(true) : apply())}
          >
            {step.kind === 'applying' ? words.applying : words.apply}
          </button>
        )}
        <button type="button" className="button" disabled={step.kind === 'applying'} onClick={edit}>
          {words.goOn}
        </button>
      </div>
    </section>
  );
}

function Sure(props: {
  readonly count: number;
  readonly sure: boolean;
  readonly onSure: (sure: boolean) => void;
  /** It was asked for and not given. */
  readonly missing: boolean;
}): ReactNode {
  const words = useWords({ pt, en });
  const { count, sure, onSure, missing } = props;
  return (
    <div className="inventory-sure">
      <label>
        <input
          type="checkbox"
          checked={sure}
          aria-describedby={missing ? 'inventory-sure-error' : undefined}
          onChange={(event) => onSure(event.target.checked)}
        />
        {words.confirmRetired(count)}
      </label>
      {missing && (
        <p className="form-error" id="inventory-sure-error" role="alert">
          <Icon name="down" />
          {words.needConfirm}
        </p>
      )}
    </div>
  );
}

function Changes({ answer }: { readonly answer: ImportAnswer }): ReactNode {
  const words = useWords({ pt, en });
  const left = answer.created + answer.updated + answer.retired - answer.items.length;
  return (
    <>
      <TableFrame name={words.changesCaption}>
        <table>
          <caption className="visually-hidden">{words.changesCaption}</caption>
          <thead>
            <tr>
              <th scope="col">{words.columns.change}</th>
              <th scope="col">{words.columns.kind}</th>
              <th scope="col">{words.columns.id}</th>
            </tr>
          </thead>
          <tbody>
            {answer.items.map(({ kind, id, change }) => (
              <tr key={`${kind} ${id}`}>
                <td className="inventory-change" data-change={change}>
                  <span aria-hidden="true">{signs[change]}</span> {words.change[change]}
                </td>
                <td>{words.kind[kind]}</td>
                <th scope="row" className="protocol">
                  {id}
                </th>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
      {left > 0 && <p className="muted">{words.notListed(left)}</p>}
    </>
  );
}

const signs = { created: '+', updated: '~', retired: '−' } as const;

export function Applied({ children }: { readonly children?: ReactNode }): ReactNode {
  const words = useWords({ pt, en });
  const line = useFocusAtFirst<HTMLParagraphElement>();
  return (
    <div className="inventory-applied">
      <p role="status" ref={line} tabIndex={-1}>
        <Icon name="up" />
        {words.applied}
      </p>
      <div className="action-buttons">{children}</div>
    </div>
  );
}

/** One misplaced bracket can make hundreds; the first ones are what to mend. */
const mistakesShownMax = 25;

/** Every mistake with its path; `go` leads to the field or line where there is one. */
export function Mistakes({
  issues,
  go,
  say = (path) => <code>{path}</code>,
  rule = () => undefined,
}: {
  readonly issues: readonly Issue[];
  /** The place in words, where there are better ones than its path. */
  readonly say?: (path: string) => ReactNode;
  /** What is wanted there, where it is not the rule of a field. */
  readonly rule?: (path: string) => string | undefined;
  readonly go: (path: string) => (() => void) | undefined;
}): ReactNode {
  const words = useWords({ pt, en });
  const box = useFocusAtFirst<HTMLDivElement>();
  return (
    <div className="inventory-mistakes" role="alert" ref={box} tabIndex={-1}>
      <p>
        <Icon name="down" />
        <strong>{words.mistakes(issues.length)}</strong>
      </p>
      <ul className="inventory-mistakes-list">
        {issues.slice(0, mistakesShownMax).map(({ path, message }) => {
          const jump = go(path);
          return (
            <li key={`${path} ${message}`}>
              {jump === undefined ? (
                say(path)
              ) : (
                <button type="button" className="link-button" onClick={jump}>
                  {say(path)}
                </button>
              )}{' '}
              {rule(path) ?? wantedAt(path, words)}{' '}
              <span className="muted">
                {words.serverSays} <span lang="en">{message}</span>
              </span>
            </li>
          );
        })}
      </ul>
      {issues.length > mistakesShownMax && (
        <p className="muted">{words.moreMistakes(issues.length - mistakesShownMax)}</p>
      )}
    </div>
  );
}

/** A failure that names no field. */
export function ImportFailure({ failure }: { readonly failure: RequestFailure }): ReactNode {
  const words = useWords({ pt, en });
  const status = failure.kind === 'refused' ? failure.status : undefined;
  return (
    <p className="panel-failure" role="alert">
      <Icon name="degraded" />
      {status === 403 ? words.forbidden : status === 413 ? words.tooLarge : <FailureText failure={failure} />}
      {failure.kind === 'refused' && failure.message !== undefined && (
        <span className="muted">
          {words.serverSays} <span lang="en">{failure.message}</span>
        </span>
      )}
    </p>
  );
}
