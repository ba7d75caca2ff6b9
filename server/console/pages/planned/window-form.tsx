// A new maintenance window: filled in, previewed, then saved. What was previewed is what is saved: any change after the preview
// asks for a new one. Knows no list; whoever shows it hears that one was saved.
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { type WindowPreview, windowPreviewSchema, windowSchema } from '../../../../shared/api/maintenance.ts';
import { limits } from '../../../../shared/limits.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { actJson, type RequestFailure } from '../../request.ts';
import { noScope, type Sites, zoneOf } from '../../scope.ts';
import { FailureText } from '../../view/side-panel.tsx';
import {
  type Mistakes,
  mistakesOf,
  newDraft,
  refusedFields,
  type WindowDraft,
  type WindowField,
  windowBody,
} from './draft.ts';
import { Field } from './field.tsx';
import { PreviewPart } from './preview-part.tsx';
import { RepeatPart } from './repeat-part.tsx';
import { ScopePicker } from './scope-picker.tsx';
import { useServerNow } from './server-now.ts';
import { en, pt } from './words.ts';

const url = '/api/v1/maintenance-windows';

interface Props {
  readonly sites: Sites;
  readonly onSaved: () => void;
  readonly onCancel: () => void;
}

type Asking =
  | { readonly kind: 'idle' }
  | { readonly kind: 'previewing' | 'saving' }
  | { readonly kind: 'failed'; readonly failure: RequestFailure };

export function WindowForm({ sites, onSaved, onCancel }: Props): ReactNode {
  const words = useWords({ pt, en });
  const work = useWindowWork({ sites, onSaved });
  const { draft, timeZone, asking, preview, mistakes } = work;
  const mistakeOf = (field: WindowField): string | undefined => {
    const mistake = mistakes[field];
    return mistake === undefined ? undefined : words.mistakes[mistake];
  };
  const busy = asking.kind === 'previewing' || asking.kind === 'saving';
  return (
    <form
      className="planned-form"
      ref={work.form}
      aria-labelledby="plan-title"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void work.ask(preview === undefined ? 'preview' : 'save');
      }}
    >
      <h3 id="plan-title">{words.form.windowTitle}</h3>
      <ScopePicker
        sites={sites}
        scope={draft.scope}
        mistake={mistakeOf('customer')}
        onScope={(scope) => work.change({ scope })}
      />
      <TimePart draft={draft} timeZone={timeZone} mistakeOf={mistakeOf} onChange={work.change} />
      <RepeatPart
        rule={draft.rule}
        starts={draft.starts}
        mistake={mistakeOf('rule')}
        onRule={(rule) => work.change({ rule })}
      />
      <ReasonField
        reason={draft.reason}
        mistake={mistakeOf('reason')}
        onReason={(reason) => work.change({ reason })}
      />
      {preview !== undefined && (
        <PreviewPart
          preview={preview}
          of={draft.rule.repeat === 'once' ? 'window' : 'recurring-window'}
          sites={sites}
          scope={draft.scope}
        />
      )}
      <div className="action-buttons">
        <button type="submit" className="button button-strong" disabled={busy}>
          {preview === undefined ? words.form.preview : words.form.save}
        </button>
        <button type="button" className="button" onClick={onCancel}>
          {words.cancel}
        </button>
      </div>
      <StateText asking={asking} wrong={Object.keys(mistakes).length} previewed={preview !== undefined} />
    </form>
  );
}

function StateText(props: {
  readonly asking: Asking;
  readonly wrong: number;
  readonly previewed: boolean;
}): ReactNode {
  const { asking, wrong, previewed } = props;
  const words = useWords({ pt, en });
  return (
    <p className="planned-hint" role="status">
      {asking.kind === 'previewing' && words.form.previewing}
      {asking.kind === 'saving' && words.saving}
      {asking.kind === 'idle' && wrong === 0 && !previewed && words.form.needsPreview}
      {wrong > 0 && <span className="planned-mistake">{words.mistakesAbove(wrong)}</span>}
      {asking.kind === 'failed' && (
        <span className="planned-mistake">
          <FailureText failure={asking.failure} />
        </span>
      )}
    </p>
  );
}

function useWindowWork({ sites, onSaved }: Pick<Props, 'sites' | 'onSaved'>) {
  const { language } = useSpeech();
  const serverNow = useServerNow();
  const anyZone = [...sites.values()][0]?.timeZone ?? 'America/Sao_Paulo';
  const [draft, setDraft] = useState<WindowDraft>(() => newDraft(serverNow(), anyZone, noScope));
  const [asking, setAsking] = useState<Asking>({ kind: 'idle' });
  const [preview, setPreview] = useState<WindowPreview>();
  const [mistakes, setMistakes] = useState<Mistakes<WindowField>>({});
  const form = useRef<HTMLFormElement>(null);
  const timeZone = zoneOf(sites, draft.scope) ?? anyZone;
  useEffect(() => form.current?.querySelector('select')?.focus(), []);
  // The eye and the screen reader go where the news is: the preview, or the first field to put right.
  useEffect(() => {
    if (preview !== undefined) form.current?.querySelector<HTMLElement>('#plan-preview')?.focus();
  }, [preview]);
  useEffect(() => {
    if (Object.keys(mistakes).length > 0)
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [mistakes]);
  const change = (fields: Partial<WindowDraft>): void => {
    setDraft((before) => ({ ...before, ...fields }));
    setPreview(undefined);
    setAsking({ kind: 'idle' });
  };
  const failed = (failure: RequestFailure): void => {
    const issues = failure.kind === 'refused' ? refusedFields(failure.issues ?? []) : {};
    setMistakes(issues);
    setPreview(undefined);
    setAsking(Object.keys(issues).length > 0 ? { kind: 'idle' } : { kind: 'failed', failure });
  };
  const ask = async (what: 'preview' | 'save'): Promise<void> => {
    const wrong = mistakesOf(draft, timeZone, serverNow());
    setMistakes(wrong);
    if (Object.keys(wrong).length > 0) return;
    const body = windowBody(draft, timeZone);
    setAsking({ kind: what === 'preview' ? 'previewing' : 'saving' });
    if (what === 'preview') {
      const speech = language === 'en' ? 'en' : 'pt-BR';
      const schema = windowPreviewSchema;
      const answer = await actJson('POST', `${url}/preview?language=${speech}`, { body, schema });
      if (!answer.ok) return failed(answer.failure);
      setAsking({ kind: 'idle' });
      setPreview(answer.value);
      return;
    }
    const answer = await actJson('POST', url, { body, schema: windowSchema });
    if (answer.ok) onSaved();
    else failed(answer.failure);
  };
  return { draft, timeZone, asking, preview, mistakes, form, change, ask };
}

function TimePart(props: {
  readonly draft: WindowDraft;
  readonly timeZone: string;
  readonly mistakeOf: (field: WindowField) => string | undefined;
  readonly onChange: (fields: Partial<WindowDraft>) => void;
}): ReactNode {
  const { draft, timeZone, mistakeOf, onChange } = props;
  const { form } = useWords({ pt, en });
  const fields = [
    ['starts', form.starts, undefined],
    ['ends', form.ends, undefined],
    ['returnBy', form.returnBy, form.returnByHint],
  ] as const;
  return (
    <fieldset className="planned-row">
      <legend>{form.time}</legend>
      {fields.map(([name, label, hint]) => (
        <Field key={name} id={`plan-${name}`} label={label} hint={hint} mistake={mistakeOf(name)}>
          {(ties) => (
            <input
              {...ties}
              type="datetime-local"
              required={name !== 'returnBy'}
              max="2999-12-31T23:59"
              value={draft[name]}
              onChange={({ target }) => onChange({ [name]: target.value.slice(0, 16) })}
            />
          )}
        </Field>
      ))}
      <p className="planned-hint planned-wide">{form.zone(timeZone)}</p>
    </fieldset>
  );
}

/** Why, in a few words; windows and silences have the same. */
export function ReasonField(props: {
  readonly reason: string;
  readonly mistake: string | undefined;
  readonly onReason: (reason: string) => void;
}): ReactNode {
  const { form } = useWords({ pt, en });
  return (
    <Field id="plan-reason" label={form.reason} hint={form.reasonHint} mistake={props.mistake}>
      {(ties) => (
        <input
          {...ties}
          type="text"
          required
          autoComplete="off"
          maxLength={limits.reasonCharsMax}
          value={props.reason}
          onChange={({ target }) => props.onReason(target.value)}
        />
      )}
    </Field>
  );
}
