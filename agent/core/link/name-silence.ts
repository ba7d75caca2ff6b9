// A lossy link loses questions to resolvers like all else: their silence accuses the names only where loss cannot
// explain it. Room 3 of the route, between one round's sight and the judgement of the link. Remembers losses, not names.
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

/** Neither accuses the names nor clears them. */
const unproven: Sight = { seen: 'up', proves: 'nothing' };

export interface LinkLoss {
  /** Over the last whole window; 0 while none was seen. */
  readonly lossRatio: number;
  /** Silent all through it: its silence in one round is no news. */
  readonly isDeadAnchor: (target: string) => boolean;
}

export class NameSilence {
  #lastLossMs = Number.NEGATIVE_INFINITY;
  #lossBeforeMs = Number.NEGATIVE_INFINITY;

  /** The sight as far as it may be believed, and how many of its kind it takes. */
  weigh(
    sight: Sight,
    round: { readonly targets: readonly TargetResult[]; readonly sentMs: number },
    link: LinkLoss,
    usual: Hardness,
  ): { readonly sight: Sight; readonly hardness: Hardness } {
    // A round in which nothing answers is an outage, and says nothing of loss.
    if (sight.seen === 'down') return { sight, hardness: usual };
    const lostBeside = round.targets.some(
      (each) =>
        each.role === 'anchor' &&
        each.large !== true &&
        each.sent > 0 &&
        !answered(each) &&
        !link.isDeadAnchor(each.target),
    );
    if (lostBeside) {
      this.#lossBeforeMs = this.#lastLossMs;
      this.#lastLossMs = round.sentMs;
    }
    if (sight.layer !== 'dns') return { sight, hardness: usual };
    if (lostBeside) return { sight: unproven, hardness: usual };
    const lossRatio = Math.max(link.lossRatio, this.#recentLoss(round.sentMs));
    if (lossRatio < lossRatioMin) return { sight, hardness: usual };
    const needed = Math.ceil(Math.log(chanceMax) / Math.log(Math.min(lossRatioMax, lossRatio)));
    return { sight, hardness: { ...usual, downRounds: Math.max(usual.downRounds, needed - 1) } };
  }

  #recentLoss(nowMs: number): number {
    if (nowMs - this.#lossBeforeMs < recentMs) return lossRatioAfterTwo;
    return nowMs - this.#lastLossMs < recentMs ? lossRatioAfterOne : 0;
  }
}
