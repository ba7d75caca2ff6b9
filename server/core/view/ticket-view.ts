// A ticket as people see it: what was asked of the desk (the committed effects of one incident), what the desk answered,
// and what still waits. One incident has one ticket, so the incident's id is the ticket's. Decides nothing.
import type { DeliveryState, Ticket } from '../../../shared/api/incidents.ts';
import type { WallTicket } from '../../../shared/api/wall.ts';
import { type Instant, toIso } from '../../../shared/time.ts';
import type { TicketEffect } from '../effect.ts';
import type { Incident } from '../incident.ts';
import { closedAtDesk, isoOrNull } from './incident-row.ts';
import { type Speech, sentenceOfTitle } from './sentences.ts';

/** What the view needs of an outbox row. Rows come in order of commit. */
export interface Delivery {
  readonly effect: TicketEffect;
  readonly state: 'pending' | 'done' | 'refused';
  readonly attempts: number;
  readonly nextAttemptAt: Instant;
  readonly lastError?: string;
  readonly doneAt?: Instant;
  readonly protocol?: string;
  /** Since when it waits for a person. */
  readonly heldSince?: Instant;
}

/** Undefined when the incident never asked for a ticket. */
export function ticketView(
  incident: Incident,
  deliveries: readonly Delivery[],
  speech: Speech,
): Ticket | undefined {
  const opening = deliveries.find((delivery) => delivery.effect.kind === 'ticket.open');
  if (opening === undefined || opening.effect.kind !== 'ticket.open') return undefined;
  const { effect } = opening;
  return {
    id: incident.id,
    incident: incident.id,
    desk: incident.ticket?.desk ?? '',
    protocol: protocolOf(incident, deliveries) ?? null,
    title: effect.text.title === '' ? sentenceOfTitle(incident, speech) : effect.text.title,
    body: effect.text.body,
    priority: effect.priority,
    customer: effect.customer,
    site: effect.site,
    state: ticketState(incident, deliveries),
    openedAt: isoOrNull(opening.doneAt ?? incident.ticket?.registeredAt),
    closedAtDesk: closedAtDesk(incident),
    delivery: deliveryState(deliveries),
    notes: deliveries.flatMap((delivery) => notesOf(delivery)),
    deliveries: deliveries.map(deliveryView),
  };
}

export function wallTicket(
  incident: Incident,
  deliveries: readonly Delivery[],
  speech: Speech,
): WallTicket | undefined {
  const ticket = ticketView(incident, deliveries, speech);
  if (ticket === undefined) return undefined;
  const { protocol, title, state, openedAt, delivery } = ticket;
  const pending = deliveries.filter((each) => each.state === 'pending');
  const closedAtDeskAt = ticket.closedAtDesk?.at ?? null;
  return {
    incident: incident.id,
    ...{ protocol, title, state, openedAt, delivery },
    waiting: pending.length,
    attempts: pending.reduce((sum, { attempts }) => sum + attempts, 0),
    closedAtDeskAt,
  };
}

/** The worst first: what a person must act on, what the desk will never take, what is on its way. */
export function deliveryState(deliveries: readonly Delivery[]): DeliveryState {
  if (deliveries.some(({ state, heldSince }) => state === 'pending' && heldSince !== undefined))
    return 'held';
  if (deliveries.some(({ state }) => state === 'refused')) return 'refused';
  return deliveries.some(({ state }) => state === 'pending') ? 'waiting' : 'delivered';
}

function protocolOf(incident: Incident, deliveries: readonly Delivery[]): string | undefined {
  return incident.ticket?.protocol ?? deliveries.find((each) => each.protocol !== undefined)?.protocol;
}

/**
 * The last delivered opening, closing or reopening says what the desk shows; before the first, the opening's own state.
 * The desk's answer reaches the incident a moment before its row is marked done.
 */
function ticketState(incident: Incident, deliveries: readonly Delivery[]): Ticket['state'] {
  const registered = incident.ticket?.state === 'registered';
  let state: Ticket['state'] = 'pending';
  for (const { effect, state: delivered } of deliveries) {
    if (effect.kind === 'ticket.open') state = registered || delivered === 'done' ? 'open' : delivered;
    // Asked for only while nobody had touched it: whoever did was found at work there, and it was left open.
    else if (delivered === 'done' && effect.kind === 'ticket.close')
      state = incident.touched ? 'open' : 'closed';
    else if (delivered === 'done' && effect.kind === 'ticket.reopen') state = 'open';
  }
  return state;
}

/** What the desk has written under the ticket so far. */
function notesOf({ effect, doneAt }: Delivery): Ticket['notes'] {
  if (effect.kind === 'ticket.open' || doneAt === undefined) return [];
  return [{ at: toIso(doneAt), text: effect.text }];
}

function deliveryView(delivery: Delivery): Ticket['deliveries'][number] {
  return {
    key: delivery.effect.key,
    kind: delivery.effect.kind,
    state: delivery.state,
    attempts: delivery.attempts,
    nextAttemptAt: delivery.state === 'pending' ? toIso(delivery.nextAttemptAt) : null,
    lastError: delivery.lastError ?? null,
    doneAt: isoOrNull(delivery.doneAt),
    heldSince: delivery.state === 'pending' ? isoOrNull(delivery.heldSince) : null,
  };
}
