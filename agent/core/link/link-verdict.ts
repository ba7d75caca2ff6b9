// What is believed of one link, and what is reported of it: the judgement of its rounds, and beside it the quality of a
// link that carries and its large packets. Room 3 of the route, after it is settled that a round counts for this link.
// Must never report anything of a round that was not given to it as the link's own.
import type { Random } from '../../../shared/random.ts';
import type { AssignedLink } from '../../../shared/wire/assignment.ts';
import type { TargetEvidence } from '../../../shared/wire/evidence.ts';
import type { LinkChanged } from '../../../shared/wire/messages.ts';
import type { Plan } from '../assignment-plan.ts';
import { Tally } from '../evidence.ts';
import type { Clock, TargetResult } from '../input.ts';
import { Judgement, type Sight } from '../judgement.ts';
import type { Sink } from '../sink.ts';
import type { LinkLook } from '../view.ts';
import { LargePackets } from './large-packets.ts';
import { LossChance } from './loss-chance.ts';
import { type PathMeasured, type PathQuestion, PathWatch } from './path-watch.ts';
import { Quality, type QualitySetup } from './quality.ts';

/** One round as it counts for the link. */
export interface CountedRound {
  readonly sight: Sight;
  readonly sentAt: Clock;
  readonly now: Clock;
  readonly targets: readonly TargetResult[];
  /** Its losses are the link's: every target is known to have been asked by it. */
  readonly measures: boolean;
}

/** What a report needs to know beside the verdict. */
export interface ReportContext {
  readonly now: Clock;
  /** Of the session, where probes are not bound to another way. */
  readonly egress: string | undefined;
}

type Body = Omit<LinkChanged, 'kind' | 'seq' | 'at' | 'atErrorMs' | 'since' | 'link' | 'egress'>;

export class LinkVerdict {
  readonly judgement = new Judgement();
  readonly large = new LargePackets();
  readonly path: PathWatch;
  readonly #quality: Quality;
  readonly #tally = new Tally();
  readonly #chance = new LossChance();
  readonly #isDeadAnchor = (target: string): boolean => this.#quality.isDeadAnchor(target);
  #link: AssignedLink;
  #plan: Plan;
  /** The path in the last report, so that one found later is told once. */
  #pathTold = false;
  /** The last word on a link that carries, so that one stretch has one beginning. */
  #told: { readonly status: Body['status']; readonly since: Clock } | undefined;

  constructor(setup: { link: AssignedLink; plan: Plan; random: Random }) {
    this.#link = setup.link;
    this.#plan = setup.plan;
    this.path = new PathWatch(setup.random);
    this.#quality = new Quality(qualityOf(setup));
  }

  adopt(next: { link: AssignedLink; plan: Plan; same: boolean }): void {
    const anchors = (plan: Plan): string => plan.anchors.map(({ target }) => target).join(' ');
    if (anchors(this.#plan) !== anchors(next.plan)) this.large.reset();
    this.#link = next.link;
    this.#plan = next.plan;
    this.#quality.adopt(qualityOf(next));
    if (next.same) return;
    this.#told = undefined;
    this.judgement.reset();
    this.#quality.reset();
    this.large.reset();
    this.path.reset();
    this.#tally.clear();
  }

  /** For people: what would be reported now. */
  look(): Pick<LinkLook, 'status' | 'layer' | 'since' | 'recovering' | 'inDoubt' | 'quality' | 'hops'> {
    const { status, layer, recovering, quality } = this.#body([]);
    const { inDoubt } = this.judgement;
    return { status, layer, since: this.#since(), recovering, inDoubt, quality, hops: this.path.known };
  }

  /** Carries, and nothing speaks against it at present. */
  get isCalm(): boolean {
    const { status } = this.judgement.standing;
    return (status === 'up' || status === 'degraded') && !this.judgement.inDoubt;
  }

  /** Its loss is near the limits: more rounds tell sooner on which side. */
  get wantsMore(): boolean {
    return this.isCalm && this.#quality.isUndecided;
  }

  /** Gives the question for the path when this round brought the link into doubt. */
  believe(round: CountedRound, context: ReportContext, sink: Sink): PathQuestion | undefined {
    const { sentAt, targets } = round;
    const { sight, hardness } = this.#chance.weigh(
      round.sight,
      { targets, sentMs: sentAt.monoMs },
      { lossRatio: this.#quality.reading?.lossRatio ?? 0, isDeadAnchor: this.#isDeadAnchor },
      this.#plan.hardness,
    );
    const before = this.judgement.standing.status;
    const changed = this.judgement.observe(sight, sentAt, hardness);
    const { stretchBegan } = this.judgement;
    if (stretchBegan) this.#tally.clear();
    if (changed || this.judgement.inDoubt) for (const target of targets) this.#tally.add(target);
    const qualityChanged = this.#measure(round, before);
    if (sight.seen !== 'down') this.path.good(targets, round.now.monoMs);
    if (changed && before === 'down' && this.judgement.standing.status !== 'down') this.path.recovered();
    if (changed || qualityChanged) this.#report(context, sink, changed ? this.#tally.evidence() : undefined);
    if (sight.seen === 'down' && (changed || stretchBegan)) sink.suspect();
    if (sight.seen !== 'down' && changed && before === 'down') sink.wayBack();
    const asks = sight.seen === 'down' && stretchBegan;
    return asks ? this.path.doubt(round.now.monoMs, this.#plan.anchors[0]?.target) : undefined;
  }

  /** No evidence came for a turn. */
  noEvidence(context: ReportContext, sink: Sink): void {
    if (!this.judgement.lapse(context.now.monoMs, this.#plan.hardness)) return;
    this.#tally.clear();
    this.#report(context, sink, []);
  }

  /** This agent can no longer tell. */
  withdraw(since: Clock, context: ReportContext, sink: Sink): void {
    if (!this.judgement.withdraw(since)) return;
    this.#void();
    this.#tally.clear();
    this.#report(context, sink, []);
  }

  /** The path was asked; `trusted` = by this link. True = it was ours. */
  traced(
    input: PathMeasured,
    state: { readonly trusted: boolean; readonly gateway: string | undefined },
    context: ReportContext,
    sink: Sink,
  ): boolean {
    const answer = this.path.measured(input, { ...state, calm: this.isCalm });
    const isLate = this.judgement.standing.status === 'down' && !this.#pathTold;
    if (answer === 'doubtful' && isLate) this.#report(context, sink, this.#tally.evidence());
    return answer !== 'stray';
  }

  /** True = what is said of the link's quality changed, so that it must be reported. */
  #measure({ targets, sentAt, measures }: CountedRound, before: string): boolean {
    const { status } = this.judgement.standing;
    if (status === 'down' || status === 'unknown') {
      // A dead link has no quality; what was found before belongs to the life before.
      if (status !== before) this.#void();
      return false;
    }
    if (!measures) return false;
    const quality = this.#quality.add(targets, { sentAt, mayJudge: this.judgement.toward !== 'down' });
    const large = this.large.read(targets, sentAt, this.#quality.reading?.lossRatio ?? 0);
    return quality || large;
  }

  #void(): void {
    this.#quality.reset();
    this.large.void();
  }

  #report({ now, egress }: ReportContext, sink: Sink, evidence: TargetEvidence[] | undefined): void {
    const body = this.#body(evidence);
    const since = this.#settledSince(body.status, now);
    this.#pathTold = body.path !== undefined;
    const { key } = this.#link;
    sink.record((seq) => ({
      at: now,
      since,
      body: { ...body, kind: 'link.changed', seq, link: key, egress },
    }));
  }

  /** A new trouble beside a known one moves no beginning, and no stretch begins before the one it follows. */
  #settledSince(status: Body['status'], now: Clock): Clock {
    const since = this.#since() ?? now;
    if (status === 'down' || status === 'unknown') {
      this.#told = undefined;
      return since;
    }
    const told = this.#told;
    const isEarlier = told !== undefined && (told.status === status || since.monoMs < told.since.monoMs);
    const settled = isEarlier ? told.since : since;
    this.#told = { status, since: settled };
    return settled;
  }

  #body(evidence: TargetEvidence[] | undefined): Body {
    const { status, layer, recovering } = this.judgement.standing;
    const by = [...this.#quality.by, ...(this.large.bad ? (['large-packets'] as const) : [])];
    if (status === 'down' || status === 'unknown' || by.length === 0) {
      const path = status === 'down' && !recovering ? this.path.doubtful : undefined;
      return { status, layer, recovering, evidence: evidence ?? this.#quality.evidence(), path };
    }
    const { reading } = this.#quality;
    return {
      status: 'degraded',
      layer: layer ?? (this.large.bad ? 'provider' : undefined),
      recovering,
      evidence: evidence ?? this.#quality.evidence(),
      quality: {
        by,
        windowMs: this.#quality.windowMs,
        lossRatio: Math.min(1, Math.max(0, reading?.lossRatio ?? 0)),
        rttMs: reading?.rttMs,
        jitterMs: reading?.jitterMs,
      },
    };
  }

  /** Since the first of what is wrong now began; when nothing is, since the last of it ended. */
  #since(): Clock | undefined {
    const { status, since } = this.judgement.standing;
    if (status === 'down' || status === 'unknown') return since;
    const isBad = status === 'degraded' || this.#quality.by.length > 0 || this.large.bad;
    const instants = [
      isBad && status !== 'degraded' ? undefined : since,
      isBad && this.#quality.by.length === 0 ? undefined : this.#quality.since,
      isBad && !this.large.bad ? undefined : this.large.since,
    ].filter((each) => each !== undefined);
    const first = (one: Clock, two: Clock): Clock => (one.monoMs <= two.monoMs === isBad ? one : two);
    return instants.length === 0 ? since : instants.reduce(first);
  }
}

function qualityOf({ link, plan }: { link: AssignedLink; plan: Plan }): QualitySetup {
  return {
    anchors: plan.anchors.map(({ target }) => target),
    limits: link.quality ?? plan.quality,
    roundMs: plan.timing.roundMs,
  };
}
