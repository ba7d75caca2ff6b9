// Stopping the contract's clock from the incident: one button with a key, a small form, and while it stands still why, until
// when, and the button that lets it run again. The row of the wall tells; here only whether the server took it.
import { type ReactNode, type RefObject, useRef, useState } from 'react';
import type { IncidentRow } from '../../../../shared/api/incidents.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { post, type RequestFailure } from '../../request.ts';
import { Icon } from '../../view/icon.tsx';
import { FailureText } from '../../view/side-panel.tsx';
import { useServerTick } from '../../view/wall-context.ts';
import { type PauseBody, PauseForm } from './pause-form.tsx';
import { pauseWords } from './pause-words.ts';
import { useKey } from './use-key.ts';

type Doing =
  | { readonly kind: 'idle' | 'sending' | 'paused' | 'resumed' }
  | { readonly kind: 'failed'; readonly failure: RequestFailure };

/** Nothing where no contract has a clock, and where the outage is over. */
export function PausePart({ url, row }: { readonly url: string; readonly row: IncidentRow }): ReactNode {
  const runs = row.state === 'open' || row.state === 'acknowledged';
  return runs && row.sla.state !== 'none' ? <Pausing url={url} row={row} /> : null;
}

function Pausing({ url, row }: { readonly url: string; readonly row: IncidentRow }): ReactNode {
  const words = useWords(pauseWords);
  const [open, setOpen] = useState(false);
  const [doing, setDoing] = useState<Doing>({ kind: 'idle' });
  const button = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const send = async (path: 'pause' | 'resumption', body?: PauseBody): Promise<void> => {
    setDoing({ kind: 'sending' });
    const answer = await post(`${url}/${path}`, body);
    if (!answer.ok) return setDoing({ kind: 'failed', failure: answer.failure });
    setDoing({ kind: path === 'pause' ? 'paused' : 'resumed' });
    close();
  };
  const show = (): void => {
    if (row.pause !== null || doing.kind === 'sending') return;
    setDoing({ kind: 'idle' });
    setOpen(true);
  };
  useKey('p', show);
  return (
    <section className="actions pausing" aria-label={words.heading}>
      {row.pause === null ? (
        <OpenButton button={button} open={open} onOpen={show} />
      ) : (
        <InForce
          pause={row.pause}
          button={button}
          sending={doing.kind === 'sending'}
          onResume={() => void send('resumption')}
        />
      )}
      {open && row.pause === null && (
        <PauseForm
          sending={doing.kind === 'sending'}
          onSend={(body) => void send('pause', body)}
          onCancel={close}
        />
      )}
      <p className={doing.kind === 'paused' ? 'visually-hidden' : 'action-state'} role="status">
        {doing.kind === 'sending' && words.sending}
        {doing.kind === 'paused' && words.paused}
        {doing.kind === 'resumed' && words.resumed}
        {doing.kind === 'failed' && <FailureText failure={doing.failure} />}
      </p>
    </section>
  );
}

function OpenButton(props: {
  readonly button: RefObject<HTMLButtonElement | null>;
  readonly open: boolean;
  readonly onOpen: () => void;
}): ReactNode {
  return (
    <div className="action-buttons">
      <button
        type="button"
        className="button"
        ref={props.button}
        aria-keyshortcuts="P"
        aria-expanded={props.open}
        onClick={props.onOpen}
      >
        <Icon name="waiting" />
        {useWords(pauseWords).act}
        <span className="key" aria-hidden="true">
          P
        </span>
      </button>
    </div>
  );
}

type Pause = NonNullable<IncidentRow['pause']>;

function InForce(props: {
  readonly pause: Pause;
  readonly button: RefObject<HTMLButtonElement | null>;
  readonly sending: boolean;
  readonly onResume: () => void;
}): ReactNode {
  const words = useWords(pauseWords);
  return (
    <div className="in-force">
      <Icon name="waiting" />
      <p>
        <strong>{words.active}</strong> <PausedText pause={props.pause} />
      </p>
      <button
        type="button"
        className="button"
        ref={props.button}
        disabled={props.sending}
        onClick={props.onResume}
      >
        {words.resume}
      </button>
    </div>
  );
}

function PausedText({ pause }: { readonly pause: Pause }): ReactNode {
  const { formats } = useSpeech();
  const words = useWords(pauseWords);
  const { since, until, by, text } = pause;
  const span = useServerTick((now) => {
    const instant = (iso: string): string => formats.instant(Date.parse(iso), now);
    return until === null ? words.since(instant(since), by) : words.until(instant(until), by);
  });
  return (
    <>
      {span}
      <span className="muted">: {text}</span>
    </>
  );
}
