// Faults that meet to the second, which no drawn week is sure to bring: what was missed once stays found.
import { describe, expect, test } from 'vitest';
import { hour, minute, second } from '../../shared/time.ts';
import type { Fault } from './faults.ts';
import { runSeed } from './run.ts';
import type { World } from './world.ts';

/** Each of them missed the site before that was mended. */
const seeds = [1, 2, 3, 4];
/** The same; here over several providers, with addresses that answered. */
const blackoutSeeds = [1, 2, 4, 5];

/** The first `count` sites lose their power at the same time, routers included. */
function powerCuts(world: World, count: number, span: { readonly at: number; readonly until: number }) {
  return world.sites.slice(0, count).map(
    (site, index): Fault => ({
      ...{ ...span, id: 10 + index, kind: 'site.power', site: site.id, routerMs: 0 },
      bootMs: Object.fromEntries(site.hosts.map(({ key }) => [key, 30 * second])),
    }),
  );
}

describe('sim: faults that meet', () => {
  test.for(seeds)(
    'a site that went dark while Vigia was blind, and Vigia restarted: one ticket (seed %i)',
    (seed) => {
      const result = runSeed({
        ...{ seed, days: 0.5, sites: 3 },
        faults: (world) => [
          { id: 1, kind: 'noc.cut', at: 30 * minute, until: 45 * minute },
          ...powerCuts(world, 1, { at: 34 * minute, until: 5 * hour }),
          { id: 3, kind: 'server.crash', point: 'now', at: 44 * minute, until: 46 * minute },
        ],
      });
      expect(result.failures).toEqual([]);
      expect(result.tickets).toBe(1);
    },
  );

  test.for(blackoutSeeds)(
    'five of eight customers lose power together: one ticket each (seed %i)',
    (seed) => {
      const result = runSeed({
        ...{ seed, days: 0.3, sites: 8 },
        faults: (world) => powerCuts(world, 5, { at: 40 * minute, until: 5 * hour }),
      });
      expect(result.failures).toEqual([]);
      expect(result.tickets).toBe(5);
    },
  );
});
