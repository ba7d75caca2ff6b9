// An import in two steps that a person walks: what would change (dry run), then the change itself, over the version that was
// edited and with the very text that was reviewed. Must never apply what was not reviewed.
import { useCallback, useState } from 'react';
import { type ImportAnswer, importAnswerSchema } from '../../../../shared/api/inventory.ts';
import { putTagged, type RequestFailure } from '../../request.ts';
import { inventoryUrl } from './use-inventory.ts';

export interface Proposal {
  readonly text: string;
  readonly type: 'application/json' | 'application/yaml';
  /** Of the version that was edited. */
  readonly tag: string | undefined;
}

export type Import =
  | { readonly kind: 'editing' | 'checking' }
  | { readonly kind: 'reviewing' | 'applying'; readonly proposal: Proposal; readonly answer: ImportAnswer }
  | { readonly kind: 'applied'; readonly answer: ImportAnswer; readonly tag: string | undefined }
  /** Somebody else was quicker. */
  | { readonly kind: 'overtaken' }
  | { readonly kind: 'failed'; readonly failure: RequestFailure };

export interface ImportSteps {
  readonly step: Import;
  readonly check: (proposal: Proposal) => void;
  /** Does nothing unless something was reviewed. */
  readonly apply: () => void;
  readonly edit: () => void;
}

export function useImport(): ImportSteps {
  const [step, setStep] = useState<Import>({ kind: 'editing' });
  const check = useCallback((proposal: Proposal) => {
    setStep({ kind: 'checking' });
    void putTagged(`${inventoryUrl}?dryRun=true`, importAnswerSchema, proposal).then((answer) =>
      setStep(
        answer.ok ? { kind: 'reviewing', proposal, answer: answer.value.value } : refused(answer.failure),
      ),
    );
  }, []);
  const apply = useCallback(() => {
    if (step.kind !== 'reviewing') return;
    setStep({ ...step, kind: 'applying' });
    void putTagged(inventoryUrl, importAnswerSchema, step.proposal).then((answer) =>
      setStep(
        answer.ok
          ? { kind: 'applied', answer: answer.value.value, tag: answer.value.tag }
          : refused(answer.failure),
      ),
    );
  }, [step]);
  const edit = useCallback(() => setStep({ kind: 'editing' }), []);
  return { step, check, apply, edit };
}

function refused(failure: RequestFailure): Import {
  return failure.kind === 'refused' && failure.status === 412
    ? { kind: 'overtaken' }
    : { kind: 'failed', failure };
}
