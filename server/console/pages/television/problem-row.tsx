// One problem as it is read from across the room: how bad, whose, what, the contract's clock, who has it. Nothing to press.
import { memo, type ReactNode } from 'react';
import type { IncidentRow } from '../../../../shared/api/incidents.ts';
import type { SiteRow } from '../../../../shared/api/wall.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { phaseOf } from '../../select.ts';
import { Icon } from '../../view/icon.tsx';
import { SeverityMark } from '../../view/incident-item.tsx';
import { SlaText } from '../../view/sla-text.tsx';
import { TicketText } from '../../view/ticket-text.tsx';
import { AgeText } from '../../view/time.tsx';
import { townOf } from '../../view/town.tsx';
import { useServerTick } from '../../view/wall-context.ts';
import { televisionWords } from './words.ts';

export const ProblemRow = memo(function ProblemRow({
  row,
  site,
  more,
}: {
  readonly row: IncidentRow;
  readonly site: SiteRow | undefined;
  /** Incidents this one explains. */
  readonly more: number;
}): ReactNode {
  const { messages } = useSpeech();
  const words = useWords(televisionWords);
  const names = [row.customerName ?? row.customer, row.siteName ?? row.site].filter((name) => name !== null);
  const town = site === undefined ? '' : townOf(site);
  const where = [...names, ...(town === '' ? [] : [town])].join(' · ');
  const title = (
    <span lang="pt-BR" key="title">
      {row.title}
    </span>
  );
  return (
    <li className="tv-problem" data-severity={row.severity} data-phase={phaseOf(row)}>
      <SeverityMark row={row} />
      <div className="tv-what">
        <h2>{names.length === 0 ? title : where}</h2>
        {names.length > 0 && <p className="tv-title">{title}</p>}
        <p className="tv-why">
          <span>
            {messages.causeLabel}: {messages.cause[row.cause]}
          </span>
          {more > 0 && <span> · {words.more(more)}</span>}
          <span> · </span>
          <TicketText row={row} />
        </p>
      </div>
      <div className="tv-when">
        <SlaText sla={row.sla} />
        <p className="tv-since">
          {row.recoveredAt === null ? (
            <Since at={row.detectedAt} />
          ) : (
            <span className="good">
              <AgeText at={row.recoveredAt} say={messages.recovering} />
            </span>
          )}
        </p>
        <p className="tv-who">
          <Icon name="person" />
          <span>{row.acknowledgedBy ?? row.assignedTo ?? words.nobody}</span>
        </p>
      </div>
    </li>
  );
});

function Since({ at }: { readonly at: string }): ReactNode {
  const words = useWords(televisionWords);
  const { formats } = useSpeech();
  const text = useServerTick((now) => {
    const instant = Date.parse(at);
    return words.since(formats.minute(instant, now), formats.age(now - instant));
  });
  return <time dateTime={at}>{text}</time>;
}
