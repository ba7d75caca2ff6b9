// The desk's tickets, newest first. One with a protocol opens its text; one still without opens its incident, which
// is all there is of it yet.
import { memo, type ReactNode } from 'react';
import type { WallTicket } from '../../../shared/api/wall.ts';
import { useSpeech } from '../i18n/speech.ts';
import { incidentHash, ticketHash } from '../route.ts';
import { InstantText } from './time.tsx';

export const Tickets = memo(function Tickets({
  tickets,
}: {
  readonly tickets: readonly WallTicket[];
}): ReactNode {
  const { messages } = useSpeech();
  return (
    <aside className="section tickets-section" aria-labelledby="tickets-heading">
      <h2 id="tickets-heading">
        {messages.tickets}
        {tickets.length > 0 && <span className="heading-note">{tickets.length}</span>}
      </h2>
      {tickets.length === 0 && <p className="empty">{messages.noTickets}</p>}
      <ul className="tickets">
        {tickets.map((ticket) => (
          <li key={ticket.incident}>
            <TicketItem ticket={ticket} />
          </li>
        ))}
      </ul>
    </aside>
  );
});

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
    </a>
  );
});
