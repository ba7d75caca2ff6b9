// GET /tickets and GET /tickets/{id}: what was asked of the desk and what is delivered, waiting or refused. One incident
// has one ticket, so its id is the incident's; the desk's protocol number is taken as well. Reads only.
import { z } from 'zod';
import { ticketSchema } from '../../../../shared/api/incidents.ts';
import { failure } from '../../../../shared/failure.ts';
import { limits } from '../../../../shared/limits.ts';
import type { Incident } from '../../../core/incident.ts';
import { portuguese } from '../../../core/view/sentences.ts';
import { ticketView } from '../../../core/view/ticket-view.ts';
import { sendFailure } from '../answer.ts';
import type { Api, RouteParts } from '../parts.ts';
import { limitSchema } from '../query.ts';
import { findIncident } from './incidents.ts';

/** An incident's id, or a protocol number. */
const idSchema = z.string().min(1).max(120);

export function ticketRoutes(api: Api, parts: RouteParts): void {
  const view = (incident: Incident) =>
    ticketView(incident, parts.outbox.rowsOf(incident.id), portuguese(parts.correlator.state().topology));

  api.get(
    '/tickets',
    {
      schema: {
        summary:
          'Tickets, newest first, with the state of their delivery; `next` as `before` gives the next page',
        querystring: z.strictObject({
          limit: limitSchema.default(limits.wallTicketsMax),
          before: idSchema.optional(),
        }),
        response: { 200: z.object({ items: z.array(ticketSchema), next: z.string().nullable() }) },
      },
    },
    async (request, reply) => {
      const { limit, before: beforeId } = request.query;
      const before = beforeId === undefined ? undefined : findTicketed(parts, beforeId);
      if (beforeId !== undefined && before === undefined) {
        const issue = { path: 'query.before', message: `there is no ticket "${beforeId}"` };
        return sendFailure(reply, failure('not-found', issue.message, { issues: [issue] }));
      }
      // One more than asked for tells whether there is another page.
      const found = parts.journal.incidents({ withTicket: true, before, limit: limit + 1 });
      const page = found.slice(0, limit);
      const next = found.length > limit ? (page.at(-1)?.id ?? null) : null;
      return { items: page.flatMap((incident) => view(incident) ?? []), next };
    },
  );

  api.get(
    '/tickets/:id',
    {
      schema: {
        summary: "One ticket by its incident's id or its protocol number",
        params: z.strictObject({ id: idSchema }),
        response: { 200: ticketSchema },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const incident = findTicketed(parts, id);
      const ticket = incident === undefined ? undefined : view(incident);
      if (ticket === undefined) return sendFailure(reply, failure('not-found', `there is no ticket "${id}"`));
      return ticket;
    },
  );
}

/** Of any age. */
function findTicketed(parts: RouteParts, id: string): Incident | undefined {
  return findIncident(parts, id) ?? parts.journal.incidentByProtocol(id);
}
