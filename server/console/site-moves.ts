// What moved between one wall and the next, and the counts that follow from it: of five thousand rows a few dozen are new, and
// only those are counted again. Pure but for what it remembers of the last answer. Must always give what counting all would.
import type { SiteRow } from '../../shared/api/wall.ts';

export type Sites = ReadonlyMap<string, SiteRow>;

export interface SiteMoves {
  readonly before: Sites;
  readonly after: Sites;
  /** New rows and newer ones. */
  readonly changed: readonly SiteRow[];
  /** The ids of those and of the rows that are gone. */
  readonly touched: ReadonlySet<string>;
}

let lastMoves: SiteMoves | undefined;

/** Both the counts and the list ask for the same two walls. */
export function siteMoves(before: Sites, after: Sites): SiteMoves {
  if (lastMoves?.before === before && lastMoves.after === after) return lastMoves;
  const changed: SiteRow[] = [];
  const touched = new Set<string>();
  let known = 0;
  for (const [id, row] of after) {
    const old = before.get(id);
    if (old !== undefined) known += 1;
    if (old === row) continue;
    changed.push(row);
    touched.add(id);
  }
  if (known < before.size) for (const id of before.keys()) if (!after.has(id)) touched.add(id);
  lastMoves = { before, after, changed, touched };
  return lastMoves;
}

export interface LinkTotals {
  readonly links: number;
  readonly degraded: number;
  readonly down: number;
  /** Sites with every link down. */
  readonly cut: ReadonlySet<string>;
}

let lastTotals: { readonly sites: Sites; readonly totals: LinkTotals } | undefined;

export function linkTotals(sites: Sites): LinkTotals {
  if (lastTotals?.sites === sites) return lastTotals.totals;
  const totals = { links: 0, degraded: 0, down: 0, cut: new Set<string>() };
  if (lastTotals === undefined) for (const site of sites.values()) count(totals, site, 1);
  else {
    const { touched } = siteMoves(lastTotals.sites, sites);
    Object.assign(totals, lastTotals.totals, { cut: new Set(lastTotals.totals.cut) });
    for (const id of touched) {
      const [old, now] = [lastTotals.sites.get(id), sites.get(id)];
      if (old !== undefined) count(totals, old, -1);
      if (now !== undefined) count(totals, now, 1);
    }
  }
  lastTotals = { sites, totals };
  return totals;
}

interface Totals {
  links: number;
  degraded: number;
  down: number;
  readonly cut: Set<string>;
}

/** `times` -1 takes a row back. */
function count(totals: Totals, { id, links }: SiteRow, times: 1 | -1): void {
  let down = 0;
  for (const { status } of links) {
    if (status === 'down') down += 1;
    else if (status === 'degraded') totals.degraded += times;
  }
  totals.links += times * links.length;
  totals.down += times * down;
  if (down === 0 || down < links.length) return;
  if (times === 1) totals.cut.add(id);
  else totals.cut.delete(id);
}
