// PUT and GET /inventory: the whole inventory as one document. What is gone from it is retired. One import at a time;
// nothing is half applied: the topology is committed first, the document saved after, and the same import again heals
// whatever lay between. Each answer names the version it speaks of (ETag), and an import may name the one it was made from
// (If-Match), so that two people who edit at once do not undo each other unseen.
import type { FastifyRequest } from 'fastify';
import { stringify } from 'yaml';
import { z } from 'zod';
import { importAnswerSchema } from '../../../../shared/api/inventory.ts';
import { formatCnpj } from '../../../../shared/cnpj.ts';
import { type Failure, failure } from '../../../../shared/failure.ts';
import { checkInventory } from '../../../../shared/inventory/check.ts';
import type { InventoryDocument } from '../../../../shared/inventory/document.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, type Result } from '../../../../shared/result.ts';
import { type InventoryDifference, inventoryDifference } from '../../../core/inventory/difference.ts';
import { sameTopology, topologyFromDocument } from '../../../core/inventory/topology-from-document.ts';
import { scopedFor, wholeFor } from '../access/caller.ts';
import { sendFailure } from '../answer.ts';
import { parseYaml } from '../body.ts';
import { entityTagOf, ifMatchAllows } from '../entity-tag.ts';
import type { Api, RouteParts } from '../parts.ts';
import { submit } from '../submit.ts';

// Loose: the schema judges one header and must not take the others away.
const putHeaders = z.looseObject({
  'if-match': z.string().max(1_000).optional().describe('The ETag of the document that was edited'),
});

const yamlBody = z.strictObject({ yaml: z.string() });

export function inventoryRoutes(api: Api, parts: RouteParts): void {
  // Imports queue behind each other: two at once would compare with the same past.
  let last: Promise<unknown> = Promise.resolve();
  api.put(
    '/inventory',
    {
      bodyLimit: limits.bodyBytesMax,
      config: wholeFor('administrator'),
      schema: {
        summary: 'Import the inventory (YAML or JSON); what is gone from it is retired',
        querystring: z.strictObject({ dryRun: z.enum(['true', 'false']).default('false') }),
        headers: putHeaders,
        body: z.unknown().describe('The inventory document, application/json or application/yaml'),
        response: { 200: importAnswerSchema },
      },
    },
    async (request, reply) => {
      const document = documentOf(request);
      if (!document.ok) return sendFailure(reply, document.failure);
      const dryRun = request.query.dryRun === 'true';
      const by = parts.guard.caller(request).by;
      const ifMatch = request.headers['if-match'];
      const run = last.then(() => importDocument(parts, { document: document.value, dryRun, by, ifMatch }));
      last = run.catch(() => undefined);
      const imported = await run;
      if (imported.kind === 'overtaken') return sendFailure(reply, overtaken, 412);
      if (imported.kind === 'refused') return sendFailure(reply, imported.failure);
      reply.header('etag', presentTag(parts));
      const { kinds, items, ...totals } = imported.difference;
      return { ...totals, dryRun, kinds, items: items.slice(0, limits.listRowsMax) };
    },
  );

  api.get(
    '/inventory',
    {
      config: scopedFor('viewer'),
      schema: { summary: 'The last imported document, JSON or YAML by Accept' },
    },
    async (request, reply) => {
      const seen = parts.seenBy(request);
      reply.header('etag', presentTag(seen)).header('vary', 'accept');
      const document = withFormattedCnpjs(seen.registry.inventory() ?? emptyDocument);
      if (!/yaml/i.test(request.headers.accept ?? '')) return document;
      return reply.type('application/yaml; charset=utf-8').serializer(String).send(stringify(document));
    },
  );
}

const emptyDocument: InventoryDocument = { version: 1, providers: [], customers: [] };

const overtaken = failure(
  'conflict',
  'the inventory is not the one of "if-match": somebody changed it since',
);

/** Of the saved document, whichever way it is written out. */
function presentTag({ registry }: Pick<RouteParts, 'registry'>): string {
  return entityTagOf(registry.inventory() ?? emptyDocument);
}

function documentOf(request: FastifyRequest): Result<InventoryDocument> {
  const yaml = yamlBody.safeParse(request.body);
  if (request.body === undefined) {
    const issues = [{ path: '(document)', message: 'nothing was sent' }];
    return fail(failure('inventory.invalid', 'the inventory has 1 mistake(s)', { issues }));
  }
  if (!yaml.success || !/yaml/i.test(request.headers['content-type'] ?? '')) {
    return checkInventory(request.body);
  }
  const raw = parseYaml(yaml.data.yaml);
  return raw.ok ? checkInventory(raw.value) : raw;
}

interface Import {
  readonly document: InventoryDocument;
  readonly dryRun: boolean;
  readonly by: string;
  /** The header as it came. */
  readonly ifMatch: string | undefined;
}

type Imported =
  | { readonly kind: 'done'; readonly difference: InventoryDifference }
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'overtaken' };

async function importDocument(
  { registry, correlator, clock, log }: RouteParts,
  { document, dryRun, by, ifMatch }: Import,
): Promise<Imported> {
  if (!ifMatchAllows(ifMatch, presentTag({ registry }))) return { kind: 'overtaken' };
  const present = correlator.state().topology;
  const topology = topologyFromDocument(document, present);
  if (!topology.ok) return { kind: 'refused', failure: topology.failure };
  const difference = inventoryDifference(registry.inventory(), document);
  if (dryRun) return { kind: 'done', difference };
  if (!sameTopology(topology.value, present)) {
    const imported = await submit(correlator, {
      kind: 'inventory.imported',
      at: clock.now(),
      topology: topology.value,
      by,
    });
    if (!imported.ok) return { kind: 'refused', failure: imported.failure };
  }
  registry.saveInventory(document);
  const { created, updated, retired, unchanged } = difference;
  log.info({ by, created, updated, retired, unchanged }, 'inventory imported');
  return { kind: 'done', difference };
}

function withFormattedCnpjs(document: InventoryDocument): InventoryDocument {
  const customers = document.customers.map((customer) => ({ ...customer, cnpj: formatCnpj(customer.cnpj) }));
  return { ...document, customers };
}
