// Silencing from the incident: one button with a key, a small form, and the silences in force that cover the incident. What
// it silences keeps its true state on the wall; the form says so.
import { type ReactNode, useRef, useState } from 'react';
import { z } from 'zod';
import type { IncidentRow } from '../../../../shared/api/incidents.ts';
import { type SilenceItem, silenceSchema } from '../../../../shared/api/maintenance.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { act, type RequestFailure } from '../../request.ts';
import { Icon } from '../../view/icon.tsx';
import { FailureText } from '../../view/side-panel.tsx';
import { useDetail } from '../../view/use-detail.ts';
import { useServerTick } from '../../view/wall-context.ts';
import { covers } from './shades.ts';
import { reachesOf, type SilenceBody } from './silence.ts';
import { SilenceForm } from './silence-form.tsx';
import { useKey } from './use-key.ts';
import { incidentWords } from './words.ts';

const silencesSchema = z.object({ items: z.array(silenceSchema) });

type Doing =
  | { readonly kind: 'idle' | 'sending' | 'ended' }
  | { readonly kind: 'done'; readonly until: string }
  | { readonly kind: 'failed'; readonly failure: RequestFailure };

/** Nothing where the incident belongs to no customer. */
export function SilencePart({ row }: { readonly row: IncidentRow }): ReactNode {
  return row.customer === null ? null : <Silencing row={row} customer={row.customer} />;
}

function Silencing({ row, customer }: { readonly row: IncidentRow; readonly customer: string }): ReactNode {
  const words = useWords(incidentWords).silence;
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const { silences, doing, begin, send, stop } = useSilences(row, { customer, onMade: close });
  const show = (): void => {
    begin();
    setOpen(true);
  };
  useKey('s', show);
  return (
    <section className="actions silencing" aria-label={words.heading}>
      <div className="action-buttons">
        <button
          type="button"
          className="button"
          ref={button}
          aria-keyshortcuts="S"
          aria-expanded={open}
          onClick={show}
        >
          <Icon name="blind" />
          {words.act}
          <span className="key" aria-hidden="true">
            S
          </span>
        </button>
      </div>
      {open && (
        <SilenceForm
          row={row}
          reaches={reachesOf(row)}
          sending={doing.kind === 'sending'}
          onSend={send}
          onCancel={close}
        />
      )}
      <p className="action-state" role="status">
        {doing.kind === 'sending' && words.sending}
        {doing.kind === 'ended' && words.ended}
        {doing.kind === 'done' && <DoneText until={doing.until} />}
        {doing.kind === 'failed' && <FailureText failure={doing.failure} />}
      </p>
      <InForce silences={silences} stop={stop} />
    </section>
  );
}

interface Silences {
  /** Those that cover the incident. */
  readonly silences: readonly SilenceItem[];
  readonly doing: Doing;
  /** Forgets what the last one came to. */
  readonly begin: () => void;
  readonly send: (body: SilenceBody) => void;
  readonly stop: (id: string) => void;
}

/** Asked again after each change; the server's word is what stands on the page. */
function useSilences(
  row: IncidentRow,
  { customer, onMade }: { readonly customer: string; readonly onMade: () => void },
): Silences {
  const [doing, setDoing] = useState<Doing>({ kind: 'idle' });
  const { loaded, again } = useDetail({
    url: `/api/v1/silences?customer=${encodeURIComponent(customer)}`,
    schema: silencesSchema,
    version: row.state,
  });
  const told = async (asking: ReturnType<typeof act>, done: Doing): Promise<void> => {
    setDoing({ kind: 'sending' });
    const answer = await asking;
    setDoing(answer.ok ? done : { kind: 'failed', failure: answer.failure });
    if (!answer.ok) return;
    again();
    if (done.kind === 'done') onMade();
  };
  return {
    silences: (loaded.value?.items ?? []).filter(({ scope }) => covers(scope, { ...row, customer })),
    doing,
    begin: () => setDoing({ kind: 'idle' }),
    send: (body) => void told(act('POST', '/api/v1/silences', body), { kind: 'done', until: body.until }),
    stop: (id) => void told(act('DELETE', `/api/v1/silences/${encodeURIComponent(id)}`), { kind: 'ended' }),
  };
}

function DoneText({ until }: { readonly until: string }): ReactNode {
  const { formats } = useSpeech();
  const words = useWords(incidentWords).silence;
  return useServerTick((now) => words.done(formats.instant(Date.parse(until), now)));
}

/** By the clock, not by the answer's `active`: a silence ends while the page is open. */
function InForce({
  silences,
  stop,
}: {
  readonly silences: readonly SilenceItem[];
  readonly stop: (id: string) => void;
}): ReactNode {
  const words = useWords(incidentWords).silence;
  const ids = useServerTick((now) =>
    silences
      .filter(({ until }) => Date.parse(until) > now)
      .map(({ id }) => id)
      .join(' '),
  ).split(' ');
  return silences
    .filter(({ id }) => ids.includes(id))
    .map((silence) => (
      <div key={silence.id} className="in-force">
        <Icon name="blind" />
        <p>
          <strong>{words.active}</strong> <SilenceUntil silence={silence} />
          <span className="muted">: {silence.reason}</span>
        </p>
        <button type="button" className="button" onClick={() => stop(silence.id)}>
          {words.stop}
        </button>
      </div>
    ));
}

function SilenceUntil({ silence }: { readonly silence: SilenceItem }): ReactNode {
  const { formats } = useSpeech();
  const words = useWords(incidentWords).silence;
  const text = useServerTick((now) => formats.instant(Date.parse(silence.until), now));
  return words.activeUntil(text, silence.by);
}
