// A lossy link loses questions like all else: silence accuses the names, or the link itself, only where loss cannot
// explain it. Room 3 of the route, between one round's sight and the judgement of the link. Remembers losses only; must
// never turn a silent round into a good one.
import { minute } from '../../../shared/time.ts';
import { answered } from '../evidence.ts';
import type { TargetResult } from '../input.ts';
import type { Hardness, Sight } from '../judgement.ts';

/** So improbable must mere loss be as the reason for the silence. */
const chanceMax = 1e-6;
/** Below this nobody calls a link lossy; above the other nothing is told apart any more. */
const lossRatioMin = 0.03;
const lossRatioMax = 0.7;
/** What one loss, and two, within this long make likely, before a window says more. */
const recentMs = minute;
const lossRatioAfterOne = 0.2;
const lossRatioAfterTwo = 0.4;
/**
 * Names are accused after seven rounds at the earliest: a link that has just begun to lose a fifth of its packets can
 * lose its resolver's first four answers and no ping beside them. Seven seconds still end before anything may open.
 */
const nameRoundsMin = 6;
/** An outage of a link with a single anchor is told within 20 s, whatever it loses. */
const downRoundsMax = 20;

/** Neither accuses the names nor clears them. */
const unproven: Sight = { seen: 'up', proves: 'nothing' };

export interface LinkLoss {
  /** Over the last whole window; 0 while none was seen. */
  readonly lossRatio: number;
  /** Silent all through it: its silence in one round is no news. */
  readonly isDeadAnchor: (target: string) => boolean;
}

interface Round {
  readonly targets: readonly TargetResult[];
  readonly sentMs: number;
}

interface Weighed {
  readonly sight: Sight;
  readonly hardness: Hardness;
}

export class LossChance {
  #lastLossMs = Number.NEGATIVE_INFINITY;
  #lossBeforeMs = Number.NEGATIVE_INFINITY;

  /** The sight as far as it may be believed, and how many of its kind it takes. */
  weigh(sight: Sight, round: Round, link: LinkLoss, usual: Hardness): Weighed {
    const lossRatio = Math.max(link.lossRatio, this.#recentLoss(round.sentMs));
    // A round in which nothing answers may be an outage, and teaches nothing of loss.
    if (sight.seen === 'down')
      return { sight, hardness: this.#whenSilent(sight, round, { ...link, lossRatio }, usual) };
    const lostBeside = asked(round, link).some((each) => !answered(each));
    if (lostBeside) {
      this.#lossBeforeMs = this.#lastLossMs;
      this.#lastLossMs = round.sentMs;
    }
    if (sight.layer !== 'dns') return { sight, hardness: usual };
    if (lostBeside) return { sight: unproven, hardness: usual };
    const needed = Math.max(nameRoundsMin, roundsBeyondChance(lossRatio, 1));
    return { sight, hardness: { ...usual, downRounds: Math.max(usual.downRounds, needed) } };
  }

  /** Loss on the way explains no silence of what is nearer than the provider's line. */
  #whenSilent({ layer }: Sight, round: Round, link: LinkLoss, usual: Hardness): Hardness {
    if (layer === 'lan' || layer === 'gateway') return usual;
    const anchors = Math.max(1, asked(round, link).length);
    const needed = Math.min(downRoundsMax, roundsBeyondChance(link.lossRatio, anchors));
    return needed <= usual.downRounds ? usual : { ...usual, downRounds: needed };
  }

  #recentLoss(nowMs: number): number {
    if (nowMs - this.#lossBeforeMs < recentMs) return lossRatioAfterTwo;
    return nowMs - this.#lastLossMs < recentMs ? lossRatioAfterOne : 0;
  }
}

/** The anchors whose silence in this round would be news. */
function asked({ targets }: Round, link: LinkLoss): readonly TargetResult[] {
  return targets.filter(
    (each) =>
      each.role === 'anchor' && each.large !== true && each.sent > 0 && !link.isDeadAnchor(each.target),
  );
}

/** Rounds after the first in which so many targets must all be silent; 0 on a link that loses nothing. */
function roundsBeyondChance(lossRatio: number, targets: number): number {
  if (lossRatio < lossRatioMin) return 0;
  return Math.ceil(Math.log(chanceMax) / (targets * Math.log(Math.min(lossRatioMax, lossRatio)))) - 1;
}
