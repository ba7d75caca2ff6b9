// A server clock that stands still until a test moves it. Timers run in order of their instants, ties by age.
import type { Clock } from '../../server/ports/clock.ts';
import { type Instant, instant, later, plus } from '../../shared/time.ts';

export interface ManualClock extends Clock {
  /** Moves time on by `ms`, running each timer at its own instant. */
  advance(ms: number): void;
  /** As `advance`, and lets promises settle between timers. */
  advanceAsync(ms: number): Promise<void>;
  timers(): number;
}

interface Timer {
  readonly at: Instant;
  readonly run: () => void;
}

export function createManualClock(start: Instant = instant(1_773_144_000_000)): ManualClock {
  let now = start;
  const timers = new Set<Timer>();

  /** The next timer up to `until`, removed, with time moved to it. */
  function takeNext(until: Instant): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of timers) {
      if (timer.at <= until && (next === undefined || timer.at < next.at)) next = timer;
    }
    if (next === undefined) return undefined;
    timers.delete(next);
    now = later(now, next.at);
    return next;
  }

  return {
    now: () => now,
    after: (delayMs, run) => {
      const timer = { at: plus(now, Math.max(0, Math.ceil(delayMs))), run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance: (ms) => {
      const until = plus(now, ms);
      for (let timer = takeNext(until); timer !== undefined; timer = takeNext(until)) timer.run();
      now = until;
    },
    advanceAsync: async (ms) => {
      const until = plus(now, ms);
      await settled();
      for (let timer = takeNext(until); timer !== undefined; timer = takeNext(until)) {
        timer.run();
        await settled();
      }
      now = until;
    },
    timers: () => timers.size,
  };
}

/** Lets everything that is ready run: promises, and turns put off by setImmediate. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 5; round += 1) await new Promise((resolve) => setImmediate(resolve));
}
