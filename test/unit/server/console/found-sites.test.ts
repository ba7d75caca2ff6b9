// What is kept from one delta to the next is what it would be if all rows were taken anew.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSiteFinder } from '../../../../server/console/found-sites.ts';
import { type SiteQuery, selectSites } from '../../../../server/console/select.ts';
import { linkTotals, type Sites } from '../../../../server/console/site-moves.ts';
import type { SiteRow } from '../../../../shared/api/wall.ts';
import { linkRow, siteRow } from '../../../browser/wall-rows.ts';

const statuses = ['up', 'degraded', 'down', 'unknown', 'waiting'] as const;
const linkStatuses = ['up', 'degraded', 'down', 'unknown'] as const;

/** A row, or undefined for one that leaves the wall. */
const move = fc.record({
  place: fc.nat({ max: 59 }),
  row: fc.option(
    fc.record({
      status: fc.constantFrom(...statuses),
      name: fc.constantFrom('Loja 2', 'Loja 10', 'Ótica', 'matriz'),
      links: fc.array(fc.constantFrom(...linkStatuses), { maxLength: 3 }),
    }),
    { freq: 5, nil: undefined },
  ),
});

const queries = fc.constantFrom<SiteQuery>(
  { text: '', order: 'urgency', onlyTroubled: false },
  { text: '', order: 'customer', onlyTroubled: false },
  { text: 'otica', order: 'urgency', onlyTroubled: false },
  { text: '', order: 'urgency', onlyTroubled: true },
);

function rowAt(place: number, more: Partial<SiteRow> = {}): SiteRow {
  return siteRow({ id: `c${place % 7}/s${place}`, customerName: `Cliente ${place % 7}`, ...more });
}

function moved(before: Sites, moves: readonly { place: number; row: Partial<SiteRow> | undefined }[]): Sites {
  const next = new Map(before);
  for (const { place, row } of moves) {
    const { id } = rowAt(place);
    if (row === undefined) next.delete(id);
    else next.set(id, rowAt(place, row));
  }
  return next;
}

const start: Sites = new Map(Array.from({ length: 50 }, (_, at) => [rowAt(at).id, rowAt(at)]));

describe('rows that are kept in order', () => {
  test('whatever moves, list and counts are those of all rows taken anew', () => {
    fc.assert(
      fc.property(fc.array(fc.array(move, { maxLength: 6 }), { maxLength: 8 }), queries, (deltas, query) => {
        const finder = createSiteFinder();
        let sites = start;
        for (const delta of [[], ...deltas]) {
          sites = moved(
            sites,
            delta.map(({ place, row }) => ({
              place,
              row: row && { ...row, links: row.links.map((status) => linkRow({ status })) },
            })),
          );
          expect(finder.find(sites, query)).toEqual(selectSites(sites.values(), query));
          const rows = [...sites.values()];
          const links = rows.flatMap((row) => row.links);
          expect(linkTotals(sites)).toEqual({
            links: links.length,
            degraded: links.filter(({ status }) => status === 'degraded').length,
            down: links.filter(({ status }) => status === 'down').length,
            cut: new Set(rows.filter(isCut).map(({ id }) => id)),
          });
        }
      }),
    );
  });

  test('the same sites and question give the same list, and another question another one', () => {
    const finder = createSiteFinder();
    const query: SiteQuery = { text: '', order: 'urgency', onlyTroubled: false };
    const found = finder.find(start, query);
    expect(finder.find(start, query)).toBe(found);
    expect(finder.find(start, { ...query, text: 'nenhuma assim' })).toEqual([]);
    expect(finder.find(start, query)).toEqual(found);
  });
});

function isCut({ links }: SiteRow): boolean {
  return links.length > 0 && links.every(({ status }) => status === 'down');
}
