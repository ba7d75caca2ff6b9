// Customers as the wall's rows tell them: one line each, worst first. Pure; reads rows, decides no state of its own.
import type { IncidentRow } from '../../../../shared/api/incidents.ts';
import type { SiteRow } from '../../../../shared/api/wall.ts';
import { compareIncidents, folded, phaseOf, siteOf } from '../../select.ts';

export type SiteStatus = SiteRow['status'];

/** Worst first: the order of every list here. */
export const siteStatuses = [
  'down',
  'degraded',
  'unknown',
  'waiting',
  'up',
] as const satisfies readonly SiteStatus[];

export interface CustomerSummary {
  readonly key: string;
  readonly name: string;
  readonly plan: string;
  /** Of its worst site. */
  readonly status: SiteStatus;
  /** Worst first. */
  readonly sites: readonly SiteRow[];
  readonly counts: Readonly<Record<SiteStatus, number>>;
  /** Not over; of the customer as a whole or of one of its sites. */
  readonly incidents: number;
  readonly criticals: number;
}

const collator = new Intl.Collator('pt-BR', { numeric: true });

/** Worst state first, then more criticals, then by name. A customer without sites has no row on the wall and none here. */
export function customersOf(
  sites: Iterable<SiteRow>,
  incidents: Iterable<IncidentRow>,
): readonly CustomerSummary[] {
  const bySite = new Map<string, SiteRow[]>();
  for (const site of sites) {
    const list = bySite.get(site.customer);
    if (list === undefined) bySite.set(site.customer, [site]);
    else list.push(site);
  }
  const open = [...incidents].filter((row) => phaseOf(row) !== 'over');
  const byCustomer = new Map<string, IncidentRow[]>();
  for (const row of open) {
    const customer = customerOf(row);
    if (customer !== undefined) byCustomer.set(customer, [...(byCustomer.get(customer) ?? []), row]);
  }
  return [...bySite.entries()]
    .map(([key, rows]) => summaryOf(key, rows, byCustomer.get(key) ?? []))
    .sort(byUrgency);
}

function summaryOf(
  key: string,
  rows: readonly SiteRow[],
  incidents: readonly IncidentRow[],
): CustomerSummary {
  const sites = [...rows].sort(
    (a, b) =>
      rank(a.status) - rank(b.status) || collator.compare(a.name, b.name) || collator.compare(a.id, b.id),
  );
  const counts = { down: 0, degraded: 0, unknown: 0, waiting: 0, up: 0 };
  for (const site of sites) counts[site.status] += 1;
  return {
    key,
    name: sites[0]?.customerName ?? key,
    plan: sites[0]?.plan ?? '',
    status: sites[0]?.status ?? 'unknown',
    sites,
    counts,
    incidents: incidents.length,
    criticals: incidents.filter((row) => row.priority === 'critical').length,
  };
}

function rank(status: SiteStatus): number {
  return siteStatuses.indexOf(status);
}

function byUrgency(a: CustomerSummary, b: CustomerSummary): number {
  return (
    rank(a.status) - rank(b.status) ||
    b.criticals - a.criticals ||
    collator.compare(a.name, b.name) ||
    collator.compare(a.key, b.key)
  );
}

/** Every word must occur in the customer's name or key, or in a site's name or town; accents and case do not matter. */
export function selectCustomers(
  customers: readonly CustomerSummary[],
  query: { readonly text: string; readonly onlyTroubled: boolean },
): readonly CustomerSummary[] {
  const words = folded(query.text).split(/\s+/).filter(Boolean);
  return customers.filter((customer) => {
    if (query.onlyTroubled && (customer.status === 'up' || customer.status === 'waiting')) return false;
    if (words.length === 0) return true;
    const places = customer.sites.map((site) => `${site.name} ${site.city} ${site.state}`);
    const text = folded([customer.name, customer.key, customer.plan, ...places].join(' '));
    return words.every((word) => text.includes(word));
  });
}

/** Incidents that are not over, most urgent first; with `site` (the wall's id) only that site's. */
export function openIncidentsOf(
  incidents: Iterable<IncidentRow>,
  about: { readonly customer: string; readonly site?: string },
): readonly IncidentRow[] {
  return [...incidents]
    .filter(
      (row) =>
        phaseOf(row) !== 'over' &&
        customerOf(row) === about.customer &&
        (about.site === undefined || siteOf(row) === about.site),
    )
    .sort(compareIncidents);
}

function customerOf(row: IncidentRow): string | undefined {
  return row.customer ?? undefined;
}

/** `aurora/matriz` -> `matriz`. */
export function siteKeyOf(id: string): string {
  return id.slice(id.indexOf('/') + 1);
}
