// Asks before an agent is revoked, which cannot be taken back: the machine's name must be typed. Sends the one request and
// says why when it was refused. A native modal dialog: Escape, focus trap and the focus's return are the browser's.
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useWords } from '../../i18n/words.ts';
import { act, type RequestFailure } from '../../request.ts';
import { FailureText } from '../../view/side-panel.tsx';
import type { ListedAgent } from './fleet.ts';
import { en, pt } from './words.ts';

interface Props {
  readonly agent: ListedAgent;
  readonly onClose: (revoked: boolean) => void;
}

export function RevokeDialog({ agent, onClose }: Props): ReactNode {
  const words = useWords({ pt, en });
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      className="revoke"
      ref={dialog}
      aria-labelledby="revoke-title"
      aria-describedby="revoke-meaning"
      onCancel={(event) => {
        // Escape: closed by whoever shows it, so that it is gone for React too.
        event.preventDefault();
        onClose(false);
      }}
    >
      <h3 id="revoke-title">{words.revokeTitle(agent.name)}</h3>
      <p className="muted">{`${agent.customerName}, ${agent.siteName}`}</p>
      <p id="revoke-meaning">{words.revokeMeaning}</p>
      <RevokeForm agent={agent} onClose={onClose} />
    </dialog>
  );
}

function RevokeForm({ agent, onClose }: Props): ReactNode {
  const words = useWords({ pt, en });
  const { send, state } = useRevoke(agent, () => onClose(true));
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  // After the dialog was shown, which puts the focus on its first control by itself.
  useEffect(() => field.current?.focus(), []);
  const submit = (): void => {
    if (state.sending) return;
    const isRight = typed.trim().toLowerCase() === agent.name.toLowerCase();
    setWrong(!isRight);
    if (isRight) send();
    else field.current?.focus();
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <label htmlFor="revoke-name">{words.revokeLabel(agent.name)}</label>
      <input
        id="revoke-name"
        className="field"
        ref={field}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        aria-invalid={wrong}
        aria-describedby={wrong ? 'revoke-wrong' : undefined}
        onChange={(event) => {
          setTyped(event.target.value);
          setWrong(false);
        }}
      />
      {wrong && (
        <p className="bad" id="revoke-wrong" role="alert">
          {words.revokeWrong(agent.name)}
        </p>
      )}
      <RevokeFailure failure={state.failure} />
      <div className="revoke-buttons">
        <button type="submit" className="button revoke-button" disabled={state.sending}>
          {state.sending ? words.revoking : words.revoke}
        </button>
        <button type="button" className="button" onClick={() => onClose(false)}>
          {words.cancel}
        </button>
      </div>
    </form>
  );
}

function RevokeFailure({ failure }: Pick<Sending, 'failure'>): ReactNode {
  return failure === undefined ? null : (
    <p className="bad" role="alert">
      <FailureText failure={failure} />
    </p>
  );
}

interface Sending {
  readonly sending: boolean;
  readonly failure?: RequestFailure;
}

function useRevoke(
  agent: ListedAgent,
  onDone: () => void,
): { readonly send: () => void; readonly state: Sending } {
  const [state, setState] = useState<Sending>({ sending: false });
  const send = (): void => {
    setState({ sending: true });
    void act('DELETE', `/api/v1/agents/${encodeURIComponent(agent.id)}`).then((done) => {
      if (done.ok) onDone();
      else setState({ sending: false, failure: done.failure });
    });
  };
  return { send, state };
}
