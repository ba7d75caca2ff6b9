// A new silence: about what, until when, why. The ends asked for most often are one press away.
import { type ReactNode, useEffect, useRef, useState } from 'react';
import {
  silenceSchema,
  type WindowPreview,
  windowPreviewSchema,
} from '../../../../shared/api/maintenance.ts';
import { hour, minute } from '../../../../shared/time.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { actJson, type RequestFailure } from '../../request.ts';
import { type ScopeChoice, type Sites, zoneOf } from '../../scope.ts';
import { localOf } from '../../site-time.ts';
import { FailureText } from '../../view/side-panel.tsx';
import {
  type Mistakes,
  type SilenceDraft,
  type SilenceField,
  silenceBody,
  silenceLengthsMs,
  silenceMistakes,
} from './draft.ts';
import { Field } from './field.tsx';
import { PreviewPart } from './preview-part.tsx';
import { ScopePicker } from './scope-picker.tsx';
import { useServerNow } from './server-now.ts';
import { ReasonField } from './window-form.tsx';
import { en, pt } from './words.ts';

interface Props {
  readonly sites: Sites;
  /** What it is about at first. */
  readonly scope: ScopeChoice;
  readonly onSaved: () => void;
  readonly onCancel: () => void;
}

type Asking = 'previewing' | 'saving';

export function SilenceForm({ sites, scope, onSaved, onCancel }: Props): ReactNode {
  const words = useWords({ pt, en });
  const work = useSilenceWork({ sites, scope, onSaved });
  const { draft, mistakes, failure, asking, preview, timeZone } = work;
  const mistakeOf = (field: SilenceField): string | undefined => {
    const mistake = mistakes[field];
    return mistake === undefined ? undefined : words.mistakes[mistake];
  };
  return (
    <form
      className="planned-form"
      ref={work.form}
      aria-labelledby="plan-title"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void work.save();
      }}
    >
      <h3 id="plan-title">{words.form.silenceTitle}</h3>
      <ScopePicker
        sites={sites}
        scope={draft.scope}
        mistake={mistakeOf('customer')}
        onScope={(next) => work.change({ scope: next })}
      />
      <TimePart
        until={draft.until}
        timeZone={timeZone}
        mistake={mistakeOf('until')}
        onUntil={(until) => work.change({ until })}
        onLength={work.until}
      />
      <ReasonField
        reason={draft.reason}
        mistake={mistakeOf('reason')}
        onReason={(reason) => work.change({ reason })}
      />
      {preview !== undefined && (
        <PreviewPart preview={preview} of="silence" sites={sites} scope={draft.scope} />
      )}
      <Buttons busy={asking !== undefined} onLook={() => void work.look()} onCancel={onCancel} />
      <StateText asking={asking} wrong={Object.keys(mistakes).length} failure={failure} />
    </form>
  );
}

function Buttons(props: {
  readonly busy: boolean;
  readonly onLook: () => void;
  readonly onCancel: () => void;
}): ReactNode {
  const words = useWords({ pt, en });
  return (
    <div className="action-buttons">
      <button type="submit" className="button button-strong" disabled={props.busy}>
        {words.form.saveSilence}
      </button>
      {/* Not asked of anybody: who silences an alarm in the night needs it at once. */}
      <button type="button" className="button" disabled={props.busy} onClick={props.onLook}>
        {words.form.preview}
      </button>
      <button type="button" className="button" onClick={props.onCancel}>
        {words.cancel}
      </button>
    </div>
  );
}

function TimePart(props: {
  readonly until: string;
  readonly timeZone: string;
  readonly mistake: string | undefined;
  readonly onUntil: (until: string) => void;
  readonly onLength: (lengthMs: number) => void;
}): ReactNode {
  const { until, timeZone, mistake, onUntil, onLength } = props;
  const { form } = useWords({ pt, en });
  return (
    <fieldset className="planned-row">
      <legend>{form.time}</legend>
      <Field id="plan-until" label={form.until} hint={form.zone(timeZone)} mistake={mistake}>
        {(ties) => (
          <input
            {...ties}
            type="datetime-local"
            required
            max="2999-12-31T23:59"
            value={until}
            onChange={({ target }) => onUntil(target.value.slice(0, 16))}
          />
        )}
      </Field>
      <Lengths onLength={onLength} />
    </fieldset>
  );
}

function StateText(props: {
  readonly asking: Asking | undefined;
  readonly wrong: number;
  readonly failure: RequestFailure | undefined;
}): ReactNode {
  const { asking, wrong, failure } = props;
  const words = useWords({ pt, en });
  return (
    <p className="planned-hint" role="status">
      {asking === 'saving' && words.saving}
      {asking === 'previewing' && words.form.previewing}
      {wrong > 0 && <span className="planned-mistake">{words.mistakesAbove(wrong)}</span>}
      {failure !== undefined && (
        <span className="planned-mistake">
          <FailureText failure={failure} />
        </span>
      )}
    </p>
  );
}

function Lengths({ onLength }: { readonly onLength: (lengthMs: number) => void }): ReactNode {
  const words = useWords({ pt, en });
  const { formats } = useSpeech();
  return (
    <fieldset className="planned-lengths">
      <legend>{words.form.lengths}</legend>
      {silenceLengthsMs.map((lengthMs) => (
        <button key={lengthMs} type="button" className="button" onClick={() => onLength(lengthMs)}>
          {formats.age(lengthMs)}
        </button>
      ))}
    </fieldset>
  );
}

function useSilenceWork({ sites, scope, onSaved }: Omit<Props, 'onCancel'>) {
  const { language } = useSpeech();
  const serverNow = useServerNow();
  const anyZone = [...sites.values()][0]?.timeZone ?? 'America/Sao_Paulo';
  // To the next whole minute: never shorter than what was asked for.
  const endIn = (lengthMs: number, zone: string): string =>
    localOf(Math.ceil((serverNow() + lengthMs) / minute) * minute, zone);
  const [draft, setDraft] = useState<SilenceDraft>(() => ({
    scope,
    until: endIn(hour, zoneOf(sites, scope) ?? anyZone),
    reason: '',
  }));
  const [mistakes, setMistakes] = useState<Mistakes<SilenceField>>({});
  const [failure, setFailure] = useState<RequestFailure>();
  const [asking, setAsking] = useState<Asking>();
  const [preview, setPreview] = useState<WindowPreview>();
  const form = useRef<HTMLFormElement>(null);
  const timeZone = zoneOf(sites, draft.scope) ?? anyZone;
  useEffect(() => form.current?.querySelector('select')?.focus(), []);
  useEffect(() => {
    if (Object.keys(mistakes).length > 0)
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [mistakes]);
  useEffect(() => {
    if (preview !== undefined) form.current?.querySelector<HTMLElement>('#plan-preview')?.focus();
  }, [preview]);
  const change = (fields: Partial<SilenceDraft>): void => {
    setDraft((before) => ({ ...before, ...fields }));
    // A reason changes nothing of what is hidden.
    if (fields.scope !== undefined || fields.until !== undefined) setPreview(undefined);
    setFailure(undefined);
  };
  const isRight = (wrong: Mistakes<SilenceField>): boolean => {
    setMistakes(wrong);
    setFailure(undefined);
    return Object.keys(wrong).length === 0;
  };
  const look = async (): Promise<void> => {
    const { reason: _later, ...wrong } = silenceMistakes(draft, timeZone, serverNow());
    if (!isRight(wrong)) return;
    setAsking('previewing');
    const { reason: _unsaid, ...body } = silenceBody(draft, timeZone);
    const url = `/api/v1/silences/preview?language=${language === 'en' ? 'en' : 'pt-BR'}`;
    const answer = await actJson('POST', url, { body, schema: windowPreviewSchema });
    setAsking(undefined);
    if (answer.ok) setPreview(answer.value);
    else setFailure(answer.failure);
  };
  const save = async (): Promise<void> => {
    if (!isRight(silenceMistakes(draft, timeZone, serverNow()))) return;
    setAsking('saving');
    const body = silenceBody(draft, timeZone);
    const answer = await actJson('POST', '/api/v1/silences', { body, schema: silenceSchema });
    setAsking(undefined);
    if (answer.ok) onSaved();
    else setFailure(answer.failure);
  };
  const until = (lengthMs: number): void => change({ until: endIn(lengthMs, timeZone) });
  return { draft, mistakes, failure, asking, preview, timeZone, form, change, look, save, until };
}
