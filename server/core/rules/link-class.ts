// The class of a lost link by the contract: critical, or what the plan or the customer says for a primary or backup link
// while another link of the site is not down. Without another link it is critical, whatever the contract says, and when
// the others fall too the whole site is `site-offline`, critical always. Lowers nothing but `link-down`.
import type { Priority } from '../../../shared/words.ts';
import type { Draft } from '../draft.ts';
import { contractOf } from '../sla/contract.ts';
import type { Site } from '../topology.ts';
import type { Finding } from './finding.ts';
import type { SiteView } from './witness.ts';

/** Another link of the site is not reported down. */
export function hasOtherLink({ site, record }: SiteView, { link }: Pick<Finding, 'link'>): boolean {
  return site.links.some((other) => {
    if (other.key === link) return false;
    return !record.links.some((report) => report.link === other.key && report.status === 'down');
  });
}

/** The finding with the class that the contract gives its link now. */
export function withLinkClass(draft: Draft, view: SiteView, finding: Finding): Finding {
  if (finding.kind !== 'link-down' || !hasOtherLink(view, finding)) return finding;
  return { ...finding, linkClass: linkClassOf(draft, view.site, finding.link) };
}

/** What the contract says of this link while another one carries the site. Undefined: critical. */
export function linkClassOf({ tickets }: Draft, site: Site, key: string | undefined): Priority | undefined {
  const role = site.links.find((link) => link.key === key)?.role;
  if (role === undefined) return undefined;
  const { linkClasses } = contractOf(tickets.sla, site.plan, site.customer);
  return linkClasses[role] === 'critical' ? undefined : linkClasses[role];
}
