// The promise about links that a router chooses: a dead link is never called alive because of another one, a living one
// never dead or worse. Random worlds with failover, balancing and host-bound routers; the model knows by which link
// each probe really left.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StoredChange } from '../../../../../agent/core/record.ts';
import { defaultQuality, defaultTiming } from '../../../../../shared/wire/assignment.ts';
import { type RouterKind, RouterWorld, type WorldSetup } from '../router-world.ts';

const routers: readonly RouterKind[] = [
  'failover',
  'sticky-failover',
  'balancing',
  'noticing-balancing',
  'host-bound',
  'ignores-sources',
];

interface Turn {
  readonly afterMs: number;
  readonly link: number;
  readonly alive: boolean;
}

const setupArbitrary: fc.Arbitrary<WorldSetup> = fc
  .record({
    router: fc.constantFrom(...routers),
    named: fc.boolean(),
    hops: fc.constantFrom('distinct' as const, 'distinct' as const, 'shared' as const, 'mute' as const),
    deadBehindHop: fc.boolean(),
    salt: fc.nat(1_000),
    moveMs: fc.integer({ min: 500, max: 12_000 }),
  })
  // A router that ignores the source can be told only by first hops that are known to differ.
  .map((setup) =>
    setup.router === 'ignores-sources' ? { ...setup, named: true, hops: 'distinct' as const } : setup,
  );

const turnsArbitrary: fc.Arbitrary<Turn[]> = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.integer({ min: 500, max: 9_000 }), fc.integer({ min: 9_000, max: 240_000 })),
    link: fc.nat(1),
    alive: fc.boolean(),
  }),
  { minLength: 1, maxLength: 14 },
);

/** From a probe's sending to the word that rests on it. */
const roundMs = 2_000;
const heartbeatMs = 10_000;

/**
 * When the router moved and the other link died before a single round was seen to leave by it (without first hops: before
 * a beat stayed unanswered and a round came after it), nothing in the world tells this from the death of the link under
 * the session.
 */
function isUntellable(world: RouterWorld, setup: WorldSetup, sinceMs: number): boolean {
  const spanMs = setup.hops === 'distinct' ? defaultTiming.roundMs : defaultTiming.roundMs + heartbeatMs;
  return setup.router !== 'host-bound' && world.moved(sinceMs - spanMs - roundMs, sinceMs);
}

function wrong(world: RouterWorld, setup: WorldSetup, change: StoredChange): string | undefined {
  const { body, at, since } = change;
  if (body.kind !== 'link.changed') return undefined;
  const { link, status, recovering, quality } = body;
  const atMs = at.monoMs;
  const says = `${link} ${status}${recovering ? ' recovering' : ''} at ${atMs} since ${since.monoMs}`;
  if (status === 'down' && !recovering) {
    const died = world.was(link, false, since.monoMs - roundMs, atMs);
    return died || isUntellable(world, setup, since.monoMs) ? undefined : `it never died: ${says}`;
  }
  if (status === 'unknown') return undefined;
  if (!world.was(link, true, atMs - roundMs, atMs)) return `it is dead: ${says}`;
  if (quality === undefined) return undefined;
  const windowMs = defaultQuality.windowMs + 30_000;
  return world.was(link, false, since.monoMs - windowMs, atMs) ? undefined : `it lost nothing: ${says}`;
}

test('no link is judged by what left over another one', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(setupArbitrary, turnsArbitrary, (setup, turns) => {
      const world = new RouterWorld(setup);
      world.rig.run(60_000);
      for (const { afterMs, link, alive } of turns) {
        world.set(link, alive);
        world.rig.run(afterMs);
      }
      const changes = [...world.rig.linkChanges('vivo'), ...world.rig.linkChanges('claro')];
      for (const change of changes) {
        const { body } = change;
        if (body.kind === 'link.changed') seen.add(`${setup.router} ${body.status}`);
        expect(wrong(world, setup, change)).toBeUndefined();
      }
    }),
    { numRuns: 1_000 },
  );
  // The worlds are not so hard that nothing is ever said.
  for (const router of routers) expect(seen).toContain(`${router} up`);
  for (const router of ['failover', 'host-bound']) expect(seen).toContain(`${router} down`);
}, 120_000);
