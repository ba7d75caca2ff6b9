// One ticket as the desk has it: its full text, what was noted since, and how each delivery went.
import type { ReactNode } from 'react';
import { type Ticket, ticketSchema } from '../../../shared/api/incidents.ts';
import type { WallTicket } from '../../../shared/api/wall.ts';
import { useSpeech } from '../i18n/speech.ts';
import { incidentHash } from '../route.ts';
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
      <Deliveries ticket={ticket} />
    </>
  );
}

function Deliveries({ ticket }: { readonly ticket: Ticket }): ReactNode {
  const { messages } = useSpeech();
  const late = ticket.deliveries.filter((delivery) => delivery.state !== 'done' || delivery.attempts > 1);
  if (late.length === 0) return null;
  return (
    <section aria-labelledby="deliveries-heading">
      <h3 id="deliveries-heading">{messages.deliveries}</h3>
      <ul className="witnesses">
        {late.map((delivery) => (
          <li key={delivery.key}>
            <span>
              {messages.delivery[delivery.state]} · {messages.attempts(delivery.attempts)}
              {delivery.lastError !== null && <span className="muted"> · {delivery.lastError}</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
