// A provider's outage against chance: years of independent outages open no parent, a real one opens exactly one,
// whatever the order in which its customers tell it; and every customer keeps exactly one ticket.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stateFromData, stateToData } from '../../../../../server/core/snapshot.ts';
import { limits } from '../../../../../shared/limits.ts';
import { type Random, seededRandom } from '../../../../../shared/random.ts';
import { day, type Instant, instant, minute, plus, second } from '../../../../../shared/time.ts';
import { createFleet, type Fleet, fleetStart } from './provider-fleet.ts';

const parentsOf = (fleet: Fleet) => fleet.opened.filter((each) => each.kind === 'provider-outage');
const opensOf = (fleet: Fleet) => fleet.tickets.filter((each) => each.kind === 'ticket.open');

interface Event {
  readonly at: Instant;
  readonly shop: number;
  readonly status: 'up' | 'down';
  readonly since: Instant;
}

function play(fleet: Fleet, events: readonly Event[]): void {
  const ordered = [...events].sort((a, b) => a.at - b.at || a.shop - b.shop);
  for (const { shop, status, since, at } of ordered) fleet.link(shop, status, since, at);
}

/** Each link fails by itself, half a time a month, for 20 s to 4 hours. */
function independentYear(links: number, random: Random): Event[] {
  const events: Event[] = [];
  for (let shop = 0; shop < links; shop += 1) {
    let at = 0;
    for (;;) {
      at += -Math.log(1 - random.next()) * 60 * day;
      if (at > 365 * day) break;
      const lastMs = 20 * second * 720 ** random.next();
      const down = plus(fleetStart, at);
      const up = plus(down, lastMs);
      events.push({ shop, status: 'down', since: down, at: plus(down, 6 * second) });
      events.push({ shop, status: 'up', since: up, at: plus(up, 8 * second) });
      at += lastMs + minute;
    }
  }
  return events;
}

describe('chance', () => {
  it.each([
    [{ towns: 50, shopsPerTown: 6 }, 1],
    [{ towns: 1, shopsPerTown: 300 }, 2],
  ])(
    'opens no parent in a year of 300 links that fail by themselves: %o',
    (plan, seed) => {
      const fleet = createFleet(plan);
      const events = independentYear(300, seededRandom(seed));
      expect(events.length).toBeGreaterThan(2_500);
      play(fleet, events);
      fleet.passUntil(plus(fleetStart, 366 * day));
      expect(parentsOf(fleet)).toEqual([]);
      expect(opensOf(fleet).length).toBe(fleet.opened.length);
      expect(fleet.opened.length).toBeGreaterThan(1_000);
    },
    60_000,
  );

  it('takes one customer for one customer, however many of its shops fail together', () => {
    const fleet = createFleet({ towns: 1, shopsPerTown: 8, shopsPerCustomer: 3 });
    for (const shop of [0, 1, 2]) {
      const since = plus(fleetStart, shop * second);
      fleet.link(shop, 'down', since, plus(since, 6 * second));
    }
    fleet.passUntil(plus(fleetStart, 5 * minute));
    expect(parentsOf(fleet)).toEqual([]);
    expect(opensOf(fleet)).toHaveLength(3);
  });
});

/** Who is hit, when each link failed and when its word came: any order, up to 15 s late. */
const hit = (shops: number, customersMin: number) =>
  fc.uniqueArray(
    fc.record({
      shop: fc.integer({ min: 0, max: shops - 1 }),
      failsMs: fc.integer({ min: 0, max: 8_000 }),
      lateMs: fc.integer({ min: 4_000, max: 15_000 }),
    }),
    { selector: (each) => each.shop, minLength: customersMin, maxLength: Math.min(shops, 12) },
  );

function outage(fleet: Fleet, hits: readonly { shop: number; failsMs: number; lateMs: number }[]): void {
  play(
    fleet,
    hits.map(({ shop, failsMs, lateMs }): Event => {
      const since = plus(fleetStart, failsMs);
      return { shop, status: 'down', since, at: plus(since, lateMs) };
    }),
  );
  fleet.passUntil(plus(fleetStart, 2 * minute));
}

describe('a real outage', () => {
  it.each([
    [{ towns: 3, shopsPerTown: 4 }, 4, 2],
    [{ towns: 1, shopsPerTown: 250 }, 250, 3],
  ])(
    'opens one parent and one ticket a customer, in any order: %o',
    (plan, shops, customersMin) => {
      fc.assert(
        fc.property(hit(shops, customersMin), (hits) => {
          const fleet = createFleet(plan);
          outage(fleet, hits);
          const [parent, ...more] = parentsOf(fleet);
          expect(more).toEqual([]);
          const children = fleet.opened.filter((each) => each.kind === 'link-down');
          expect(children).toHaveLength(hits.length);
          expect(opensOf(fleet)).toHaveLength(hits.length + 1);
          const state = fleet.state();
          for (const child of children) {
            expect(state.incidents.get(child.id)).toMatchObject({ parent: parent?.id, cause: 'provider' });
          }
          // The SLA clock of the outage starts with its first loss.
          const first = Math.min(...hits.map(({ failsMs }) => fleetStart + failsMs));
          expect(parent?.detectedAt).toBeGreaterThanOrEqual(first);
          expect(parent?.detectedAt).toBeLessThanOrEqual(first + 8_000);
        }),
        { numRuns: plan.towns === 1 ? 15 : 60 },
      );
    },
    60_000,
  );

  it('names the outage in every ticket: in its text, or in a note where it opened before', () => {
    fc.assert(
      fc.property(hit(4, 2), (hits) => {
        const fleet = createFleet({ towns: 3, shopsPerTown: 4 });
        outage(fleet, hits);
        const parent = parentsOf(fleet)[0];
        const told = (incident: string): string =>
          JSON.stringify(fleet.tickets.filter((each) => each.incident === incident));
        for (const child of fleet.opened.filter((each) => each.kind === 'link-down')) {
          expect(told(child.id)).toContain(`incidente ${parent?.id}`);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('ends when most of its customers are back, and its memory of losses with it', () => {
    const fleet = createFleet({ towns: 3, shopsPerTown: 4 });
    outage(
      fleet,
      [0, 1, 2].map((shop) => ({ shop, failsMs: shop * 1_000, lateMs: 6_000 })),
    );
    const parent = parentsOf(fleet)[0];
    const parentNow = () => (parent === undefined ? undefined : fleet.state().incidents.get(parent.id));
    const back = plus(fleetStart, 10 * minute);
    fleet.link(0, 'up', back, plus(back, 8 * second));
    expect(parentNow()?.recoveredAt).toBeUndefined();
    fleet.link(1, 'up', plus(back, second), plus(back, 9 * second));
    expect(parentNow()?.recoveredAt).toBe(plus(back, second));
    fleet.passUntil(plus(back, 20 * minute));
    expect(parentNow()).toBeUndefined();
    expect(fleet.state().providers.get('vivo')).toMatchObject({ outages: [] });
    const third = fleet.opened.find((each) => each.site === fleet.shops[2]?.id);
    const alone = fleet.tickets.filter((each) => each.incident === third?.id && each.kind === 'ticket.note');
    expect(alone.map((each) => each.key)).toHaveLength(1);
  });

  it('stays within its bounds when 1,500 customers fall, and every one is a child', () => {
    const fleet = createFleet({ towns: 3, shopsPerTown: 500 });
    const began = performance.now();
    play(
      fleet,
      fleet.shops.map((_site, shop): Event => {
        const since = plus(fleetStart, (shop * 7_919) % 6_000);
        return { shop, status: 'down', since, at: plus(since, 6 * second) };
      }),
    );
    fleet.passUntil(plus(fleetStart, 15 * minute));
    expect(parentsOf(fleet)).toHaveLength(1);
    const state = fleet.state();
    const children = [...state.incidents.values()].filter((each) => each.kind === 'link-down');
    expect(children).toHaveLength(1_500);
    expect(new Set(children.map((each) => each.parent)).size).toBe(1);
    const record = state.providers.get('vivo');
    expect(record?.losses.length).toBeLessThanOrEqual(limits.providerLossesMax);
    expect(record?.outages[0]?.children.length).toBe(limits.outageChildrenMax);
    expect(record?.outages[0]?.joined).toBe(1_500);
    expect(performance.now() - began).toBeLessThan(30_000);
    const restored = stateToData(stateFromData(JSON.parse(JSON.stringify(stateToData(state)))));
    expect(JSON.stringify(restored)).toBe(JSON.stringify(stateToData(state)));
  }, 60_000);
});

describe('old states', () => {
  it('a snapshot of a release without providers is taken', () => {
    const data = stateToData(createFleet({ towns: 1, shopsPerTown: 1 }).state());
    const { providers: _absent, ...older } = data;
    expect(stateFromData(older).providers.size).toBe(0);
    expect(instant(stateFromData(older).at)).toBe(data.at);
  });
});
