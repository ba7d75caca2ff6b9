// The path of one link: learned while the link is good, asked again the moment it comes into doubt, so that a verdict
// can name the first router that answered on good days and is silent now. Knows when to ask and what to remember;
// it must never take a path that left by another link for this one's.
import { limits } from '../../../shared/limits.ts';
import type { Random } from '../../../shared/random.ts';
import type { Path, PathHop } from '../../../shared/wire/evidence.ts';
import type { AgentInput, TargetResult } from '../input.ts';
import type { RoundTarget } from '../output.ts';
import { isPrivateAddress } from './local-network.ts';

export type PathMeasured = Extract<AgentInput, { readonly kind: 'path.measured' }>;

/** Hops beyond the gateway that are asked in slow and burst rounds. */
const watchedHopsMax = 4;
const never = Number.POSITIVE_INFINITY;

export interface PathQuestion {
  readonly trace: number;
  readonly target: string;
}

export class PathWatch {
  readonly #random: Random;
  #trace = -1;
  #asking: { readonly target: string; readonly doubt: boolean; readonly deadlineMs: number } | undefined;
  #learnMs = never;
  #doubtAskedMs = Number.NEGATIVE_INFINITY;
  #anchor: string | undefined;
  /** From good days, nearest first: those that answered. */
  #known: readonly PathHop[] = [];
  #knownTarget: string | undefined;
  #doubtful: Path | undefined;
  #hops: readonly RoundTarget[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  /** Monotonic; when there is something to ask or to give up. */
  get nextMs(): number {
    return Math.min(this.#asking?.deadlineMs ?? never, this.#asking === undefined ? this.#learnMs : never);
  }

  /** Routers beyond the gateway, as targets of a round. The same array until the path changes. */
  get hops(): readonly RoundTarget[] {
    return this.#hops;
  }

  /** Learned hops, nearest first. */
  get known(): readonly PathHop[] {
    return this.#known;
  }

  /** The path as found in the present doubt. */
  get doubtful(): Path | undefined {
    return this.#doubtful;
  }

  /** A round that counts found the link good. */
  good(targets: readonly TargetResult[], nowMs: number): void {
    this.#anchor = targets.find(
      ({ role, large, sent, lost }) => role === 'anchor' && large !== true && sent > lost,
    )?.target;
    if (this.#learnMs === never) this.#learnMs = nowMs + this.#random.below(limits.pathLearnSoonMs);
  }

  /** Over, one way or the other: learn anew once it is good. */
  recovered(): void {
    this.#doubtful = undefined;
    this.#learnMs = never;
  }

  /** The first bad round: ask now. undefined = one is under way, was just asked, or there is nowhere to ask. */
  doubt(nowMs: number, fallback: string | undefined): PathQuestion | undefined {
    // What was found in another doubt says nothing of this one.
    this.#doubtful = undefined;
    if (nowMs - this.#doubtAskedMs < limits.pathDoubtEveryMs) return undefined;
    const target = this.#knownTarget ?? this.#anchor ?? fallback;
    if (target === undefined) return undefined;
    this.#doubtAskedMs = nowMs;
    return this.#ask(target, true, nowMs);
  }

  /** Gives up what was never answered; asks when it is time to learn. `calm` = the link is good and in no doubt. */
  tick(nowMs: number, calm: boolean): PathQuestion | undefined {
    if (this.#asking !== undefined && nowMs >= this.#asking.deadlineMs) this.#asking = undefined;
    if (this.#asking !== undefined || nowMs < this.#learnMs) return undefined;
    if (!calm || this.#anchor === undefined) {
      this.#learnMs = never;
      return undefined;
    }
    this.#planNext(nowMs);
    return this.#ask(this.#anchor, false, nowMs);
  }

  /**
   * The answer. `trusted` = it left by this link; `calm` as above. Gives what it was good for; `stray` = to no question
   * of ours.
   */
  measured(
    input: PathMeasured,
    state: { readonly trusted: boolean; readonly calm: boolean; readonly gateway: string | undefined },
  ): 'learned' | 'doubtful' | 'useless' | 'stray' {
    const asked = this.#asking;
    if (asked === undefined || input.trace !== this.#trace || input.target !== asked.target) return 'stray';
    this.#asking = undefined;
    if (!state.trusted) return 'useless';
    if (asked.doubt) {
      this.#doubtful = this.#compare(input);
      return 'doubtful';
    }
    const known = input.hops.filter(({ address }) => address !== undefined && address !== input.target);
    if (!state.calm || !input.reached || known.length === 0) return 'useless';
    this.#known = known.slice(0, limits.pathHopsMax);
    this.#knownTarget = input.target;
    this.#hops = targetsBeyond(input, this.#known, state.gateway);
    return 'learned';
  }

  /** The link is another one now. */
  reset(): void {
    this.#asking = undefined;
    this.#known = [];
    this.#knownTarget = undefined;
    this.#hops = [];
    this.#anchor = undefined;
    this.recovered();
  }

  #ask(target: string, doubt: boolean, nowMs: number): PathQuestion {
    this.#trace += 1;
    this.#asking = { target, doubt, deadlineMs: nowMs + limits.pathTimeoutMs + limits.roundMarginMs };
    return { trace: this.#trace, target };
  }

  #planNext(nowMs: number): void {
    const half = limits.pathLearnEveryMs / 2;
    // Between a half and one and a half of the distance, so that a fleet does not ask in step.
    this.#learnMs = nowMs + half + this.#random.below(limits.pathLearnEveryMs);
  }

  #compare(input: PathMeasured): Path {
    const hops = input.hops
      .slice(0, limits.pathHopsMax)
      .map(({ ttl, address, rttMs }) => ({ ttl, address, rttMs }));
    const { target, reached } = input;
    if (reached || this.#knownTarget !== target) return { target, reached, hops };
    const farthest = hops.reduce(
      (far, { ttl, address }) => (address === undefined ? far : Math.max(far, ttl)),
      0,
    );
    // A silent router before one that answers only does not talk; the dead one lies beyond the last that did.
    const firstDead = this.#known.find(({ ttl }) => ttl > farthest);
    return { target, reached, hops, firstDead };
  }
}

function targetsBeyond(
  { target, hops }: PathMeasured,
  known: readonly PathHop[],
  gateway: string | undefined,
): readonly RoundTarget[] {
  const named = hops.find(({ address }) => address !== undefined && address === gateway)?.ttl;
  const first = hops[0];
  // A first step that does not talk is the gateway nonetheless; one without a private address is the provider already.
  const assumed = first?.address === undefined || isPrivateAddress(first.address) ? 1 : 0;
  const gatewayTtl = named ?? assumed;
  return known.flatMap(({ ttl, address }): RoundTarget[] =>
    address !== undefined && ttl > gatewayTtl && ttl <= gatewayTtl + watchedHopsMax
      ? [{ target: address, role: 'hop', ttl, toward: target }]
      : [],
  );
}
