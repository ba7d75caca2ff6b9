// One link: when it is measured, and whether a round that comes back is its own. Joins rooms 1 and 3 of the route; what
// is believed and reported stands in link-verdict.ts. Must never let a round count that may have left by another link.
import { limits } from '../../../shared/limits.ts';
import type { Random } from '../../../shared/random.ts';
import type { AssignedLink } from '../../../shared/wire/assignment.ts';
import { LinkLists, type LinkTargets, type Plan } from '../assignment-plan.ts';
import type { AgentInput, Clock, TargetResult } from '../input.ts';
import type { RoundReading } from '../judge-link.ts';
import type { Sight } from '../judgement.ts';
import { Cadence, intervalMs, timeoutMs } from '../schedule.ts';
import type { Sink } from '../sink.ts';
import type { LinkLook } from '../view.ts';
import { EgressRounds } from './egress-rounds.ts';
import { type CountedRound, LinkVerdict } from './link-verdict.ts';
import { type JudgeMode, mayMeasure, type Surroundings, sameMeasurement } from './may-judge.ts';
import type { PathMeasured, PathQuestion } from './path-watch.ts';
import { RoundReader } from './round-reader.ts';
import type { WayBook } from './way.ts';

export type RoundMeasured = Extract<AgentInput, { readonly kind: 'round.measured' }>;

/** What a round was started with. */
interface RoundStart {
  readonly at: Clock;
  readonly egress: string | undefined;
  readonly slow: boolean;
}

/** A round as it came back. */
export interface RoundCame {
  readonly targets: readonly TargetResult[];
  readonly sentAt: Clock;
  readonly now: Clock;
  /** DNS and the page were asked. */
  readonly slow: boolean;
  /** The egress when it was sent. */
  readonly egress: string | undefined;
}

/** Anchors that a round of one link shows to have left by another. */
export type Lend = (link: string, targets: readonly TargetResult[], came: RoundCame) => void;

export interface WatchSetup {
  readonly link: AssignedLink;
  readonly mode: JudgeMode;
  readonly plan: Plan;
  readonly ways: WayBook;
  readonly random: Random;
  readonly firstDueMs: number;
}

export class LinkWatch {
  #link: AssignedLink;
  #mode: JudgeMode;
  #probed: AssignedLink;
  #plan: Plan;
  readonly #ways: WayBook;
  readonly #lists = new LinkLists();
  readonly #cadence: Cadence;
  readonly #verdict: LinkVerdict;
  readonly #egress = new EgressRounds();
  #started: RoundStart | undefined;
  readonly #reader = new RoundReader();
  /** Turns in a row in which nothing could be said of this link, and since when. */
  #blindTurns = 0;
  #blindSince: Clock | undefined;
  #lastSight: Sight | undefined;
  /** Bound probes were last seen to leave by another link. */
  #astray = false;

  constructor(setup: WatchSetup) {
    this.#link = setup.link;
    this.#mode = setup.mode;
    this.#probed = asProbed(setup.link, setup.mode);
    this.#plan = setup.plan;
    this.#ways = setup.ways;
    this.#cadence = new Cadence(setup.firstDueMs);
    this.#verdict = new LinkVerdict(setup);
  }

  /** A new assignment names this link again. Says nothing by itself; keeps the judgement while it measures the same. */
  adopt(next: { link: AssignedLink; mode: JudgeMode; plan: Plan; nowMs: number }): void {
    const same = sameMeasurement({ mode: this.#mode, link: this.#link }, next);
    if (this.#link.gateway !== next.link.gateway) this.#reader.gatewayReplaced();
    this.#link = next.link;
    this.#mode = next.mode;
    this.#probed = asProbed(next.link, next.mode);
    this.#plan = next.plan;
    this.#verdict.adopt({ link: next.link, plan: next.plan, same });
    if (same) return;
    this.#ways.forget(next.link.key);
    this.#egress.reset();
    this.#astray = false;
    this.#cadence.abandon(next.nowMs, next.plan.timing.roundMs);
    this.#started = undefined;
    this.#sighted(undefined);
    this.#reader.reset();
  }

  get nextMs(): number {
    return Math.min(this.#cadence.nextMs, this.#verdict.path.nextMs);
  }

  /** The local address by which this link is left, when probes are bound to one and the link carries. */
  get livingSource(): string | undefined {
    const { status } = this.#verdict.judgement.standing;
    const lives = (status === 'up' || status === 'degraded') && this.#lastSight?.seen !== 'down';
    return this.#mode === 'bound' && lives ? this.#link.source : undefined;
  }

  /** `undefined`: this link says nothing about the way out. True: not even its gateway can be reached. */
  get nearEndDead(): boolean | undefined {
    if (this.#lastSight === undefined) return undefined;
    const { seen, layer } = this.#lastSight;
    return seen === 'down' && (layer === 'lan' || layer === 'gateway');
  }

  look(): LinkLook {
    return { link: this.#link, mode: this.#mode, ...this.#verdict.look() };
  }

  get isDown(): boolean {
    return this.#verdict.judgement.standing.status === 'down';
  }

  hasten(nowMs: number): void {
    if (this.#blindTurns === 0 && this.#mode !== 'never') this.#cadence.until(nowMs);
  }

  /** Believes what was proven meanwhile, writes off what was never answered, starts what is due. */
  tick(now: Clock, around: Surroundings, sink: Sink): void {
    const { timing } = this.#plan;
    if (this.#mode === 'egress') this.#settle(now, around, sink);
    if (this.#cadence.expire(now.monoMs)) {
      sink.bite('roundsWrittenOff');
      this.#started = undefined;
      this.#noEvidence(now, around, sink);
      this.#cadence.plan(now.monoMs, intervalMs(timing, this.#isHot(now.monoMs)));
    }
    const sees = mayMeasure(this.#mode, this.#link, around.egress);
    this.#ask(this.#verdict.path.tick(now.monoMs, sees && this.#verdict.isCalm), sink);
    if (!this.#cadence.isDue(now.monoMs)) return;
    if (sees) return this.#start(now, around.egress, sink);
    this.#cadence.skip(now.monoMs, timing.roundMs);
    this.#noEvidence(now, around, sink);
    // Only a session that came by another link shows that we no longer see this one; without one we know nothing.
    if (this.#mode === 'egress' && around.egress !== undefined) this.#blind(now, around, sink);
  }

  measured(input: RoundMeasured, around: Surroundings, lend: Lend, sink: Sink): void {
    if (!this.#cadence.finish(input.round)) return sink.bite('roundsStray');
    const started = this.#started;
    this.#started = undefined;
    if (started !== undefined) {
      // A probe cannot have left before it was asked for or after its answer.
      const sane = input.sentAt.monoMs >= started.at.monoMs && input.sentAt.monoMs <= input.clock.monoMs;
      const sentAt = sane ? input.sentAt : started.at;
      const { slow, egress } = started;
      this.#weigh({ targets: input.targets, sentAt, now: input.clock, slow, egress }, around, lend, sink);
    }
    this.#cadence.plan(input.clock.monoMs, this.#interval(input.clock.monoMs));
  }

  /** Anchors that another link's round asked by this one, as their ways show. */
  lent(targets: readonly TargetResult[], came: RoundCame, around: Surroundings, sink: Sink): void {
    if (this.#mode !== 'egress') return;
    const reading = this.#read(targets, { ...came, slow: false }, around);
    if (typeof reading === 'string') return;
    if (!this.#egress.mayCount(reading, targets)) return sink.bite('roundsUncounted');
    this.#credit(reading, { ...came, targets }, around, sink, true);
  }

  /** Answer to a question for the path. */
  traced(input: PathMeasured, around: Surroundings, sink: Sink): void {
    const ttl = this.#ways.ttlAt(input.clock.monoMs);
    const way = input.hops.find((hop) => hop.ttl === ttl)?.address;
    const shown = way === undefined ? undefined : this.#ways.linkBy(way);
    const trusted =
      this.#mode === 'egress' ? shown === this.#link.key : shown === undefined || shown === this.#link.key;
    const gateway = this.#link.gateway ?? this.#reader.gatewaySeen;
    const context = this.#context(input.clock, around);
    if (!this.#verdict.traced(input, { trusted, gateway }, context, sink)) sink.bite('roundsStray');
  }

  #start(now: Clock, egress: string | undefined, sink: Sink): void {
    const { timing } = this.#plan;
    const burst = this.#isHot(now.monoMs);
    const seldom = this.#cadence.upcoming % timing.slowEveryRounds === 0;
    // A dead link is asked in full each time: without its routers' word a round cannot say where it is dead.
    const slow = burst || seldom || this.isDown;
    const timeout = timeoutMs(timing, burst);
    const lists = this.#targets(now.monoMs);
    // Where nothing shows by which link it leaves, a large packet would be asked in vain.
    const unshown = burst || (this.#mode === 'egress' && !this.#ways.tells);
    const large = unshown ? [] : this.#verdict.large.targets(this.#plan.anchors, seldom);
    const usual = slow ? lists.slow : lists.quick;
    const round = this.#cadence.start(now.monoMs, timeout);
    this.#started = { at: now, egress, slow };
    sink.emit({
      kind: 'round.start',
      link: this.#probed,
      round,
      targets: large.length === 0 ? usual : [...usual, ...large],
      timeoutMs: timeout,
    });
  }

  #targets(nowMs: number): LinkTargets {
    const asksWay = this.#mode === 'egress' || this.#mode === 'bound';
    return this.#lists.of(this.#plan, this.#link, {
      wayTtl: asksWay ? this.#ways.ttlAt(nowMs) : undefined,
      ways: this.#mode === 'bound' ? 'first' : 'all',
      hops: this.#verdict.path.hops,
    });
  }

  #weigh(came: RoundCame, around: Surroundings, lend: Lend, sink: Sink): void {
    if (this.#mode === 'egress') return this.#weighEgress(came, around, lend, sink);
    if (this.#mode === 'bound') {
      const claim = this.#ways.claim(this.#link.key, came.targets);
      const leftByOther = claim.others.size > 0;
      // The router ignores the source: this round speaks of another link, and so do those after it, also when that one
      // is dead and nobody shows a way any more, until one shows that it left by this link again.
      this.#astray = leftByOther || (this.#astray && this.#ways.tells && claim.own.length === 0);
      if (this.#astray) {
        return this.#uncounted(came.now, around, 'seen-elsewhere', sink);
      }
      this.#ways.learn(this.#link.key, came.targets, came.now.monoMs);
    }
    const reading = this.#read(came.targets, came, around);
    if (reading === 'empty') return this.#noEvidence(came.now, around, sink);
    if (reading === 'unmeasurable') {
      this.#noEvidence(came.now, around, sink);
      return this.#blind(came.now, around, sink);
    }
    this.#credit(reading, came, around, sink, true);
  }

  #weighEgress(came: RoundCame, around: Surroundings, lend: Lend, sink: Sink): void {
    const claim = this.#ways.claim(this.#link.key, came.targets);
    for (const [link, targets] of claim.others) lend(link, targets, came);
    const own = this.#read(claim.own, { ...came, slow: false }, around);
    if (typeof own !== 'string' && this.#egress.mayCount(own, claim.own, came.targets)) {
      return this.#credit(own, { ...came, targets: claim.own }, around, sink, true);
    }
    if (claim.others.size > 0) {
      this.#egress.strayed();
      return this.#uncounted(came.now, around, 'seen-elsewhere', sink);
    }
    const { egress } = came;
    if (egress === undefined || around.egress !== egress || !mayMeasure('egress', this.#link, egress)) {
      return this.#uncounted(came.now, around, 'unknown', sink);
    }
    const reading = this.#read(came.targets, came, around);
    if (typeof reading === 'string') return this.#noEvidence(came.now, around, sink);
    const { sentAt, now, targets } = came;
    const router = this.#ways.routerOf(targets);
    const round = { sight: reading, sentAt, now, targets, measures: false, egress, router };
    if (!this.#egress.take(round, around.silentSinceMs, this.#verdict.judgement, sink)) {
      return this.#noEvidence(now, around, sink);
    }
    this.#sighted(reading);
    // The answer comes by the session within one round trip, not at the next heartbeat.
    if (!this.#verdict.isCalm || reading.seen === 'down') sink.suspect();
    this.#settle(now, around, sink);
  }

  /** Believes what has waited and need not any more; takes back what the session shows to be wrong. */
  #settle(now: Clock, around: Surroundings, sink: Sink): void {
    for (const round of this.#egress.settled(around, this.#verdict.judgement, sink)) {
      if (round.sight.seen !== 'down') this.#ways.learn(this.#link.key, round.targets, now.monoMs);
      this.#believe({ ...round, now }, around, sink);
    }
  }

  /** The round is this link's own. */
  #credit(sight: Sight, came: RoundCame, around: Surroundings, sink: Sink, measures: boolean): void {
    this.#sighted(sight);
    this.#egress.shown(sight);
    const { sentAt, now, targets } = came;
    this.#believe({ sight, sentAt, now, targets, measures }, around, sink);
  }

  #believe(round: CountedRound, around: Surroundings, sink: Sink): void {
    sink.counted(this.#link.key, round.targets);
    this.#ask(this.#verdict.believe(round, this.#context(round.now, around), sink), sink);
  }

  #read(targets: readonly TargetResult[], came: RoundCame, around: Surroundings): RoundReading {
    return this.#reader.read(targets, {
      anchorsNeeded: this.#plan.timing.anchorsNeeded,
      bound: this.#mode === 'bound',
      onlyWay: this.#mode === 'bound' || this.#mode === 'free',
      lanSilent: around.lanSilent,
      slow: came.slow,
      link: this.#link,
      known: this.#verdict.path.known,
    });
  }

  #ask(question: PathQuestion | undefined, sink: Sink): void {
    if (question === undefined) return;
    sink.emit({
      kind: 'path.start',
      link: this.#probed,
      ...question,
      hopsMax: limits.pathHopsMax,
      timeoutMs: limits.pathTimeoutMs,
    });
  }

  #uncounted(now: Clock, around: Surroundings, why: 'seen-elsewhere' | 'unknown', sink: Sink): void {
    sink.bite('roundsUncounted');
    this.#noEvidence(now, around, sink);
    if (why === 'seen-elsewhere') this.#blind(now, around, sink);
  }

  #noEvidence(now: Clock, around: Surroundings, sink: Sink): void {
    this.#verdict.noEvidence(this.#context(now, around), sink);
  }

  /** This agent cannot see the link at present. After a while it says so, lest its old word contradict others. */
  #blind(now: Clock, around: Surroundings, sink: Sink): void {
    this.#lastSight = undefined;
    this.#blindTurns += 1;
    this.#blindSince ??= now;
    if (this.#blindTurns <= this.#plan.timing.downRounds) return;
    this.#verdict.withdraw(this.#blindSince, this.#context(now, around), sink);
  }

  #sighted(sight: Sight | undefined): void {
    this.#lastSight = sight;
    this.#blindTurns = 0;
    this.#blindSince = undefined;
  }

  #context(
    now: Clock,
    { egress }: Surroundings,
  ): { readonly now: Clock; readonly egress: string | undefined } {
    // By which address the session left says nothing of probes that were bound to another way.
    return { now, egress: this.#mode === 'bound' ? undefined : egress };
  }

  #isHot(nowMs: number): boolean {
    return this.#verdict.judgement.isHot(nowMs) && !this.#egress.isContradicted;
  }

  #interval(nowMs: number): number {
    const { timing } = this.#plan;
    // A link that lives on another machine is tried seldom; at a boot the address may only be late, so not at once.
    const elsewhere = this.#mode === 'bound' && this.#blindTurns > timing.downRounds;
    if (elsewhere) return timing.roundMs * limits.unmeasurableEveryRounds;
    const usual = intervalMs(timing, this.#isHot(nowMs));
    return this.#verdict.wantsMore ? Math.max(timing.burstMs, usual / 2) : usual;
  }
}

/** The only link of a site is judged however the machine gets out, so its probes are not bound. */
function asProbed(link: AssignedLink, mode: JudgeMode): AssignedLink {
  return mode === 'free' ? { ...link, source: undefined, interface: undefined } : link;
}
