// What the providers page counts from the wall's rows, and the map's drawing.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columns, rows, tiles } from '../../../../../../server/console/pages/providers/brazil.ts';
import { availabilityText } from '../../../../../../server/console/pages/providers/figures.ts';
import {
  lossLevelOf,
  tallyProviders,
  tallyStates,
} from '../../../../../../server/console/pages/providers/losses.ts';
import { brazilianStates } from '../../../../../../shared/states.ts';
import { linkStatuses } from '../../../../../../shared/words.ts';
import { backupRow, linkRow, siteRow } from '../../../../../browser/wall-rows.ts';

const site = fc
  .record({
    state: fc.constantFrom('SP', 'RJ', 'BA', ''),
    city: fc.constantFrom('Santos', 'Campinas', ''),
    first: fc.constantFrom(...linkStatuses),
    second: fc.constantFrom(...linkStatuses),
  })
  .map(({ state, city, first, second }) =>
    siteRow({ state, city, links: [linkRow({ status: first }), backupRow({ status: second })] }),
  );

describe('losses', () => {
  test('whatever the fleet, states and providers account for each link exactly once', () => {
    fc.assert(
      fc.property(fc.array(site, { maxLength: 30 }), (sites) => {
        const links = sites.flatMap((each) => each.links);
        const down = links.filter(({ status }) => status === 'down').length;
        for (const tallies of [tallyStates(sites, ''), tallyProviders(sites)]) {
          expect(tallies.reduce((sum, each) => sum + each.links, 0)).toBe(links.length);
          expect(tallies.reduce((sum, each) => sum + each.down, 0)).toBe(down);
        }
        const towns = tallyStates(sites, '').flatMap(({ failingCities }) => failingCities);
        expect(towns.reduce((sum, each) => sum + each.down, 0)).toBe(down);
      }),
    );
  });

  test('a link nobody can judge is counted as neither down nor well, but as unknown', () => {
    const [tally] = tallyStates([siteRow({ links: [linkRow({ status: 'unknown' })] })], '');
    expect(tally).toMatchObject({ links: 1, down: 0, degraded: 0, unknown: 1 });
  });

  test('who fails most stands first; where nothing fails no town is named', () => {
    const sites = [
      siteRow({ state: 'SP', city: 'Santos' }),
      siteRow({ state: 'BA', city: 'Ilhéus', links: [backupRow({ status: 'down' })] }),
    ];
    expect(tallyProviders(sites).map(({ provider, down }) => [provider, down])).toEqual([
      ['claro', 1],
      ['vivo', 0],
    ]);
    expect(tallyStates(sites, '').map(({ state }) => state)).toEqual(['BA', 'SP']);
    expect(tallyStates(sites, 'vivo')).toMatchObject([{ state: 'SP', links: 1, failingCities: [] }]);
    expect(tallyStates(sites, 'nobody')).toEqual([]);
  });

  test.each([
    [{ links: 0, down: 0 }, 'none'],
    [{ links: 5, down: 0 }, 'well'],
    [{ links: 6, down: 1 }, 'some'],
    [{ links: 5, down: 1 }, 'many'],
  ] as const)('%o is drawn as %s', (tally, level) => {
    expect(lossLevelOf({ degraded: 0, unknown: 0, ...tally })).toBe(level);
  });
});

describe('the map', () => {
  test('has each of the 27 states once, each in a place of its own, inside the drawing', () => {
    expect(tiles.map(({ state }) => state).sort()).toEqual([...brazilianStates]);
    expect(new Set(tiles.map(({ column, row }) => `${column} ${row}`)).size).toBe(27);
    expect(tiles.every(({ column, row }) => column < columns && row < rows)).toBe(true);
  });
});

test('availability is never rounded up to all of the time', () => {
  expect(availabilityText(0.9999999, 'pt-BR')).toBe('99,999%');
  expect(availabilityText(1, 'pt-BR')).toBe('100,000%');
});
