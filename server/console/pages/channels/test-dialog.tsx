// Asks before a test notice goes out, sends it, and says for how many it arrived and why not. A native modal dialog: Escape,
// focus trap and the focus's return are the browser's. People are woken by it: it never sends by itself or twice.
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import {
  type ChannelItem,
  type ChannelTestAnswer,
  channelTestSchema,
} from '../../../../shared/api/channels.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { actJson, type RequestFailure } from '../../request.ts';
import { Icon } from '../../view/icon.tsx';
import { FailureText } from '../../view/side-panel.tsx';
import { Original } from './channel-card.tsx';
import { reasonText } from './reasons.ts';
import { channelWords } from './words.ts';

type Testing =
  | { readonly kind: 'asking'; readonly failure?: RequestFailure }
  | { readonly kind: 'sending' }
  | { readonly kind: 'done'; readonly answer: ChannelTestAnswer };

export function TestDialog({
  item,
  onTested,
  onClose,
}: {
  readonly item: ChannelItem;
  readonly onTested: () => void;
  readonly onClose: () => void;
}): ReactNode {
  const words = useWords(channelWords);
  const dialog = useRef<HTMLDialogElement>(null);
  const leave = useRef<HTMLButtonElement>(null);
  const { state, send } = useTest(item, onTested);
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    leave.current?.focus();
    return () => shown?.close();
  }, []);
  // The button that was pressed is gone by then; the focus must not fall out of the dialog.
  useEffect(() => {
    if (state.kind === 'done') leave.current?.focus();
  }, [state.kind]);
  return (
    <dialog
      className="channel-test"
      ref={dialog}
      aria-labelledby="channel-test-title"
      aria-describedby="channel-test-meaning"
      onCancel={(event) => {
        // Escape: closed by whoever shows it, so that it is gone for React too.
        event.preventDefault();
        onClose();
      }}
    >
      <h3 id="channel-test-title">{words.testTitle(item.name)}</h3>
      <Meaning item={item} />
      <Progress item={item} state={state} />
      <div className="channel-buttons">
        {state.kind !== 'done' && (
          <button
            type="button"
            className="button button-strong"
            // Not `disabled`, which would drop the focus: Enter tries again after a refusal.
            aria-disabled={state.kind === 'sending'}
            onClick={send}
          >
            {words.test}
          </button>
        )}
        <button type="button" className="button" ref={leave} onClick={onClose}>
          {state.kind === 'done' ? words.close : words.cancel}
        </button>
      </div>
    </dialog>
  );
}

function useTest(
  { name }: ChannelItem,
  onTested: () => void,
): { readonly state: Testing; readonly send: () => void } {
  const [state, setState] = useState<Testing>({ kind: 'asking' });
  const send = (): void => {
    if (state.kind === 'sending') return;
    setState({ kind: 'sending' });
    const url = `/api/v1/channels/${encodeURIComponent(name)}/test`;
    void actJson('POST', url, { schema: channelTestSchema }).then((done) => {
      setState(done.ok ? { kind: 'done', answer: done.value } : { kind: 'asking', failure: done.failure });
      if (done.ok) onTested();
    });
  };
  return { state, send };
}

/** The status stands there from the beginning, so that a screen reader says what comes into it. */
function Progress({ item, state }: { readonly item: ChannelItem; readonly state: Testing }): ReactNode {
  const words = useWords(channelWords);
  return (
    <>
      <div role="status">
        {state.kind === 'sending' && (
          <p className="channel-marked" data-quiet>
            <Icon name="waiting" />
            {words.testing}
          </p>
        )}
        {state.kind === 'done' && <Outcome item={item} answer={state.answer} />}
      </div>
      {state.kind === 'asking' && state.failure !== undefined && (
        <p className="bad" role="alert">
          <TestFailure failure={state.failure} />
        </p>
      )}
    </>
  );
}

function Meaning({ item: { kind, people, recipients } }: { readonly item: ChannelItem }): ReactNode {
  const words = useWords(channelWords);
  const { formats } = useSpeech();
  const whom =
    people === null ? words.testRoom : words.recipients(formats.count(recipients), recipients === 1);
  return <p id="channel-test-meaning">{words.testMeaning(words.kind[kind], whom)}</p>;
}

function Outcome({
  item: { kind },
  answer: { sent, failed, troubles },
}: {
  readonly item: ChannelItem;
  readonly answer: ChannelTestAnswer;
}): ReactNode {
  const words = useWords(channelWords);
  const { formats } = useSpeech();
  return (
    <>
      {sent > 0 && (
        <p className="channel-outcome" data-outcome="sent">
          <Icon name="up" />
          {words.tested(formats.count(sent), sent === 1)}
        </p>
      )}
      {failed > 0 && (
        <>
          <p className="channel-outcome" data-outcome="refused">
            <Icon name="down" />
            {words.testFailed(formats.count(failed), failed === 1)}
          </p>
          <ul className="channel-troubles">
            {troubles.map((trouble, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: recipients are told apart by nothing else here
              <li key={index}>
                {reasonText(words, kind, trouble)}
                <Original text={trouble.message} />
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function TestFailure({ failure }: { readonly failure: RequestFailure }): ReactNode {
  const words = useWords(channelWords);
  if (failure.kind === 'refused' && failure.status === 429) return words.testSoon;
  if (failure.kind === 'refused' && failure.status === 404) return words.testGone;
  return <FailureText failure={failure} />;
}
