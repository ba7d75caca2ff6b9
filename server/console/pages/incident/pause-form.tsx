// The small form of a pause: until when, and why. Checks before it sends. Knows no server; whoever shows it sends what it gives.
import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { limits } from '../../../../shared/limits.ts';
import { hour, minute } from '../../../../shared/time.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { useWall } from '../../view/wall-context.ts';
import { pauseWords } from './pause-words.ts';

export interface PauseBody {
  readonly text: string;
  /** ISO 8601, UTC. */
  readonly until?: string;
}

interface Props {
  readonly sending: boolean;
  readonly onSend: (body: PauseBody) => void;
  readonly onCancel: () => void;
}

const spans = [30 * minute, hour, 2 * hour, 4 * hour, 8 * hour, 24 * hour] as const;

export function PauseForm({ sending, onSend, onCancel }: Props): ReactNode {
  const words = useWords(pauseWords);
  const offset = useWall((state) => state.clockOffsetMs);
  /** 0: until somebody lets it run again. */
  const [spanMs, setSpanMs] = useState<number>(hour);
  const [text, setText] = useState('');
  const [mistaken, setMistaken] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const submit = (): void => {
    if (sending) return;
    const said = text.trim();
    setMistaken(said === '');
    if (said === '') return field.current?.focus();
    const end = spanMs === 0 ? {} : { until: new Date(Date.now() + offset + spanMs).toISOString() };
    onSend({ text: said, ...end });
  };
  return (
    <form
      className="action-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onCancel();
      }}
    >
      <p className="muted">{words.meaning}</p>
      <ReasonField
        field={field}
        text={text}
        mistaken={mistaken}
        onText={(said) => {
          setMistaken(false);
          setText(said);
        }}
      />
      <HowLongField spanMs={spanMs} onSpan={setSpanMs} />
      <div className="action-buttons">
        <button type="submit" className="button button-strong" disabled={sending}>
          {words.send}
        </button>
        <button type="button" className="button" onClick={onCancel}>
          {words.cancel}
        </button>
      </div>
    </form>
  );
}

function ReasonField(props: {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly text: string;
  readonly mistaken: boolean;
  readonly onText: (text: string) => void;
}): ReactNode {
  const words = useWords(pauseWords);
  const { field, text, mistaken, onText } = props;
  return (
    <>
      <label htmlFor="pause-reason">{words.reason}</label>
      <input
        id="pause-reason"
        className="field"
        type="text"
        autoComplete="off"
        required
        ref={field}
        maxLength={limits.reasonCharsMax}
        value={text}
        aria-invalid={mistaken}
        aria-describedby={mistaken ? 'pause-problem pause-hint' : 'pause-hint'}
        onChange={(event) => onText(event.currentTarget.value)}
      />
      {mistaken && (
        <p className="bad" id="pause-problem">
          {words.problem}
        </p>
      )}
      <p className="muted" id="pause-hint">
        {words.reasonHint}
      </p>
    </>
  );
}

function HowLongField(props: {
  readonly spanMs: number;
  readonly onSpan: (spanMs: number) => void;
}): ReactNode {
  const words = useWords(pauseWords);
  const { formats } = useSpeech();
  return (
    <>
      <label htmlFor="pause-until">{words.howLong}</label>
      <select
        id="pause-until"
        className="field"
        value={props.spanMs}
        onChange={(event) => props.onSpan(Number(event.currentTarget.value))}
      >
        {spans.map((each) => (
          <option key={each} value={each}>
            {words.for(formats.duration(each))}
          </option>
        ))}
        <option value={0}>{words.open}</option>
      </select>
    </>
  );
}
