// GET /tickets and GET /tickets/{id}: what was asked of the desk and what is delivered, waiting or refused. One incident
// has one ticket, so its id is the incident's; the desk's protocol number is taken as well. Reads only.
import { z } from 'zod';
import { deliveryStates, type Ticket, ticketSchema } from '../../../../shared/api/incidents.ts';
import { failure } from '../../../../shared/failure.ts';
import { limits } from '../../../../shared/limits.ts';
import type { Incident } from '../../../core/incident.ts';
import { ticketView } from '../../../core/view/ticket-view.ts';
import { scopedFor } from '../access/caller.ts';
import { sendFailure } from '../answer.ts';
import type { Api, RouteParts } from '../parts.ts';
import { limitSchema } from '../query.ts';
import { readingOf } from '../reading.ts';
import { findIncident } from './incidents.ts';

/** What the desk shows, or how delivery to it goes. */
const ticketFilters = ['open', 'closed', ...deliveryStates] as const;
type TicketFilter = (typeof ticketFilters)[number];

/** An incident's id, or a protocol number. */
const idSchema = z.string().min(1).max(120);

export function ticketRoutes(api: Api, parts: RouteParts): void {
  const view = (incident: Incident, seen: RouteParts) =>
    ticketView(incident, seen.desk.deliveriesOf(incident.id), readingOf(seen));

  api.get(
    '/tickets',
    {
      config: scopedFor('viewer'),
      schema: {
        summary:
          'Tickets, newest first, with the state of their delivery; `next` as `before` gives the next page. With `state` a page may hold fewer than `limit`, even none, while `next` still goes on',
        querystring: z.strictObject({
          limit: limitSchema.default(limits.wallTicketsMax),
          before: idSchema.optional(),
          state: z.enum(ticketFilters).optional(),
        }),
        response: { 200: z.object({ items: z.array(ticketSchema), next: z.string().nullable() }) },
      },
    },
    async (request, reply) => {
      const seen = parts.seenBy(request);
      const { limit, before: beforeId, state } = request.query;
      const before = beforeId === undefined ? undefined : findTicketed(seen, beforeId);
      if (beforeId !== undefined && before === undefined) {
        const issue = { path: 'query.before', message: `there is no ticket "${beforeId}"` };
        return sendFailure(reply, failure('not-found', issue.message, { issues: [issue] }));
      }
      const scanned = state === undefined ? limit : limits.listRowsMax;
      // One more than asked for tells whether there is another page.
      const found = seen.journal.incidents({ withTicket: true, before, limit: scanned + 1 });
      return pageOf(found, { scanned, limit, of: (incident) => wanted(view(incident, seen), state) });
    },
  );

  api.get(
    '/tickets/:id',
    {
      config: scopedFor('viewer'),
      schema: {
        summary: "One ticket by its incident's id or its protocol number",
        params: z.strictObject({ id: idSchema }),
        response: { 200: ticketSchema },
      },
    },
    async (request, reply) => {
      const seen = parts.seenBy(request);
      const { id } = request.params;
      const incident = findTicketed(seen, id);
      const ticket = incident === undefined ? undefined : view(incident, seen);
      if (ticket === undefined) return sendFailure(reply, failure('not-found', `there is no ticket "${id}"`));
      return ticket;
    },
  );
}

interface Paging {
  readonly scanned: number;
  readonly limit: number;
  /** Undefined: not wanted. */
  readonly of: (incident: Incident) => Ticket | undefined;
}

/** `next` is the last one that was looked at, so that what a filter left out is not looked at again. */
function pageOf(found: readonly Incident[], { scanned, limit, of }: Paging) {
  const items: Ticket[] = [];
  for (const [index, incident] of found.slice(0, scanned).entries()) {
    const ticket = of(incident);
    if (ticket !== undefined) items.push(ticket);
    if (items.length === limit && index + 1 < found.length) return { items, next: incident.id };
  }
  return { items, next: found.length > scanned ? (found[scanned - 1]?.id ?? null) : null };
}

function wanted(ticket: Ticket | undefined, filter: TicketFilter | undefined): Ticket | undefined {
  if (ticket === undefined || filter === undefined) return ticket;
  const matches = filter === 'open' || filter === 'closed' ? ticket.state : ticket.delivery;
  return matches === filter ? ticket : undefined;
}

/** Of any age. */
function findTicketed(parts: RouteParts, id: string): Incident | undefined {
  return findIncident(parts, id) ?? parts.journal.incidentByProtocol(id);
}
