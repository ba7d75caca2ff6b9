// What the wall says about its rows: counts, order, groups, filter. Pure functions from the store's view.
// The order is the NOC's: what burns and nobody has taken stands first. Must never hide a row by ordering it.
import type { IncidentRow } from '../../shared/api/incidents.ts';
import type { SiteRow, WallTicket } from '../../shared/api/wall.ts';
import { priorities, severities } from '../../shared/words.ts';
import { linkTotals } from './site-moves.ts';
import { slaOrderAt, slaUrgency } from './sla.ts';
import type { WallView } from './store.ts';

export interface WallCounts {
  /** Critical incidents that are open or acknowledged. */
  readonly criticals: number;
  /** Sites without any way out: an open `site-offline`, or every link down. */
  readonly sitesDown: number;
  readonly linksDegraded: number;
  readonly linksDown: number;
  readonly sites: number;
  readonly links: number;
}

/** The phases of an incident on the wall, most urgent first. */
export const incidentPhases = ['burning', 'recovering', 'over'] as const;
export type IncidentPhase = (typeof incidentPhases)[number];

export function phaseOf(row: IncidentRow): IncidentPhase {
  if (row.state === 'resolved' || row.state === 'closed') return 'over';
  return row.recoveredAt === null ? 'burning' : 'recovering';
}

/** The wall's id of the site an incident is about; undefined for incidents of no single site. */
export function siteOf(row: IncidentRow): string | undefined {
  if (row.site === null) return undefined;
  return row.site.includes('/') || row.customer === null ? row.site : `${row.customer}/${row.site}`;
}

export function countWall(view: WallView): WallCounts {
  const offline = new Set<string>();
  let criticals = 0;
  for (const row of view.incidents.values()) {
    const phase = phaseOf(row);
    if (phase === 'over') continue;
    if (row.priority === 'critical') criticals += 1;
    const site = siteOf(row);
    if (row.kind === 'site-offline' && phase === 'burning' && site !== undefined) offline.add(site);
  }
  const { links, degraded, down, cut } = linkTotals(view.sites);
  for (const id of cut) offline.add(id);
  return steady({
    ...{ criticals, sitesDown: offline.size, linksDegraded: degraded, linksDown: down },
    ...{ sites: view.sites.size, links },
  });
}

let lastCounts: WallCounts | undefined;

/** The same object for the same counts: most deltas move none of them, and then nothing that shows them is drawn again. */
function steady(counts: WallCounts): WallCounts {
  if (lastCounts === undefined || JSON.stringify(lastCounts) !== JSON.stringify(counts)) lastCounts = counts;
  return lastCounts;
}

/**
 * Burning, then recovering, then over. While it lasts: what is due and nobody has taken (criticals, then the overdue), then
 * taken criticals, then what runs out soonest, then what stands still, then what is taken; inside of that by priority,
 * severity, the earlier deadline. What is over: the newest first.
 */
export function compareIncidents(a: IncidentRow, b: IncidentRow): number {
  const [left, right] = [orderOf(a), orderOf(b)];
  return (
    left.phase - right.phase ||
    (left.over ? right.detectedAt - left.detectedAt : compareUrgency(left, right)) ||
    compareText(a.id, b.id)
  );
}

interface IncidentOrder {
  readonly phase: number;
  readonly over: boolean;
  readonly urgency: number;
  readonly priority: number;
  readonly severity: number;
  readonly dueAt: number;
  readonly detectedAt: number;
}

// Rows are immutable: what they are sorted by is read once, or a mass outage would parse its dates at every delta.
const incidentOrders = new WeakMap<IncidentRow, IncidentOrder>();

function orderOf(row: IncidentRow): IncidentOrder {
  const known = incidentOrders.get(row);
  if (known !== undefined) return known;
  const phase = phaseOf(row);
  const order = {
    phase: incidentPhases.indexOf(phase),
    over: phase === 'over',
    urgency: slaUrgency(row),
    priority: priorities.indexOf(row.priority),
    severity: severities.indexOf(row.severity),
    dueAt: slaOrderAt(row.sla),
    detectedAt: Date.parse(row.detectedAt),
  };
  incidentOrders.set(row, order);
  return order;
}

function compareUrgency(a: IncidentOrder, b: IncidentOrder): number {
  // Running clocks: whichever runs out first, whatever its class.
  const running = a.urgency === 3 ? a.dueAt - b.dueAt : 0;
  return (
    a.urgency - b.urgency ||
    running ||
    a.priority - b.priority ||
    a.severity - b.severity ||
    a.dueAt - b.dueAt
  );
}

/** What the ticket's way to the desk asks of a person, worst first; undefined while all is delivered. */
export function ticketTrouble(
  row: IncidentRow,
  ticket: WallTicket | undefined,
): 'held' | 'refused' | 'waiting' | undefined {
  if (row.ticket?.state === 'refused') return 'refused';
  if (ticket !== undefined && ticket.delivery !== 'delivered') return ticket.delivery;
  return row.ticket?.state === 'pending' ? 'waiting' : undefined;
}

/** A person closed it at the desk while the outage lasts: two truths that somebody must reconcile. */
export function closedTooEarly(row: IncidentRow): boolean {
  return row.ticket !== null && row.ticket.closedAtDesk !== null && phaseOf(row) === 'burning';
}

export const ticketFilters = ['all', 'open', 'waiting', 'held', 'refused', 'closed'] as const;
export type TicketFilter = (typeof ticketFilters)[number];

export function selectTickets(tickets: readonly WallTicket[], filter: TicketFilter): readonly WallTicket[] {
  if (filter === 'all') return tickets;
  if (filter === 'open' || filter === 'closed') return tickets.filter(({ state }) => state === filter);
  return tickets.filter(({ delivery }) => delivery === filter);
}

export interface IncidentGroup {
  readonly row: IncidentRow;
  /** Incidents that this one explains, e.g. the customers of a provider's outage. Ordered. */
  readonly children: readonly IncidentRow[];
}

/** Children stand under their parent while both are in the same phase class; an orphan stands by itself. */
export function groupIncidents(rows: Iterable<IncidentRow>): readonly IncidentGroup[] {
  const sorted = [...rows].sort(compareIncidents);
  const byId = new Map(sorted.map((row) => [row.id, row]));
  const children = new Map<string, IncidentRow[]>();
  const roots: IncidentRow[] = [];
  for (const row of sorted) {
    const parent = row.parent === null ? undefined : byId.get(row.parent);
    // A child that still burns under a finished parent must not sink with it, and a parent's parent does not nest.
    const stays = parent !== undefined && parent.parent === null && isOver(parent) === isOver(row);
    if (!stays) {
      roots.push(row);
      continue;
    }
    const siblings = children.get(parent.id);
    if (siblings === undefined) children.set(parent.id, [row]);
    else siblings.push(row);
  }
  return roots.map((row) => keptGroup(row, children.get(row.id) ?? noChildren));
}

const noChildren: readonly IncidentRow[] = [];

// A group of the same rows is the same group, so that only those with news are drawn again.
const groupsMade = new WeakMap<IncidentRow, IncidentGroup>();

function keptGroup(row: IncidentRow, children: readonly IncidentRow[]): IncidentGroup {
  const known = groupsMade.get(row);
  const same =
    known?.children.length === children.length && children.every((each, at) => each === known.children[at]);
  if (known !== undefined && same) return known;
  const group = { row, children };
  groupsMade.set(row, group);
  return group;
}

function isOver(row: IncidentRow): boolean {
  return phaseOf(row) === 'over';
}

/** Critical incidents that burn now and did not before: what a screen reader must be told. */
export function newCriticals(before: WallView | undefined, now: WallView): readonly IncidentRow[] {
  if (before === undefined) return [];
  return [...now.incidents.values()].filter((row) => {
    const known = before.incidents.get(row.id);
    if (known === row || row.priority !== 'critical' || phaseOf(row) !== 'burning') return false;
    return known === undefined || phaseOf(known) !== 'burning';
  });
}

/** The incident to open from a site's row: its most urgent one that is not over. */
export function incidentsBySite(rows: Iterable<IncidentRow>): ReadonlyMap<string, IncidentRow> {
  const bySite = new Map<string, IncidentRow>();
  for (const row of [...rows].sort(compareIncidents)) {
    const site = siteOf(row);
    if (site !== undefined && !isOver(row) && !bySite.has(site)) bySite.set(site, row);
  }
  return bySite;
}

export const siteOrders = ['urgency', 'customer'] as const;
export type SiteOrder = (typeof siteOrders)[number];

const siteUrgency: Readonly<Record<SiteRow['status'], number>> = {
  down: 0,
  degraded: 1,
  unknown: 2,
  waiting: 3,
  up: 4,
};

export interface SiteQuery {
  readonly text: string;
  readonly order: SiteOrder;
  readonly onlyTroubled: boolean;
}

/** Filters by customer, site, city, state and provider (every word must occur), then orders. */
export function selectSites(sites: Iterable<SiteRow>, query: SiteQuery): readonly SiteRow[] {
  const words = folded(query.text).split(/\s+/).filter(Boolean);
  const wanted = [...sites].filter((site) => {
    if (query.onlyTroubled && (site.status === 'up' || site.status === 'waiting')) return false;
    if (words.length === 0) return true;
    const text = searchText(site);
    return words.every((word) => text.includes(word));
  });
  return wanted.sort((a, b) => compareSites(a, b, query.order));
}

/** No two rows are equal: the last that counts is the id. */
export function compareSites(a: SiteRow, b: SiteRow, order: SiteOrder): number {
  return (order === 'urgency' ? siteUrgency[a.status] - siteUrgency[b.status] : 0) || compareNames(a, b);
}

/** A newer row of the same name has the same key: making one costs more than finding its place. */
export function keepSiteTexts(before: SiteRow | undefined, now: SiteRow): void {
  if (before?.name !== now.name || before.customerName !== now.customerName || before.id !== now.id) return;
  const key = nameKeys.get(before);
  if (key !== undefined) nameKeys.set(now, key);
}

const nameKeys = new WeakMap<SiteRow, string>();

/**
 * By customer, then site, as a person reads: without accents, 2 before 10. Plain texts, made once for each row: a collator
 * asked sixty thousand times for each delta of five thousand sites would hold up the drawing.
 */
function compareNames(a: SiteRow, b: SiteRow): number {
  const [left, right] = [nameKey(a), nameKey(b)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function nameKey(site: SiteRow): string {
  const known = nameKeys.get(site);
  if (known !== undefined) return known;
  const key = folded(`${site.customerName}\t${site.name}\t${site.id}`).replace(/\d+/g, (digits) =>
    digits.padStart(8, '0'),
  );
  nameKeys.set(site, key);
  return key;
}

// Rows are immutable, so a row's search text is made once and goes away with the row.
const searchTexts = new WeakMap<SiteRow, string>();

function searchText(site: SiteRow): string {
  const known = searchTexts.get(site);
  if (known !== undefined) return known;
  const providers = site.links.map((link) => link.providerName);
  const text = folded([site.customerName, site.name, site.city, site.state, ...providers].join(' '));
  searchTexts.set(site, text);
  return text;
}

/** Lower case without accents: "sao paulo" finds "São Paulo". */
export function folded(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();
}

const collator = new Intl.Collator('pt-BR', { numeric: true });

function compareText(a: string, b: string): number {
  return collator.compare(a, b);
}
