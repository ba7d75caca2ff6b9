// PUT and GET /inventory: the whole inventory as one document. What is gone from it is retired. One import at a time;
// nothing is half applied: the topology is committed first, the document saved after, and the same import again heals
// whatever lay between.
import type { FastifyRequest } from 'fastify';
import { stringify } from 'yaml';
import { z } from 'zod';
import { formatCnpj } from '../../../../shared/cnpj.ts';
import { failure } from '../../../../shared/failure.ts';
import { checkInventory } from '../../../../shared/inventory/check.ts';
import type { InventoryDocument } from '../../../../shared/inventory/document.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import {
  type InventoryDifference,
  inventoryDifference,
  inventoryKinds,
} from '../../../core/inventory/difference.ts';
import { sameTopology, topologyFromDocument } from '../../../core/inventory/topology-from-document.ts';
import { sendFailure } from '../answer.ts';
import { parseYaml } from '../body.ts';
import type { Api, RouteParts } from '../parts.ts';
import { submit } from '../submit.ts';

const counts = z.object({
  created: z.number(),
  updated: z.number(),
  retired: z.number(),
  unchanged: z.number(),
});

const answerSchema = counts.extend({
  dryRun: z.boolean(),
  kinds: z.record(z.enum(inventoryKinds), counts),
  /** What is not unchanged; at most `limits.listRowsMax`. */
  items: z.array(
    z.object({
      kind: z.enum(inventoryKinds),
      id: z.string(),
      change: z.enum(['created', 'updated', 'retired']),
    }),
  ),
});

const yamlBody = z.strictObject({ yaml: z.string() });

export function inventoryRoutes(api: Api, parts: RouteParts): void {
  // Imports queue behind each other: two at once would compare with the same past.
  let last: Promise<unknown> = Promise.resolve();
  api.put(
    '/inventory',
    {
      bodyLimit: limits.bodyBytesMax,
      schema: {
        summary: 'Import the inventory (YAML or JSON); what is gone from it is retired',
        querystring: z.strictObject({ dryRun: z.enum(['true', 'false']).default('false') }),
        body: z.unknown().describe('The inventory document, application/json or application/yaml'),
        response: { 200: answerSchema },
      },
    },
    async (request, reply) => {
      const document = documentOf(request);
      if (!document.ok) return sendFailure(reply, document.failure);
      const dryRun = request.query.dryRun === 'true';
      const by = parts.guard.caller(request).by;
      const run = last.then(() => importDocument(parts, { document: document.value, dryRun, by }));
      last = run.catch(() => undefined);
      const imported = await run;
      if (!imported.ok) return sendFailure(reply, imported.failure);
      const { kinds, items, ...totals } = imported.value;
      return { ...totals, dryRun, kinds, items: items.slice(0, limits.listRowsMax) };
    },
  );

  api.get(
    '/inventory',
    { schema: { summary: 'The last imported document, JSON or YAML by Accept' } },
    async (request, reply) => {
      const document = withFormattedCnpjs(parts.registry.inventory() ?? emptyDocument);
      if (!/yaml/i.test(request.headers.accept ?? '')) return document;
      return reply.type('application/yaml; charset=utf-8').serializer(String).send(stringify(document));
    },
  );
}

const emptyDocument: InventoryDocument = { version: 1, providers: [], customers: [] };

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
}

async function importDocument(
  { registry, correlator, clock, log }: RouteParts,
  { document, dryRun, by }: Import,
): Promise<Result<InventoryDifference>> {
  const present = correlator.state().topology;
  const topology = topologyFromDocument(document, present);
  if (!topology.ok) return topology;
  const difference = inventoryDifference(registry.inventory(), document);
  if (dryRun) return ok(difference);
  if (!sameTopology(topology.value, present)) {
    const imported = await submit(correlator, {
      kind: 'inventory.imported',
      at: clock.now(),
      topology: topology.value,
      by,
    });
    if (!imported.ok) return imported;
  }
  registry.saveInventory(document);
  const { created, updated, retired, unchanged } = difference;
  log.info({ by, created, updated, retired, unchanged }, 'inventory imported');
  return ok(difference);
}

function withFormattedCnpjs(document: InventoryDocument): InventoryDocument {
  const customers = document.customers.map((customer) => ({ ...customer, cnpj: formatCnpj(customer.cnpj) }));
  return { ...document, customers };
}
