// Whom to call about an incident and what to name there: provider, telephone, circuit, public address of each link it is
// about. The first steps ask for these, so they stand beside them on the page as in the ticket. Reads the inventory as the
// caller may see it: what is cut from that is not named here.
import type { ContactRow } from '../../../shared/api/contacts.ts';
import { type SiteId, siteIdFrom } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import type { Incident } from '../incident.ts';
import type { EscalationView } from '../sla/escalation-facts.ts';
import type { RegionalOutage } from '../state.ts';
import type { Site, SiteLink, Topology } from '../topology.ts';

export interface Contacts {
  /** At most `limits.incidentContactsMax`, by customer, site and link. */
  readonly contacts: ContactRow[];
  /** Links, or incidents of a provider's outage, beyond those. */
  readonly contactsMore: number;
}

/** Of a provider's outage one for each link that it reached. */
export function contactsOf(incident: Incident, state: EscalationView): Contacts {
  const { topology } = state;
  const outage = outageOf(incident, state);
  const found =
    incident.kind === 'provider-outage' ? linksOfOutage(incident, state) : linksOfSite(incident, topology);
  const rows = found
    .map((each) => contactRow(each, topology))
    .sort((a, b) => compare(placeOf(a), placeOf(b)));
  const unnamed = outage === undefined ? 0 : Math.max(0, outage.joined - outage.children.length);
  const contacts = rows.slice(0, limits.incidentContactsMax);
  return { contacts, contactsMore: rows.length - contacts.length + unnamed };
}

/** The links of this site to call somebody about: its own, or all of a silent site. A machine's trouble is no provider's. */
export function linksToCall({ kind, link }: Incident, site: Site): readonly SiteLink[] {
  if (kind === 'host-down' || kind === 'host-degraded' || kind === 'agent-lost') return [];
  return site.links.filter((each) => link === undefined || each.key === link);
}

interface Found {
  readonly site: Site;
  readonly link: SiteLink;
}

function linksOfSite(incident: Incident, topology: Topology): readonly Found[] {
  const site = incident.site === undefined ? undefined : topology.sites.get(incident.site);
  return site === undefined ? [] : linksToCall(incident, site).map((link) => ({ site, link }));
}

/** What is recorded as its effect, and what belongs to it now: either list is bounded, and the record outlives the other. */
function linksOfOutage(incident: Incident, state: EscalationView): readonly Found[] {
  const found = new Map<string, Found>();
  for (const { site: id, link: key } of [...effectsOf(incident), ...childrenOf(incident, state)]) {
    const site = state.topology.sites.get(id);
    for (const link of site?.links ?? []) {
      const meant = link.provider === incident.provider && (key === undefined || link.key === key);
      if (site !== undefined && meant) found.set(`${id}/${link.key}`, { site, link });
    }
  }
  return [...found.values()];
}

/** `link` absent: whichever links of the site are that provider's. */
interface Effect {
  readonly site: SiteId;
  readonly link?: string;
}

/** `aurora/matriz/link:vivo`, or `aurora/matriz` for a whole site. */
function effectsOf({ symptoms }: Incident): readonly Effect[] {
  return symptoms.flatMap((effect): readonly Effect[] => {
    const [customer, site, cause] = effect.split('/');
    if (customer === undefined || site === undefined) return [];
    const link = cause?.startsWith('link:') === true ? cause.slice('link:'.length) : undefined;
    return [{ site: siteIdFrom(`${customer}/${site}`), link }];
  });
}

function childrenOf(incident: Incident, state: EscalationView): readonly Effect[] {
  return (outageOf(incident, state)?.children ?? []).flatMap((id): readonly Effect[] => {
    const child = state.incidents.get(id);
    return child?.site === undefined ? [] : [{ site: child.site, link: child.link }];
  });
}

function outageOf({ id, provider }: Incident, { providers }: EscalationView): RegionalOutage | undefined {
  const outages = provider === undefined ? undefined : providers.get(provider)?.outages;
  return outages?.find((each) => each.incident === id);
}

function contactRow({ site, link }: Found, { providers }: Topology): ContactRow {
  const provider = providers.get(link.provider);
  return {
    provider: link.provider,
    providerName: provider?.name ?? link.provider,
    phone: provider?.supportPhone ?? null,
    circuit: link.circuit ?? null,
    publicAddress: link.publicAddress ?? null,
    link: link.key,
    linkName: link.name,
    customer: site.customer,
    customerName: site.customerName,
    site: site.key,
    siteName: site.name,
  };
}

function placeOf({ customerName, siteName, customer, site, link }: ContactRow): string {
  return [customerName, siteName, customer, site, link].join('\n');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
