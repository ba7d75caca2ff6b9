// One ticket as the desk has it: its full text, what was noted since, and how each delivery went.
import type { ReactNode } from 'react';
import { type Ticket, ticketSchema } from '../../../shared/api/incidents.ts';
import type { WallTicket } from '../../../shared/api/wall.ts';
import { useSpeech } from '../i18n/speech.ts';
import { incidentHash } from '../route.ts';
import { Deliveries } from './deliveries.tsx';
import { Fact, Facts, LoadedPart, SidePanel } from './side-panel.tsx';
import { InstantText } from './time.tsx';
import { useDetail } from './use-detail.ts';

export function TicketPanel(props: {
  readonly protocol: string;
  readonly row: WallTicket | undefined;
}): ReactNode {
  const { messages } = useSpeech();
  const url = `/api/v1/tickets/${encodeURIComponent(props.protocol)}`;
  const { loaded, again } = useDetail({ url, schema: ticketSchema, version: props.row });
  return (
    <SidePanel
      title={props.row?.title ?? loaded.value?.title ?? props.protocol}
      above={<p className="panel-above protocol">{messages.ticket(props.protocol)}</p>}
    >
      <LoadedPart loaded={loaded} again={again}>
        {(ticket) => <TicketText ticket={ticket} />}
      </LoadedPart>
    </SidePanel>
  );
}

function TicketText({ ticket }: { readonly ticket: Ticket }): ReactNode {
  const { messages } = useSpeech();
  return (
    <>
      <Facts>
        <Fact name={messages.fact.state}>
          <span className="ticket-state" data-state={ticket.state}>
            {messages.ticketState[ticket.state]}
          </span>
        </Fact>
        {ticket.closedAtDesk !== null && (
          <Fact name={messages.fact.ticket}>
            {messages.service.desk.closed(ticket.closedAtDesk.by)}
            <span className="muted">
              {' · '}
              <InstantText at={ticket.closedAtDesk.at} />
            </span>
          </Fact>
        )}
        <Fact name={messages.fact.priority}>{messages.priority[ticket.priority]}</Fact>
        {ticket.openedAt !== null && (
          <Fact name={messages.fact.openedAt}>
            <InstantText at={ticket.openedAt} />
          </Fact>
        )}
        <Fact name={messages.fact.incident}>
          <a href={incidentHash(ticket.incident)}>{messages.seeIncident}</a>
        </Fact>
      </Facts>
      <section aria-labelledby="ticket-body-heading" lang="pt-BR">
        <h3 id="ticket-body-heading">{messages.ticketBody}</h3>
        <div className="ticket-body">{ticket.body}</div>
      </section>
      {ticket.notes.length > 0 && (
        <section aria-labelledby="notes-heading">
          <h3 id="notes-heading">{messages.notes}</h3>
          <ol className="timeline">
            {ticket.notes.map((note, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: notes are only added, their place is their identity
              <li key={index}>
                <InstantText at={note.at} />
                <span lang="pt-BR">{note.text}</span>
              </li>
            ))}
          </ol>
        </section>
      )}
      <Deliveries deliveries={ticket.deliveries} />
    </>
  );
}
