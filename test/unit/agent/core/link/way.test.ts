// By which link a probe left: what first hops may be learned from, and what they may never be taken for.
import { describe, expect, test } from 'vitest';
import type { TargetResult } from '../../../../../agent/core/input.ts';
import { WayBook } from '../../../../../agent/core/link/way.ts';
import { limits } from '../../../../../shared/limits.ts';
import type { AssignedLink } from '../../../../../shared/wire/assignment.ts';
import { anchors } from '../rig.ts';

const links: AssignedLink[] = [
  { key: 'vivo', role: 'primary' },
  { key: 'claro', role: 'backup' },
];
const vivoHop = '100.64.1.1';
const claroHop = '100.65.1.1';

function round(
  ways: readonly (string | undefined)[],
  wayTtl = 2,
  lost: readonly number[] = [],
): TargetResult[] {
  return ways.map((way, index) => ({
    target: anchors[index] ?? '',
    role: 'anchor',
    method: 'icmp',
    sent: 1,
    lost: lost[index] ?? 0,
    wayTtl,
    way,
  }));
}

const all = (way: string | undefined, wayTtl = 2): TargetResult[] => round([way, way, way], wayTtl);

function book(): WayBook {
  const ways = new WayBook();
  ways.assign(links);
  return ways;
}

function learn(ways: WayBook, link: string, targets: readonly TargetResult[], times = 3): void {
  for (let count = 0; count < times; count += 1) ways.learn(link, targets, 0);
}

describe('first hops', () => {
  test('are learned from three proven rounds that agree, and tell links apart when two are known', () => {
    const ways = book();
    learn(ways, 'vivo', all(vivoHop), 2);
    expect(ways.hopOf('vivo')).toBeUndefined();
    learn(ways, 'vivo', all(vivoHop), 1);
    expect(ways.hopOf('vivo')).toBe(vivoHop);
    expect(ways.tells).toBe(false);
    expect(ways.claim('vivo', all(vivoHop)).own).toEqual([]);
    learn(ways, 'claro', all(claroHop));
    expect(ways.tells).toBe(true);
    expect(ways.claim('vivo', all(vivoHop)).own.length).toBe(3);
  });

  test('of the inventory tell at once', () => {
    const ways = new WayBook();
    ways.assign(links.map((link) => ({ ...link, firstHop: link.key === 'vivo' ? vivoHop : claroHop })));
    const claim = ways.claim('vivo', round([vivoHop, claroHop, undefined]));
    expect(claim.own.map(({ target }) => target)).toEqual([anchors[0]]);
    expect(claim.others.get('claro')?.map(({ target }) => target)).toEqual([anchors[1]]);
  });

  test('seen behind both links show nothing, now and later', () => {
    const ways = book();
    learn(ways, 'vivo', all('10.9.9.9'));
    learn(ways, 'claro', all('10.9.9.9'));
    expect(ways.hopOf('vivo')).toBeUndefined();
    expect(ways.hopOf('claro')).toBeUndefined();
    learn(ways, 'vivo', all('10.9.9.9'));
    expect(ways.hopOf('vivo')).toBeUndefined();
    // The next router may be another one on each link.
    expect(ways.ttlAt(0)).toBe(3);
    learn(ways, 'vivo', all(vivoHop, 3));
    learn(ways, 'claro', all(claroHop, 3));
    expect(ways.tells).toBe(true);
  });

  test('are not learned from rounds that parted, had a loss, or were asked at another step', () => {
    const ways = book();
    learn(ways, 'vivo', round([vivoHop, claroHop, vivoHop]), 9);
    learn(ways, 'vivo', round([vivoHop, vivoHop, vivoHop], 2, [0, 1, 0]), 9);
    learn(ways, 'vivo', all(vivoHop, 3), 9);
    learn(ways, 'vivo', round([vivoHop, undefined, vivoHop]), 9);
    expect(ways.hopOf('vivo')).toBeUndefined();
    learn(ways, 'vivo', all(vivoHop), 2);
    learn(ways, 'vivo', round([vivoHop, claroHop, vivoHop]));
    learn(ways, 'vivo', all(vivoHop), 1);
    expect(ways.hopOf('vivo')).toBeUndefined();
  });

  test('are forgotten when a proven round contradicts them, and with their link', () => {
    const ways = book();
    learn(ways, 'vivo', all(vivoHop));
    learn(ways, 'vivo', all('100.64.7.7'), 1);
    expect(ways.hopOf('vivo')).toBeUndefined();
    learn(ways, 'claro', all(claroHop));
    ways.assign(links.slice(0, 1));
    ways.assign(links);
    expect(ways.hopOf('claro')).toBeUndefined();
  });

  test('that keep silent at every step are left alone for a while', () => {
    const ways = book();
    for (const ttl of [2, 3, 4]) {
      expect(ways.ttlAt(0)).toBe(ttl);
      learn(ways, 'vivo', all(undefined, ttl));
    }
    expect(ways.ttlAt(0)).toBeUndefined();
    expect(ways.ttlAt(limits.wayRestMs)).toBe(2);
  });

  test('are not asked at a site with one link', () => {
    const ways = new WayBook();
    ways.assign(links.slice(0, 1));
    expect(ways.ttlAt(0)).toBeUndefined();
  });

  test('are remembered as ambiguous in a bounded number', () => {
    const ways = book();
    for (let hop = 0; hop < limits.ambiguousHopsMax * 3; hop += 1) {
      const ttl = ways.ttlAt(Number.MAX_SAFE_INTEGER) ?? 2;
      learn(ways, 'vivo', all(`10.0.0.${hop}`, ttl));
      learn(ways, 'claro', all(`10.0.0.${hop}`, ttl));
    }
    expect(ways.tells).toBe(false);
  });
});
