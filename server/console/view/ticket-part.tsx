// The incident's ticket in its panel: number, desk, whether a person closed it there, and how its deliveries went.
import type { ReactNode } from 'react';
import { type IncidentRow, ticketSchema } from '../../../shared/api/incidents.ts';
import { useSpeech } from '../i18n/speech.ts';
import { ticketHash } from '../route.ts';
import { closedTooEarly } from '../select.ts';
import { Deliveries } from './deliveries.tsx';
import { Icon } from './icon.tsx';
import { Fact, Facts, LoadedPart } from './side-panel.tsx';
import { ClosedAtDesk, TicketTrouble } from './ticket-text.tsx';
import { InstantText } from './time.tsx';
import { useDetail } from './use-detail.ts';
import { useWall } from './wall-context.ts';

export function TicketPart({ row }: { readonly row: IncidentRow }): ReactNode {
  const { messages } = useSpeech();
  const { ticket } = row;
  return (
    <section aria-labelledby="ticket-heading">
      <h3 id="ticket-heading">{messages.service.desk.heading}</h3>
      <Facts>
        <Fact name={messages.fact.protocol}>
          {ticket === null ? messages.noTicket : <Protocol ticket={ticket} />}
        </Fact>
      </Facts>
      <p className="stack">
        <TicketTrouble row={row} />
        <ClosedAtDesk row={row} />
      </p>
      {ticket !== null && <DeliveriesOf id={row.id} row={row} />}
    </section>
  );
}

function Protocol({ ticket }: { readonly ticket: NonNullable<IncidentRow['ticket']> }): ReactNode {
  const { messages } = useSpeech();
  if (ticket.protocol === null) return messages.waitingProtocol;
  return (
    <>
      <a href={ticketHash(ticket.protocol)} className="protocol">
        {ticket.protocol}
      </a>
      {ticket.desk !== null && <span className="muted"> · {ticket.desk}</span>}
      {ticket.registeredAt !== null && (
        <span className="muted">
          {' · '}
          <InstantText at={ticket.registeredAt} />
        </span>
      )}
    </>
  );
}

function DeliveriesOf({ id, row }: { readonly id: string; readonly row: IncidentRow }): ReactNode {
  const ticket = useWall((state) => state.view?.tickets.find((each) => each.incident === id));
  const url = `/api/v1/tickets/${encodeURIComponent(id)}`;
  const { loaded, again } = useDetail({ url, schema: ticketSchema, version: ticket ?? row });
  return (
    <LoadedPart loaded={loaded} again={again}>
      {({ deliveries }) => <Deliveries deliveries={deliveries} />}
    </LoadedPart>
  );
}

/** Two truths that a person must reconcile: stands above everything else in the panel. */
export function ClosedTooEarly({ row }: { readonly row: IncidentRow }): ReactNode {
  const { messages } = useSpeech();
  const closed = row.ticket?.closedAtDesk ?? null;
  if (closed === null || !closedTooEarly(row)) return null;
  const words = messages.service.desk;
  return (
    <p className="panel-warning" role="alert">
      <Icon name="degraded" />
      <span>
        <strong>{words.closedEarly(closed.by)}</strong> (<InstantText at={closed.at} />
        ). {words.closedEarlyMeaning}
      </span>
    </p>
  );
}
