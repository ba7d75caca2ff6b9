// Soft, then hard: turns the sights of single rounds into a status that may be reported. One machine for links and
// hosts (a host has no `degraded`). Knows no targets and no schedule; time comes in with each sight.
//
//   unknown --1 good--> up --1 bad--> (doubt) --downRounds bad in a row--> down --1 good--> down, recovering
//                        ^                                                  ^                  |      |
//                        |                                                  +----- 1 bad ------+      |
//                        +----------------- upRounds good in a row, the first counted ----------------+
import { assert } from '../../shared/assert.ts';
import { limits } from '../../shared/limits.ts';
import type { Layer, LinkStatus } from '../../shared/words.ts';
import type { Clock } from './input.ts';

/** What one round saw. */
export interface Sight {
  readonly seen: 'up' | 'degraded' | 'down';
  /** Where it fails; absent for `up` and for hosts. */
  readonly layer?: Layer;
  /** What an `up` proves about the troubles above the anchors: a round that did not ask DNS clears no dead DNS. */
  readonly proves: 'all' | 'dns' | 'nothing';
}

export interface Hardness {
  /** Bad burst rounds in a row after the suspicious one. */
  readonly downRounds: number;
  /** Good rounds in a row, the first counted. */
  readonly upRounds: number;
  /** Evidence further apart than this is not in a row. */
  readonly lapseMs: number;
}

/** What is, or was, reported. */
export interface Standing {
  readonly status: LinkStatus;
  readonly layer: Layer | undefined;
  readonly since: Clock | undefined;
  readonly recovering: boolean;
}

/** Rounds in a row that must name another layer before a standing trouble is said to have moved. */
const layerRounds = 3;

const blank: Standing = { status: 'unknown', layer: undefined, since: undefined, recovering: false };

export class Judgement {
  #standing: Standing = blank;
  /** What was reported before a reset; repeated silently when it proves true again. */
  #before: Standing | undefined;

  // The doubt: a stretch of rounds towards another status.
  #toward: Sight['seen'] | undefined;
  #doubtSince: Clock | undefined;
  #rounds = 0;
  #heardMs = 0;
  readonly #layers = new Map<Layer, number>();

  // Trouble above the anchors at the end of a recovery.
  #troubled = 0;
  #troubledSince: Clock | undefined;
  #troubledLayer: Layer | undefined;

  /** When it last went down or fell back. */
  #downMs = Number.NEGATIVE_INFINITY;

  #otherLayer: Layer | undefined;
  #otherRounds = 0;
  #began = false;

  get standing(): Standing {
    return this.#standing;
  }

  get inDoubt(): boolean {
    return this.#toward !== undefined;
  }

  /** Where the doubt leads. */
  get toward(): Sight['seen'] | undefined {
    return this.#toward;
  }

  /** In doubt, or just gone down: worth a round each second at `nowMs`. */
  isHot(nowMs: number): boolean {
    return this.inDoubt || (this.#standing.status === 'down' && nowMs - this.#downMs < limits.closeWatchMs);
  }

  /** True when the last `observe` began a new stretch: evidence counts from that round. */
  get stretchBegan(): boolean {
    return this.#began;
  }

  /** One round, sent at `sentAt`. True = the standing changed and must be reported. */
  observe(sight: Sight, sentAt: Clock, hardness: Hardness): boolean {
    this.#began = false;
    if (this.#tooOld(sentAt.monoMs, hardness)) this.#settleDoubt();
    switch (this.#standing.status) {
      case 'unknown':
      case 'up':
        return sight.seen === 'up' ? this.#stayUp(sight, sentAt) : this.#press(sight, sentAt, hardness);
      case 'degraded':
        return this.#whileDegraded(sight, sentAt, hardness);
      case 'down':
        return sight.seen === 'down' ? this.#stayDown(sight, sentAt) : this.#recover(sight, sentAt, hardness);
    }
  }

  /**
   * No evidence came, now being `nowMs`. A doubt without evidence ends; a recovery that nobody can follow up any more
   * is taken back, because a recovering link opens nothing. True = the standing changed.
   */
  lapse(nowMs: number, hardness: Hardness): boolean {
    if (!this.#tooOld(nowMs, hardness)) return false;
    this.#settleDoubt();
    if (!this.#standing.recovering) return false;
    this.#standing = { ...this.#standing, recovering: false };
    return true;
  }

  /**
   * This agent can no longer tell: what it said was good is withdrawn, so that its old word does not contradict others.
   * A reported `down` stands until somebody sees the link up. True = the standing changed.
   */
  withdraw(since: Clock): boolean {
    const reported = this.#before?.status ?? this.#standing.status;
    if (reported === 'unknown' || reported === 'down') return false;
    this.#settleDoubt();
    this.#before = undefined;
    this.#standing = { status: 'unknown', layer: undefined, since, recovering: false };
    return true;
  }

  /** The sending of the last round that counts in the present doubt; undefined without one. */
  get doubtHeardMs(): number | undefined {
    return this.#toward === undefined ? undefined : this.#heardMs;
  }

  /** It was shown otherwise that what the doubt rests on says nothing of this link. */
  refute(): void {
    this.#settleDoubt();
  }

  /** What is measured was replaced (another address): starts over without saying anything by itself. */
  reset(): void {
    this.#settleDoubt();
    if (this.#standing.status !== 'unknown') this.#before = this.#standing;
    this.#standing = blank;
  }

  #stayUp(sight: Sight, sentAt: Clock): boolean {
    // In doubt about DNS or a portal, a round that proves nothing about them changes nothing.
    if (this.#toward === 'degraded' && !conclusive(sight, this.#leadingLayer())) return false;
    this.#settleDoubt();
    if (this.#standing.status === 'up') return false;
    this.#began = true;
    return this.#settle('up', undefined, sentAt);
  }

  #whileDegraded(sight: Sight, sentAt: Clock, hardness: Hardness): boolean {
    if (sight.seen === 'down') return this.#press(sight, sentAt, hardness);
    if (sight.seen === 'up') {
      if (conclusive(sight, this.#standing.layer)) return this.#press(sight, sentAt, hardness);
      if (this.#toward === 'down') this.#settleDoubt();
      return false;
    }
    this.#settleDoubt();
    return this.#sharpen(sight);
  }

  #stayDown(sight: Sight, sentAt: Clock): boolean {
    this.#settleDoubt();
    if (!this.#standing.recovering) return this.#sharpen(sight);
    assert(
      this.#standing.since !== undefined && this.#standing.since.monoMs <= sentAt.monoMs,
      'time runs on',
    );
    this.#began = true;
    this.#downMs = sentAt.monoMs;
    this.#standing = { ...this.#standing, recovering: false };
    return true;
  }

  /** Anchors answer again, perhaps with DNS dead: either way nobody may open anything until it is settled. */
  #recover(sight: Sight, sentAt: Clock, hardness: Hardness): boolean {
    const wasRecovering = this.#standing.recovering;
    this.#count('up', sight.layer, sentAt);
    this.#rounds = Math.max(1, this.#rounds);
    if (sight.seen === 'degraded') {
      if (this.#troubled === 0) this.#troubledSince = sentAt;
      this.#troubled += 1;
      this.#troubledLayer = sight.layer;
    } else if (conclusive(sight, this.#troubledLayer)) {
      this.#troubled = 0;
    }
    this.#otherRounds = 0;
    if (this.#rounds >= hardness.upRounds) {
      const degraded = this.#troubled > hardness.downRounds;
      const since = degraded ? this.#troubledSince : this.#doubtSince;
      return this.#settle(degraded ? 'degraded' : 'up', degraded ? this.#troubledLayer : undefined, since);
    }
    if (wasRecovering) return false;
    this.#standing = { ...this.#standing, recovering: true };
    return true;
  }

  /** One more round towards a status; settles when it was enough. The suspicious bad round is not counted. */
  #press(sight: Sight, sentAt: Clock, hardness: Hardness): boolean {
    this.#count(sight.seen, sight.layer, sentAt);
    const good = sight.seen === 'up';
    const enough = good ? this.#rounds + 1 >= hardness.upRounds : this.#rounds >= hardness.downRounds;
    if (!enough) return false;
    return this.#settle(sight.seen, good ? undefined : this.#leadingLayer(), this.#doubtSince);
  }

  #count(toward: Sight['seen'], layer: Layer | undefined, sentAt: Clock): void {
    if (this.#toward === toward) {
      this.#rounds += 1;
    } else {
      this.#settleDoubt();
      this.#toward = toward;
      this.#doubtSince = sentAt;
      this.#began = true;
    }
    this.#heardMs = sentAt.monoMs;
    if (layer === undefined) return;
    const votes = (this.#layers.get(layer) ?? 0) + 1;
    // Put back at the end, so that among equals the latest leads.
    this.#layers.delete(layer);
    this.#layers.set(layer, votes);
  }

  #leadingLayer(): Layer | undefined {
    let leading: Layer | undefined;
    let most = 0;
    for (const [layer, votes] of this.#layers) {
      if (votes < most) continue;
      leading = layer;
      most = votes;
    }
    return leading;
  }

  #sharpen(sight: Sight): boolean {
    if (sight.layer === this.#standing.layer) {
      this.#otherRounds = 0;
      return false;
    }
    this.#otherRounds = sight.layer === this.#otherLayer ? this.#otherRounds + 1 : 1;
    this.#otherLayer = sight.layer;
    if (this.#otherRounds < layerRounds) return false;
    this.#otherRounds = 0;
    this.#began = true;
    this.#standing = { ...this.#standing, layer: sight.layer };
    return true;
  }

  #settle(status: LinkStatus, layer: Layer | undefined, since: Clock | undefined): boolean {
    assert(since !== undefined, 'a settled status knows since when');
    const before = this.#before;
    this.#before = undefined;
    this.#settleDoubt();
    this.#otherRounds = 0;
    if (status === 'down') this.#downMs = since.monoMs;
    const same = before !== undefined && before.status === status;
    this.#standing = { status, layer, since: same ? before.since : since, recovering: false };
    return !same || before.recovering || before.layer !== layer;
  }

  #settleDoubt(): void {
    if (this.#toward === undefined) return;
    this.#toward = undefined;
    this.#doubtSince = undefined;
    this.#rounds = 0;
    this.#troubled = 0;
    this.#troubledSince = undefined;
    this.#troubledLayer = undefined;
    this.#layers.clear();
  }

  #tooOld(nowMs: number, hardness: Hardness): boolean {
    return this.#toward !== undefined && nowMs - this.#heardMs > hardness.lapseMs;
  }
}

/** Does this good round clear a trouble of that layer? */
function conclusive(sight: Sight, layer: Layer | undefined): boolean {
  return sight.proves === 'all' || (sight.proves === 'dns' && layer === 'dns') || layer === undefined;
}
