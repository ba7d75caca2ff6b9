// The contract's clock as text that ticks by the server's time: on a row, in a panel. A shape and words tell what the colour
// tells as well.
import type { ReactNode } from 'react';
import type { SlaRow } from '../../../shared/api/sla.ts';
import { useSpeech } from '../i18n/speech.ts';
import { readSla, type SlaReading } from '../sla.ts';
import { Icon, type IconName } from './icon.tsx';
import { useServerTick } from './wall-context.ts';

const toneIcons: Readonly<Record<SlaReading['tone'], IconName>> = {
  late: 'alarm',
  soon: 'degraded',
  calm: 'waiting',
  done: 'up',
};

export function SlaText({ sla }: { readonly sla: SlaRow }): ReactNode {
  const { messages } = useSpeech();
  const tone = useServerTick((now) => readSla(sla, now).tone);
  return (
    <span className="sla" data-tone={tone}>
      <Icon name={toneIcons[tone]} />
      <span>
        <span className="visually-hidden">{messages.service.sla.short}: </span>
        <SlaWords sla={sla} />
      </span>
    </span>
  );
}

/** Why the clock stands still at this hour, and until when; nothing inside support hours. */
export function SupportOpens({ sla }: { readonly sla: SlaRow }): ReactNode {
  const { messages, formats } = useSpeech();
  if (sla.state !== 'outside-hours' || sla.supportOpensAt === null) return null;
  return (
    <span className="muted">
      {messages.service.sla.opens(formats.opening(Date.parse(sla.supportOpensAt)))}
    </span>
  );
}

function SlaWords({ sla }: { readonly sla: SlaRow }): ReactNode {
  const { messages, formats } = useSpeech();
  const { reading } = messages.service.sla;
  return useServerTick((now) => {
    const { kind, ms } = readSla(sla, now);
    const counts = kind === 'running' || kind === 'outside-hours' || kind === 'paused';
    return reading[kind](counts ? formats.left(ms) : formats.age(ms));
  });
}
