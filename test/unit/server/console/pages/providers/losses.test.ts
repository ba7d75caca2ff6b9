// What the providers page counts from the wall's rows.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { availabilityText } from '../../../../../../server/console/pages/providers/figures.ts';
import {
  failuresIn,
  lossLevelOf,
  tallyProviders,
  tallyStates,
} from '../../../../../../server/console/pages/providers/losses.ts';
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

  test('who fails in a state is told with its sites, its towns and the oldest loss', () => {
    const dead = (since: string | null) => ({ status: 'down' as const, since });
    const sites = [
      siteRow({
        ...{ id: 'a/1', state: 'PR', city: 'Curitiba' },
        links: [linkRow(dead('2026-03-02T12:05:00.000Z')), linkRow({ key: 'b', ...dead(null) })],
      }),
      siteRow({
        ...{ id: 'a/2', state: 'PR', city: 'Londrina' },
        links: [linkRow(dead('2026-03-02T12:00:00.000Z')), backupRow({ status: 'degraded' })],
      }),
      siteRow({ id: 'a/3', state: 'SP', links: [linkRow(dead(null))] }),
    ];
    const [vivo, ...others] = failuresIn(sites, 'PR', '');
    expect(others).toEqual([]);
    expect(vivo).toMatchObject({ provider: 'vivo', down: 3, sites: 2, since: '2026-03-02T12:00:00.000Z' });
    expect(vivo?.cities.map(({ city, down }) => [city, down])).toEqual([
      ['Curitiba', 2],
      ['Londrina', 1],
    ]);
    expect(failuresIn(sites, 'PR', 'claro')).toEqual([]);
    expect(failuresIn(sites, 'SP', 'vivo')).toMatchObject([{ down: 1, since: null }]);
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

test('availability is never rounded up to all of the time', () => {
  expect(availabilityText(0.9999999, 'pt-BR')).toBe('99,999%');
  expect(availabilityText(1, 'pt-BR')).toBe('100,000%');
});
