// What the forms share: the version they edit, the proposal made of it, and the way on when somebody else was quicker: the same
// draft on top of the present version, reviewed anew. The draft itself is the form's.
import { useEffect, useRef, useState } from 'react';
import type { ShownInventory } from '../../../../shared/api/inventory.ts';
import { type Issue, issuesBelow } from './draft.ts';
import { type ImportSteps, useImport } from './use-import.ts';
import { type LoadedInventory, useInventory } from './use-inventory.ts';

export interface Change {
  readonly document: ShownInventory;
  /** Where in it the form's own thing stands, for the issues; undefined where it was taken out. */
  readonly path: string | undefined;
}

export interface Editing {
  readonly inventory: LoadedInventory;
  readonly again: () => void;
  readonly steps: ImportSteps;
  /** Proposes what `change` makes of the version at hand. */
  readonly check: (change: (document: ShownInventory) => Change) => void;
  /** The last proposal again, on top of the present version. */
  readonly checkAgain: () => void;
  /** What the server found wrong: below the form's thing (paths from there), and anywhere else. */
  readonly issues: { readonly here: readonly Issue[]; readonly elsewhere: readonly Issue[] };
}

const noIssues = { here: [], elsewhere: [] } as const;

export function useEditing(): Editing {
  const { inventory, again } = useInventory();
  const steps = useImport();
  const [path, setPath] = useState<string>();
  const last = useRef<(document: ShownInventory) => Change>(undefined);
  // The version that is no longer the present one, while another is awaited.
  const stale = useRef<LoadedInventory>(undefined);
  const check = (change: (document: ShownInventory) => Change): void => {
    last.current = change;
    if (inventory.kind !== 'loaded') return;
    const made = change(inventory.value);
    setPath(made.path);
    const { tag } = inventory;
    steps.check({ text: JSON.stringify(made.document), type: 'application/json', tag });
  };
  useEffect(() => {
    if (stale.current === undefined || inventory === stale.current) return;
    stale.current = undefined;
    if (last.current === undefined) return;
    check(last.current);
  });
  const checkAgain = (): void => {
    stale.current = inventory;
    again();
  };
  const failure = steps.step.kind === 'failed' ? steps.step.failure : undefined;
  const found = failure?.kind === 'refused' ? (failure.issues ?? []) : [];
  const issues =
    found.length === 0
      ? noIssues
      : path === undefined
        ? { here: [], elsewhere: found }
        : issuesBelow(found, path);
  return { inventory, again, steps, check, checkAgain, issues };
}
