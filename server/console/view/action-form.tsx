// The one small form of the incident's actions: a name or some words, and what they will do. Knows no server; whoever shows it
// sends what it gives.
import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { limits } from '../../../shared/limits.ts';
import { useSpeech } from '../i18n/speech.ts';

export type Form = 'assign' | 'note' | 'resolve' | 'close' | 'reopen';

interface Props {
  readonly form: Form;
  /** What stands in the field at first. */
  readonly first: string;
  readonly sending: boolean;
  readonly onSend: (body: object) => void;
  readonly onCancel: () => void;
}

export function ActionForm({ form, first, sending, onSend, onCancel }: Props): ReactNode {
  const { messages } = useSpeech();
  const words = messages.service.act;
  const [text, setText] = useState(first);
  /** 0: the level it has. */
  const [level, setLevel] = useState(0);
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  const submit = (): void => {
    const said = text.trim();
    if (sending || (said === '' && isNeeded(form))) return field.current?.focus();
    onSend(
      form === 'assign' ? { to: said, ...(level === 0 ? {} : { level }) } : said === '' ? {} : { text: said },
    );
  };
  return (
    <form
      className="action-form"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        // Escape leaves the form first; a second one closes the panel.
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        onCancel();
      }}
    >
      <label htmlFor="action-text">{words.label[form]}</label>
      <Field form={form} text={text} field={field} onText={setText} />
      <p className="muted" id="action-hint">
        {words.hint[form]}
      </p>
      {form === 'assign' && (
        <label>
          {words.level.label}{' '}
          <select
            className="field"
            value={level}
            onChange={(event) => setLevel(Number(event.currentTarget.value))}
          >
            <option value={0}>{words.level.same}</option>
            <option value={2}>{messages.service.escalation.level(2)}</option>
            <option value={3}>{messages.service.escalation.level(3)}</option>
          </select>
        </label>
      )}
      <div className="action-buttons">
        <button type="submit" className="button button-strong" disabled={sending}>
          {words.send[form]}
        </button>
        <button type="button" className="button" onClick={onCancel}>
          {words.cancel}
        </button>
      </div>
    </form>
  );
}

function isNeeded(form: Form): boolean {
  return form === 'assign' || form === 'note';
}

function Field(props: {
  readonly form: Form;
  readonly text: string;
  readonly field: RefObject<(HTMLInputElement & HTMLTextAreaElement) | null>;
  readonly onText: (text: string) => void;
}): ReactNode {
  const { form, text, field, onText } = props;
  const shared = {
    id: 'action-text',
    className: 'field',
    ref: field,
    value: text,
    required: isNeeded(form),
    'aria-describedby': 'action-hint',
    onChange: (event: { readonly target: { readonly value: string } }) => onText(event.target.value),
  };
  return form === 'assign' ? (
    <input {...shared} type="text" autoComplete="off" maxLength={limits.assigneeCharsMax} />
  ) : (
    <textarea {...shared} rows={3} maxLength={limits.noteCharsMax} />
  );
}
