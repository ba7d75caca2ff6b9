// Does Vigia's own internet work? Asks all configured anchors every 5 s and tells the core when the answer changes; the
// loop asks `goodAt` before anything rests on silence. Judging is in `server/core/liveness/judge-anchors.ts`.
import { limits } from '../../../shared/limits.ts';
import { type Instant, plus } from '../../../shared/time.ts';
import {
  type AnchorsJudgement,
  anchorProbing,
  freshAnchors,
  judgeAnchors,
} from '../../core/liveness/judge-anchors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Correlator } from '../../ports/correlator.ts';
import type { GatewayCounters } from '../gateway/counters.ts';
import type { NewsQueue } from '../gateway/news-queue.ts';
import type { ProbeAnswer } from './probe-answer.ts';
import { anyAnswer, type ProbeWire } from './probe-wire.ts';

/** An anchor on a working line answers within this; only then is it asked for a name over TCP as well. */
const icmpPatienceMs = 300;

export interface AnchorWatchOptions {
  /** IP addresses; none = nothing is ever measured, because the operator wants no proof of this server's internet. */
  readonly anchors: readonly string[];
  readonly correlator: Correlator;
  readonly news: NewsQueue;
  readonly clock: Clock;
  readonly counters: GatewayCounters;
  readonly wire: ProbeWire;
}

export class AnchorWatch {
  readonly #options: AnchorWatchOptions;
  readonly #anchors: readonly string[];
  readonly #stopHints: () => void;
  #judgement: AnchorsJudgement;
  #cancelTimer: () => void = () => undefined;
  #measuring = false;
  #again = false;
  #stopped = false;

  /** Measures at once. */
  constructor(options: AnchorWatchOptions) {
    this.#options = options;
    this.#anchors = options.anchors.slice(0, limits.anchorsMax);
    this.#judgement = freshAnchors(options.correlator.state().server.anchorsReachable);
    this.#stopHints = options.correlator.onHint((hint) => {
      if (hint.kind === 'anchors.probe') this.measure();
    });
    this.measure();
  }

  /**
   * Start of the last round in which an anchor answered; undefined = none in this run. Without anchors it is always
   * now: silence that waited for a proof nobody can give would never count.
   */
  goodAt(): Instant | undefined {
    return this.#anchors.length === 0 ? this.#options.clock.now() : this.#judgement.goodAt;
  }

  /** The hard answer; undefined = not known yet. */
  reachable(): boolean | undefined {
    return this.#judgement.reachable;
  }

  /** A round now; while one is under way, another right after it. */
  measure(): void {
    if (this.#stopped || this.#anchors.length === 0) return;
    if (this.#measuring) this.#again = true;
    else void this.#round();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
    this.#stopHints();
  }

  async #round(): Promise<void> {
    const { clock, counters, news } = this.#options;
    this.#cancelTimer();
    this.#measuring = true;
    const startedAt = clock.now();
    counters.count('anchors.round');
    const answer = await this.#ask();
    this.#measuring = false;
    if (this.#stopped) return;
    // `unasked` says nothing at all, so the round is as if it had not been.
    const asked = answer !== 'unasked';
    const step = asked
      ? judgeAnchors(this.#judgement, { startedAt, answered: answer === 'answered' ? 1 : 0 })
      : { judgement: this.#judgement, nextMs: anchorProbing.burstMs };
    if (asked && answer !== 'answered') counters.count('anchors.bad-round');
    this.#judgement = step.judgement;
    if ('news' in step && step.news !== undefined) {
      news.submit({ kind: 'anchors.measured', at: clock.now(), ...step.news });
    }
    const now = clock.now();
    const nextAt = this.#again ? now : plus(startedAt, step.nextMs);
    this.#again = false;
    this.#cancelTimer = clock.after(Math.max(0, nextAt - now), () => this.measure());
  }

  /**
   * One anchor that answers is enough, and ends the round. That this server cannot even send is a bad round too, and so
   * is a refusal: it is the own firewall or router that refuses. A bare TCP connection is no answer (see ask-resolver.ts).
   */
  async #ask(): Promise<ProbeAnswer> {
    const { wire } = this.#options;
    const { timeoutMs } = anchorProbing;
    const tcp = (): Promise<ProbeAnswer>[] => this.#anchors.map((anchor) => wire.resolver(anchor, timeoutMs));
    const askIcmp = wire.icmp;
    if (askIcmp === undefined) return anyAnswer(tcp());
    const icmp = anyAnswer(this.#anchors.map((anchor) => askIcmp(anchor, timeoutMs)));
    const early = await Promise.race([icmp, this.#pause(icmpPatienceMs)]);
    if (early === 'answered') return early;
    return anyAnswer([icmp, ...tcp()]);
  }

  #pause(delayMs: number): Promise<undefined> {
    return new Promise((resolve) => {
      this.#options.clock.after(delayMs, () => resolve(undefined));
    });
  }
}
