// The page's dialogs: native and modal, so that Escape, the focus trap and the focus's return are the browser's. A form
// begins in its first field, a question on "cancel". Knows nothing of what it asks.
import { type ReactNode, useId, useLayoutEffect, useRef, useState } from 'react';
import { useWords } from '../../i18n/words.ts';
import { FormAlert } from '../../view/form.tsx';
import { Icon } from '../../view/icon.tsx';
import { peopleWords } from './words.ts';

export function Dialog(props: {
  readonly title: string;
  /** False: only its own button closes it; what it shows would be lost. */
  readonly dismissible?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}): ReactNode {
  const words = useWords(peopleWords);
  const { title, dismissible = true, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    const first = ['[data-first]', 'input', '.dialog-body button'].map((each) =>
      shown?.querySelector<HTMLElement>(each),
    );
    first.find((each) => each !== null)?.focus();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      className="dialog"
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        if (dismissible) onClose();
      }}
    >
      <div className="dialog-head">
        <h3 id={id}>{title}</h3>
        {dismissible && (
          <button type="button" className="button button-icon" aria-label={words.close} onClick={onClose}>
            <Icon name="close" />
          </button>
        )}
      </div>
      <div className="dialog-body">{props.children}</div>
    </dialog>
  );
}

/** A question before something that hurts. `onConfirm` answers a text when it failed, and undefined when it is done. */
export function Confirm(props: {
  readonly title: string;
  readonly meaning: string;
  readonly confirm: string;
  readonly onConfirm: () => Promise<string | undefined>;
  readonly onClose: () => void;
}): ReactNode {
  const words = useWords(peopleWords);
  const [state, setState] = useState<'idle' | 'sending'>('idle');
  const [problem, setProblem] = useState<string>();
  const confirm = async (): Promise<void> => {
    setState('sending');
    setProblem(undefined);
    const failed = await props.onConfirm();
    setState('idle');
    if (failed !== undefined) setProblem(failed);
  };
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <p>{props.meaning}</p>
      {problem !== undefined && <FormAlert text={problem} />}
      <div className="form-buttons">
        <button
          type="button"
          className="button button-danger"
          disabled={state === 'sending'}
          onClick={() => void confirm()}
        >
          {state === 'sending' ? words.sending : props.confirm}
        </button>
        <button type="button" className="button" data-first onClick={props.onClose}>
          {words.cancel}
        </button>
      </div>
    </Dialog>
  );
}

export function FormButtons(props: {
  readonly busy: boolean;
  readonly label: string;
  readonly onClose: () => void;
}): ReactNode {
  const words = useWords(peopleWords);
  return (
    <div className="form-buttons">
      <button type="submit" className="button button-strong" disabled={props.busy}>
        {props.busy ? words.sending : props.label}
      </button>
      <button type="button" className="button" onClick={props.onClose}>
        {words.cancel}
      </button>
    </div>
  );
}
