// POST /maintenance-windows/preview, POST /silences/preview and GET /maintenance-windows/calendar: what a window or a silence
// would do before it is saved, and when all windows happen. None changes anything.
import { setImmediate as breath } from 'node:timers/promises';
import { z } from 'zod';
import {
  instantText,
  newWindowSchema,
  type PlannedCalendar,
  plannedCalendarSchema,
  silencePreviewSchema,
  type WindowPreview,
  windowPreviewSchema,
} from '../../../../shared/api/maintenance.ts';
import { failure } from '../../../../shared/failure.ts';
import { keySchema } from '../../../../shared/inventory/document.ts';
import { limits } from '../../../../shared/limits.ts';
import { day, type Instant, minute, plus, toIso } from '../../../../shared/time.ts';
import type { Occurrence } from '../../../core/planned.ts';
import { type Language, languages } from '../../../core/view/languages.ts';
import { sentenceOfTitle } from '../../../core/view/sentences.ts';
import { hiddenByWindow } from '../../report/hidden-by-window.ts';
import { occurrencesOf, type TimeSpan, type WindowTimes } from '../../runtime/occurrences.ts';
import { scopedFor } from '../access/caller.ts';
import { sendFailure } from '../answer.ts';
import type { Api, RouteParts } from '../parts.ts';
import { readingOf } from '../reading.ts';
import { type KnownScope, knownScope, scopeItem } from '../scope.ts';
import { mistakesOf, withoutGaps } from './maintenance.ts';
import { mistakeOf } from './silences.ts';

const previewQuery = z.strictObject({ language: z.enum(languages).default('pt-BR') });

export function maintenancePreviewRoutes(api: Api, parts: RouteParts): void {
  previewRoute(api, parts);
  silencePreviewRoute(api, parts);
  calendarRoute(api, parts);
}

function previewRoute(api: Api, parts: RouteParts): void {
  api.post(
    '/maintenance-windows/preview',
    {
      config: scopedFor('operator'),
      schema: {
        summary:
          'What a maintenance window would do: when it happens, what it would have hidden. Saves nothing',
        querystring: previewQuery,
        body: newWindowSchema,
        response: { 200: windowPreviewSchema },
      },
    },
    async (request, reply) => {
      const { scope: asked, ...plan } = request.body;
      const seen = parts.seenBy(request);
      const known = knownScope(seen.correlator.state().topology, asked);
      if ('missing' in known) return sendFailure(reply, known.missing);
      const now = parts.clock.now();
      const issues = mistakesOf(plan, known.sites, now);
      if (issues.length > 0) {
        const message = `the maintenance window has ${issues.length} mistake(s)`;
        return sendFailure(reply, failure('input.invalid', message, { issues }));
      }
      const window = withoutGaps(plan);
      const ahead = { from: now, to: plus(now, limits.previewAheadMs) };
      const coming = occurrencesOf(window, known.sites[0].timeZone, ahead);
      return await previewOf({ seen, known, window, coming, now, language: request.query.language });
    },
  );
}

/**
 * A silence happens once and has no past: it is asked what the same hours of each day would have hidden, or of each week
 * where it is longer than a day.
 */
function silencePreviewRoute(api: Api, parts: RouteParts): void {
  api.post(
    '/silences/preview',
    {
      config: scopedFor('operator'),
      schema: {
        summary: 'What a silence would do: the same hours of the past days or weeks. Saves nothing',
        querystring: previewQuery,
        body: silencePreviewSchema,
        response: { 200: windowPreviewSchema },
      },
    },
    async (request, reply) => {
      const { scope: asked, until } = request.body;
      const seen = parts.seenBy(request);
      const known = knownScope(seen.correlator.state().topology, asked);
      if ('missing' in known) return sendFailure(reply, known.missing);
      const now = parts.clock.now();
      const mistake = mistakeOf(until, now);
      if (mistake !== undefined) return sendFailure(reply, mistake);
      const span = { startsAt: now, endsAt: until };
      // An end is chosen in whole minutes: "one day" is a little more.
      const recurrence = until - now <= day + minute ? 'FREQ=DAILY' : 'FREQ=WEEKLY';
      return await previewOf({
        ...{ seen, known, now, language: request.query.language },
        window: { ...span, recurrence },
        coming: [span],
      });
    },
  );
}

interface PreviewQuestion {
  readonly seen: RouteParts;
  readonly known: KnownScope;
  readonly window: WindowTimes;
  /** Occurrences ahead. */
  readonly coming: readonly Occurrence[];
  readonly now: Instant;
  readonly language: Language;
}

async function previewOf(question: PreviewQuestion): Promise<WindowPreview> {
  const { seen, known, window, coming, now, language } = question;
  const hidden = await hiddenByWindow(seen.journal, { window, ...known, now });
  const reading = readingOf(seen, language);
  return {
    occurrences: coming.slice(0, limits.previewOccurrencesMax).map(occurrenceItem),
    more: coming.length > limits.previewOccurrencesMax,
    timeZone: known.sites[0].timeZone,
    since: toIso(hidden.since),
    past: hidden.past,
    hidden: hidden.incidents.slice(0, limits.previewHiddenMax).map(({ incident, effect }) => ({
      incident: incident.id,
      title: sentenceOfTitle(incident, reading),
      priority: incident.priority,
      protocol: incident.ticket?.protocol ?? null,
      detectedAt: toIso(incident.detectedAt),
      recoveredAt: incident.recoveredAt === undefined ? null : toIso(incident.recoveredAt),
      effect,
    })),
    hiddenTotal: hidden.incidents.length,
    truncated: hidden.truncated,
  };
}

const calendarQuery = z
  .strictObject({ from: instantText, to: instantText, customer: keySchema.optional() })
  .refine(({ from, to }) => to > from && to - from <= limits.calendarMsMax, {
    path: ['to'],
    message: `wanted: after from, by at most ${limits.calendarMsMax / day} days`,
  });

function calendarRoute(api: Api, parts: RouteParts): void {
  api.get(
    '/maintenance-windows/calendar',
    {
      config: scopedFor('viewer'),
      schema: {
        summary: 'Every occurrence of the maintenance windows between two instants',
        querystring: calendarQuery,
        response: { 200: plannedCalendarSchema },
      },
    },
    async (request) => {
      const { customer, ...span } = request.query;
      return await calendarOf(parts.seenBy(request), span, customer);
    },
  );
}

async function calendarOf(
  { planned, correlator }: RouteParts,
  span: TimeSpan,
  customer: string | undefined,
): Promise<PlannedCalendar> {
  const { sites } = correlator.state().topology;
  const items: PlannedCalendar['items'] = [];
  const windows = planned
    .windows()
    .filter(({ scope }) => customer === undefined || scope.customer === customer);
  for (const [index, window] of windows.entries()) {
    if (index % limits.calendarTurnWindows === limits.calendarTurnWindows - 1) await breath();
    const { id, scope, reason } = window;
    const zone = [...sites.values()].find(
      (site) => site.customer === scope.customer && (scope.site === undefined || scope.site === site.key),
    )?.timeZone;
    // What has left the inventory happens nowhere.
    if (zone === undefined) continue;
    for (const each of within(window, zone, span))
      items.push({ ...occurrenceItem(each), id, scope: scopeItem(scope), reason, timeZone: zone });
  }
  items.sort((a, b) => (a.startsAt < b.startsAt ? -1 : 1));
  return {
    items: items.slice(0, limits.calendarItemsMax),
    truncated: items.length > limits.calendarItemsMax,
  };
}

function within(window: WindowTimes, timeZone: string, span: TimeSpan): readonly Occurrence[] {
  return occurrencesOf(window, timeZone, span).filter(({ startsAt }) => startsAt < span.to);
}

function occurrenceItem({ startsAt, endsAt, returnBy }: Occurrence) {
  return {
    startsAt: toIso(startsAt),
    endsAt: toIso(endsAt),
    returnBy: returnBy === undefined ? null : toIso(returnBy),
  };
}
