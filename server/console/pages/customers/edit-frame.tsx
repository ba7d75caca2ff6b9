// The frame of an inventory form: the fields, what is wrong with them, then the review in their place, then that it was applied.
// What was typed stays through every step; it is the form's, not the frame's.
import type { ReactNode } from 'react';
import { useWords } from '../../i18n/words.ts';
import { Icon } from '../../view/icon.tsx';
import { FailureText } from '../../view/side-panel.tsx';
import { fieldOf, groupOf } from './draft.ts';
import { en, pt } from './edit-words.ts';
import { IssuesContext, isField } from './fields.tsx';
import { hrefOf } from './parts.tsx';
import type { Place } from './place.ts';
import { Applied, ImportFailure, Mistakes, Review } from './review.tsx';
import type { Editing } from './use-editing.ts';

export function EditFrame(props: {
  readonly editing: Editing;
  readonly onCheck: () => void;
  readonly back: Place;
  /** Ways on after it was applied. */
  readonly next: ReactNode;
  /** The fields. */
  readonly children: ReactNode;
}): ReactNode {
  const words = useWords({ pt, en });
  const { editing, onCheck, back, next, children } = props;
  const { steps, issues } = editing;
  const { step } = steps;
  if (step.kind === 'applied') return <Applied>{next}</Applied>;
  if (step.kind === 'reviewing' || step.kind === 'applying') return <Review steps={steps} />;
  const all = [...issues.here, ...issues.elsewhere];
  const isHere = (path: string): boolean => issues.here.some((issue) => issue.path === path);
  return (
    <form
      className="inventory-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (step.kind !== 'checking') onCheck();
      }}
    >
      <p className="muted">{words.intro}</p>
      {all.length > 0 && (
        <Mistakes
          issues={all}
          say={(path) => (isHere(path) ? placeText(path, words) : <code>{path}</code>)}
          go={(path) => (isHere(path) ? fieldAt(path) : undefined)}
        />
      )}
      {step.kind === 'failed' && all.length === 0 && <ImportFailure failure={step.failure} />}
      {step.kind === 'overtaken' && (
        <div className="inventory-mistakes" role="alert">
          <p>
            <Icon name="degraded" />
            <strong>{words.overtaken}</strong> {words.overtakenForm}
          </p>
          <button type="button" className="button" onClick={editing.checkAgain}>
            {words.checkAgain}
          </button>
        </div>
      )}
      <IssuesContext value={issues.here}>{children}</IssuesContext>
      <div className="action-buttons inventory-foot">
        <button type="submit" className="button button-strong" disabled={step.kind === 'checking'}>
          {step.kind === 'checking' ? words.checking : words.check}
        </button>
        <a className="button" href={hrefOf(back)}>
          {words.cancel}
        </a>
      </div>
    </form>
  );
}

/** `links[0].publicAddress` -> `Link 1 · Endereço público`, as the form names it. */
function placeText(path: string, words: typeof pt): string {
  const field = fieldOf(path);
  const group = groupOf(path);
  const name = isField(field) ? words.field[field] : field;
  if (group === undefined) return name;
  const thing =
    group.group === 'links' ? words.linkNumber(group.number, '') : words.hostNumber(group.number, '');
  return `${thing} · ${name}`;
}

/** The way to the field of this path; undefined where the form has none for it. */
function fieldAt(path: string): (() => void) | undefined {
  if (!isField(fieldOf(path))) return undefined;
  return () => document.getElementsByName(path)[0]?.focus();
}

/** Until the inventory is there, or why it is not. */
export function InventoryWaits({ editing }: { readonly editing: Editing }): ReactNode {
  const words = useWords({ pt, en });
  const { inventory, again } = editing;
  if (inventory.kind !== 'failed') {
    return (
      <p className="muted" role="status">
        …
      </p>
    );
  }
  return (
    <p className="panel-failure" role="alert">
      <Icon name="degraded" />
      <FailureText failure={inventory.failure} />
      <button type="button" className="button" onClick={again}>
        {words.loadPresent}
      </button>
    </p>
  );
}
