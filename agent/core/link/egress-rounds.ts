// Rounds of a link whose probes leave as the router decides: which of them count, and when. A good one counts when its
// way shows the link or the session over the link answers afterwards; a bad one at once, and is taken back when the
// session answers after it. It must never let a dead link look alive by probes that left by another, nor a living one dead.
import { answered } from '../evidence.ts';
import type { TargetResult } from '../input.ts';
import type { Judgement, Sight } from '../judgement.ts';
import type { Sink } from '../sink.ts';
import { type HeldRound, HeldRounds, type Proof } from './held-rounds.ts';

/** Contradicted so often in a row, the rounds are not worth bursts: the anchors are reached by another way. */
const contradictionsMax = 3;
/** Anchors that answer later than the session fell silent, by more than an answer takes, are reached by another link. */
const overtakenMs = 500;
/** One anchor may be dead by itself. */
const silentAnchorsMin = 2;

export class EgressRounds {
  readonly #held = new HeldRounds();
  #contradictions = 0;
  /** The doubt rests on rounds whose ways showed the link itself. */
  #doubtIsShown = false;
  /** By which router the last proven round left. */
  #provenRouter: string | undefined;
  /** Anchors have answered since the session fell silent: the router has moved, and their silence is not this link's. */
  #moved = false;
  /** By which the session left when the last round was taken. */
  #taken: string | undefined;

  /** The session has answered over this link again and again while every anchor was silent. */
  get isContradicted(): boolean {
    return this.#contradictions >= contradictionsMax;
  }

  reset(): void {
    this.#held.clear();
    this.#contradictions = 0;
    this.#doubtIsShown = false;
    this.#moved = false;
    this.#provenRouter = undefined;
  }

  /** A round showed that it left by another link. */
  strayed(): void {
    this.#moved = true;
  }

  /** May this reading of some anchors count, or are they too few to accuse? `all` = the whole round. */
  mayCount(reading: Sight, some: readonly TargetResult[], all: readonly TargetResult[] = some): boolean {
    const small = some.filter(({ role, large }) => role === 'anchor' && large !== true);
    if (small.length === 0) return false;
    if (reading.seen !== 'down') return true;
    if (small.length >= silentAnchorsMin) return true;
    const asked = all.filter(({ role, large }) => role === 'anchor' && large !== true);
    return some !== all && asked.every((each) => !answered(each));
  }

  /** A round that counts by its way. */
  shown(sight: Sight): void {
    this.#held.clear();
    this.#contradictions = 0;
    this.#moved = false;
    this.#doubtIsShown = sight.seen === 'down';
  }

  /**
   * A round whose way shows nothing; `settled` gives it back when it counts. `silentSinceMs` = of the session. False:
   * it says nothing of this link.
   */
  take(round: HeldRound, silentSinceMs: number, judgement: Judgement, sink: Sink): boolean {
    if (round.sight.seen !== 'down' && this.#hasMoved(round, silentSinceMs)) this.#moved = true;
    if (round.sight.seen === 'down' && this.#moved) {
      sink.bite('roundsUncounted');
      return false;
    }
    const calm = !judgement.inDoubt && judgement.standing.status !== 'down';
    if (round.sight.seen === 'down' && calm) {
      for (let dropped = this.#held.dropGood(); dropped > 0; dropped -= 1) sink.bite('roundsUncounted');
    }
    if (round.sight.seen === 'down') this.#doubtIsShown = false;
    this.#taken = round.egress;
    if (this.#held.add(round)) sink.bite('roundsUncounted');
    return true;
  }

  /** This good round left by another router than the last proven one, or when the session was silent already. */
  #hasMoved({ router, sentAt }: HeldRound, silentSinceMs: number): boolean {
    const differs = router !== undefined && this.#provenRouter !== undefined && router !== this.#provenRouter;
    return differs || sentAt.monoMs > silentSinceMs + overtakenMs;
  }

  /** What counts now, in the order of sending. */
  *settled(proof: Proof, judgement: Judgement, sink: Sink): Iterable<HeldRound> {
    this.#refute(proof, judgement);
    for (const { round, fate } of this.#held.release(proof)) {
      if (fate === 'void') {
        if (round.sight.seen === 'down') this.#contradictions += 1;
        sink.bite('roundsUncounted');
        continue;
      }
      if (round.sight.seen !== 'down') {
        this.#contradictions = 0;
        this.#moved = false;
        this.#provenRouter = round.router ?? this.#provenRouter;
      }
      yield round;
    }
  }

  /** The session over this very link answers what left after the last bad round: the anchors' silence is not the link's. */
  #refute({ egress, answeredSentMs }: Proof, judgement: Judgement): void {
    if (judgement.toward !== 'down' || this.#doubtIsShown || egress !== this.#taken) return;
    if (answeredSentMs < (judgement.doubtHeardMs ?? Number.POSITIVE_INFINITY)) return;
    judgement.refute();
    this.#contradictions += 1;
  }
}
