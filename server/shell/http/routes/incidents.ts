// GET /incidents and GET /incidents/{id}: of any age, newest first. Reads only.
import { z } from 'zod';
import { incidentDetailSchema, incidentRowSchema } from '../../../../shared/api/incidents.ts';
import { failure } from '../../../../shared/failure.ts';
import { incidentIdFrom } from '../../../../shared/ids.ts';
import { keySchema } from '../../../../shared/inventory/document.ts';
import { limits } from '../../../../shared/limits.ts';
import { incidentKinds, incidentStates } from '../../../../shared/words.ts';
import type { Incident } from '../../../core/incident.ts';
import { incidentDetail } from '../../../core/view/incident-detail.ts';
import { incidentRow } from '../../../core/view/incident-row.ts';
import { languages } from '../../../core/view/languages.ts';
import { sendFailure } from '../answer.ts';
import type { Api, HttpParts, RouteParts } from '../parts.ts';
import { instantSchema, limitSchema } from '../query.ts';
import { readingOf } from '../reading.ts';

export const incidentParams = z.strictObject({ id: z.string().max(80) });

/** Of the sentences; the words that programs read are the same in every language. */
const language = z.enum(languages).default('pt-BR');

const querySchema = z.strictObject({
  language,
  state: z.enum(incidentStates).optional(),
  customer: keySchema.optional(),
  kind: z.enum(incidentKinds).optional(),
  since: instantSchema.optional(),
  limit: limitSchema.default(limits.listRowsMax),
});

export function incidentRoutes(api: Api, parts: RouteParts): void {
  api.get(
    '/incidents',
    {
      schema: {
        summary: 'Incidents, newest first; filters by state, customer, kind and since (detectedAt)',
        querystring: querySchema,
        response: { 200: z.object({ items: z.array(incidentRowSchema) }) },
      },
    },
    async (request) => {
      const reading = readingOf(parts, request.query.language);
      const items = parts.journal.incidents(request.query).map((incident) => incidentRow(incident, reading));
      return { items };
    },
  );

  api.get(
    '/incidents/:id',
    {
      schema: {
        summary: 'One incident with verdict, timeline, SLA clock and why, escalation, and hints for level 1',
        params: incidentParams,
        querystring: z.strictObject({ language }),
        response: { 200: incidentDetailSchema },
      },
    },
    async (request, reply) => {
      const incident = findIncident(parts, request.params.id);
      if (incident === undefined) return sendFailure(reply, noIncident(request.params.id));
      return incidentDetail(incident, readingOf(parts, request.query.language));
    },
  );
}

/** The working state knows the standing ones; the store knows all. */
export function findIncident({ correlator, journal }: HttpParts, id: string): Incident | undefined {
  const incident = incidentIdFrom(id);
  return correlator.state().incidents.get(incident) ?? journal.incident(incident);
}

export function noIncident(id: string) {
  return failure('not-found', `there is no incident "${id}"`);
}
