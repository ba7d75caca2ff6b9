// What a customer's report has a row for: each site, link and host of the inventory, and what has left it but had an
// incident. Reads only.
import { type SiteId, splitSiteId } from '../../../shared/ids.ts';
import type { LinkRole } from '../../../shared/words.ts';
import type { Incident } from '../incident.ts';
import type { Site } from '../topology.ts';
import type { Thing } from './reach.ts';

export interface NamedThing extends Thing {
  readonly siteName: string;
  readonly name: string;
  readonly timeZone: string;
  readonly provider?: string;
  readonly role?: LinkRole;
  readonly circuit?: string;
  readonly retired: boolean;
}

/** Where nothing is known any more of the site's place. */
export const defaultTimeZone = 'America/Sao_Paulo';

/** Sites in their order of keys; in each the site, its links, its hosts, in the inventory's order, then what has left. */
export function thingsOf(sites: readonly Site[], incidents: readonly Incident[]): readonly NamedThing[] {
  const known = new Map(sites.map((site) => [site.id, site]));
  const ids = new Set([...known.keys(), ...incidents.flatMap(({ site }) => site ?? [])]);
  return [...ids].sort().flatMap((id) => {
    const site = known.get(id);
    const present = site === undefined ? [retiredSite(id)] : thingsOfSite(site);
    return [...present, ...retiredThings(id, site, incidents)];
  });
}

function thingsOfSite(site: Site): readonly NamedThing[] {
  const { id, name: siteName, timeZone } = site;
  const place = { site: id, siteName, timeZone, retired: false };
  return [
    { ...place, kind: 'site', key: '', name: siteName },
    ...site.links.map(({ key, name, provider, role, circuit }): NamedThing => {
      return { ...place, kind: 'link', key, name, provider, role, circuit };
    }),
    ...site.hosts.map(({ key, name }): NamedThing => ({ ...place, kind: 'host', key, name })),
  ];
}

function retiredSite(id: SiteId): NamedThing {
  const { site } = splitSiteId(id);
  return {
    kind: 'site',
    site: id,
    siteName: site,
    key: '',
    name: site,
    timeZone: defaultTimeZone,
    retired: true,
  };
}

function retiredThings(
  id: SiteId,
  site: Site | undefined,
  incidents: readonly Incident[],
): readonly NamedThing[] {
  const siteName = site?.name ?? splitSiteId(id).site;
  const timeZone = site?.timeZone ?? defaultTimeZone;
  const gone = new Map<string, NamedThing>();
  for (const { site: at, link, host, provider } of incidents) {
    if (at !== id) continue;
    const place = { site: id, siteName, timeZone, retired: true };
    if (link !== undefined && site?.links.some(({ key }) => key === link) !== true)
      gone.set(`link:${link}`, { ...place, kind: 'link', key: link, name: link, provider });
    if (host !== undefined && site?.hosts.some(({ key }) => key === host) !== true)
      gone.set(`host:${host}`, { ...place, kind: 'host', key: host, name: host });
  }
  return [...gone.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, thing]) => thing);
}
