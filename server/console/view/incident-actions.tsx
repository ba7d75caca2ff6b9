// What a person does to an incident: take, assign, comment, resolve, reopen. One form at a time, by mouse or by one key while
// the panel is open and nobody is typing. The wall's next delta shows the result; here only whether the server took it.
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { IncidentRow } from '../../../shared/api/incidents.ts';
import { useSpeech } from '../i18n/speech.ts';
import { post, type RequestFailure } from '../request.ts';
import { ActionForm, type Form } from './action-form.tsx';
import { Icon, type IconName } from './icon.tsx';
import { useMayActOn } from './session.tsx';
import { FailureText } from './side-panel.tsx';

type Act = 'take' | Form;

type Doing =
  | { readonly kind: 'idle' }
  | { readonly kind: 'sending' | 'done'; readonly act: Act }
  | { readonly kind: 'failed'; readonly act: Act; readonly failure: RequestFailure };

const paths: Readonly<Record<Act, string>> = {
  take: 'acknowledgement',
  assign: 'assignment',
  note: 'notes',
  resolve: 'resolution',
  close: 'resolution',
  reopen: 'reopening',
};
const icons: Readonly<Record<Act, IconName>> = {
  take: 'person',
  assign: 'carries',
  note: 'pen',
  resolve: 'up',
  close: 'up',
  reopen: 'flapping',
};
/** Resolving and reopening never stand beside each other, so one key serves both. */
const keys: Readonly<Record<Act, string>> = {
  take: 'a',
  assign: 't',
  note: 'c',
  resolve: 'r',
  close: 'e',
  reopen: 'r',
};

function actsFor({ state, acknowledgedBy, ticket, retro }: IncidentRow): readonly Act[] {
  const close: readonly Act[] = ticket !== null && !ticket.closed ? ['close'] : [];
  if (state === 'closed') return retro ? [] : close;
  if (state === 'resolved') return [...close, 'reopen', 'assign', 'note'];
  const others: readonly Act[] = ['assign', 'note', 'resolve'];
  return state === 'open' && acknowledgedBy === null ? ['take', ...others] : others;
}

/** `url` is the incident's own. */
export function IncidentActions({
  url,
  row,
}: {
  readonly url: string;
  readonly row: IncidentRow;
}): ReactNode {
  const { messages } = useSpeech();
  const words = messages.service.act;
  const [doing, setDoing] = useState<Doing>({ kind: 'idle' });
  const [form, setForm] = useState<Form>();
  const opener = useRef<HTMLElement | null>(null);
  const acts = useMayActOn(row) ? actsFor(row) : [];
  const send = async (act: Act, body?: object): Promise<void> => {
    setDoing({ kind: 'sending', act });
    const answer = await post(`${url}/${paths[act]}`, body);
    setDoing(answer.ok ? { kind: 'done', act } : { kind: 'failed', act, failure: answer.failure });
    if (answer.ok) closeForm();
  };
  const begin = (act: Act): void => {
    if (doing.kind === 'sending') return;
    if (act === 'take') return void send(act);
    opener.current = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    setDoing({ kind: 'idle' });
    setForm(act);
  };
  const closeForm = (): void => {
    setForm(undefined);
    opener.current?.focus();
  };
  useKeys(acts, begin);
  if (acts.length === 0) return null;
  return (
    <section className="actions" aria-label={words.heading}>
      <ActButtons acts={acts} form={form} doing={doing} begin={begin} />
      {form !== undefined && acts.includes(form) && (
        <ActionForm
          key={form}
          form={form}
          first={form === 'assign' ? (row.assignedTo ?? '') : ''}
          sending={doing.kind === 'sending'}
          onSend={(body) => void send(form, body)}
          onCancel={closeForm}
        />
      )}
      <p className="action-state" role="status">
        {doing.kind === 'sending' && words.sending}
        {doing.kind === 'done' && words.done[doing.act]}
        {doing.kind === 'failed' && <FailureText failure={doing.failure} />}
      </p>
    </section>
  );
}

function ActButtons(props: {
  readonly acts: readonly Act[];
  readonly form: Form | undefined;
  readonly doing: Doing;
  readonly begin: (act: Act) => void;
}): ReactNode {
  const { messages } = useSpeech();
  const { acts, form, doing, begin } = props;
  // Taken already, the row only does not say so yet.
  const taken = doing.kind === 'done' && doing.act === 'take';
  return (
    <div className="action-buttons">
      {acts.map((act) => (
        <button
          key={act}
          type="button"
          className={act === 'take' ? 'button button-strong' : 'button'}
          aria-keyshortcuts={keys[act].toUpperCase()}
          aria-expanded={act === 'take' ? undefined : form === act}
          disabled={doing.kind === 'sending' || (act === 'take' && taken)}
          onClick={() => begin(act)}
        >
          <Icon name={icons[act]} />
          {messages.service.act[act]}
          <span className="key" aria-hidden="true">
            {keys[act].toUpperCase()}
          </span>
        </button>
      ))}
    </div>
  );
}

/** Only while nobody types and no other key is held: a letter in a comment is a letter. */
function useKeys(acts: readonly Act[], begin: (act: Act) => void): void {
  const latest = useRef({ acts, begin });
  latest.current = { acts, begin };
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || isTyping(event.target)) return;
      const act = latest.current.acts.find((each) => keys[each] === event.key.toLowerCase());
      if (act === undefined) return;
      event.preventDefault();
      latest.current.begin(act);
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
}

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select') !== null;
}
