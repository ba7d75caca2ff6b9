// GET, POST and DELETE /maintenance-windows: planned work, once or recurring. What is answered is in force already.
import { z } from 'zod';
import {
  type HiddenItem,
  newWindowSchema,
  type WindowItem,
  windowSchema,
} from '../../../../shared/api/maintenance.ts';
import { failure, type Issue } from '../../../../shared/failure.ts';
import { keySchema } from '../../../../shared/inventory/document.ts';
import { limits } from '../../../../shared/limits.ts';
import { day, type Instant, plus, toIso } from '../../../../shared/time.ts';
import type { Site } from '../../../core/topology.ts';
import type { WindowDefinition } from '../../../ports/planned.ts';
import type { HiddenByPlan } from '../../runtime/hidden-tally.ts';
import { matchesStart, parseRecurrence } from '../../runtime/recurrence.ts';
import { scopedFor } from '../access/caller.ts';
import { newSecret } from '../access/secret.ts';
import { sendFailure } from '../answer.ts';
import type { Api, RouteParts } from '../parts.ts';
import { knownScope, scopeItem } from '../scope.ts';

export const plannedParams = z.strictObject({ id: z.string().min(1).max(64) });
export const plannedQuery = z.strictObject({ customer: keySchema.optional() });

export function maintenanceRoutes(api: Api, parts: RouteParts): void {
  listRoute(api, parts);
  createRoute(api, parts);
  deleteRoute(api, parts);
}

function listRoute(api: Api, parts: RouteParts): void {
  api.get(
    '/maintenance-windows',
    {
      config: scopedFor('viewer'),
      schema: {
        summary: 'Maintenance windows: running, to come, and over for 31 days at most',
        querystring: plannedQuery,
        response: { 200: z.object({ items: z.array(windowSchema) }) },
      },
    },
    async (request) => {
      const { customer } = request.query;
      const items = parts
        .seenBy(request)
        .planned.windows()
        .filter((window) => customer === undefined || window.scope.customer === customer)
        .map((window) => windowItem(window, parts));
      return { items: items.sort((a, b) => (a.startsAt < b.startsAt ? -1 : 1)) };
    },
  );
}

function createRoute(api: Api, parts: RouteParts): void {
  api.post(
    '/maintenance-windows',
    {
      config: scopedFor('operator'),
      schema: {
        summary: 'Plan maintenance of a customer, a site, a link or a host',
        body: newWindowSchema,
        response: { 201: windowSchema },
      },
    },
    async (request, reply) => {
      const { scope: asked, ...plan } = request.body;
      const known = knownScope(parts.seenBy(request).correlator.state().topology, asked);
      if ('missing' in known) return sendFailure(reply, known.missing);
      const now = parts.clock.now();
      const issues = mistakesOf(plan, known.sites, now);
      if (issues.length > 0) {
        const message = `the maintenance window has ${issues.length} mistake(s)`;
        return sendFailure(reply, failure('input.invalid', message, { issues }));
      }
      const { by } = parts.guard.caller(request);
      const window = {
        ...withoutGaps(plan),
        id: newSecret().slice(0, 22),
        scope: known.scope,
        by,
        createdAt: now,
      };
      const done = await parts.planned.addWindow(window);
      if (!done.ok) return sendFailure(reply, done.failure);
      parts.log.info({ by, id: window.id, scope: window.scope }, 'maintenance planned');
      return reply.code(201).send(windowItem(window, parts));
    },
  );
}

function deleteRoute(api: Api, parts: RouteParts): void {
  api.delete(
    '/maintenance-windows/:id',
    {
      config: scopedFor('operator'),
      schema: {
        summary: 'Delete a maintenance window; one that runs ends now',
        params: plannedParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const window = parts
        .seenBy(request)
        .planned.windows()
        .find((each) => each.id === id);
      if (window === undefined)
        return sendFailure(reply, failure('not-found', `there is no maintenance window "${id}"`));
      const done = await parts.planned.removeWindow(window);
      if (!done.ok) return sendFailure(reply, done.failure);
      parts.log.info({ by: parts.guard.caller(request).by, id }, 'maintenance deleted');
      return reply.code(204).send(null);
    },
  );
}

export type Plan = Omit<z.output<typeof newWindowSchema>, 'scope'>;

export function withoutGaps({ recurrence, returnBy, ...plan }: Plan) {
  return {
    ...plan,
    ...(recurrence === undefined ? {} : { recurrence }),
    ...(returnBy === undefined ? {} : { returnBy }),
  };
}

/** All at once, each with its path. */
export function mistakesOf(plan: Plan, [first]: readonly [Site, ...Site[]], now: Instant): readonly Issue[] {
  const { startsAt, endsAt, returnBy, recurrence } = plan;
  const issues: Issue[] = [];
  const wanted = (path: string, message: string): void => void issues.push({ path: `body.${path}`, message });
  if (endsAt <= startsAt)
    wanted('endsAt', `wanted: after startsAt (${toIso(startsAt)}), given: ${toIso(endsAt)}`);
  else if (endsAt - startsAt > limits.windowMsMax)
    wanted('endsAt', `wanted: at most ${limits.windowMsMax / day} days after startsAt`);
  if (now - startsAt > limits.windowAgeMsMax)
    wanted('startsAt', `wanted: not before ${toIso(plus(now, -limits.windowAgeMsMax))}`);
  if (recurrence === undefined && endsAt <= now)
    wanted('endsAt', `wanted: in the future, given: ${toIso(endsAt)}`);
  if (returnBy !== undefined && (returnBy <= startsAt || returnBy > endsAt))
    wanted('returnBy', `wanted: after startsAt and not after endsAt, given: ${toIso(returnBy)}`);
  if (recurrence === undefined) return issues;
  const parsed = parseRecurrence(recurrence);
  if (!parsed.ok) return [...issues, ...(parsed.failure.issues ?? [])];
  if (!matchesStart(parsed.value, startsAt, first.timeZone))
    wanted(
      'recurrence',
      `wanted: a rule that startsAt itself meets; ${toIso(startsAt)} in ${first.timeZone} is none of its days`,
    );
  return issues;
}

export function hiddenItem({ total, now }: HiddenByPlan): HiddenItem {
  const causes = now.slice(0, limits.hiddenCausesMax).map(({ site, link, host, kind, since }) => ({
    ...{ site, link: link ?? null, host: host ?? null, kind },
    since: toIso(since),
  }));
  return { total, now: now.length, causes };
}

function windowItem(window: WindowDefinition, { planned, clock }: RouteParts): WindowItem {
  const next = planned.next(window);
  return {
    id: window.id,
    scope: scopeItem(window.scope),
    startsAt: toIso(window.startsAt),
    endsAt: toIso(window.endsAt),
    recurrence: window.recurrence ?? null,
    returnBy: window.returnBy === undefined ? null : toIso(window.returnBy),
    reason: window.reason,
    by: window.by,
    createdAt: toIso(window.createdAt),
    active: next !== undefined && next.startsAt <= clock.now(),
    hidden: hiddenItem(planned.hidden(window.id)),
    next:
      next === undefined
        ? null
        : {
            startsAt: toIso(next.startsAt),
            endsAt: toIso(next.endsAt),
            returnBy: next.returnBy === undefined ? null : toIso(next.returnBy),
          },
  };
}
