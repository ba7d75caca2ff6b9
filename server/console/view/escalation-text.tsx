// Who has been called and what comes if nobody acts: one line on the row, a few facts in the panel.
import type { ReactNode } from 'react';
import type { EscalationRow } from '../../../shared/api/sla.ts';
import { useSpeech } from '../i18n/speech.ts';
import { Icon } from './icon.tsx';
import { Fact, Facts } from './side-panel.tsx';
import { InstantText } from './time.tsx';
import { useServerTick } from './wall-context.ts';

export function EscalationText({ escalation }: { readonly escalation: EscalationRow }): ReactNode {
  const { messages } = useSpeech();
  const { level, next } = escalation;
  if (next === null && level === 1) return null;
  return (
    <span className="with-icon" data-level={level}>
      <Icon name="levels" />
      <span>
        {messages.service.escalation.level(level)}
        {next !== null && (
          <span className="muted">
            {' · '}
            <NextText next={next} brief />
          </span>
        )}
      </span>
    </span>
  );
}

function NextText({
  next,
  brief = false,
}: {
  readonly next: NonNullable<EscalationRow['next']>;
  /** Without seconds: a wall full of them would flicker. */
  readonly brief?: boolean;
}): ReactNode {
  const { messages, formats } = useSpeech();
  const words = messages.service.escalation;
  return useServerTick((now) => {
    const leftMs = Date.parse(next.at) - now;
    return leftMs <= 0
      ? words.due(words.step[next.step])
      : words.in(words.step[next.step], brief ? formats.age(leftMs) : formats.left(leftMs));
  });
}

export function EscalationPart({ escalation }: { readonly escalation: EscalationRow }): ReactNode {
  const { messages } = useSpeech();
  const words = messages.service.escalation;
  const { level, to, at, next } = escalation;
  return (
    <section aria-labelledby="escalation-heading">
      <h3 id="escalation-heading">{words.heading}</h3>
      <Facts>
        <Fact name={words.sofar}>
          {words.level(level)}
          {to !== null && ` · ${words.called(to)}`}
          {at !== null && (
            <span className="muted">
              {' · '}
              <InstantText at={at} />
            </span>
          )}
        </Fact>
        <Fact name={words.next}>
          {next === null ? (
            words.nothing
          ) : (
            <>
              <NextText next={next} />
              <span className="muted">
                {' · '}
                <InstantText at={next.at} />
                {' · '}
                {next.to === null ? words.nobodyOnCall : words.onCall(next.to)}
              </span>
            </>
          )}
        </Fact>
      </Facts>
    </section>
  );
}
