// The map of Brazil: its outlines as the build shortens them, where its letters stand, how one walks it by keyboard, and where
// a provider's outage stands on it.
import map from '@svg-maps/brazil';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  directions,
  height,
  hitHeight,
  hitWidth,
  neighbourOf,
  outlineOf,
  placeOf,
  width,
} from '../../../../../../server/console/pages/providers/brazil.ts';
import {
  aboutOf,
  mapPlaceOf,
  placeOutages,
} from '../../../../../../server/console/pages/providers/regional.ts';
import { groupIncidents } from '../../../../../../server/console/select.ts';
import { shorterOutlines, shortPath } from '../../../../../../server/console/short-path.ts';
import { type BrazilianState, brazilianStates } from '../../../../../../shared/states.ts';
import { incidentRow, siteRow } from '../../../../../browser/wall-rows.ts';

type Point = readonly [number, number];

/** The corners of each closed line of a path of relative steps. */
function ringsOf(path: string): readonly (readonly Point[])[] {
  let [x, y] = [0, 0];
  return path
    .split('z')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const ring = [...part.matchAll(/(-?[\d.]+(?:e-?\d+)?),(-?[\d.]+(?:e-?\d+)?)/g)].map(([, dx, dy]) => {
        [x, y] = [x + Number(dx), y + Number(dy)];
        return [x, y] as const;
      });
      [x, y] = ring[0] ?? [0, 0];
      return ring;
    });
}

/** Even-odd: a lake is outside. */
function isIn(path: string, [x, y]: Point): boolean {
  let crossings = 0;
  for (const ring of ringsOf(path)) {
    for (const [index, [x1, y1]] of ring.entries()) {
      const [x2, y2] = ring[(index + 1) % ring.length] ?? [0, 0];
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) crossings += 1;
    }
  }
  return crossings % 2 === 1;
}

const stateAt = (point: Point): readonly BrazilianState[] =>
  brazilianStates.filter((state) => isIn(outlineOf[state] ?? '', point));

describe('the map', () => {
  test('has an outline of each of the 27 states', () => {
    expect(brazilianStates.filter((state) => !outlineOf[state]?.startsWith('m'))).toEqual([]);
  });

  test.each([...brazilianStates])('the letters of %s stand in it, or its line leads there', (state) => {
    const { x, y, coast } = placeOf[state];
    expect(stateAt(coast ?? [x, y])).toEqual([state]);
    // Letters that stand at sea stand on no state.
    if (coast !== undefined) expect(stateAt([x, y])).toEqual([]);
  });

  test('what a finger can hit lies inside the drawing, apart from each other; at sea also from the coast', () => {
    const boxes = brazilianStates.map((state) => ({ state, ...placeOf[state] }));
    for (const { state, x, y, coast } of boxes) {
      expect([x - hitWidth / 2, y - hitHeight / 2].every((each) => each >= 0)).toBe(true);
      expect(x + hitWidth / 2 <= width && y + hitHeight / 2 <= height).toBe(true);
      const near = boxes.filter(
        (other) =>
          other.state !== state && Math.abs(other.x - x) < hitWidth && Math.abs(other.y - y) < hitHeight,
      );
      expect(near, state).toEqual([]);
      if (coast === undefined) continue;
      const corners: readonly Point[] = [-1, 1].flatMap((east) =>
        [-1, 1].map((south): Point => [x + (east * hitWidth) / 2, y + (south * hitHeight) / 2]),
      );
      expect(corners.flatMap(stateAt), state).toEqual([]);
    }
  });

  test('by arrows one gets from each state to each other, whichever of them have links', () => {
    const reached = (from: BrazilianState, among: readonly BrazilianState[]): number => {
      const seen = new Set([from]);
      for (const state of seen) {
        for (const direction of directions) {
          const next = neighbourOf(state, direction, among);
          if (next !== undefined) seen.add(next);
        }
      }
      return seen.size;
    };
    for (const state of brazilianStates) expect(reached(state, brazilianStates), state).toBe(27);
    expect(neighbourOf('AC', 'left', brazilianStates)).toBeUndefined();
    expect(neighbourOf('PB', 'up', brazilianStates)).toBe('RN');
    expect(neighbourOf('RS', 'up', ['RS', 'AM'])).toBe('AM');
  });
});

describe('outlines as they are bundled', () => {
  const { locations } = z
    .object({ locations: z.array(z.object({ id: z.string(), path: z.string() })) })
    .parse(map);

  test('each corner is where it was, to half a tenth, and no line is lost', () => {
    for (const { id, path } of locations) {
      const [before, after] = [ringsOf(path), ringsOf(shortPath(path))];
      expect(after.length, id).toBe(before.length);
      for (const [index, ring] of before.entries()) {
        const short = after[index] ?? [];
        const far = ring.filter(([x, y]) =>
          short.every(([a, b]) => Math.abs(a - x) > 0.0501 || Math.abs(b - y) > 0.0501),
        );
        expect(far, id).toEqual([]);
      }
    }
  });

  test('they are three quarters as long at most, and in the package’s own module', () => {
    const { transform } = shorterOutlines();
    const source = `export default ${JSON.stringify({ locations })}`;
    const short = transform(source, '/x/node_modules/@svg-maps/brazil/index.js') ?? source;
    expect(short.length).toBeLessThan(source.length * 0.75);
    expect(transform(source, '/x/pages/providers/brazil.ts')).toBeUndefined();
  });

  test('a drawing with curves is refused, not bent', () => {
    expect(() => shortPath('m 1,2 c 1,1 2,2 3,3 z')).toThrow('a path of m and z only');
  });
});

describe('a provider’s outage on the map', () => {
  test('stands where the sites are whose incidents it explains; sites nobody knows name no place', () => {
    const now = Date.parse('2026-03-02T12:00:00.000Z');
    const outage = incidentRow(now, { id: 'o', kind: 'provider-outage', customer: null, site: null });
    const child = (id: string, site: string) => incidentRow(now, { id, parent: 'o', customer: 'a', site });
    const groups = groupIncidents([
      outage,
      child('1', 'x'),
      child('2', 'y'),
      child('3', 'z'),
      child('4', 'w'),
    ]);
    const sites = [
      siteRow({ id: 'a/x', state: 'PR', city: 'Londrina' }),
      siteRow({ id: 'a/y', state: 'PR', city: 'Londrina' }),
      siteRow({ id: 'a/w', state: 'SC', city: 'Joinville' }),
    ];
    const [placed] = placeOutages(groups, new Map(sites.map((site) => [site.id, site])));
    expect([...(placed?.towns ?? [])]).toEqual([
      ['PR', ['Londrina']],
      ['SC', ['Joinville']],
    ]);
    expect(placeOutages(groupIncidents([outage]), new Map())[0]?.towns.size).toBe(0);
  });

  test.each([
    ['', '', undefined],
    ['vivo', 'vivo', undefined],
    ['vivo/PR', 'vivo', 'PR'],
    ['/PR', '', 'PR'],
    ['vivo/XX', 'vivo/XX', undefined],
  ] as const)('the address %j is provider %j and state %j, and back', (about, provider, state) => {
    expect(mapPlaceOf(about)).toEqual({ provider, state });
    expect(aboutOf({ provider, state })).toBe(about);
  });
});
