// Changes to one customer or site of the inventory document. Pure: each gives a new document. Holds none of the inventory's
// rules; the server judges the whole, and what it says is brought back to the field of the form by its path.
import type {
  ShownCustomer,
  ShownHost,
  ShownInventory,
  ShownLink,
  ShownSite,
} from '../../../../shared/api/inventory.ts';
import { folded } from '../../select.ts';

export interface Issue {
  readonly path: string;
  readonly message: string;
}

export function customerIn(document: ShownInventory, key: string): ShownCustomer | undefined {
  return document.customers.find((customer) => customer.key === key);
}

export function siteIn(document: ShownInventory, customer: string, key: string): ShownSite | undefined {
  return customerIn(document, customer)?.sites.find((site) => site.key === key);
}

/**
 * Put in the place of `replaced`; without one it is new and stands last. A new key that exists already stands last as well:
 * the server then names the duplicate, and nothing is overwritten.
 */
export function withCustomer(
  document: ShownInventory,
  customer: ShownCustomer,
  replaced: string | undefined,
): ShownInventory {
  return { ...document, customers: placed(document.customers, cleanedCustomer(customer), replaced) };
}

export function withSite(
  document: ShownInventory,
  site: ShownSite,
  at: { readonly customer: string; readonly replaced: string | undefined },
): ShownInventory {
  const customers = document.customers.map((customer) =>
    customer.key === at.customer
      ? { ...customer, sites: placed(customer.sites, cleanedSite(site), at.replaced) }
      : customer,
  );
  return { ...document, customers };
}

export function withoutCustomer(document: ShownInventory, key: string): ShownInventory {
  return { ...document, customers: document.customers.filter((customer) => customer.key !== key) };
}

export function withoutSite(document: ShownInventory, customer: string, key: string): ShownInventory {
  const customers = document.customers.map((each) =>
    each.key === customer ? { ...each, sites: each.sites.filter((site) => site.key !== key) } : each,
  );
  return { ...document, customers };
}

function placed<T extends { readonly key: string }>(
  items: readonly T[],
  item: T,
  replaced: string | undefined,
): T[] {
  const known = replaced !== undefined && items.some(({ key }) => key === replaced);
  return known ? items.map((each) => (each.key === replaced ? item : each)) : [...items, item];
}

/** Where in the document `withCustomer` put it: `customers[3]`. */
export function customerPath(document: ShownInventory, key: string): string {
  return `customers[${document.customers.findLastIndex((customer) => customer.key === key)}]`;
}

export function sitePath(document: ShownInventory, customer: string, key: string): string {
  const sites = customerIn(document, customer)?.sites ?? [];
  return `${customerPath(document, customer)}.sites[${sites.findLastIndex((site) => site.key === key)}]`;
}

/** Issues below `base` with their path from there; all others as they are, under `elsewhere`. */
export function issuesBelow(
  issues: readonly Issue[],
  base: string,
): { readonly here: readonly Issue[]; readonly elsewhere: readonly Issue[] } {
  const isHere = ({ path }: Issue): boolean => path.startsWith(`${base}.`);
  const here = issues.filter(isHere).map((issue) => ({ ...issue, path: issue.path.slice(base.length + 1) }));
  return { here, elsewhere: issues.filter((issue) => !isHere(issue)) };
}

/** `links[2].publicAddress` -> `publicAddress`: what kind of field it is, for the words about it. */
export function fieldOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1).replace(/\[\d+\]$/, '');
}

/** `links[2].publicAddress` -> the group and the number a person counts by: `{ group: 'links', number: 3 }`. */
export function groupOf(
  path: string,
): { readonly group: 'links' | 'hosts'; readonly number: number } | undefined {
  const found = /^(links|hosts)\[(\d+)\]/.exec(path);
  if (found === null) return undefined;
  return { group: found[1] === 'links' ? 'links' : 'hosts', number: Number(found[2]) + 1 };
}

function cleanedCustomer(customer: ShownCustomer): ShownCustomer {
  return { ...customer, sites: customer.sites.map(cleanedSite) };
}

function cleanedSite(site: ShownSite): ShownSite {
  return {
    ...site,
    timeZone: filled(site.timeZone),
    links: site.links.map(cleanedLink),
    hosts: site.hosts.map(cleanedHost),
  };
}

function cleanedLink(link: ShownLink): ShownLink {
  return {
    ...link,
    name: filled(link.name),
    publicAddress: filled(link.publicAddress),
    gateway: filled(link.gateway),
    source: filled(link.source),
    interface: filled(link.interface),
    circuit: filled(link.circuit),
    firstHop: filled(link.firstHop),
  };
}

function cleanedHost(host: ShownHost): ShownHost {
  return { ...host, address: filled(host.address), parent: filled(host.parent) };
}

/** An empty field of a form is an absent field of the document. */
function filled(text: string | undefined): string | undefined {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? undefined : trimmed;
}

/** A key from a name: `Filial São João 2` -> `filial-sao-joao-2`. Empty where nothing of the name can stand in a key. */
export function keyFrom(name: string): string {
  return folded(name)
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
}
