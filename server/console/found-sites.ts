// The sites a person asked for, kept in order from one delta to the next: of five thousand rows a few dozen move, and only these
// are filtered, keyed and put in their places again. Beside select.ts, which knows the order. Must always give what
// `selectSites` would give.
import type { SiteRow } from '../../shared/api/wall.ts';
import { compareSites, keepSiteTexts, type SiteQuery, selectSites } from './select.ts';
import { type Sites, siteMoves } from './site-moves.ts';

export interface SiteFinder {
  find(sites: Sites, query: SiteQuery): readonly SiteRow[];
}

interface Found {
  readonly sites: Sites;
  readonly query: SiteQuery;
  readonly rows: readonly SiteRow[];
}

/** Above this share of moved rows, sorting all of them anew is quicker. */
const movedShareMax = 0.1;

export function createSiteFinder(): SiteFinder {
  let last: Found | undefined;
  return {
    find: (sites, query) => {
      if (last === undefined || last.query !== query || last.sites !== sites) {
        const rows = last?.query === query ? moved(last, sites) : undefined;
        last = { sites, query, rows: rows ?? selectSites(sites.values(), query) };
      }
      return last.rows;
    },
  };
}

/** Undefined: too much of it moved. */
function moved({ sites: before, query, rows }: Found, sites: Sites): readonly SiteRow[] | undefined {
  const { changed, touched } = siteMoves(before, sites);
  if (touched.size > before.size * movedShareMax) return undefined;
  for (const row of changed) keepSiteTexts(before.get(row.id), row);
  const stayed = rows.filter(({ id }) => !touched.has(id));
  return inserted(stayed, selectSites(changed, query), query);
}

/** Both in order. */
function inserted(
  stayed: readonly SiteRow[],
  fresh: readonly SiteRow[],
  query: SiteQuery,
): readonly SiteRow[] {
  const rows: SiteRow[] = [];
  let from = 0;
  for (const row of fresh) {
    const to = placeOf(row, { rows: stayed, from, query });
    for (; from < to; from += 1) {
      const each = stayed[from];
      if (each !== undefined) rows.push(each);
    }
    rows.push(row);
  }
  return rows.concat(stayed.slice(from));
}

/** The first place at or behind `from` whose row stands behind this one. */
function placeOf(
  row: SiteRow,
  among: { readonly rows: readonly SiteRow[]; readonly from: number; readonly query: SiteQuery },
): number {
  let [low, high] = [among.from, among.rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = among.rows[middle];
    if (other !== undefined && compareSites(other, row, among.query.order) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
