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

export function ticketRoutes(api: Api, parts: RouteParts): void {
  const view = (incident: Incident) =>
    ticketView(incident, parts.outbox.rowsOf(incident.id), portuguese(parts.correlator.state().topology));

  api.get(
    '/tickets',
    {
      schema: {
        summary: 'Tickets, newest first, with the state of their delivery',
        querystring: z.strictObject({ limit: limitSchema.default(limits.wallTicketsMax) }),
        response: { 200: z.object({ items: z.array(ticketSchema) }) },
      },
    },
    async (request) => {
      const { limit } = request.query;
      const incidents = parts.journal.incidents({ limit: limits.listRowsMax });
      const asked = incidents.filter((incident) => incident.ticket !== undefined).slice(0, limit);
      return { items: asked.flatMap((incident) => view(incident) ?? []) };
    },
  );

  api.get(
    '/tickets/:id',
    {
      schema: {
        summary: "One ticket by its incident's id or its protocol number",
        params: z.strictObject({ id: z.string().max(120) }),
        response: { 200: ticketSchema },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const incident = findIncident(parts, id) ?? byProtocol(parts, id);
      const ticket = incident === undefined ? undefined : view(incident);
      if (ticket === undefined) return sendFailure(reply, failure('not-found', `there is no ticket "${id}"`));
      return ticket;
    },
  );
}

function byProtocol(parts: RouteParts, protocol: string): Incident | undefined {
  const recent = parts.journal.incidents({ limit: limits.listRowsMax });
  return recent.find((incident) => incident.ticket?.protocol === protocol);
}
