// The scope of a window or a silence as the API takes it and shows it. Every part of it must stand in the inventory:
// a plan about a misspelt link would protect nothing.
import { type Failure, failure } from '../../../shared/failure.ts';
import { customerKey } from '../../../shared/ids.ts';
import type { Scope } from '../../core/planned.ts';
import type { Site, Topology } from '../../core/topology.ts';

interface AskedScope {
  readonly customer: string;
  readonly site?: string | undefined;
  readonly link?: string | undefined;
  readonly host?: string | undefined;
}

export interface KnownScope {
  readonly scope: Scope;
  /** The sites it is about, by id. */
  readonly sites: readonly [Site, ...Site[]];
}

/** Fails with `not-found` and the path of the part that the inventory does not have. */
export function knownScope(
  topology: Topology,
  asked: AskedScope,
): KnownScope | { readonly missing: Failure } {
  const { customer, site, link, host } = asked;
  const owned = [...topology.sites.values()].filter((each) => each.customer === customer);
  if (owned.length === 0)
    return missing('customer', `the inventory has no customer "${customer}" with sites`);
  const [first, ...others] = owned.filter((each) => site === undefined || each.key === site);
  if (first === undefined)
    return missing('site', `customer "${customer}" has no site "${site}" in the inventory`);
  const place = `site "${customer}/${site}"`;
  if (link !== undefined && !first.links.some((each) => each.key === link))
    return missing('link', `${place} has no link "${link}" in the inventory`);
  if (host !== undefined && !first.hosts.some((each) => each.key === host))
    return missing('host', `${place} has no host "${host}" in the inventory`);
  const parts = {
    ...(site === undefined ? {} : { site }),
    ...(link === undefined ? {} : { link }),
    ...(host === undefined ? {} : { host }),
  };
  return { scope: { customer: customerKey(customer), ...parts }, sites: [first, ...others] };
}

function missing(part: string, message: string): { readonly missing: Failure } {
  return { missing: failure('not-found', message, { issues: [{ path: `body.scope.${part}`, message }] }) };
}

export function scopeItem({ customer, site, link, host }: Scope) {
  return { customer, site: site ?? null, link: link ?? null, host: host ?? null };
}
