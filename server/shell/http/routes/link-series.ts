// GET /links/{customer}/{site}/{link}/series: one-minute rollups of one link. Reads only.
import { z } from 'zod';
import { linkSeriesSchema, type SeriesPointRow } from '../../../../shared/api/series.ts';
import { failure } from '../../../../shared/failure.ts';
import { siteId } from '../../../../shared/ids.ts';
import { keySchema } from '../../../../shared/inventory/document.ts';
import { limits } from '../../../../shared/limits.ts';
import { day, instant, toIso } from '../../../../shared/time.ts';
import { linkStretchRows } from '../../../core/view/stretch-rows.ts';
import type { SeriesPoint } from '../../../ports/series.ts';
import { scopedFor } from '../access/caller.ts';
import { sendFailure } from '../answer.ts';
import type { Api, RouteParts } from '../parts.ts';
import { instantSchema } from '../query.ts';

export function linkSeriesRoutes(api: Api, parts: RouteParts): void {
  api.get(
    '/links/:customer/:site/:link/series',
    {
      config: scopedFor('viewer'),
      schema: {
        summary:
          'One-minute rollups of a link and when incidents say it failed; the last 24 h unless from and to say otherwise',
        params: z.strictObject({ customer: keySchema, site: keySchema, link: keySchema }),
        querystring: z.strictObject({ from: instantSchema.optional(), to: instantSchema.optional() }),
        response: { 200: linkSeriesSchema },
      },
    },
    async (request, reply) => {
      const { customer, link } = request.params;
      const site = siteId(customer, request.params.site);
      const to = request.query.to ?? parts.clock.now();
      const from = request.query.from ?? instant(to - day);
      if (from > to || to - from > limits.seriesRangeMs) {
        const days = limits.seriesRangeMs / day;
        const issues = [
          { path: 'query.from', message: `wanted: not after "to" and at most ${days} days before it` },
        ];
        return sendFailure(reply, failure('input.invalid', 'the stretch of time is not right', { issues }));
      }
      const seen = parts.seenBy(request);
      const points = seen.series.read({ site, link, from, to });
      const known = seen.correlator
        .state()
        .topology.sites.get(site)
        ?.links.some((each) => each.key === link);
      if (known !== true && points.length === 0) {
        return sendFailure(reply, failure('not-found', `there is no link "${site}/${link}"`));
      }
      // One that still lasts may have begun long before.
      const since = instant(Math.max(0, from - limits.reportLookbackMs));
      const incidents = seen.journal.incidents({ customer, site, since, limit: limits.listRowsMax });
      const now = parts.clock.now();
      const stretches = linkStretchRows(incidents, { site, key: link }, { from, to, now });
      return { from: toIso(from), to: toIso(to), items: points.map(pointView), stretches };
    },
  );
}

function pointView(point: SeriesPoint): SeriesPointRow {
  const { sent, lost } = point;
  return {
    at: toIso(point.at),
    agent: point.agent,
    sent,
    lost,
    lossRatio: sent === 0 ? null : lost / sent,
    rttMinMs: point.rttMinMs ?? null,
    rttAvgMs: point.rttAvgMs ?? null,
    rttMaxMs: point.rttMaxMs ?? null,
    rttP95Ms: point.rttP95Ms ?? null,
    jitterMs: point.jitterMs ?? null,
  };
}
