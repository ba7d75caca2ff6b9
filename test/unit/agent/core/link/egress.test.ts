// Links that a router chooses, one story each: what a round may be believed to say, and when.
import { describe, expect, test } from 'vitest';
import type { StoredChange } from '../../../../../agent/core/record.ts';
import { RouterWorld, type WorldSetup } from '../router-world.ts';

const usual: WorldSetup = {
  router: 'failover',
  named: false,
  hops: 'distinct',
  deadBehindHop: false,
  salt: 1,
  moveMs: 8_000,
};
const [vivo, claro] = [0, 1];

function words(changes: readonly StoredChange[]): string[] {
  return changes.flatMap(({ body }) =>
    body.kind === 'link.changed' ? [`${body.status}${body.recovering ? ' recovering' : ''}`] : [],
  );
}

function story(setup: Partial<WorldSetup>): RouterWorld {
  const world = new RouterWorld({ ...usual, ...setup });
  world.rig.run(60_000);
  return world;
}

describe('a dead link whose probes leave by the other one', () => {
  test.each([
    ['no first hop known', { hops: 'mute' as const }],
    ['first hops in the inventory', { named: true }],
    ['first hops still to be learned', {}],
  ])('is never up: %s', (_name, setup) => {
    const world = story(setup);
    world.set(vivo, false);
    world.rig.run(600_000);
    expect(words(world.rig.linkChanges('vivo'))).toEqual(['up', 'down']);
    expect(words(world.rig.linkChanges('claro'))).toEqual(['up']);
    expect(world.rig.core.counters().roundsUncounted).toBeLessThan(20);
  });

  test('is unknown, not up, when the router moves before the verdict', () => {
    const world = story({ moveMs: 2_000 });
    world.set(vivo, false);
    world.rig.run(600_000);
    expect(words(world.rig.linkChanges('vivo'))).toEqual(['up', 'unknown']);
    expect(words(world.rig.linkChanges('claro'))).toEqual(['up']);
  });

  test('is up again when the router moved back to it', () => {
    const world = story({});
    world.set(vivo, false);
    world.rig.run(120_000);
    world.set(vivo, true);
    world.rig.run(120_000);
    expect(words(world.rig.linkChanges('vivo'))).toEqual(['up', 'down', 'down recovering', 'up']);
  });

  test('is seen through by its first hop where the router ignores the source', () => {
    const world = story({ router: 'ignores-sources', named: true });
    world.set(vivo, false);
    world.rig.run(600_000);
    expect(words(world.rig.linkChanges('vivo')).at(-1)).not.toBe('up');
    world.set(vivo, true);
    world.rig.run(120_000);
    expect(words(world.rig.linkChanges('vivo')).at(-1)).toBe('up');
  });
});

describe('a living link that the router has left', () => {
  test('is not taken for dead when the one it moved back to dies', () => {
    // Slow enough that the verdict would come before the router has moved again.
    const moveMs = 20_000;
    for (let afterMs = 6_000; afterMs <= 20_000; afterMs += 500) {
      const world = story({ moveMs });
      world.set(vivo, false);
      world.rig.run(120_000);
      world.set(vivo, true);
      world.rig.run(moveMs + afterMs);
      world.set(vivo, false);
      world.rig.run(60_000);
      expect(words(world.rig.linkChanges('claro'))).not.toContain('down');
    }
  });
});

describe('a router that spreads flows', () => {
  test('with known first hops shows both links alive, each by its own anchors', () => {
    const seen = new Set<string>();
    for (let salt = 0; salt < 12; salt += 1) {
      const world = story({ router: 'balancing', named: true, salt });
      world.rig.run(60_000);
      seen.add(
        [...words(world.rig.linkChanges('vivo')), '/', ...words(world.rig.linkChanges('claro'))].join(' '),
      );
    }
    expect(seen).toContain('up / up');
    expect([...seen].some((each) => each.includes('down'))).toBe(false);
  });

  test('lets a living link under the session stay up although every anchor dies with the other', () => {
    for (let salt = 0; salt < 40; salt += 1) {
      for (const dead of [vivo, claro]) {
        const world = story({ router: 'balancing', hops: 'mute', salt });
        world.set(dead, false);
        world.rig.run(400_000);
        const living = dead === vivo ? 'claro' : 'vivo';
        expect(
          words(world.rig.linkChanges(living)).filter((word) => word !== 'up' && word !== 'unknown'),
        ).toEqual([]);
      }
    }
  });
});

test('a session that answers again and again beside silent anchors ends the bursts', () => {
  const world = story({ hops: 'mute' });
  world.rig.world = () => undefined;
  const before = world.rig.of('round.start').length;
  world.rig.run(300_000);
  expect(words(world.rig.linkChanges('vivo'))).toEqual(['up']);
  expect(world.rig.of('round.start').length - before).toBeLessThan(90);
});

test('rounds that wait for the session count in the rollups once they are proven, and not before', () => {
  const world = story({ hops: 'mute' });
  world.rig.run(300_000);
  const minutes = world.rig.server.rollupsMessages.flatMap(({ message }) => message.items);
  expect(minutes.slice(1).every(({ sent }) => sent >= 30 && sent <= 42)).toBe(true);
});
