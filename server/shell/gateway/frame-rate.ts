// How many frames a peer may send: a count per window. Counts only; the session closes.
import { limits } from '../../../shared/limits.ts';
import { type Instant, second } from '../../../shared/time.ts';

export interface FrameRate {
  /** Counts one frame; false when this window's are used up. */
  admit(now: Instant): boolean;
}

export function createFrameRate(): FrameRate {
  const framesMax = (limits.messagesPerSecondMax * limits.messageRateWindowMs) / second;
  let from: Instant | undefined;
  let count = 0;
  return {
    admit(now) {
      if (from === undefined || now - from >= limits.messageRateWindowMs) {
        from = now;
        count = 0;
      }
      count += 1;
      return count <= framesMax;
    },
  };
}
