// What an import would change: counts for the answer and each thing by name for the person. Compares two documents,
// each thing by its own fields only (a changed host does not make its site `updated`). Pure.
import { type InventoryChange, type InventoryKind, inventoryKinds } from '../../../shared/api/inventory.ts';
import type { CustomerEntry, InventoryDocument, SiteEntry } from '../../../shared/inventory/document.ts';

export interface Counts {
  readonly created: number;
  readonly updated: number;
  readonly retired: number;
  readonly unchanged: number;
}

export interface InventoryDifference extends Counts {
  readonly kinds: Readonly<Record<InventoryKind, Counts>>;
  /** What is not `unchanged`, in the document's order, retired last. `id` is the path of keys. */
  readonly items: readonly InventoryDifferenceItem[];
}

export interface InventoryDifferenceItem {
  readonly kind: InventoryKind;
  readonly id: string;
  readonly change: InventoryChange;
}

export function inventoryDifference(
  before: InventoryDocument | undefined,
  after: InventoryDocument,
): InventoryDifference {
  const kinds = { ...noCounts };
  const items: InventoryDifferenceItem[] = [];
  const old = flatten(before);
  const next = flatten(after);
  for (const kind of inventoryKinds) {
    const compared = compare(kind, old[kind], next[kind]);
    kinds[kind] = compared.counts;
    items.push(...compared.items);
  }
  const total = (name: keyof Counts): number =>
    inventoryKinds.reduce((sum, kind) => sum + kinds[kind][name], 0);
  return {
    created: total('created'),
    updated: total('updated'),
    retired: total('retired'),
    unchanged: total('unchanged'),
    kinds,
    items,
  };
}

const zero: Counts = { created: 0, updated: 0, retired: 0, unchanged: 0 };
const noCounts: Readonly<Record<InventoryKind, Counts>> = {
  providers: zero,
  customers: zero,
  sites: zero,
  links: zero,
  hosts: zero,
};

/** Id to the thing's own fields as canonical text. */
type Flat = ReadonlyMap<string, string>;

function compare(kind: InventoryKind, old: Flat, next: Flat) {
  const items: InventoryDifferenceItem[] = [];
  let created = 0;
  let updated = 0;
  let retired = 0;
  for (const [id, fields] of next) {
    const known = old.get(id);
    if (known === undefined) {
      created += 1;
      items.push({ kind, id, change: 'created' });
    } else if (known !== fields) {
      updated += 1;
      items.push({ kind, id, change: 'updated' });
    }
  }
  for (const id of old.keys()) {
    if (next.has(id)) continue;
    retired += 1;
    items.push({ kind, id, change: 'retired' });
  }
  const counts: Counts = { created, updated, retired, unchanged: next.size - created - updated };
  return { counts, items };
}

function flatten(document: InventoryDocument | undefined): Readonly<Record<InventoryKind, Flat>> {
  const flat = {
    providers: new Map<string, string>(),
    customers: new Map<string, string>(),
    sites: new Map<string, string>(),
    links: new Map<string, string>(),
    hosts: new Map<string, string>(),
  };
  for (const provider of document?.providers ?? []) flat.providers.set(provider.key, ownFields(provider));
  for (const customer of document?.customers ?? []) {
    flat.customers.set(
      customer.key,
      ownFields({ ...customer, sites: undefined } satisfies Loose<CustomerEntry>),
    );
    for (const site of customer.sites) {
      const id = `${customer.key}/${site.key}`;
      flat.sites.set(
        id,
        ownFields({ ...site, links: undefined, hosts: undefined } satisfies Loose<SiteEntry>),
      );
      for (const link of site.links) flat.links.set(`${id}/${link.key}`, ownFields(link));
      for (const host of site.hosts) flat.hosts.set(`${id}/${host.key}`, ownFields(host));
    }
  }
  return flat;
}

type Loose<T> = { readonly [K in keyof T]?: T[K] };

/** Same fields in any order give the same text; an absent field and an undefined one are the same. */
function ownFields(thing: object): string {
  const entries = Object.entries(thing).filter(([, value]) => value !== undefined);
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
