// Room 3 for a link that carries: is it too lossy, too slow, too unsteady? Measured over a window of time, so that a
// second of burst rounds weighs no more than a second of calm; raised and cleared by different limits. It never judges
// before a whole window was seen, and never takes one bad anchor for a bad link.
import { limits } from '../../../shared/limits.ts';
import type { QualityLimits } from '../../../shared/wire/assignment.ts';
import type { TargetEvidence } from '../../../shared/wire/evidence.ts';
import type { Degradation, ProbeMethod } from '../../../shared/words.ts';
import { answered, rttOf } from '../evidence.ts';
import type { Clock, TargetResult } from '../input.ts';
import { Ring, type RingColumn } from './quality-ring.ts';

export interface QualitySetup {
  readonly anchors: readonly string[];
  readonly limits: QualityLimits;
  readonly roundMs: number;
}

export interface QualityReading {
  readonly lossRatio: number;
  readonly rttMs: number | undefined;
  readonly jitterMs: number | undefined;
}

interface Judged {
  readonly measure: Measure;
  readonly value: number | undefined;
  readonly kept: readonly number[];
  readonly now: Clock;
  /** Enough was seen to call it bad. */
  readonly raisable: boolean;
}

export interface RoundAt {
  readonly sentAt: Clock;
  readonly mayJudge: boolean;
}

type Measure = 'loss' | 'latency' | 'jitter';
const measures: readonly Measure[] = ['loss', 'latency', 'jitter'];
const none: readonly never[] = [];

/** An anchor that loses more than twice what the middle one does, and this much beyond, is dead by itself. */
const outlierMargin = 0.1;
/** An anchor that loses more than this is not asked about a single round. */
const deadRatio = 0.9;
/** Part of the window's slots that must hold a round: with less, nothing is known of the window. */
const filledRatioMin = 0.75;
/** From this part of the limit on loss is looked at closer. */
const undecidedRatio = 0.3;
/** A window holds some seventy probes: chance alone must not turn half of the limit into more than the limit. */
const sigmas = 3.5;
/** Without the worst anchor: it need not convince by itself, only agree. */
const sigmasOfRest = 2;

export class Quality {
  #setup: QualitySetup;
  #ring: Ring;
  #methods: ProbeMethod[] = [];
  #by: readonly Measure[] = [];
  /** Bad measures that are below their clearing limit: since which reading, and from when on it is good. */
  readonly #clearing = new Map<Measure, { readonly sinceMs: number; readonly good: Clock }>();
  /** When the measure that was cleared last became good. */
  #good: Clock | undefined;
  #told: readonly Measure[] = [];
  #toldMs = Number.NEGATIVE_INFINITY;
  #since: Clock | undefined;
  /** A slot was filled that nobody has judged. */
  #isDue = false;
  #reading: QualityReading | undefined;
  #deadAnchors: readonly string[] = [];

  constructor(setup: QualitySetup) {
    this.#setup = setup;
    this.#ring = ringOf(setup);
  }

  /** New limits or anchors begin a new window; what was found bad stands until the new window says otherwise. */
  adopt(setup: QualitySetup): void {
    const before = this.#setup;
    this.#setup = setup;
    const sameWindow = before.limits.windowMs === setup.limits.windowMs && before.roundMs === setup.roundMs;
    if (sameWindow && before.anchors.join(' ') === setup.anchors.join(' ')) return;
    this.#ring = ringOf(setup);
    this.#methods = [];
  }

  /** In what the link is too bad; empty = in nothing. */
  get by(): readonly Degradation[] {
    return this.#told;
  }

  /** Since when it is bad, or good again; undefined before anything was raised. */
  get since(): Clock | undefined {
    return this.#since;
  }

  /** Of the last whole window, as far as one was seen. */
  get reading(): QualityReading | undefined {
    return this.#reading;
  }

  /** Some loss, and not yet told. */
  get isUndecided(): boolean {
    const { lossRaise } = this.#setup.limits;
    return !this.#by.includes('loss') && (this.#reading?.lossRatio ?? 0) > lossRaise * undecidedRatio;
  }

  /** Was this anchor silent through the window, so that its silence in one round is no news? */
  isDeadAnchor(target: string): boolean {
    return this.#deadAnchors.includes(target);
  }

  get windowMs(): number {
    return this.#setup.limits.windowMs;
  }

  /** What the window holds of each anchor. */
  evidence(): TargetEvidence[] {
    return this.#ring.columns().flatMap((column, index) => {
      const target = this.#setup.anchors[index];
      if (column.sent === 0 || target === undefined) return [];
      const { sent, lost, rttMs } = column;
      return [{ target, role: 'anchor', method: this.#methods[index] ?? 'icmp', sent, lost, rttMs }];
    });
  }

  /** The link went down, or nobody can see it: the window and all that was concluded from it are void. */
  reset(): void {
    this.#ring.clear();
    this.#by = [];
    this.#clearing.clear();
    this.#told = [];
    this.#since = undefined;
    this.#reading = undefined;
    this.#toldMs = Number.NEGATIVE_INFINITY;
  }

  /**
   * One round that counts for the link, sent at `sentAt`. `mayJudge`: not while the link may be dying, which is another
   * story. True = what is said of its quality changed.
   */
  add(targets: readonly TargetResult[], { sentAt, mayJudge }: RoundAt): boolean {
    this.#isDue = this.#ring.open(sentAt) || this.#isDue;
    const changed = this.#isDue && mayJudge && this.#judge(sentAt);
    if (mayJudge) this.#isDue = false;
    for (const target of targets) this.#count(target);
    return changed;
  }

  #count(target: TargetResult): void {
    if (target.role !== 'anchor' || target.large === true || target.sent === 0) return;
    const index = this.#setup.anchors.indexOf(target.target);
    if (index === -1) return;
    this.#methods[index] = target.method;
    const rttMs = answered(target) ? rttOf(target) : undefined;
    this.#ring.add(index, { sent: target.sent, lost: Math.min(target.lost, target.sent), rttMs });
  }

  #judge(now: Clock): boolean {
    if (!this.#ring.isWhole(filledRatioMin)) return false;
    const columns = this.#ring.columns();
    const kept = keptColumns(columns);
    const reading = {
      lossRatio: lossOf(columns, kept),
      rttMs: lowerMedian(columns.map(({ rttMs }) => rttMs)),
      jitterMs: lowerMedian(columns.map(({ jitterMs }) => jitterMs)),
    };
    this.#reading = reading;
    this.#deadAnchors = columns.some(({ lossRatio }) => lossRatio > deadRatio)
      ? this.#setup.anchors.filter((_, index) => (columns[index]?.lossRatio ?? 0) > deadRatio)
      : none;
    // Nothing bad before and nothing now: so almost every round of years ends here.
    if (this.#by.length === 0 && this.#told.length === 0 && !this.#isAnyRaised(reading)) return false;
    const byChance = isByChance(columns, kept, this.#setup.limits.lossRaise);
    this.#by = measures.filter((each) => {
      const raisable = each !== 'loss' || !byChance;
      return this.#isBad({ measure: each, value: readingOf(reading, each), kept, now, raisable });
    });
    return this.#tell(kept, now);
  }

  #isAnyRaised({ lossRatio, rttMs, jitterMs }: QualityReading): boolean {
    const { lossRaise, rttRaiseMs, jitterRaiseMs } = this.#setup.limits;
    return lossRatio >= lossRaise || (rttMs ?? 0) >= rttRaiseMs || (jitterMs ?? 0) >= jitterRaiseMs;
  }

  /** Bad at once; good again when it stayed so for half a window, because a lossy link has lucky minutes. */
  #isBad({ measure, value, kept, now, raisable }: Judged): boolean {
    const { raise, clear } = this.#limitsOf(measure);
    const wasBad = this.#by.includes(measure);
    // Nothing measured says nothing: what stood stands.
    if (value === undefined) return wasBad;
    if (!wasBad || value > clear) this.#clearing.delete(measure);
    if (!wasBad) return raisable && value >= raise;
    if (value > clear) return true;
    const clearing = this.#clearing.get(measure) ?? {
      sinceMs: now.monoMs,
      // Now, while the window still holds the end of what was bad.
      good: this.#onset(measure, kept, false) ?? now,
    };
    this.#clearing.set(measure, clearing);
    if (now.monoMs - clearing.sinceMs < this.windowMs / 2) return true;
    this.#clearing.delete(measure);
    this.#good = clearing.good;
    return false;
  }

  /** Said at once when it begins and ends; a change in between at most once a window. */
  #tell(kept: readonly number[], now: Clock): boolean {
    const [before, after] = [this.#told, this.#by];
    if (before.join() === after.join()) return false;
    const began = before.length === 0;
    const ended = after.length === 0;
    if (!began && !ended && now.monoMs - this.#toldMs < this.windowMs) return false;
    // It is bad since the first trouble began, and good since the last one ended.
    if (began) {
      const onsets = after.map((each) => this.#onset(each, kept, true) ?? now);
      this.#since = onsets.reduce((one, two) => (one.monoMs <= two.monoMs ? one : two));
    } else if (ended) this.#since = this.#good ?? now;
    this.#told = after;
    this.#toldMs = now.monoMs;
    return true;
  }

  /**
   * From which slot on the measure stands on that side of its limits: the start of the run that most speaks for it
   * (the largest sum of distances from the middle, counted from the window's end; Page's CUSUM read backwards).
   */
  #onset(measure: Measure, kept: readonly number[], bad: boolean): Clock | undefined {
    const { raise, clear } = this.#limitsOf(measure);
    const middle = (raise + clear) / 2;
    let sum = 0;
    let best = 0;
    let found: Clock | undefined;
    this.#ring.eachSlotBackwards((slot, at) => {
      const value =
        measure === 'loss'
          ? meanOf(kept.flatMap((index) => this.#ring.lossOf(slot, index) ?? []))
          : lowerMedian(
              this.#setup.anchors.map((_, index) =>
                measure === 'latency' ? this.#ring.rttOf(slot, index) : this.#ring.jitterOf(slot, index),
              ),
            );
      if (value === undefined || Number.isNaN(value)) return;
      // One wild value must not outweigh a minute of others; but a lossy link loses nothing in most of its rounds.
      const most = measure === 'loss' ? 5 * middle : middle;
      const distance = Math.max(-middle, Math.min(most, value - middle));
      sum += bad ? distance : -distance;
      if (sum <= best) return;
      best = sum;
      found = at;
    });
    return found;
  }

  #limitsOf(measure: Measure): { readonly raise: number; readonly clear: number } {
    const { limits: all } = this.#setup;
    switch (measure) {
      case 'loss':
        return { raise: all.lossRaise, clear: all.lossClear };
      case 'latency':
        return { raise: all.rttRaiseMs, clear: all.rttClearMs };
      case 'jitter':
        return { raise: all.jitterRaiseMs, clear: all.jitterClearMs };
    }
  }
}

/** Slots of one round each, or longer ones where the window is long. */
function ringOf({ anchors, limits: quality, roundMs }: QualitySetup): Ring {
  const slotMs = Math.max(roundMs, quality.windowMs / limits.qualitySlotsMax);
  return new Ring({ slotMs, slots: Math.ceil(quality.windowMs / slotMs), columns: anchors.length });
}

/**
 * Could so many losses be the luck of a link that loses half of the limit? (Normal approximation of the binomial.) Where
 * no anchor is left out yet, also: do the losses stand without the worst one, which may be dying, or just back?
 */
function isByChance(columns: readonly RingColumn[], kept: readonly number[], lossRaise: number): boolean {
  let sent = 0;
  let lost = 0;
  let worst: RingColumn | undefined;
  for (const index of kept) {
    const column = columns[index];
    if (column === undefined) continue;
    sent += column.sent;
    lost += column.lost;
    if (worst === undefined || column.lost > worst.lost) worst = column;
  }
  if (lost < usualLosses(sent, lossRaise, sigmas)) return true;
  const asked = columns.filter((column) => column.sent > 0).length;
  if (worst === undefined || kept.length < 2 || kept.length < asked) return false;
  return lost - worst.lost < usualLosses(sent - worst.sent, lossRaise, sigmasOfRest);
}

/** So many of `sent` probes may be lost by chance on a link that loses half of the limit. */
function usualLosses(sent: number, lossRaise: number, deviations: number): number {
  const usual = lossRaise / 2;
  return Math.min(sent, sent * usual + deviations * Math.sqrt(sent * usual * (1 - usual)));
}

/** Mean of what the kept anchors lose. */
function lossOf(columns: readonly RingColumn[], kept: readonly number[]): number {
  let sum = 0;
  for (const index of kept) sum += columns[index]?.lossRatio ?? 0;
  return kept.length === 0 ? 0 : sum / kept.length;
}

function readingOf(reading: QualityReading, measure: Measure): number | undefined {
  switch (measure) {
    case 'loss':
      return reading.lossRatio;
    case 'latency':
      return reading.rttMs;
    case 'jitter':
      return reading.jitterMs;
  }
}

/**
 * Anchors that are not dead by themselves: measured by the middle one, and by what the others lose on average where
 * that is less (the middle one may have lost a packet or two by chance just when another died).
 */
function keptColumns(columns: readonly RingColumn[]): readonly number[] {
  const middle = lowerMedian(columns.map(({ sent, lossRatio }) => (sent === 0 ? undefined : lossRatio))) ?? 0;
  const kept: number[] = [];
  for (let index = 0; index < columns.length; index += 1) {
    const column = columns[index];
    if (column === undefined || column.sent === 0) continue;
    const others = othersLoss(columns, index);
    const usual = others === undefined ? middle : Math.min(middle, others);
    if (column.lossRatio <= 2 * usual + outlierMargin) kept.push(index);
  }
  return kept;
}

/** What the other anchors lose on average; undefined when no other was asked. */
function othersLoss(columns: readonly RingColumn[], except: number): number | undefined {
  let sum = 0;
  let count = 0;
  for (let index = 0; index < columns.length; index += 1) {
    const column = columns[index];
    if (index === except || column === undefined || column.sent === 0) continue;
    sum += column.lossRatio;
    count += 1;
  }
  return count === 0 ? undefined : sum / count;
}

/** The middle value, of an even number the lower: half of the anchors may be slow or dead by themselves. */
export function lowerMedian(values: readonly (number | undefined)[]): number | undefined {
  const known: number[] = [];
  for (const value of values) if (value !== undefined) known.push(value);
  if (known.length > 1) known.sort(ascending);
  return known[Math.ceil(known.length / 2) - 1];
}

function ascending(a: number, b: number): number {
  return a - b;
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
