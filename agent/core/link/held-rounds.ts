// Rounds that wait for a proof. Where the router decides by which link probes leave and no first hop shows it, a good
// round counts for a link only when the session over that link answers something that left after the round was sent.
// What came after a waiting round waits behind it, so that rounds are believed in the order in which they were sent.
import { limits } from '../../../shared/limits.ts';
import type { CountedRound } from './link-verdict.ts';

export interface HeldRound extends CountedRound {
  /** By which the session left when the round was sent. */
  readonly egress: string;
  /** The router by which all its anchors left, if one said so. */
  readonly router: string | undefined;
}

/** What the session proves at this moment. */
export interface Proof {
  readonly egress: string | undefined;
  /** When that left which it answered last; minus infinity without an open session. */
  readonly answeredSentMs: number;
}

export class HeldRounds {
  #waiting: HeldRound[] = [];

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** True when the queue was full: then nothing waits any more, for what would be left has a hole. */
  add(round: HeldRound): boolean {
    this.#waiting.push(round);
    if (this.#waiting.length <= limits.roundsHeldMax) return false;
    this.#waiting = [];
    return true;
  }

  /** Takes what need not wait any more, in order; `void` = nothing proves by which link it left, or the session proves it wrong. */
  release(proof: Proof): readonly { readonly round: HeldRound; readonly fate: 'counts' | 'void' }[] {
    if (this.#waiting.length === 0) return nothing;
    const released: { readonly round: HeldRound; readonly fate: 'counts' | 'void' }[] = [];
    while (this.#waiting.length > 0) {
      const [round] = this.#waiting;
      if (round === undefined) break;
      const fate = fateOf(round, proof);
      if (fate === 'waits') break;
      this.#waiting.shift();
      released.push({ round, fate });
    }
    return released;
  }

  /** Good rounds that precede the first bad one say only what is known already. Gives how many were let go. */
  dropGood(): number {
    const before = this.#waiting.length;
    this.#waiting = this.#waiting.filter(({ sight }) => sight.seen === 'down');
    return before - this.#waiting.length;
  }

  clear(): void {
    this.#waiting = [];
  }
}

const nothing: readonly never[] = [];

function fateOf(round: HeldRound, { egress, answeredSentMs }: Proof): 'counts' | 'void' | 'waits' {
  const isAnswered = egress === round.egress && answeredSentMs >= round.sentAt.monoMs;
  // A bad round waits for nothing but its turn; what the session has answered since is no silence of the link.
  if (round.sight.seen === 'down') return isAnswered ? 'void' : 'counts';
  if (egress !== round.egress || answeredSentMs === Number.NEGATIVE_INFINITY) return 'void';
  return isAnswered ? 'counts' : 'waits';
}
