// GET /audit: who did what, newest first. For administrators. Reads only: nothing in the API changes or deletes a line.
import { z } from 'zod';
import { auditListSchema } from '../../../../shared/api/people.ts';
import { limits } from '../../../../shared/limits.ts';
import { toIso } from '../../../../shared/time.ts';
import { wholeFor } from '../access/caller.ts';
import type { Api, RouteParts } from '../parts.ts';
import { limitSchema } from '../query.ts';

const before = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'wanted: the `next` of the page before')
  .transform(Number);

export function auditRoutes(api: Api, { audit }: RouteParts): void {
  api.get(
    '/audit',
    {
      config: wholeFor('administrator'),
      schema: {
        summary: 'The audit log, newest first; `next` as `before` gives the next page',
        querystring: z.strictObject({
          limit: limitSchema.default(limits.wallTicketsMax),
          before: before.optional(),
        }),
        response: { 200: auditListSchema },
      },
    },
    async (request) => {
      const { limit, before: asked } = request.query;
      const from = asked === undefined ? {} : { before: asked };
      // One more than asked for tells whether there is another page.
      const found = audit.page({ limit: limit + 1, ...from });
      const page = found.slice(0, limit);
      return {
        items: page.map(({ at, via = null, ...deed }) => ({ ...deed, via, at: toIso(at) })),
        next: found.length > limit ? (page.at(-1)?.id ?? null) : null,
      };
    },
  );
}
