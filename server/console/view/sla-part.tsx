// The contract's clock in the incident's panel: what it says now, what it counts from and to, and why.
import type { ReactNode } from 'react';
import type { IncidentRow } from '../../../shared/api/incidents.ts';
import type { SlaRow } from '../../../shared/api/sla.ts';
import { useSpeech } from '../i18n/speech.ts';
import { Fact, Facts } from './side-panel.tsx';
import { SlaText } from './sla-text.tsx';
import { InstantText } from './time.tsx';

/** `why` comes with the detail; until then the rest stands without it. */
export function SlaPart({
  row,
  why,
}: {
  readonly row: IncidentRow;
  readonly why: string | undefined;
}): ReactNode {
  const { messages } = useSpeech();
  const { sla } = row;
  const words = messages.service.sla;
  return (
    <section aria-labelledby="sla-heading">
      <h3 id="sla-heading">{words.heading}</h3>
      <Facts>
        <Fact name={words.now}>
          <SlaText sla={sla} />
          {row.pause !== null && (
            <p className="muted">
              {row.pause.by}: {row.pause.text}
            </p>
          )}
        </Fact>
        <Fact name={words.plan}>
          {messages.priority[row.priority]}
          {sla.plan !== null && ` · ${sla.plan}`}
          <Target sla={sla} />
        </Fact>
        <Fact name={words.starts}>
          <InstantText at={sla.startsAt} />
          <span className="muted"> · {words.basis[sla.basis]}</span>
        </Fact>
        {sla.dueAt !== null && sla.targetMs > 0 && (
          <Fact name={words.due}>
            <InstantText at={sla.dueAt} />
          </Fact>
        )}
        {sla.supportOpensAt !== null && (
          <Fact name={words.supportOpens}>
            <InstantText at={sla.supportOpensAt} />
          </Fact>
        )}
      </Facts>
      {why !== undefined && (
        <details className="why">
          <summary>{words.why}</summary>
          <p>{why}</p>
        </details>
      )}
    </section>
  );
}

function Target({ sla }: { readonly sla: SlaRow }): ReactNode {
  const { messages, formats } = useSpeech();
  const words = messages.service.sla;
  if (sla.state === 'none') return null;
  const duration = formats.duration(sla.targetMs);
  const target =
    sla.targetMs === 0
      ? words.atOnce
      : sla.clock === '24x7'
        ? words.wallTime(duration)
        : words.businessTime(duration);
  return (
    <span className="muted">
      {' · '}
      {words.target.toLowerCase()} {target}
    </span>
  );
}
