// The imported inventory to the core's flat topology. Sites of this server itself (origin `embedded`) are kept whatever
// the document says. Pure; the document was checked by `shared/inventory/check.ts` before.
import { assert } from '../../../shared/assert.ts';
import { failure, type Issue } from '../../../shared/failure.ts';
import { customerKey, type SiteId, siteId } from '../../../shared/ids.ts';
import type {
  CustomerEntry,
  HostEntry,
  InventoryDocument,
  LinkEntry,
  SiteEntry,
} from '../../../shared/inventory/document.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import { type BrazilianState, stateTimeZones } from '../../../shared/states.ts';
import { topologyToData } from '../snapshot.ts';
import type { Provider, Site, SiteHost, SiteLink, Topology } from '../topology.ts';

/**
 * Gives the topology that stands after the import, at the next revision. Fails with `inventory.invalid` when a customer
 * or provider of the document has the key of one of this server's own.
 */
export function topologyFromDocument(document: InventoryDocument, present: Topology): Result<Topology> {
  const issues = clashes(document, present);
  if (issues.length > 0) {
    const message = `the inventory has ${issues.length} mistake(s)`;
    return fail(failure('inventory.invalid', message, { issues }));
  }
  const providers = new Map<string, Provider>();
  const sites = new Map<SiteId, Site>();
  for (const { key, name, supportPhone } of document.providers) {
    providers.set(key, supportPhone === undefined ? { key, name } : { key, name, supportPhone });
  }
  const providerName = (key: string): string => providers.get(key)?.name ?? key;
  for (const customer of document.customers) {
    for (const entry of customer.sites) {
      const site = siteFromEntry(customer, entry, providerName);
      sites.set(site.id, site);
    }
  }
  for (const site of embeddedSites(present)) {
    sites.set(site.id, site);
    for (const link of site.links) {
      const provider = present.providers.get(link.provider);
      if (provider !== undefined) providers.set(provider.key, provider);
    }
  }
  return ok({ revision: present.revision + 1, providers, sites });
}

/** True when both say the same; revisions are not compared. */
export function sameTopology(a: Topology, b: Topology): boolean {
  const plain = (topology: Topology): string =>
    JSON.stringify({ ...topologyToData(topology), revision: 0 }, sortedKeys);
  return plain(a) === plain(b);
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function embeddedSites(topology: Topology): readonly Site[] {
  return [...topology.sites.values()].filter((site) => site.origin === 'embedded');
}

function clashes(document: InventoryDocument, present: Topology): Issue[] {
  const own = embeddedSites(present);
  const customers = new Set<string>(own.map((site) => site.customer));
  const providers = new Set(own.flatMap((site) => site.links.map((link) => link.provider)));
  const taken = (key: string) => `"${key}" is the key of this server's own machine; choose another key`;
  return [
    ...document.customers.flatMap(({ key }, index) =>
      customers.has(key) ? [{ path: `customers[${index}].key`, message: taken(key) }] : [],
    ),
    ...document.providers.flatMap(({ key }, index) =>
      providers.has(key) ? [{ path: `providers[${index}].key`, message: taken(key) }] : [],
    ),
  ];
}

function siteFromEntry(
  customer: CustomerEntry,
  entry: SiteEntry,
  providerName: (key: string) => string,
): Site {
  return {
    id: siteId(customer.key, entry.key),
    key: entry.key,
    name: entry.name,
    customer: customerKey(customer.key),
    customerName: customer.name,
    plan: customer.plan,
    city: entry.city,
    state: entry.state,
    timeZone: entry.timeZone ?? timeZoneOf(entry.state),
    origin: 'document',
    links: entry.links.map((link) => linkFromEntry(link, providerName)),
    hosts: entry.hosts.map(hostFromEntry),
  };
}

/** The schema only lets the 27 codes through. */
function timeZoneOf(state: string): string {
  assert(Object.hasOwn(stateTimeZones, state), 'a checked inventory names one of the 27 states');
  return stateTimeZones[state as BrazilianState];
}

function linkFromEntry(entry: LinkEntry, providerName: (key: string) => string): SiteLink {
  return { ...entry, name: entry.name ?? providerName(entry.provider) };
}

function hostFromEntry(entry: HostEntry): SiteHost {
  return { ...entry };
}
