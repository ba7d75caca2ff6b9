// GET /incidents and GET /incidents/{id}: of any age, newest first. Reads only.
import { z } from 'zod';
import { incidentDetailSchema, incidentListSchema } from '../../../../shared/api/incidents.ts';
import { failure } from '../../../../shared/failure.ts';
import { incidentIdFrom, siteId } from '../../../../shared/ids.ts';
import { keySchema } from '../../../../shared/inventory/document.ts';
import { limits } from '../../../../shared/limits.ts';
import { incidentKinds, incidentStates } from '../../../../shared/words.ts';
import type { Incident } from '../../../core/incident.ts';
import { incidentDetail } from '../../../core/view/incident-detail.ts';
import { incidentRow } from '../../../core/view/incident-row.ts';
import { languages } from '../../../core/view/languages.ts';
import { scopedFor } from '../access/caller.ts';
import { sendFailure } from '../answer.ts';
import type { Api, HttpParts, RouteParts } from '../parts.ts';
import { instantSchema, limitSchema } from '../query.ts';
import { readingOf } from '../reading.ts';

export const incidentParams = z.strictObject({ id: z.string().max(80) });

/** Of the sentences; the words that programs read are the same in every language. */
const language = z.enum(languages).default('pt-BR');

const querySchema = z
  .strictObject({
    language,
    state: z.enum(incidentStates).optional(),
    customer: keySchema.optional(),
    /** Keys are unique only within what they belong to, so each needs the one above it. */
    site: keySchema.optional(),
    link: keySchema.optional(),
    host: keySchema.optional(),
    kind: z.enum(incidentKinds).optional(),
    since: instantSchema.optional(),
    limit: limitSchema.default(limits.listRowsMax),
  })
  .refine(({ customer, site }) => site === undefined || customer !== undefined, {
    path: ['site'],
    message: 'wanted: with its customer',
  })
  .refine(({ site, link }) => link === undefined || site !== undefined, {
    path: ['link'],
    message: 'wanted: with its customer and site',
  })
  .refine(({ site, host }) => host === undefined || site !== undefined, {
    path: ['host'],
    message: 'wanted: with its customer and site',
  });

export function incidentRoutes(api: Api, parts: RouteParts): void {
  api.get(
    '/incidents',
    {
      config: scopedFor('viewer'),
      schema: {
        summary:
          'Incidents, newest first; filters by state, customer, site, link, host, kind and since (detectedAt)',
        querystring: querySchema,
        response: { 200: incidentListSchema },
      },
    },
    async (request) => {
      const { language: wanted, customer, site: key, ...query } = request.query;
      const seen = parts.seenBy(request);
      const reading = readingOf(seen, wanted);
      const site = customer === undefined || key === undefined ? undefined : siteId(customer, key);
      const found = seen.journal.incidents({ ...query, customer, site });
      return { items: found.map((incident) => incidentRow(incident, reading)) };
    },
  );

  api.get(
    '/incidents/:id',
    {
      config: scopedFor('viewer'),
      schema: {
        summary: 'One incident with verdict, timeline, SLA clock and why, escalation, and hints for level 1',
        params: incidentParams,
        querystring: z.strictObject({ language }),
        response: { 200: incidentDetailSchema },
      },
    },
    async (request, reply) => {
      const seen = parts.seenBy(request);
      const incident = findIncident(seen, request.params.id);
      if (incident === undefined) return sendFailure(reply, noIncident(request.params.id));
      return incidentDetail(incident, readingOf(seen, request.query.language));
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
