// Readings of the agent's clocks to server instants. The monotonic clock plus an offset measured in sessions is
// exact; the wall clock is only a last resort for a boot in which no session ever opened. Never reads a clock.
import { limits } from '../../shared/limits.ts';
import { type Instant, instant } from '../../shared/time.ts';
import type { Clock, SavedOffset } from './input.ts';

export interface Estimate {
  readonly at: Instant;
  /** Largest error expected, whole milliseconds. */
  readonly errorMs: number;
}

/** Error of an instant of an earlier boot without any session: its wall clock may have been set in between. */
const wallErrorMs = 60_000;

interface Offset {
  readonly offsetMs: number;
  readonly errorMs: number;
}

export class ServerClock {
  readonly #bootId: string;
  readonly #saved: ReadonlyMap<string, Offset>;
  #held: Offset | undefined;
  #lastSaved: Offset | undefined;
  #samples: Offset[] = [];

  constructor(bootId: string, saved: readonly SavedOffset[]) {
    this.#bootId = bootId;
    this.#saved = new Map(saved.map((offset) => [offset.bootId, offset]));
    this.#held = this.#saved.get(bootId);
    this.#lastSaved = this.#held;
  }

  /** Server minus monotonic time in this boot; undefined before the first session of a boot. */
  get offsetMs(): number | undefined {
    return this.#held?.offsetMs;
  }

  /**
   * A server instant arrived that was taken between `sentMs` and `now` (monotonic). Cristian's algorithm: the truth
   * lies within half the round trip. Gives the offset to save when it changed enough to matter after a restart.
   */
  sample(measured: {
    readonly sentMs: number;
    readonly nowMs: number;
    readonly serverAt: Instant;
  }): SavedOffset | undefined {
    const errorMs = Math.max(0, measured.nowMs - measured.sentMs) / 2;
    const fresh = {
      offsetMs: measured.serverAt - (measured.sentMs + errorMs),
      errorMs: Math.ceil(errorMs) + 1,
    };
    const held = this.#held;
    // Two samples whose error bounds do not meet cannot both be true of one clock: it drifted, slept or was set.
    const apart =
      held !== undefined && Math.abs(fresh.offsetMs - held.offsetMs) > held.errorMs + fresh.errorMs;
    this.#samples = apart ? [fresh] : [...this.#samples.slice(1 - limits.offsetSamplesMax), fresh];
    this.#held = this.#samples.reduce((best, each) => (each.errorMs < best.errorMs ? each : best));
    return this.#worthSaving(this.#held);
  }

  /** `now` is the present reading; it tells how wrong the wall clock is today. */
  estimate(reading: Clock, now: Clock): Estimate {
    const offset = reading.bootId === this.#bootId ? this.#held : this.#saved.get(reading.bootId);
    if (offset !== undefined) {
      return { at: instant(reading.monoMs + offset.offsetMs), errorMs: Math.ceil(offset.errorMs) };
    }
    const serverNowMs = this.#held === undefined ? now.wallMs : now.monoMs + this.#held.offsetMs;
    return { at: instant(reading.wallMs + (serverNowMs - now.wallMs)), errorMs: wallErrorMs };
  }

  #worthSaving(held: Offset): SavedOffset | undefined {
    const last = this.#lastSaved;
    const matters =
      last === undefined ||
      Math.abs(held.offsetMs - last.offsetMs) > last.errorMs ||
      held.errorMs < last.errorMs / 2;
    if (!matters) return undefined;
    this.#lastSaved = held;
    return { bootId: this.#bootId, offsetMs: held.offsetMs, errorMs: held.errorMs };
  }
}
