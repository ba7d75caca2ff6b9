// One link: when it is measured, what its rounds say, what is reported of it. Joins rooms 1 and 3 of the route. Must
// never report a link from a round that may have left by another one.

import { limits } from '../../shared/limits.ts';
import type { AssignedLink } from '../../shared/wire/messages.ts';
import { type LinkTargets, type Plan, targetsOf } from './assignment-plan.ts';
import { Tally } from './evidence.ts';
import type { AgentInput, Clock, TargetResult } from './input.ts';
import { endToEndProof, gatewayAnswers, readRound } from './judge-link.ts';
import { Judgement, type Sight } from './judgement.ts';
import { type JudgeMode, mayMeasure, sameMeasurement } from './may-judge.ts';
import { Cadence, intervalMs, timeoutMs } from './schedule.ts';
import type { Sink } from './sink.ts';

export type RoundMeasured = Extract<AgentInput, { readonly kind: 'round.measured' }>;

/** What a round was started with. */
interface RoundStart {
  readonly at: Clock;
  readonly egress: string | undefined;
  readonly slow: boolean;
}

export class LinkWatch {
  #link: AssignedLink;
  #mode: JudgeMode;
  #probed: AssignedLink;
  #plan: Plan;
  #targets: LinkTargets;
  readonly #cadence: Cadence;
  readonly #judgement = new Judgement();
  readonly #tally = new Tally();
  #started: RoundStart | undefined;
  #gatewayAnswered = false;
  #endToEnd: boolean | undefined;
  /** Turns in a row in which nothing could be said of this link, and since when. */
  #blindTurns = 0;
  #blindSince: Clock | undefined;
  #lastSight: Sight | undefined;

  constructor(setup: { link: AssignedLink; mode: JudgeMode; plan: Plan; firstDueMs: number }) {
    this.#link = setup.link;
    this.#mode = setup.mode;
    this.#probed = asProbed(setup.link, setup.mode);
    this.#plan = setup.plan;
    this.#targets = targetsOf(setup.plan, setup.link);
    this.#cadence = new Cadence(setup.firstDueMs);
  }

  /** A new assignment names this link again. Says nothing by itself; keeps the judgement while it measures the same. */
  adopt(next: { link: AssignedLink; mode: JudgeMode; plan: Plan; nowMs: number }): void {
    const same = sameMeasurement({ mode: this.#mode, link: this.#link }, next);
    if (this.#link.gateway !== next.link.gateway) this.#gatewayAnswered = false;
    this.#link = next.link;
    this.#mode = next.mode;
    this.#probed = asProbed(next.link, next.mode);
    this.#plan = next.plan;
    this.#targets = targetsOf(next.plan, next.link);
    if (same) return;
    this.#judgement.reset();
    this.#cadence.abandon(next.nowMs, next.plan.timing.roundMs);
    this.#started = undefined;
    this.#sighted(undefined);
    this.#gatewayAnswered = false;
    this.#endToEnd = undefined;
  }

  get nextMs(): number {
    return this.#cadence.nextMs;
  }

  /** The local address by which this link is left, when probes are bound to one and the link carries. */
  get livingSource(): string | undefined {
    const { status } = this.#judgement.standing;
    const lives = (status === 'up' || status === 'degraded') && this.#lastSight?.seen !== 'down';
    return this.#mode === 'bound' && lives ? this.#link.source : undefined;
  }

  /** `undefined`: this link says nothing about the way out. True: not even its gateway can be reached. */
  get nearEndDead(): boolean | undefined {
    if (this.#lastSight === undefined) return undefined;
    const { seen, layer } = this.#lastSight;
    return seen === 'down' && (layer === 'lan' || layer === 'gateway');
  }

  get isDown(): boolean {
    return this.#judgement.standing.status === 'down';
  }

  hasten(nowMs: number): void {
    if (this.#blindTurns === 0 && this.#mode !== 'never') this.#cadence.until(nowMs);
  }

  /** Writes off what was never answered and starts what is due. */
  tick(now: Clock, egress: string | undefined, sink: Sink): void {
    const { timing } = this.#plan;
    if (this.#cadence.expire(now.monoMs)) {
      sink.bite('roundsWrittenOff');
      this.#started = undefined;
      this.#noEvidence(now, egress, sink);
      this.#cadence.plan(now.monoMs, intervalMs(timing, this.#judgement.isHot(now.monoMs)));
    }
    if (!this.#cadence.isDue(now.monoMs)) return;
    if (mayMeasure(this.#mode, this.#link, egress)) return this.#start(now, egress, sink);
    this.#cadence.skip(now.monoMs, timing.roundMs);
    this.#noEvidence(now, egress, sink);
    // Only a session that came by another link shows that we no longer see this one; without one we know nothing.
    if (this.#mode === 'egress' && egress !== undefined) this.#blind(now, egress, sink);
  }

  /** True when the round said something of this link, so that its numbers may be summed up as the link's. */
  measured(input: RoundMeasured, egress: string | undefined, sink: Sink): boolean {
    if (!this.#cadence.finish(input.round)) {
      sink.bite('roundsStray');
      return false;
    }
    const started = this.#started;
    this.#started = undefined;
    const counted = started !== undefined && this.#judge(input, started, egress, sink);
    this.#cadence.plan(input.clock.monoMs, this.#interval(input.clock.monoMs));
    return counted;
  }

  #start(now: Clock, egress: string | undefined, sink: Sink): void {
    const { timing } = this.#plan;
    const burst = this.#judgement.isHot(now.monoMs);
    const slow = burst || this.#cadence.upcoming % timing.slowEveryRounds === 0;
    const timeout = timeoutMs(timing, burst);
    const round = this.#cadence.start(now.monoMs, timeout);
    this.#started = { at: now, egress, slow };
    sink.emit({
      kind: 'round.start',
      link: this.#probed,
      round,
      targets: slow ? this.#targets.slow : this.#targets.quick,
      timeoutMs: timeout,
    });
  }

  #judge(input: RoundMeasured, started: RoundStart, egress: string | undefined, sink: Sink): boolean {
    const now = input.clock;
    if (this.#mode === 'egress' && (egress !== started.egress || !mayMeasure('egress', this.#link, egress))) {
      sink.bite('roundsUncounted');
      this.#noEvidence(now, egress, sink);
      return false;
    }
    if (gatewayAnswers(input.targets, this.#link.gateway)) this.#gatewayAnswered = true;
    this.#endToEnd = endToEndProof(input.targets) ?? this.#endToEnd;
    const reading = readRound(input.targets, {
      anchorsNeeded: this.#plan.timing.anchorsNeeded,
      bound: this.#mode === 'bound',
      gatewayAnswered: this.#gatewayAnswered,
      slow: started.slow,
      endToEnd: this.#endToEnd,
    });
    if (reading === 'empty') {
      this.#noEvidence(now, egress, sink);
      return false;
    }
    if (reading === 'unmeasurable') {
      this.#noEvidence(now, egress, sink);
      this.#blind(now, egress, sink);
      return false;
    }
    this.#sighted(reading);
    // A probe cannot have left before it was asked for or after its answer.
    const sane = input.sentAt.monoMs >= started.at.monoMs && input.sentAt.monoMs <= now.monoMs;
    this.#believe(
      reading,
      { sentAt: sane ? input.sentAt : started.at, now, targets: input.targets },
      egress,
      sink,
    );
    return true;
  }

  #believe(
    sight: Sight,
    round: { sentAt: Clock; now: Clock; targets: readonly TargetResult[] },
    egress: string | undefined,
    sink: Sink,
  ): void {
    const changed = this.#judgement.observe(sight, round.sentAt, this.#plan.hardness);
    if (this.#judgement.stretchBegan) this.#tally.clear();
    if (changed || this.#judgement.inDoubt) {
      for (const target of round.targets) this.#tally.add(target);
    }
    if (changed) this.#report(round.now, egress, sink);
    const isNews = changed || this.#judgement.stretchBegan;
    if (sight.seen === 'down' && isNews) sink.suspect();
    if (sight.seen !== 'down' && changed) sink.wayBack();
  }

  #report(now: Clock, egress: string | undefined, sink: Sink): void {
    const { status, layer, since, recovering } = this.#judgement.standing;
    const evidence = this.#tally.evidence();
    sink.record((seq) => ({
      at: now,
      since: since ?? now,
      body: {
        kind: 'link.changed',
        seq,
        link: this.#link.key,
        status,
        layer,
        recovering,
        // By which address the session left says nothing of probes that were bound to another way.
        egress: this.#mode === 'bound' ? undefined : egress,
        evidence,
      },
    }));
  }

  #noEvidence(now: Clock, egress: string | undefined, sink: Sink): void {
    if (!this.#judgement.lapse(now.monoMs, this.#plan.hardness)) return;
    this.#tally.clear();
    this.#report(now, egress, sink);
  }

  /** This agent cannot see the link at present. After a while it says so, lest its old word contradict others. */
  #blind(now: Clock, egress: string | undefined, sink: Sink): void {
    this.#lastSight = undefined;
    this.#blindTurns += 1;
    this.#blindSince ??= now;
    if (this.#blindTurns <= this.#plan.timing.downRounds) return;
    if (!this.#judgement.withdraw(this.#blindSince)) return;
    this.#tally.clear();
    this.#report(now, egress, sink);
  }

  #sighted(sight: Sight | undefined): void {
    this.#lastSight = sight;
    this.#blindTurns = 0;
    this.#blindSince = undefined;
  }

  #interval(nowMs: number): number {
    const { timing } = this.#plan;
    // A link that lives on another machine is tried seldom; at a boot the address may only be late, so not at once.
    const elsewhere = this.#mode === 'bound' && this.#blindTurns > timing.downRounds;
    return elsewhere
      ? timing.roundMs * limits.unmeasurableEveryRounds
      : intervalMs(timing, this.#judgement.isHot(nowMs));
  }
}

/** The only link of a site is judged however the machine gets out, so its probes are not bound. */
function asProbed(link: AssignedLink, mode: JudgeMode): AssignedLink {
  return mode === 'free' ? { ...link, source: undefined, interface: undefined } : link;
}
