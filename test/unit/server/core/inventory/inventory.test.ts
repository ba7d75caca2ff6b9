// From document to topology, and what an import would change.
import { describe, expect, test } from 'vitest';
import { initialState } from '../../../../../server/core/evolve.ts';
import { inventoryDifference } from '../../../../../server/core/inventory/difference.ts';
import {
  embeddedSiteId,
  hostKeyOf,
  withEmbeddedSite,
} from '../../../../../server/core/inventory/embedded-site.ts';
import {
  sameTopology,
  topologyFromDocument,
} from '../../../../../server/core/inventory/topology-from-document.ts';
import { topologyFromData, topologyToData } from '../../../../../server/core/snapshot.ts';
import { siteId } from '../../../../../shared/ids.ts';
import { checkInventory } from '../../../../../shared/inventory/check.ts';
import type { InventoryDocument } from '../../../../../shared/inventory/document.ts';

const empty = initialState().topology;
const machine = { hostName: 'NOTE-01.casa', timeZone: 'America/Manaus' };

function document(change: (raw: Raw) => void = () => {}): InventoryDocument {
  const raw: Raw = {
    version: 1,
    providers: [{ key: 'vivo', name: 'Vivo Empresas' }],
    customers: [
      {
        key: 'aurora',
        name: 'Padaria Aurora',
        cnpj: '11.222.333/0001-81',
        plan: 'PREMIUM',
        sites: [
          {
            key: 'matriz',
            name: 'Matriz',
            city: 'Manaus',
            state: 'AM',
            links: [{ key: 'vivo', provider: 'vivo', role: 'primary' }],
            hosts: [{ key: 'srv', name: 'SRV' }],
          },
        ],
      },
    ],
  };
  change(raw);
  const checked = checkInventory(raw);
  if (!checked.ok) throw new Error(JSON.stringify(checked.failure));
  return checked.value;
}

interface Raw {
  version: number;
  providers: Record<string, unknown>[];
  customers: { sites: Record<string, unknown>[]; [key: string]: unknown }[];
}

function built(from: InventoryDocument, present = empty) {
  const topology = topologyFromDocument(from, present);
  if (!topology.ok) throw new Error(topology.failure.message);
  return topology.value;
}

describe('topology from document', () => {
  test('the time zone is the state’s and the link is named after its provider', () => {
    const site = built(document()).sites.get(siteId('aurora', 'matriz'));
    expect(site).toMatchObject({
      timeZone: 'America/Manaus',
      customerName: 'Padaria Aurora',
      origin: 'document',
    });
    expect(site?.links[0]?.name).toBe('Vivo Empresas');
  });

  test('a time zone of its own goes before the state’s', () => {
    const moved = document((raw) => {
      const [site] = raw.customers[0]?.sites ?? [];
      if (site !== undefined) site.timeZone = 'America/Eirunepe';
    });
    expect(built(moved).sites.get(siteId('aurora', 'matriz'))?.timeZone).toBe('America/Eirunepe');
  });

  test('the same document again says the same, whatever lay on disk between', () => {
    const first = built(document());
    const restored = topologyFromData(JSON.parse(JSON.stringify(topologyToData(first))));
    expect(sameTopology(built(document(), restored), restored)).toBe(true);
    expect(built(document(), first).revision).toBe(first.revision + 1);
  });

  test('this machine’s own site survives every import, and its keys cannot be taken', () => {
    const own = withEmbeddedSite(empty, machine);
    expect(built(document(), own).sites.has(embeddedSiteId)).toBe(true);
    expect(built(document(), own).providers.has('local')).toBe(true);
    const taken = document((raw) => {
      raw.providers.push({ key: 'local', name: 'X' });
      const [customer] = raw.customers;
      if (customer !== undefined) customer.key = 'local';
    });
    const refused = topologyFromDocument(taken, own);
    expect(refused.ok).toBe(false);
    if (refused.ok) return;
    expect(refused.failure.issues?.map((issue) => issue.path)).toEqual([
      'customers[0].key',
      'providers[1].key',
    ]);
  });
});

describe('embedded site', () => {
  test('it is added once and the same object comes back afterwards', () => {
    const own = withEmbeddedSite(empty, machine);
    expect(own.sites.get(embeddedSiteId)?.hosts[0]).toEqual({
      key: 'note-01',
      name: 'NOTE-01.casa',
      role: 'server',
    });
    expect(withEmbeddedSite(own, machine)).toBe(own);
    expect(withEmbeddedSite(own, { ...machine, hostName: 'outro' }).revision).toBe(own.revision + 1);
  });

  test.each([
    ['NOTE-01.casa.local', 'note-01'],
    ['José_PC', 'jose-pc'],
    ['---', 'computador'],
    ['', 'computador'],
    ['x'.repeat(80), 'x'.repeat(63)],
  ])('the host name %j becomes the key %j', (name, key) => {
    expect(hostKeyOf(name)).toBe(key);
  });
});

describe('difference', () => {
  test('a first import creates everything and the second leaves everything unchanged', () => {
    expect(inventoryDifference(undefined, document())).toMatchObject({
      created: 5,
      updated: 0,
      retired: 0,
      unchanged: 0,
    });
    const again = inventoryDifference(document(), document());
    expect(again).toMatchObject({ created: 0, updated: 0, retired: 0, unchanged: 5, items: [] });
  });

  test('a changed host is updated and its site is not', () => {
    const renamed = document((raw) => {
      const [site] = raw.customers[0]?.sites ?? [];
      if (site !== undefined) site.hosts = [{ key: 'srv', name: 'SRV-NOVO' }];
    });
    const difference = inventoryDifference(document(), renamed);
    expect(difference).toMatchObject({ created: 0, updated: 1, retired: 0, unchanged: 4 });
    expect(difference.items).toEqual([{ kind: 'hosts', id: 'aurora/matriz/srv', change: 'updated' }]);
  });

  test('what is gone is retired with all that stood in it, counted by kind', () => {
    const nobody: InventoryDocument = { version: 1, providers: [], customers: [] };
    const difference = inventoryDifference(document(), nobody);
    expect(difference).toMatchObject({ created: 0, updated: 0, retired: 5, unchanged: 0 });
    expect(difference.kinds.links).toEqual({ created: 0, updated: 0, retired: 1, unchanged: 0 });
  });

  test('the order of fields does not make a thing updated', () => {
    const turned = document((raw) => {
      raw.providers = [{ name: 'Vivo Empresas', key: 'vivo' }];
    });
    expect(inventoryDifference(document(), turned).unchanged).toBe(5);
  });
});
