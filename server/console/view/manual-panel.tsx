// The manual queue: what a person must do at the desk, one item after the other, and the deliveries of which only a person
// can say whether they arrived. Each answer goes to the server at once and the list is fetched again.
import { type ReactNode, useRef, useState } from 'react';
import { type ManualItemAnswer, manualQueueSchema } from '../../../shared/api/manual-queue.ts';
import { assertNever } from '../../../shared/assert.ts';
import { limits } from '../../../shared/limits.ts';
import { copyText } from '../clipboard.ts';
import { useSpeech } from '../i18n/speech.ts';
import { post, type RequestFailure } from '../request.ts';
import { incidentHash } from '../route.ts';
import { Icon } from './icon.tsx';
import { useMay } from './session.tsx';
import { FailureText, LoadedPart, SidePanel } from './side-panel.tsx';
import { InstantText } from './time.tsx';
import { useDetail } from './use-detail.ts';

/** `version`: whatever changes when the server may have more or less waiting. */
export function ManualPanel({ version }: { readonly version: unknown }): ReactNode {
  const { messages } = useSpeech();
  const words = messages.service.manual;
  const url = '/api/v1/manual-queue';
  const { loaded, again } = useDetail({ url, schema: manualQueueSchema, version });
  return (
    <SidePanel title={words.title}>
      <p className="muted">{words.intro}</p>
      <LoadedPart loaded={loaded} again={again}>
        {({ items, total }) => (
          <>
            {items.length === 0 && (
              <p className="empty">
                <strong>{words.nothing}</strong> {words.nothingMore}
              </p>
            )}
            <ol className="manual">
              {items.map((item) => (
                <li key={item.key}>
                  <ManualTask item={item} again={again} />
                </li>
              ))}
            </ol>
            {total > items.length && <p className="muted">{words.more(total - items.length)}</p>}
          </>
        )}
      </LoadedPart>
    </SidePanel>
  );
}

type Saying =
  | { readonly kind: 'idle' | 'sending' | 'saved' | 'copied' | 'not-copied' | 'no-protocol' }
  | { readonly kind: 'failed'; readonly failure: RequestFailure };

function ManualTask({
  item,
  again,
}: {
  readonly item: ManualItemAnswer;
  readonly again: () => void;
}): ReactNode {
  const { messages } = useSpeech();
  const words = messages.service.manual;
  const mayAnswer = useMay('operator');
  const [saying, setSaying] = useState<Saying>({ kind: 'idle' });
  const say = async (path: string, body: object): Promise<void> => {
    setSaying({ kind: 'sending' });
    const answer = await post(`/api/v1/manual-queue/${encodeURIComponent(item.incident)}/${path}`, body);
    setSaying(answer.ok ? { kind: 'saved' } : { kind: 'failed', failure: answer.failure });
    if (answer.ok) again();
  };
  const copy = (text: string): void => {
    void copyText(text).then((copied) => setSaying({ kind: copied ? 'copied' : 'not-copied' }));
  };
  const headingId = `manual-${item.key}`;
  return (
    <article className="manual-task" aria-labelledby={headingId} data-reason={item.reason}>
      <h3 id={headingId}>
        <Icon name={item.reason === 'uncertain' ? 'unknown' : 'hand'} />
        {words.task[item.task](item.desk)}
      </h3>
      <p className="manual-about">
        <span className="tag" data-priority={item.priority}>
          {messages.priority[item.priority]}
        </span>
        <span className="muted">
          {words.waitingSince} <InstantText at={item.since} />
        </span>
        {item.protocol !== null && <strong className="protocol">{words.under(item.protocol)}</strong>}
        <a href={incidentHash(item.incident)}>{words.openIncident}</a>
      </p>
      <Paste item={item} copy={copy} />
      {item.reason === 'uncertain' && (
        <p className="manual-question">
          <strong>{words.exists}</strong> {words.uncertain[item.task]}
        </p>
      )}
      {mayAnswer && (
        <Answers
          item={item}
          sending={saying.kind === 'sending'}
          say={(path, body) => void say(path, body)}
          noProtocol={() => setSaying({ kind: 'no-protocol' })}
        />
      )}
      <p className="action-state" role="status">
        <SayingText saying={saying} />
      </p>
    </article>
  );
}

/** What has to be written at the desk, with a button for each piece. */
function Paste({
  item,
  copy,
}: {
  readonly item: ManualItemAnswer;
  readonly copy: (text: string) => void;
}): ReactNode {
  const { messages } = useSpeech();
  const words = messages.service.manual;
  return (
    <>
      {item.task === 'ticket.open' && (
        <div className="paste">
          <p className="paste-text" lang="pt-BR">
            {item.title}
          </p>
          <CopyButton label={words.copyTitle} onCopy={() => copy(item.title)} />
        </div>
      )}
      <div className="paste">
        <div className="ticket-body" lang="pt-BR">
          {item.text}
        </div>
        <CopyButton label={words.copyBody} onCopy={() => copy(item.text)} />
      </div>
      {item.raise !== null && (
        <p className="manual-question">
          {words.raise(messages.priority[item.raise.priority], item.raise.title)}
        </p>
      )}
    </>
  );
}

function CopyButton({ label, onCopy }: { readonly label: string; readonly onCopy: () => void }): ReactNode {
  return (
    <button type="button" className="button" onClick={onCopy}>
      <Icon name="copy" />
      {label}
    </button>
  );
}

function Answers(props: {
  readonly item: ManualItemAnswer;
  readonly sending: boolean;
  readonly say: (path: 'registration' | 'notes-done' | 'send-again', body: object) => void;
  readonly noProtocol: () => void;
}): ReactNode {
  const { messages } = useSpeech();
  const words = messages.service.manual;
  const { item, sending, say } = props;
  const uncertain = item.reason === 'uncertain';
  const keys = { keys: [item.key] };
  return (
    <div className="manual-answers">
      {item.task === 'ticket.open' ? (
        <ProtocolForm
          item={item}
          sending={sending}
          label={uncertain ? words.yesProtocol : words.register}
          onProtocol={(protocol) => say('registration', { protocol })}
          onEmpty={props.noProtocol}
        />
      ) : (
        <button
          type="button"
          className="button button-strong"
          disabled={sending}
          onClick={() => say('notes-done', keys)}
        >
          <Icon name="up" />
          {uncertain ? words.yes : words.done}
        </button>
      )}
      {uncertain && (
        <button type="button" className="button" disabled={sending} onClick={() => say('send-again', keys)}>
          {words.no}
        </button>
      )}
    </div>
  );
}

function ProtocolForm(props: {
  readonly item: ManualItemAnswer;
  readonly sending: boolean;
  readonly label: string;
  readonly onProtocol: (protocol: string) => void;
  readonly onEmpty: () => void;
}): ReactNode {
  const { messages } = useSpeech();
  const [protocol, setProtocol] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const fieldId = `protocol-${props.item.key}`;
  return (
    <form
      className="protocol-form"
      onSubmit={(event) => {
        event.preventDefault();
        const typed = protocol.trim();
        if (typed !== '') return props.onProtocol(typed);
        props.onEmpty();
        field.current?.focus();
      }}
    >
      <label htmlFor={fieldId}>{messages.service.manual.protocol}</label>
      <input
        id={fieldId}
        ref={field}
        className="field protocol"
        type="text"
        autoComplete="off"
        spellCheck={false}
        maxLength={limits.protocolCharsMax}
        value={protocol}
        onChange={(event) => setProtocol(event.target.value)}
      />
      <button type="submit" className="button button-strong" disabled={props.sending}>
        <Icon name="up" />
        {props.label}
      </button>
    </form>
  );
}

function SayingText({ saying }: { readonly saying: Saying }): ReactNode {
  const { messages } = useSpeech();
  const words = messages.service.manual;
  switch (saying.kind) {
    case 'idle':
      return null;
    case 'sending':
      return messages.service.act.sending;
    case 'saved':
      return words.saved;
    case 'copied':
      return words.copied;
    case 'not-copied':
      return words.copyFailed;
    case 'no-protocol':
      return words.failure.protocol;
    case 'failed':
      if (saying.failure.kind === 'refused' && saying.failure.status === 409) return words.failure.taken;
      if (saying.failure.kind === 'refused' && saying.failure.status === 404) return words.failure.gone;
      return <FailureText failure={saying.failure} />;
    default:
      return assertNever(saying);
  }
}
