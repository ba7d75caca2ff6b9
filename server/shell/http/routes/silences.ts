// GET, POST and DELETE /silences: a person asks for quiet about something until an instant. Nothing is hidden: the
// true state stays on the wall, only tickets wait.
import { z } from 'zod';
import {
  newSilenceSchema,
  type SilenceItem,
  silenceSchema,
  silencesSchema,
} from '../../../../shared/api/maintenance.ts';
import { type Failure, failure } from '../../../../shared/failure.ts';
import { limits } from '../../../../shared/limits.ts';
import { day, type Instant, toIso } from '../../../../shared/time.ts';
import type { Silence } from '../../../core/planned.ts';
import { scopedFor } from '../access/caller.ts';
import { newSecret } from '../access/secret.ts';
import { sendFailure } from '../answer.ts';
import type { Api, RouteParts } from '../parts.ts';
import { knownScope, scopeItem } from '../scope.ts';
import { hiddenItem, plannedParams, plannedQuery } from './maintenance.ts';

export function silenceRoutes(api: Api, parts: RouteParts): void {
  listRoute(api, parts);
  createRoute(api, parts);
  deleteRoute(api, parts);
}

function listRoute(api: Api, parts: RouteParts): void {
  api.get(
    '/silences',
    {
      config: scopedFor('viewer'),
      schema: {
        summary: 'Silences: in force, and over for 31 days at most',
        querystring: plannedQuery,
        response: { 200: silencesSchema },
      },
    },
    async (request) => {
      const { customer } = request.query;
      const items = parts
        .seenBy(request)
        .planned.silences()
        .filter((silence) => customer === undefined || silence.scope.customer === customer)
        .map((silence) => silenceItem(silence, parts));
      return { items: items.sort((a, b) => (a.startsAt < b.startsAt ? -1 : 1)) };
    },
  );
}

function createRoute(api: Api, parts: RouteParts): void {
  api.post(
    '/silences',
    {
      config: scopedFor('operator'),
      schema: {
        summary: 'No ticket about a customer, a site, a link or a host until then',
        body: newSilenceSchema,
        response: { 201: silenceSchema },
      },
    },
    async (request, reply) => {
      const { scope: asked, until, reason } = request.body;
      const known = knownScope(parts.seenBy(request).correlator.state().topology, asked);
      if ('missing' in known) return sendFailure(reply, known.missing);
      const startsAt = parts.clock.now();
      const mistake = mistakeOf(until, startsAt);
      if (mistake !== undefined) return sendFailure(reply, mistake);
      const { by } = parts.guard.caller(request);
      const silence = { id: newSecret().slice(0, 22), scope: known.scope, startsAt, until, by, reason };
      const done = await parts.planned.addSilence(silence);
      if (!done.ok) return sendFailure(reply, done.failure);
      parts.log.info({ by, id: silence.id, scope: silence.scope }, 'silenced');
      return reply.code(201).send(silenceItem(silence, parts));
    },
  );
}

function deleteRoute(api: Api, parts: RouteParts): void {
  api.delete(
    '/silences/:id',
    {
      config: scopedFor('operator'),
      schema: { summary: 'End a silence now', params: plannedParams, response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { id } = request.params;
      const silence = parts
        .seenBy(request)
        .planned.silences()
        .find((each) => each.id === id);
      if (silence === undefined)
        return sendFailure(reply, failure('not-found', `there is no silence "${id}"`));
      const done = await parts.planned.removeSilence(silence);
      if (!done.ok) return sendFailure(reply, done.failure);
      parts.log.info({ by: parts.guard.caller(request).by, id }, 'silence ended');
      return reply.code(204).send(null);
    },
  );
}

/** Of its end; undefined: none. */
export function mistakeOf(until: Instant, now: Instant): Failure | undefined {
  if (until > now && until - now <= limits.silenceMsMax) return undefined;
  const message = `wanted: in the future, within ${limits.silenceMsMax / day} days, given: ${toIso(until)}`;
  const issues = [{ path: 'body.until', message }];
  return failure('input.invalid', 'the silence has 1 mistake(s)', { issues });
}

function silenceItem(silence: Silence, { planned, clock }: RouteParts): SilenceItem {
  return {
    id: silence.id,
    scope: scopeItem(silence.scope),
    startsAt: toIso(silence.startsAt),
    until: toIso(silence.until),
    by: silence.by,
    reason: silence.reason,
    active: silence.until > clock.now(),
    hidden: hiddenItem(planned.hidden(silence.id)),
  };
}
