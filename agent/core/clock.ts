// Readings of the agent's clocks to server instants. The monotonic clock plus offsets measured in sessions is exact
// to a bound that is always told; the wall clock is only a last resort for a boot in which no session ever opened.
// Never reads a clock.
import { limits } from '../../shared/limits.ts';
import { type Instant, instant, minute, second } from '../../shared/time.ts';
import type { Clock, SavedOffset } from './input.ts';

export interface Estimate {
  readonly at: Instant;
  /** Largest error expected, whole milliseconds. */
  readonly errorMs: number;
}

/** Error of an instant of an earlier boot without any session: its wall clock may have been set in between. */
const wallErrorMs = minute;
/** How much a machine's clock may gain or lose: quartz under 100 ppm, and 500 ppm is what Linux slews it by at most. */
const driftRatio = 500e-6;
/** Samples further apart than this are not of one session: what lay between is found by both. */
const gapMs = minute;
/** A running session's offset is saved at least so often, and when it moved by so much. */
const saveEveryMs = 60 * minute;
const saveMovedMs = second / 4;

/** A moment at which server time minus monotonic time was `offsetMs`, give or take `errorMs`. */
type Point = Omit<SavedOffset, 'bootId'>;

export class ServerClock {
  readonly #bootId: string;
  readonly #saved: ReadonlyMap<string, readonly Point[]>;
  /** Of this boot, ascending; the present one last. */
  #points: readonly Point[];
  #lastSaved: Point | undefined;
  /** The latest samples of this session. */
  #samples: readonly Point[] = [];

  constructor(bootId: string, saved: readonly SavedOffset[]) {
    this.#bootId = bootId;
    const ascending = saved.toSorted((a, b) => a.monoMs - b.monoMs);
    const boots = [...Map.groupBy(ascending, (each) => each.bootId)];
    this.#saved = new Map(boots.map(([id, points]) => [id, withoutVague(points)]));
    this.#points = this.#saved.get(bootId) ?? [];
    this.#lastSaved = this.#points.at(-1);
  }

  /** Server minus monotonic time in this boot; undefined before the first session of a boot. */
  get offsetMs(): number | undefined {
    return this.#points.at(-1)?.offsetMs;
  }

  /** Was there a session in that boot? Then distances within it are told by its offsets, not by its wall clock. */
  knows(bootId: string): boolean {
    return this.#pointsOf(bootId).length > 0;
  }

  /**
   * A server instant arrived that was taken between `sentMs` and `nowMs` (monotonic). Cristian's algorithm: the truth
   * lies within half the round trip. Gives the offset to save when it changed enough to matter after a restart.
   */
  sample(measured: {
    readonly sentMs: number;
    readonly nowMs: number;
    readonly serverAt: Instant;
  }): SavedOffset | undefined {
    const halfMs = Math.max(0, measured.nowMs - measured.sentMs) / 2;
    const monoMs = measured.sentMs + halfMs;
    const fresh = { monoMs, offsetMs: measured.serverAt - monoMs, errorMs: Math.ceil(halfMs) + 1 };
    const held = this.#points.at(-1);
    const goesOn =
      this.#samples.length > 0 &&
      held !== undefined &&
      fresh.monoMs - held.monoMs <= limits.offsetSamplesMax * gapMs &&
      agree(held, fresh) &&
      fresh.monoMs - (this.#samples.at(-1)?.monoMs ?? 0) <= gapMs;
    this.#samples = goesOn ? [...this.#samples.slice(1 - limits.offsetSamplesMax), fresh] : [fresh];
    const best = this.#samples.reduce((a, b) => (errorAt(b, monoMs) < errorAt(a, monoMs) ? b : a));
    // The offset before a gap stays known: what happened in the gap lies between the two.
    const before = goesOn ? this.#points.slice(0, -1) : this.#points;
    this.#points = withoutVague([...before.slice(1 - limits.spoolOffsetsMax), best]);
    return this.#worthSaving(best);
  }

  /** `now` is the present reading; it tells how wrong the wall clock is today. */
  estimate(reading: Clock, now: Clock): Estimate {
    const offset = offsetAt(this.#pointsOf(reading.bootId), reading.monoMs);
    if (offset !== undefined) {
      return { at: instant(reading.monoMs + offset.offsetMs), errorMs: wholeError(offset.errorMs) };
    }
    const held = this.#points.at(-1);
    const serverNowMs = held === undefined ? now.wallMs : now.monoMs + held.offsetMs;
    const byWallMs = reading.wallMs + (serverNowMs - now.wallMs);
    // An earlier boot ended before this one began, whatever its clock said.
    const bootAtMs = reading.bootId === this.#bootId ? byWallMs : serverNowMs - now.monoMs;
    const atMs = Math.min(byWallMs, bootAtMs);
    return { at: instant(atMs), errorMs: wholeError(wallErrorMs + byWallMs - atMs) };
  }

  #pointsOf(bootId: string): readonly Point[] {
    return bootId === this.#bootId ? this.#points : (this.#saved.get(bootId) ?? []);
  }

  #worthSaving(held: Point): SavedOffset | undefined {
    const last = this.#lastSaved;
    const matters =
      last === undefined ||
      !agree(last, held) ||
      held.monoMs - last.monoMs >= saveEveryMs ||
      Math.abs(held.offsetMs - last.offsetMs) >= saveMovedMs ||
      held.errorMs < last.errorMs / 2;
    if (!matters) return undefined;
    this.#lastSaved = held;
    return { bootId: this.#bootId, ...held };
  }
}

/**
 * The offset at a moment of a boot whose offsets are known. Between two of them the truth lies within the bounds of
 * both, so a constant drift over a week without a session is taken out; outside, the nearest one is extended.
 */
function offsetAt(
  points: readonly Point[],
  monoMs: number,
): { readonly offsetMs: number; readonly errorMs: number } | undefined {
  const before = points.findLast((point) => point.monoMs <= monoMs);
  const after = points.find((point) => point.monoMs >= monoMs);
  if (before === undefined || after === undefined) {
    const nearest = before ?? after;
    return nearest && { offsetMs: nearest.offsetMs, errorMs: errorAt(nearest, monoMs) };
  }
  if (!agree(before, after)) {
    // The clock was stopped or set in between, nobody knows when: the nearer one, with the whole jump as error.
    const nearest = monoMs - before.monoMs <= after.monoMs - monoMs ? before : after;
    const jumpMs = Math.abs(after.offsetMs - before.offsetMs);
    return { offsetMs: nearest.offsetMs, errorMs: errorAt(nearest, monoMs) + jumpMs };
  }
  const spanMs = after.monoMs - before.monoMs;
  const share = spanMs === 0 ? 0 : (monoMs - before.monoMs) / spanMs;
  const offsetMs = before.offsetMs + share * (after.offsetMs - before.offsetMs);
  const errors = [before, after].map((point) => errorAt(point, monoMs));
  const lowestMs = Math.max(before.offsetMs - (errors[0] ?? 0), after.offsetMs - (errors[1] ?? 0));
  const highestMs = Math.min(before.offsetMs + (errors[0] ?? 0), after.offsetMs + (errors[1] ?? 0));
  return { offsetMs, errorMs: Math.max(offsetMs - lowestMs, highestMs - offsetMs) };
}

/**
 * A program that stood still between question and answer took a sample that may be wrong by minutes, and whatever is
 * read between it and a good one would be drawn towards it. It goes when a neighbour tells its moment more surely; the
 * last one stays, because only it knows what happened since the one before.
 */
function withoutVague(points: readonly Point[]): readonly Point[] {
  return points.filter((point, index) => {
    const next = points[index + 1];
    if (next === undefined) return true;
    return ![points[index - 1], next].some((other) => other !== undefined && tellsMore(other, point));
  });
}

function tellsMore(other: Point, point: Point): boolean {
  return agree(other, point) && errorAt(other, point.monoMs) < point.errorMs;
}

/** The error of an offset, used for another moment than its own. */
function errorAt(point: Point, monoMs: number): number {
  return point.errorMs + driftRatio * Math.abs(monoMs - point.monoMs);
}

/** Can both be true of one clock that was never stopped nor set? */
function agree(a: Point, b: Point): boolean {
  return Math.abs(a.offsetMs - b.offsetMs) <= a.errorMs + errorAt(b, a.monoMs);
}

/** One more for the fraction that an instant drops. */
function wholeError(errorMs: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.ceil(errorMs) + 1);
}
