// The small form of a silence: what, until when, why. Checks before it sends and names each mistake beside its field. Knows no
// server; whoever shows it sends what it gives.
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { IncidentRow } from '../../../../shared/api/incidents.ts';
import { limits } from '../../../../shared/limits.ts';
import { minute } from '../../../../shared/time.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { useWall } from '../../view/wall-context.ts';
import {
  type SilenceAsked,
  type SilenceBody,
  type SilenceMistake,
  type SilenceReach,
  silenceBody,
  silenceSpans,
} from './silence.ts';
import { incidentWords } from './words.ts';

interface Props {
  readonly row: IncidentRow;
  readonly reaches: readonly SilenceReach[];
  readonly sending: boolean;
  readonly onSend: (body: SilenceBody) => void;
  readonly onCancel: () => void;
}

export function SilenceForm({ row, reaches, sending, onSend, onCancel }: Props): ReactNode {
  const words = useWords(incidentWords).silence;
  const offset = useWall((state) => state.clockOffsetMs);
  const [asked, setAsked] = useState<SilenceAsked>({
    reach: reaches[0] ?? 'customer',
    spanMs: silenceSpans[1],
    end: '',
    reason: '',
  });
  const [mistakes, setMistakes] = useState<readonly SilenceMistake[]>([]);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector('select')?.focus(), []);
  const change = (more: Partial<SilenceAsked>): void => {
    // What is being mended is no longer complained about; sending says what is still wrong.
    setMistakes((before) => before.filter((mistake) => !(mistake in more)));
    setAsked((before) => ({ ...before, ...more }));
  };
  const submit = (): void => {
    if (sending) return;
    const body = silenceBody(row, asked, Date.now() + offset);
    setMistakes(body.ok ? [] : body.failure);
    if (body.ok) return onSend(body.value);
    const first = body.failure.includes('end') ? 'silence-end' : 'silence-reason';
    form.current?.querySelector<HTMLElement>(`#${first}`)?.focus();
  };
  return (
    <form
      ref={form}
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
      <ReachField row={row} reaches={reaches} reach={asked.reach} onReach={(reach) => change({ reach })} />
      <UntilFields asked={asked} change={change} mistaken={mistakes.includes('end')} />
      <ReasonField
        reason={asked.reason}
        onReason={(reason) => change({ reason })}
        mistaken={mistakes.includes('reason')}
      />
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

function ReachField(props: {
  readonly row: IncidentRow;
  readonly reaches: readonly SilenceReach[];
  readonly reach: SilenceReach;
  readonly onReach: (reach: SilenceReach) => void;
}): ReactNode {
  const words = useWords(incidentWords).silence;
  const { row, reaches, reach, onReach } = props;
  const names: Readonly<Record<SilenceReach, string>> = {
    link: row.link ?? '',
    host: row.host ?? '',
    site: row.siteName ?? row.site ?? '',
    customer: row.customerName ?? row.customer ?? '',
  };
  return (
    <>
      <label htmlFor="silence-reach">{words.what}</label>
      <select
        id="silence-reach"
        className="field"
        value={reach}
        onChange={(event) => {
          const chosen = reaches.find((each) => each === event.currentTarget.value);
          if (chosen !== undefined) onReach(chosen);
        }}
      >
        {reaches.map((each) => (
          <option key={each} value={each}>
            {words.scope[each](names[each])}
          </option>
        ))}
      </select>
    </>
  );
}

function UntilFields(props: {
  readonly asked: SilenceAsked;
  readonly change: (more: Partial<SilenceAsked>) => void;
  readonly mistaken: boolean;
}): ReactNode {
  const { formats } = useSpeech();
  const words = useWords(incidentWords).silence;
  const { asked, change, mistaken } = props;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <>
      <label htmlFor="silence-until">{words.until}</label>
      <select
        id="silence-until"
        className="field"
        value={asked.spanMs}
        onChange={(event) => {
          const value = event.currentTarget.value;
          change({ spanMs: value === 'other' ? 'other' : Number(value) });
        }}
      >
        {silenceSpans.map((spanMs) => (
          <option key={spanMs} value={spanMs}>
            {words.for(formats.duration(spanMs))}
          </option>
        ))}
        <option value="other">{words.untilOther}</option>
      </select>
      {asked.spanMs === 'other' && (
        <>
          <label htmlFor="silence-end">{words.end}</label>
          <input
            id="silence-end"
            className="field"
            type="datetime-local"
            step={minute / 1000}
            value={asked.end}
            aria-invalid={mistaken}
            aria-describedby={mistaken ? 'silence-end-problem silence-end-hint' : 'silence-end-hint'}
            onChange={(event) => change({ end: event.currentTarget.value })}
          />
          {mistaken && (
            <p className="bad" id="silence-end-problem">
              {words.problem.end}
            </p>
          )}
          <p className="muted" id="silence-end-hint">
            {words.endHint(zone)}
          </p>
        </>
      )}
    </>
  );
}

function ReasonField(props: {
  readonly reason: string;
  readonly onReason: (reason: string) => void;
  readonly mistaken: boolean;
}): ReactNode {
  const words = useWords(incidentWords).silence;
  const { reason, onReason, mistaken } = props;
  return (
    <>
      <label htmlFor="silence-reason">{words.reason}</label>
      <input
        id="silence-reason"
        className="field"
        type="text"
        autoComplete="off"
        required
        maxLength={limits.reasonCharsMax}
        value={reason}
        aria-invalid={mistaken}
        aria-describedby={mistaken ? 'silence-reason-problem silence-reason-hint' : 'silence-reason-hint'}
        onChange={(event) => onReason(event.currentTarget.value)}
      />
      {mistaken && (
        <p className="bad" id="silence-reason-problem">
          {words.problem.reason}
        </p>
      )}
      <p className="muted" id="silence-reason-hint">
        {words.reasonHint}
      </p>
    </>
  );
}
