// Deletes or ends one plan, asked twice: the second press is beside the first, where the hand already is. Says what it did not.
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useWords } from '../../i18n/words.ts';
import { act, type RequestFailure } from '../../request.ts';
import { FailureText } from '../../view/side-panel.tsx';
import { en, pt } from './words.ts';

export function RemoveButton(props: {
  readonly url: string;
  readonly label: string;
  /** With what it is about, for a screen reader that hears one button among many. */
  readonly name: string;
  readonly yes: string;
  readonly onDone: () => void;
}): ReactNode {
  const [state, setState] = useState<'idle' | 'asked' | 'sending'>('idle');
  const [failure, setFailure] = useState<RequestFailure>();
  const first = useRef<HTMLButtonElement>(null);
  const wasAsked = useRef(false);
  useEffect(() => {
    if (wasAsked.current && state === 'idle') first.current?.focus();
    wasAsked.current = state !== 'idle';
  }, [state]);
  const remove = async (): Promise<void> => {
    setState('sending');
    const answer = await act('DELETE', props.url);
    // Gone already is what was wanted.
    const gone = answer.ok || (answer.failure.kind === 'refused' && answer.failure.status === 404);
    if (gone) return props.onDone();
    setFailure(answer.failure);
    setState('idle');
  };
  return (
    <div className="planned-remove">
      {state === 'idle' ? (
        <button
          type="button"
          className="button"
          ref={first}
          aria-label={props.name}
          onClick={() => {
            setFailure(undefined);
            setState('asked');
          }}
        >
          {props.label}
        </button>
      ) : (
        <Sure
          name={props.name}
          yes={props.yes}
          sending={state === 'sending'}
          onYes={() => void remove()}
          onNo={() => setState('idle')}
        />
      )}
      {failure !== undefined && (
        <p className="planned-mistake" role="alert">
          <FailureText failure={failure} />
        </p>
      )}
    </div>
  );
}

/** The second question; the focus goes to its yes. */
function Sure(props: {
  readonly name: string;
  readonly yes: string;
  readonly sending: boolean;
  readonly onYes: () => void;
  readonly onNo: () => void;
}): ReactNode {
  const words = useWords({ pt, en });
  const yes = useRef<HTMLButtonElement>(null);
  useEffect(() => yes.current?.focus(), []);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has a look of its own that a table cell has no place for
    <span role="group" aria-label={props.name}>
      <span className="planned-sure">{words.sure}</span>
      <button
        type="button"
        className="button planned-danger"
        ref={yes}
        disabled={props.sending}
        onClick={props.onYes}
      >
        {props.yes}
      </button>
      <button type="button" className="button" disabled={props.sending} onClick={props.onNo}>
        {words.no}
      </button>
    </span>
  );
}
