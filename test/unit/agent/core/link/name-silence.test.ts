// Names that are not resolved: when their silence accuses them, and when only the link.
import { describe, expect, test } from 'vitest';
import type { TargetResult } from '../../../../../agent/core/input.ts';
import type { Hardness, Sight } from '../../../../../agent/core/judgement.ts';
import { type LinkLoss, NameSilence } from '../../../../../agent/core/link/name-silence.ts';
import { anchors } from '../rig.ts';

const usual: Hardness = { downRounds: 3, upRounds: 8, lapseMs: 11_500 };
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

function weigh(names: NameSilence, lost: readonly number[], sentMs: number, link = calm) {
  return names.weigh(accused, { targets: round(lost), sentMs }, link, usual);
}

describe('silent resolvers', () => {
  test('beside anchors that all answer are accused after the usual rounds', () => {
    expect(weigh(new NameSilence(), [], 0)).toEqual({ sight: accused, hardness: usual });
  });

  test('in a round that lost an anchor too are neither accused nor cleared', () => {
    const { sight } = weigh(new NameSilence(), [1], 0);
    expect(sight).toEqual({ seen: 'up', proves: 'nothing' });
  });

  test('beside an anchor that is dead for long are accused as ever', () => {
    const link = { lossRatio: 0, isDeadAnchor: (target: string) => target === anchors[1] };
    expect(weigh(new NameSilence(), [1], 0, link).sight).toEqual(accused);
  });

  test('on a link that loses take so many rounds that chance is out of question', () => {
    const rounds = (lossRatio: number): number =>
      weigh(new NameSilence(), [], 0, { ...calm, lossRatio }).hardness.downRounds;
    expect(rounds(0.02)).toBe(3);
    for (const loss of [0.05, 0.1, 0.2, 0.4, 0.6])
      expect(loss ** (rounds(loss) + 1)).toBeLessThanOrEqual(1.01e-6);
    expect(rounds(1)).toBeLessThan(50);
  });

  test('after losses of the last minute take more rounds, before any window says so', () => {
    const names = new NameSilence();
    weigh(names, [0], 0);
    const afterOne = weigh(names, [], 5_000).hardness.downRounds;
    weigh(names, [2], 10_000);
    const afterTwo = weigh(names, [], 15_000).hardness.downRounds;
    expect(afterOne).toBeGreaterThan(3);
    expect(afterTwo).toBeGreaterThan(afterOne);
    expect(weigh(names, [], 90_000).hardness).toEqual(usual);
  });

  test('in an outage teach nothing of loss', () => {
    const names = new NameSilence();
    const down: Sight = { seen: 'down', layer: 'provider', proves: 'nothing' };
    const silent = { targets: round([0, 1, 2]), sentMs: 0 };
    expect(names.weigh(down, silent, calm, usual)).toEqual({ sight: down, hardness: usual });
    names.weigh(down, silent, calm, usual);
    expect(weigh(names, [], 5_000).hardness).toEqual(usual);
  });
});
