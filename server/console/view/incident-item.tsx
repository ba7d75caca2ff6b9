// One incident on the wall: how bad, what, where, why, the contract's clock, who has it and who is next, and its ticket. The
// whole row is a link to its panel. Severity is a stripe, a shape and a word, never colour alone.
import { memo, type ReactNode } from 'react';
import type { IncidentRow } from '../../../shared/api/incidents.ts';
import type { Severity } from '../../../shared/words.ts';
import { useSpeech } from '../i18n/speech.ts';
import { incidentHash } from '../route.ts';
import { phaseOf, siteOf } from '../select.ts';
import { EscalationText } from './escalation-text.tsx';
import { Icon, type IconName } from './icon.tsx';
import { SlaText, SupportOpens } from './sla-text.tsx';
import { TicketText } from './ticket-text.tsx';
import { AgeText, DowntimeText, InstantText } from './time.tsx';
import { townOf } from './town.tsx';
import { useSite } from './wall-context.ts';

const severityIcons: Readonly<Record<Severity, IconName>> = {
  outage: 'down',
  'redundancy-lost': 'unprotected',
  degraded: 'degraded',
  notice: 'info',
};

interface Props {
  readonly row: IncidentRow;
  /** Explained by another incident that is not shown above it. */
  readonly child: boolean;
}

export const IncidentItem = memo(function IncidentItem({ row, child }: Props): ReactNode {
  const phase = phaseOf(row);
  return (
    <a className="incident" href={incidentHash(row.id)} data-severity={row.severity} data-phase={phase}>
      <SeverityMark row={row} />
      <span className="incident-what">
        <span className="incident-title" lang="pt-BR">
          {row.title}
        </span>
        <Where row={row} />
        <Why row={row} child={child} />
      </span>
      <When row={row} />
      <Who row={row} />
    </a>
  );
});

/** Stripe and shape tell the severity while it lasts; an incident that is over wears a check. */
export function SeverityMark({ row }: { readonly row: IncidentRow }): ReactNode {
  const { messages } = useSpeech();
  const over = phaseOf(row) === 'over';
  return (
    <span className="severity" data-severity={row.severity} data-phase={phaseOf(row)}>
      <Icon name={over ? 'up' : severityIcons[row.severity]} />
      <span>{over ? messages.incidentState[row.state] : messages.severity[row.severity]}</span>
    </span>
  );
}

function Where({ row }: { readonly row: IncidentRow }): ReactNode {
  const site = useSite(siteOf(row));
  const names = [row.customerName ?? row.customer, row.siteName ?? row.site].filter((name) => name !== null);
  const place = site === undefined ? [] : townOf(site) === '' ? [] : [townOf(site)];
  if (names.length === 0) return null;
  return (
    <span className="incident-where">
      {names.map((name, index) => (
        <span key={index === 0 ? 'customer' : 'site'} className={index === 0 ? 'customer' : undefined}>
          {name}
        </span>
      ))}
      {place.map((text) => (
        <span key="place" className="muted">
          {text}
        </span>
      ))}
    </span>
  );
}

function Why({ row, child }: { readonly row: IncidentRow; readonly child: boolean }): ReactNode {
  const { messages } = useSpeech();
  return (
    <span className="incident-why">
      <span className="tag" data-priority={row.priority}>
        {messages.priority[row.priority]}
      </span>
      <span>
        <span className="muted">{messages.causeLabel}: </span>
        {messages.cause[row.cause]}
      </span>
      {row.layer !== null && (
        <span>
          <span className="muted">{messages.layerLabel}: </span>
          {messages.layer[row.layer]}
        </span>
      )}
      {row.flapping && (
        <span className="mark">
          <Icon name="flapping" />
          {messages.flapping}
        </span>
      )}
      {row.reopenedCount > 0 && <span className="mark">{messages.reopened(row.reopenedCount)}</span>}
      {child && <span className="mark">{messages.partOf}</span>}
    </span>
  );
}

function When({ row }: { readonly row: IncidentRow }): ReactNode {
  const { messages } = useSpeech();
  const phase = phaseOf(row);
  const out = row.severity === 'outage' || row.severity === 'redundancy-lost';
  return (
    <span className="incident-when">
      {phase !== 'over' && (
        <>
          <SlaText sla={row.sla} />
          <SupportOpens sla={row.sla} />
        </>
      )}
      {phase === 'over' && row.resolvedAt !== null ? (
        <span className="incident-since">
          {messages.resolvedAt} <InstantText at={row.resolvedAt} />
        </span>
      ) : (
        <span className="incident-since">
          {messages.since} <InstantText at={row.detectedAt} />{' '}
          <strong>
            (<AgeText at={row.detectedAt} say={messages.ago} />)
          </strong>
        </span>
      )}
      {phase === 'recovering' && row.recoveredAt !== null && (
        <span className="good">
          <AgeText at={row.recoveredAt} say={messages.recovering} />
        </span>
      )}
      <span className="muted">
        <DowntimeText
          finishedMs={row.downtimeMs}
          runningSince={row.outageSince}
          say={out ? messages.downtime : messages.affected}
        />
      </span>
    </span>
  );
}

function Who({ row }: { readonly row: IncidentRow }): ReactNode {
  const ongoing = phaseOf(row) !== 'over';
  const had = row.acknowledgedBy !== null || row.assignedTo !== null;
  return (
    <span className="incident-who">
      <TicketText row={row} />
      {(had || ongoing) && (
        <span className={had ? 'with-icon' : 'with-icon untaken'}>
          <Icon name="person" />
          <WhoseText row={row} />
        </span>
      )}
      {ongoing && <EscalationText escalation={row.escalation} />}
    </span>
  );
}

function WhoseText({ row: { acknowledgedBy, assignedTo } }: { readonly row: IncidentRow }): ReactNode {
  const { messages } = useSpeech();
  if (acknowledgedBy === null) {
    return assignedTo === null ? messages.nobodyTook : messages.service.act.assigned(assignedTo);
  }
  const taken = messages.takenBy(acknowledgedBy);
  const elsewhere = assignedTo !== null && assignedTo !== acknowledgedBy;
  return elsewhere ? `${taken} · ${messages.service.act.with(assignedTo)}` : taken;
}
