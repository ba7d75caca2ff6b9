// Do large packets pass where small ones do? A path whose MTU is wrong drops them in silence (RFC 2923, "black hole"),
// so that pages begin and never end while every ping is fine. Asked of one anchor at a time; only an anchor that has
// answered a large one on this link may accuse it by its silence.
import { answered } from '../evidence.ts';
import type { Clock, TargetResult } from '../input.ts';
import type { RoundTarget } from '../output.ts';

/** Full rounds of silence after the suspicious one. */
const silentRoundsMin = 3;
/** Good rounds in a row until they pass again. */
const goodRoundsMin = 2;
/** So improbable must mere loss be as the reason for the silence. */
const chanceMax = 1e-5;
const lossFloor = 0.02;
const lossCeiling = 0.9;

export class LargePackets {
  /** Anchors that have answered a large one on this link. */
  readonly #proven = new Set<string>();
  #turn = 0;
  #bad = false;
  #since: Clock | undefined;
  #silentRounds = 0;
  /** Large probes lost while the same anchor answered a small one, in these rounds. */
  #silentPairs = 0;
  #silentSince: Clock | undefined;
  #goodRounds = 0;
  #goodSince: Clock | undefined;

  get bad(): boolean {
    return this.#bad;
  }

  get since(): Clock | undefined {
    return this.#since;
  }

  /** What to ask in the next round; `slow` = one of the seldom ones. */
  targets(anchors: readonly RoundTarget[], slow: boolean): readonly RoundTarget[] {
    const wavers = this.#bad ? this.#goodRounds > 0 : this.#silentRounds > 0;
    if (wavers || (this.#bad && slow)) {
      return anchors.filter(({ target }) => this.#proven.has(target)).map(({ target }) => large(target));
    }
    if (!slow || anchors.length === 0) return [];
    this.#turn = (this.#turn + 1) % anchors.length;
    const next = anchors[this.#turn];
    return next === undefined ? [] : [large(next.target)];
  }

  /** One round that counts for the link, with the loss of its small probes. True = the judgement changed. */
  read(targets: readonly TargetResult[], sentAt: Clock, lossRatio: number): boolean {
    let pairs = 0;
    let good = false;
    for (const each of targets) {
      if (each.large !== true || each.sent === 0) continue;
      if (answered(each)) {
        good = true;
        this.#proven.add(each.target);
      } else if (this.#proven.has(each.target) && smallAnswers(targets, each.target)) {
        pairs += 1;
      }
    }
    if (good) return this.#heard(sentAt);
    if (pairs > 0) return this.#silent(pairs, sentAt, lossRatio);
    return false;
  }

  /** The link is another one now, or its anchors are. */
  reset(): void {
    this.#proven.clear();
    this.void();
  }

  /** The link went down: what was concluded is void, what passed once is remembered. */
  void(): void {
    this.#bad = false;
    this.#since = undefined;
    this.#settle();
  }

  #heard(sentAt: Clock): boolean {
    this.#silentRounds = 0;
    this.#silentPairs = 0;
    this.#silentSince = undefined;
    if (!this.#bad) return false;
    this.#goodRounds += 1;
    this.#goodSince ??= sentAt;
    if (this.#goodRounds < goodRoundsMin) return false;
    this.#bad = false;
    this.#since = this.#goodSince;
    this.#settle();
    return true;
  }

  #silent(pairs: number, sentAt: Clock, lossRatio: number): boolean {
    this.#goodRounds = 0;
    this.#goodSince = undefined;
    if (this.#bad) return false;
    this.#silentSince ??= sentAt;
    this.#silentRounds += 1;
    this.#silentPairs += pairs;
    const needed = Math.log(chanceMax) / Math.log(Math.min(lossCeiling, Math.max(lossFloor, lossRatio)));
    if (this.#silentRounds <= silentRoundsMin || this.#silentPairs < needed) return false;
    this.#bad = true;
    this.#since = this.#silentSince;
    this.#settle();
    return true;
  }

  #settle(): void {
    this.#silentRounds = 0;
    this.#silentPairs = 0;
    this.#silentSince = undefined;
    this.#goodRounds = 0;
    this.#goodSince = undefined;
  }
}

function large(target: string): RoundTarget {
  return { target, role: 'anchor', large: true };
}

function smallAnswers(targets: readonly TargetResult[], target: string): boolean {
  return targets.some(
    (each) => each.target === target && each.role === 'anchor' && each.large !== true && answered(each),
  );
}
