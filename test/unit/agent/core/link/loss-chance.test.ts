// Silence on a lossy link: when it accuses the names, or the link, and when mere loss explains it.
import { describe, expect, test } from 'vitest';
import type { TargetResult } from '../../../../../agent/core/input.ts';
import type { Hardness, Sight } from '../../../../../agent/core/judgement.ts';
import { type LinkLoss, LossChance } from '../../../../../agent/core/link/loss-chance.ts';
import { anchors } from '../rig.ts';

const usual: Hardness = { downRounds: 3, upRounds: 8, lapseMs: 11_500 };
const ofNames: Hardness = { ...usual, downRounds: 6 };
const accused: Sight = { seen: 'degraded', layer: 'dns', proves: 'nothing' };
const calm: LinkLoss = { lossRatio: 0, isDeadAnchor: () => false };

function round(lost: readonly number[]): TargetResult[] {
  return anchors.map((target, index) => ({
    target,
    role: 'anchor',
    method: 'icmp',
    sent: 1,
    lost: lost.includes(index) ? 1 : 0,
  }));
}

function weigh(names: LossChance, lost: readonly number[], sentMs: number, link = calm) {
  return names.weigh(accused, { targets: round(lost), sentMs }, link, usual);
}

describe('silent resolvers', () => {
  test('beside anchors that all answer are accused after seven rounds: four may be the luck of a new loss', () => {
    expect(weigh(new LossChance(), [], 0)).toEqual({ sight: accused, hardness: ofNames });
  });

  test('in a round that lost an anchor too are neither accused nor cleared', () => {
    const { sight } = weigh(new LossChance(), [1], 0);
    expect(sight).toEqual({ seen: 'up', proves: 'nothing' });
  });

  test('beside an anchor that is dead for long are accused as ever', () => {
    const link = { lossRatio: 0, isDeadAnchor: (target: string) => target === anchors[1] };
    expect(weigh(new LossChance(), [1], 0, link).sight).toEqual(accused);
  });

  test('on a link that loses take so many rounds that chance is out of question', () => {
    const rounds = (lossRatio: number): number =>
      weigh(new LossChance(), [], 0, { ...calm, lossRatio }).hardness.downRounds;
    expect(rounds(0.02)).toBe(6);
    for (const loss of [0.05, 0.1, 0.2, 0.4, 0.6])
      expect(loss ** (rounds(loss) + 1)).toBeLessThanOrEqual(1.01e-6);
    expect(rounds(1)).toBeLessThan(50);
  });

  test('after losses of the last minute take more rounds, before any window says so', () => {
    const names = new LossChance();
    weigh(names, [0], 0);
    const afterOne = weigh(names, [], 5_000).hardness.downRounds;
    weigh(names, [2], 10_000);
    const afterTwo = weigh(names, [], 15_000).hardness.downRounds;
    expect(afterOne).toBeGreaterThan(6);
    expect(afterTwo).toBeGreaterThan(afterOne);
    expect(weigh(names, [], 90_000).hardness).toEqual(ofNames);
  });

  test('in an outage teach nothing of loss', () => {
    const names = new LossChance();
    const down: Sight = { seen: 'down', layer: 'provider', proves: 'nothing' };
    const silent = { targets: round([0, 1, 2]), sentMs: 0 };
    expect(names.weigh(down, silent, calm, usual)).toEqual({ sight: down, hardness: usual });
    names.weigh(down, silent, calm, usual);
    expect(weigh(names, [], 5_000).hardness).toEqual(ofNames);
  });
});

describe('a round in which nothing answers', () => {
  const dead: Sight = { seen: 'down', layer: 'provider', proves: 'nothing' };
  const silent = (sentMs: number) => ({ targets: round([0, 1, 2]), sentMs });
  const rounds = (link: LinkLoss, sight = dead, chance = new LossChance()): number =>
    chance.weigh(sight, silent(0), link, usual).hardness.downRounds;

  test('on a link that loses nothing counts as ever', () => {
    expect(rounds(calm)).toBe(3);
    expect(rounds({ ...calm, lossRatio: 0.02 })).toBe(3);
  });

  test('on a lossy link must be followed by so many that chance is out of question, and never by more than 20', () => {
    for (const lossRatio of [0.1, 0.2, 0.3, 0.4, 0.5]) {
      expect(lossRatio ** (3 * (rounds({ ...calm, lossRatio }) + 1))).toBeLessThanOrEqual(1.01e-6);
    }
    const alone: LinkLoss = { lossRatio: 0.9, isDeadAnchor: (target) => target !== anchors[0] };
    expect(rounds(alone)).toBe(20);
  });

  test('weighs only the anchors that were alive before', () => {
    const twoLeft: LinkLoss = { lossRatio: 0.4, isDeadAnchor: (target) => target === anchors[1] };
    expect(rounds(twoLeft)).toBeGreaterThan(rounds({ ...calm, lossRatio: 0.4 }));
    expect(0.4 ** (2 * (rounds(twoLeft) + 1))).toBeLessThanOrEqual(1.01e-6);
  });

  test('after losses of the last minute takes longer, before any window says so', () => {
    const chance = new LossChance();
    const up: Sight = { seen: 'up', proves: 'all' };
    chance.weigh(up, { targets: round([0]), sentMs: -20_000 }, calm, usual);
    chance.weigh(up, { targets: round([2]), sentMs: -10_000 }, calm, usual);
    expect(rounds(calm, dead, chance)).toBe(5);
  });

  test('with the gateway silent too counts as ever: loss on the way explains nothing nearer', () => {
    const lossy: LinkLoss = { ...calm, lossRatio: 0.5 };
    expect(rounds(lossy, { ...dead, layer: 'gateway' })).toBe(3);
    expect(rounds(lossy, { ...dead, layer: 'lan' })).toBe(3);
  });
});
