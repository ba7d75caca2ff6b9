// What is concluded and why: verdict, witnesses, refused hypotheses, symptoms, and the timeline. The sentences are the
// server's, in the language they were asked for.
import type { ReactNode } from 'react';
import type { IncidentDetail } from '../../../shared/api/incidents.ts';
import { useSpeech } from '../i18n/speech.ts';
import { Icon, type IconName } from './icon.tsx';
import { InstantText } from './time.tsx';

export function VerdictPart({ detail }: { readonly detail: IncidentDetail }): ReactNode {
  const { messages } = useSpeech();
  const { verdict } = detail;
  return (
    <section aria-labelledby="verdict-heading">
      <h3 id="verdict-heading">{messages.verdict}</h3>
      <p>
        <strong>{messages.kind[verdict.kind]}</strong>
        <span className="muted"> · {messages.confidence[verdict.confidence]}</span>
      </p>
      {verdict.undecided.text !== null && <p className="muted">{verdict.undecided.text}</p>}
      <Sentences
        title={messages.witnesses}
        icon="eye"
        sentences={verdict.witnesses.map((each) => ({
          key: `${each.source} ${each.who} ${each.says}`,
          text: each.text,
        }))}
      />
      <Sentences
        title={messages.refusedHypotheses}
        icon="close"
        sentences={verdict.refused.map((each) => ({
          key: `${each.kind} ${each.cause} ${each.because}`,
          text: each.text,
        }))}
      />
      <Sentences
        title={messages.symptoms(detail.symptoms.length)}
        icon="eye"
        sentences={detail.symptoms.map((text) => ({ key: text, text }))}
      />
    </section>
  );
}

function Sentences(props: {
  readonly title: string;
  readonly icon: IconName;
  readonly sentences: readonly { readonly key: string; readonly text: string }[];
}): ReactNode {
  if (props.sentences.length === 0) return null;
  return (
    <>
      <h4>{props.title}</h4>
      <ul className="witnesses">
        {props.sentences.map(({ key, text }) => (
          <li key={key}>
            <Icon name={props.icon} />
            <span>{text}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

export function TimelinePart({ detail }: { readonly detail: IncidentDetail }): ReactNode {
  const { messages } = useSpeech();
  return (
    <section aria-labelledby="timeline-heading">
      <h3 id="timeline-heading">{messages.timeline}</h3>
      <ol className="timeline">
        {detail.timeline.map((entry, index) => (
          // Entries are only ever added at the end, and two may say the same in one millisecond.
          // biome-ignore lint/suspicious/noArrayIndexKey: the place in the history is the entry's identity
          <li key={index}>
            <InstantText at={entry.at} />
            <span>
              <span>{entry.text}</span>
              {entry.by !== null && <span className="muted"> · {entry.by}</span>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** What level 1 tries first; from the knowledge base, so always Portuguese. */
export function HintsPart({ detail }: { readonly detail: IncidentDetail }): ReactNode {
  const { messages } = useSpeech();
  if (detail.hints.length === 0) return null;
  return (
    <section aria-labelledby="hints-heading">
      <h3 id="hints-heading">{messages.service.hints.heading}</h3>
      <div className="hints" lang="pt-BR">
        {detail.hints.map((hint, index) => (
          <details key={hint.id} className="hint" open={index === 0}>
            <summary>{hint.title}</summary>
            <ol>
              {hint.steps.map((step) => (
                <li key={step}>{step}</li>
              ))}
            </ol>
          </details>
        ))}
      </div>
    </section>
  );
}
