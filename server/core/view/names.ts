// The names people know things by. What was retired from the inventory is still named, by its keys.
// Reads the topology; knows no sentence.
import { type SiteId, splitSiteId } from '../../../shared/ids.ts';
import type { HostRole, LinkRole } from '../../../shared/words.ts';
import type { Topology } from '../topology.ts';

/** Where an incident happened; every part may be absent. */
export interface IncidentPlace {
  readonly site?: SiteId;
  readonly link?: string;
  readonly host?: string;
  readonly provider?: string;
}

export interface Names {
  readonly customer?: string;
  readonly site?: string;
  readonly link?: string;
  readonly role?: LinkRole;
  readonly host?: string;
  readonly hostRole?: HostRole;
  readonly provider?: string;
  readonly timeZone?: string;
}

export function namesOf(place: IncidentPlace, { topology }: { readonly topology: Topology }): Names {
  const site = place.site === undefined ? undefined : topology.sites.get(place.site);
  const keys = place.site === undefined ? undefined : splitSiteId(place.site);
  const link = site?.links.find((each) => each.key === place.link);
  const host = site?.hosts.find((each) => each.key === place.host);
  const providerKey = place.provider ?? link?.provider;
  return {
    customer: site?.customerName ?? keys?.customer,
    site: site?.name ?? keys?.site,
    link: link?.name ?? place.link,
    role: link?.role,
    host: host?.name ?? place.host,
    hostRole: host?.role,
    provider:
      providerKey === undefined ? undefined : (topology.providers.get(providerKey)?.name ?? providerKey),
    timeZone: site?.timeZone,
  };
}

export function nameOfLink(
  site: SiteId | undefined,
  key: string | undefined,
  topology: Topology,
): string | undefined {
  if (site === undefined || key === undefined) return undefined;
  return topology.sites.get(site)?.links.find((link) => link.key === key)?.name;
}

export function nameOfHost(site: SiteId | undefined, key: string, topology: Topology): string | undefined {
  if (site === undefined) return undefined;
  return topology.sites.get(site)?.hosts.find((host) => host.key === key)?.name;
}

/** `link` + `Link serra` -> `serra`, `link` + `Link` -> nothing: what stands before a name is not said twice. */
export function withoutRepeat(word: string, name: string): string {
  const [first = ''] = name.split(' ', 1);
  const repeats = first.toLocaleLowerCase('pt-BR') === word.toLocaleLowerCase('pt-BR');
  return repeats ? name.slice(first.length).trim() : name;
}
