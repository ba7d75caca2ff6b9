// Which links an incident took down, so that the company that sells each of them can be asked for credit: the dossier of
// one link and the report's offer of it read this. Must never name a link whose provider had no part in it.
import { type SiteId, splitSiteId } from '../../../shared/ids.ts';
import type { Cause } from '../../../shared/words.ts';
import type { Incident } from '../incident.ts';
import type { Site, Topology } from '../topology.ts';
import { reachOf } from './reach.ts';

export interface ReachedLink {
  readonly key: string;
  /** As the inventory has it now; what has left it is named by its key. */
  readonly name: string;
}

/** With the whole site these are its links' own failure, or nobody could say otherwise; power, router and plans are not. */
const causesOfLinks: readonly Cause[] = ['links', 'provider', 'unknown'];

const linkPrefix = 'link:';

/** In the inventory's order, then what has left it but is recorded as the incident's effect. */
export function linksReached(incident: Incident, { sites }: Topology): readonly ReachedLink[] {
  const { site: at } = incident;
  if (at === undefined) return [];
  const site = sites.get(at);
  return keysOf(incident, site)
    .filter((key) => tookDown(incident, at, key))
    .map((key) => ({ key, name: site?.links.find((each) => each.key === key)?.name ?? key }));
}

/** Every link that the incident could be asked about: of its site now, its own, and what it records as an effect. */
function keysOf({ link, symptoms }: Incident, site: Site | undefined): readonly string[] {
  const effects = symptoms
    .filter((symptom) => symptom.startsWith(linkPrefix))
    .map((symptom) => symptom.slice(linkPrefix.length));
  const own = link === undefined ? [] : [link];
  return [...new Set([...(site?.links ?? []).map(({ key }) => key), ...own, ...effects])];
}

function tookDown(incident: Incident, site: SiteId, key: string): boolean {
  if (incident.kind === 'site-offline') return causesOfLinks.includes(incident.cause);
  return reachOf(incident, { kind: 'link', site, key }) === 'down';
}

export type LinkRefusal = { readonly kind: 'no-such-link' | 'not-reached'; readonly message: string };

/** Undefined: the incident took that link down. The message names what may be asked for. */
export function refusalOfLink(incident: Incident, link: string, topology: Topology): LinkRefusal | undefined {
  const reached = linksReached(incident, topology);
  if (reached.some(({ key }) => key === link)) return undefined;
  const site = incident.site === undefined ? undefined : topology.sites.get(incident.site);
  const wanted =
    reached.length === 0
      ? 'it took no link down, so leave "link" out'
      : `wanted: ${reached.map(({ key }) => key).join(' or ')}`;
  if (keysOf(incident, site).includes(link)) {
    return { kind: 'not-reached', message: `"${incident.id}" did not take link "${link}" down; ${wanted}` };
  }
  const place = incident.site === undefined ? 'this incident' : splitSiteId(incident.site).site;
  return { kind: 'no-such-link', message: `"${place}" has no link "${link}"; ${wanted}` };
}
