// POST /enrolment-tokens: lets one machine (or a few) of one site become agents. The token is shown once and kept only
// as a digest.
import { z } from 'zod';
import { enrolmentAnswerSchema } from '../../../../shared/api/inventory.ts';
import { failure } from '../../../../shared/failure.ts';
import { siteId } from '../../../../shared/ids.ts';
import { keySchema } from '../../../../shared/inventory/document.ts';
import { limits } from '../../../../shared/limits.ts';
import { minute, plus, toIso } from '../../../../shared/time.ts';
import type { State } from '../../../core/state.ts';
import { scopedFor } from '../access/caller.ts';
import { digestOf, newSecret } from '../access/secret.ts';
import { sendFailure } from '../answer.ts';
import { installCommands } from '../install-commands.ts';
import type { Api, RouteParts } from '../parts.ts';
import { publicUrlOf } from '../public-url.ts';

const bodySchema = z.strictObject({
  customer: keySchema,
  site: keySchema,
  host: keySchema.optional(),
  uses: z.int().min(1).max(limits.enrolmentUsesMax).default(1),
  expiresInMs: z.int().min(minute).max(limits.enrolmentMsMax).default(limits.enrolmentDefaultMs),
});

export function enrolmentTokenRoutes(api: Api, parts: RouteParts): void {
  api.post(
    '/enrolment-tokens',
    {
      config: scopedFor('operator'),
      schema: {
        summary: 'A token with which a machine of a site becomes an agent; default one use, 24 h',
        body: bodySchema,
        response: {
          201: enrolmentAnswerSchema,
        },
      },
    },
    async (request, reply) => {
      const { customer, site, host, uses, expiresInMs } = request.body;
      const missing = missingPlace(parts.seenBy(request).correlator.state(), { customer, site, host });
      if (missing !== undefined) {
        return sendFailure(reply, failure('not-found', missing.message, { issues: [missing] }));
      }
      const token = newSecret();
      const expiresAt = plus(parts.clock.now(), expiresInMs);
      const place = siteId(customer, site);
      parts.registry.saveToken({ digest: digestOf(token), site: place, host, usesLeft: uses, expiresAt });
      parts.log.info({ by: parts.guard.caller(request).by, site: place, host, uses }, 'enrolment token made');
      const install = installCommands(publicUrlOf(request, parts.settings), token);
      return reply.code(201).send({ token, expiresAt: toIso(expiresAt), install });
    },
  );
}

interface Place {
  readonly customer: string;
  readonly site: string;
  readonly host: string | undefined;
}

function missingPlace({ topology }: State, { customer, site, host }: Place) {
  const found = topology.sites.get(siteId(customer, site));
  if (found === undefined) {
    const known = [...topology.sites.values()].some((each) => each.customer === customer);
    return known
      ? { path: 'body.site', message: `customer "${customer}" has no site "${site}" in the inventory` }
      : { path: 'body.customer', message: `the inventory has no customer "${customer}" with sites` };
  }
  if (host === undefined || found.hosts.some((each) => each.key === host)) return undefined;
  return { path: 'body.host', message: `site "${customer}/${site}" has no host "${host}" in the inventory` };
}
