// What a window or a silence is about: as chosen in a form, as the API takes and shows it, and in the words of the wall's
// rows. Pure. What has left the inventory is named by its keys.
import type { SiteRow } from '../../shared/api/wall.ts';

/** `thing`: `link/vivo`, `host/srv-ad`, or empty for the whole site. Empty `site`: the whole customer. */
export interface ScopeChoice {
  readonly customer: string;
  readonly site: string;
  readonly thing: string;
}

export const noScope: ScopeChoice = { customer: '', site: '', thing: '' };

export interface ScopeAnswer {
  readonly customer: string;
  readonly site: string | null;
  readonly link: string | null;
  readonly host: string | null;
}

export type Sites = ReadonlyMap<string, SiteRow>;

/** As the API wants it: what is not said is left out. */
export function scopeBody({ customer, site, thing }: ScopeChoice): object {
  const [kind, key] = splitThing(thing);
  return {
    customer,
    ...(site === '' ? {} : { site }),
    ...(site === '' || kind === undefined ? {} : { [kind]: key }),
  };
}

function splitThing(thing: string): readonly ['link' | 'host' | undefined, string] {
  if (thing.startsWith('link/')) return ['link', thing.slice(5)];
  if (thing.startsWith('host/')) return ['host', thing.slice(5)];
  return [undefined, ''];
}

/** `aurora/matriz/link/vivo`, of a page's address; whatever the wall does not have is left out. */
export function scopeFrom(path: string, sites: Sites): ScopeChoice {
  const [customer = '', site = '', kind = '', key = ''] = path.split('/');
  const row = sites.get(`${customer}/${site}`);
  if (row === undefined) {
    const known = [...sites.values()].some((each) => each.customer === customer);
    return { ...noScope, customer: known ? customer : '' };
  }
  const thing = `${kind}/${key}`;
  const has = thing.startsWith('link/')
    ? row.links.some((each) => each.key === key)
    : kind === 'host' && row.hosts.some((each) => each.key === key);
  return { customer, site, thing: has ? thing : '' };
}

export interface Named {
  readonly key: string;
  readonly name: string;
}

export function customersOf(sites: Sites, locale: string): readonly Named[] {
  const names = new Map<string, string>();
  for (const { customer, customerName } of sites.values()) names.set(customer, customerName);
  return [...names].map(([key, name]) => ({ key, name })).sort(byName(locale));
}

export function sitesOf(sites: Sites, customer: string, locale: string): readonly Named[] {
  return [...sites.values()]
    .filter((row) => row.customer === customer)
    .map((row) => ({ key: keyOf(row), name: `${row.name} (${row.city}/${row.state})` }))
    .sort(byName(locale));
}

function byName(locale: string): (a: Named, b: Named) => number {
  const order = new Intl.Collator(locale, { numeric: true });
  return (a, b) => order.compare(a.name, b.name);
}

/** Of a site's row: ids are `customer/site`. */
function keyOf({ id, customer }: SiteRow): string {
  return id.slice(customer.length + 1);
}

/** The zone its times are in: of the site, or of the customer's first one; undefined: the wall knows none. */
export function zoneOf(
  sites: Sites,
  scope: { readonly customer: string; readonly site: string | null },
): string | undefined {
  return placeOf(sites, scope)?.timeZone;
}

/** The site whose clock its times are told by: its own, or the customer's first one. */
export function placeOf(
  sites: Sites,
  { customer, site }: { readonly customer: string; readonly site: string | null },
): SiteRow | undefined {
  if (site !== null && site !== '') return sites.get(`${customer}/${site}`);
  return [...sites.values()].find((row) => row.customer === customer);
}

/** `Padaria Aurora`, `Padaria Aurora · Matriz`, `Padaria Aurora · Matriz · Vivo Empresas`. */
export function scopeNames(sites: Sites, scope: ScopeAnswer): readonly string[] {
  const row = scope.site === null ? undefined : sites.get(`${scope.customer}/${scope.site}`);
  const customer =
    row?.customerName ?? [...sites.values()].find((each) => each.customer === scope.customer)?.customerName;
  const link = row?.links.find(({ key }) => key === scope.link);
  const host = row?.hosts.find(({ key }) => key === scope.host);
  return [
    customer ?? scope.customer,
    ...(scope.site === null ? [] : [row?.name ?? scope.site]),
    ...(scope.link === null ? [] : [link === undefined ? scope.link : linkName(link)]),
    ...(scope.host === null ? [] : [host?.name ?? scope.host]),
  ];
}

/** A link without a name of its own is called after its provider. */
export function linkName({
  key,
  name,
  providerName,
}: {
  readonly key: string;
  readonly name: string;
  readonly providerName: string;
}): string {
  return name === key ? providerName : name;
}
