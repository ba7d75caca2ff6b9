// The desk's tickets, newest first. One with a protocol opens its text; one still without opens its incident, which
// is all there is of it yet.
import { memo, type ReactNode, useState } from 'react';
import type { WallTicket } from '../../../shared/api/wall.ts';
import { useSpeech } from '../i18n/speech.ts';
import { incidentHash, manualHash, ticketHash } from '../route.ts';
import { selectTickets, type TicketFilter, ticketFilters } from '../select.ts';
import { Icon } from './icon.tsx';
import { InstantText } from './time.tsx';

export const Tickets = memo(function Tickets({
  tickets,
  held,
}: {
  readonly tickets: readonly WallTicket[];
  /** Deliveries that wait for a person. */
  readonly held: number;
}): ReactNode {
  const { messages } = useSpeech();
  const [filter, setFilter] = useState<TicketFilter>('all');
  const words = messages.service.desk;
  const shown = selectTickets(tickets, filter);
  return (
    <aside className="section tickets-section" aria-labelledby="tickets-heading">
      <h2 id="tickets-heading">
        {messages.tickets}
        {shown.length > 0 && <span className="heading-note">{shown.length}</span>}
      </h2>
      {tickets.length > 0 && (
        <label className="ticket-filter">
          <span className="muted">{words.filter}</span>
          <select
            className="field"
            value={filter}
            onChange={(event) => setFilter(filterOf(event.target.value))}
          >
            {ticketFilters.map((each) => (
              <option key={each} value={each}>
                {words.show[each]}
              </option>
            ))}
          </select>
        </label>
      )}
      {held > 0 && (
        <a className="button queue-link" href={manualHash}>
          <Icon name="hand" />
          {messages.service.manual.title} ({held})
        </a>
      )}
      {tickets.length === 0 && <p className="empty">{messages.noTickets}</p>}
      {tickets.length > 0 && shown.length === 0 && <p className="empty">{words.noneShown}</p>}
      <ul className="tickets">
        {shown.map((ticket) => (
          <li key={ticket.incident}>
            <TicketItem ticket={ticket} />
          </li>
        ))}
      </ul>
    </aside>
  );
});

function filterOf(value: string): TicketFilter {
  return ticketFilters.find((each) => each === value) ?? 'all';
}

/** What its state does not say already. */
function tellsMore({ state, delivery }: WallTicket): boolean {
  if (delivery === 'delivered' || delivery === state) return false;
  return !(state === 'pending' && delivery === 'waiting');
}

const TicketItem = memo(function TicketItem({ ticket }: { readonly ticket: WallTicket }): ReactNode {
  const { messages } = useSpeech();
  const href = ticket.protocol === null ? incidentHash(ticket.incident) : ticketHash(ticket.protocol);
  return (
    <a className="ticket" href={href} data-state={ticket.state}>
      <span className="ticket-head">
        <span className="protocol">{ticket.protocol ?? messages.waitingProtocol}</span>
        <span className="ticket-state" data-state={ticket.state}>
          {messages.ticketState[ticket.state]}
        </span>
      </span>
      <span className="ticket-title" lang="pt-BR">
        {ticket.title}
      </span>
      {ticket.openedAt !== null && (
        <span className="muted">
          {messages.openedAt} <InstantText at={ticket.openedAt} />
        </span>
      )}
      {tellsMore(ticket) && (
        <span className="ticket-delivery" data-delivery={ticket.delivery}>
          {messages.service.desk.delivery[ticket.delivery]}
        </span>
      )}
      {ticket.closedAtDeskAt !== null && ticket.state !== 'closed' && (
        <span className="ticket-delivery" data-delivery="closed">
          {messages.ticketState.closed} <InstantText at={ticket.closedAtDeskAt} />
        </span>
      )}
    </a>
  );
});
