// GET /providers: availability and repair time of every provider over the last days, over all the customers that the
// caller may see. Reads only; the work is shared by everybody who sees the same and asks within a minute.
import { z } from 'zod';
import { providerDays, providersAnswerSchema } from '../../../../shared/api/providers.ts';
import { createProvidersReport } from '../../report/gather-fleet.ts';
import { scopedFor } from '../access/caller.ts';
import type { Api, RouteParts } from '../parts.ts';

const query = z.strictObject({
  days: z
    .enum(['30', '90'], `wanted: ${providerDays.join(' or ')}`)
    .default('30')
    .transform((text) => (text === '90' ? 90 : 30)),
});

export function providerRoutes(api: Api, parts: RouteParts): void {
  const truncated = parts.metrics.counter(
    'vigia_providers_truncated_total',
    'Rankings of providers that left the oldest incidents out because there were too many',
  );
  // One for all who see the same customers; it goes with their cut parts.
  const reports = new WeakMap<RouteParts, ReturnType<typeof createProvidersReport>>();
  const reportFor = (seen: RouteParts): ReturnType<typeof createProvidersReport> => {
    const report = reports.get(seen) ?? createProvidersReport(seen, () => truncated.add());
    reports.set(seen, report);
    return report;
  };
  api.get(
    '/providers',
    {
      config: scopedFor('viewer'),
      schema: {
        summary: 'Every provider of the fleet over the last 30 or 90 days, best first',
        querystring: query,
        response: { 200: providersAnswerSchema },
      },
    },
    (request) => reportFor(parts.seenBy(request))(request.query.days),
  );
}
