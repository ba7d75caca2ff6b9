// The ticket of an incident in a line: its number, or what keeps it from having one, and whether a person closed it at the
// desk while the outage lasts. On the row and in the panel.
import type { ReactNode } from 'react';
import type { IncidentRow } from '../../../shared/api/incidents.ts';
import { useSpeech } from '../i18n/speech.ts';
import { closedTooEarly, ticketTrouble } from '../select.ts';
import { Icon } from './icon.tsx';
import { useWall } from './wall-context.ts';

export function TicketText({ row }: { readonly row: IncidentRow }): ReactNode {
  const { messages } = useSpeech();
  const protocol = row.ticket?.protocol ?? null;
  if (row.ticket === null) {
    return (
      <span className="with-icon muted">
        <Icon name="ticket" />
        {messages.noTicket}
      </span>
    );
  }
  return (
    <>
      {protocol !== null && (
        <span className="with-icon">
          <Icon name="ticket" />
          {messages.ticket(protocol)}
        </span>
      )}
      <TicketTrouble row={row} />
      <ClosedAtDesk row={row} />
    </>
  );
}

/** Why the desk does not have it, or not all of it. Nothing while all is there. */
export function TicketTrouble({ row }: { readonly row: IncidentRow }): ReactNode {
  const { messages } = useSpeech();
  const ticket = useWall((state) => state.view?.tickets.find((each) => each.incident === row.id));
  const trouble = ticketTrouble(row, ticket);
  if (trouble === undefined) return null;
  const words = messages.service.desk;
  const waits = trouble === 'waiting';
  const registered = row.ticket !== null && row.ticket.protocol !== null;
  return (
    <span className={waits ? 'with-icon waits' : 'with-icon bad strong'}>
      <Icon name={waits ? 'waiting' : trouble === 'held' ? 'hand' : 'degraded'} />
      {waits && registered ? words.more(ticket?.waiting ?? 1) : words[trouble]}
    </span>
  );
}

export function ClosedAtDesk({ row }: { readonly row: IncidentRow }): ReactNode {
  const { messages } = useSpeech();
  const closed = row.ticket?.closedAtDesk ?? null;
  if (closed === null) return null;
  const early = closedTooEarly(row);
  return (
    <span className={early ? 'with-icon bad strong' : 'with-icon muted'}>
      <Icon name={early ? 'degraded' : 'up'} />
      {early ? messages.service.desk.closedEarly(closed.by) : messages.service.desk.closed(closed.by)}
    </span>
  );
}
