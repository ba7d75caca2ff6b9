// The server's clock: it never runs backwards and never jumps. A jump forwards would make every agent look silent at
// once; a jump backwards would let an incident end before it began. Must be the only reader of wall time in the server.
import { limits } from '../../../shared/limits.ts';
import { type Instant, instant } from '../../../shared/time.ts';
import type { Clock } from '../../ports/clock.ts';

/** How much faster or slower than real this clock may run to come back to wall time: 3 s in a minute. */
const slewRatioMax = 0.05;

export interface SystemClockOptions {
  /** The last instant of the journal: this clock never says less, even when the machine's was set back meanwhile. */
  readonly notBefore?: Instant;
  /** Milliseconds since 1970 as the machine tells them; steps when someone sets it. */
  readonly wallMs?: () => number;
  /** Milliseconds that never run backwards. */
  readonly monotonicMs?: () => number;
}

export interface SystemClock extends Clock {
  /** Wall time minus this clock, in ms: not near 0 after someone set the machine's clock. For metrics and readiness. */
  offsetMs(): number;
}

/**
 * Starts at wall time (or `notBefore`), advances by monotonic time, and is drawn towards wall time by at most 5 %.
 * One step of the machine's clock by a minute is thus taken in within 20 minutes, without any timer noticing.
 */
export function createSystemClock(options: SystemClockOptions = {}): SystemClock {
  const wallMs = options.wallMs ?? Date.now;
  const monotonicMs = options.monotonicMs ?? (() => performance.now());
  let lastMonotonicMs = monotonicMs();
  let currentMs = Math.max(wallMs(), options.notBefore ?? 0);

  const now = (): Instant => {
    const monotonic = monotonicMs();
    const elapsedMs = Math.max(0, monotonic - lastMonotonicMs);
    lastMonotonicMs = monotonic;
    const slewMs = elapsedMs * slewRatioMax;
    const errorMs = wallMs() - (currentMs + elapsedMs);
    currentMs += elapsedMs + Math.min(slewMs, Math.max(-slewMs, errorMs));
    return instant(currentMs);
  };

  return {
    now,
    offsetMs: () => wallMs() - now(),
    after: (delayMs, run) => {
      const timer = setTimeout(run, Math.min(Math.max(0, Math.ceil(delayMs)), limits.timerMsMax));
      return () => clearTimeout(timer);
    },
  };
}
