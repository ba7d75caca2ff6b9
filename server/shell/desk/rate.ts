// How many requests a desk may get: at most so many in any stretch of time, as its maker says. A list of instants, asked
// before each request. Must never wait by itself: what may not go now is told how long, and the queue decides who goes.
import { type Instant, plus } from '../../../shared/time.ts';

export interface DeskRateOptions {
  readonly requests: number;
  readonly perMs: number;
  /** Added to each stretch: requests that left far apart may arrive close together. */
  readonly marginMs: number;
}

export interface DeskRate {
  /** 0: the request may go, and is counted. Else: ms until it may; not counted. */
  take(now: Instant): number;
  /** Ms until `requests` of them may go one after the other; 0 = now. More than the whole limit counts as the limit. */
  waitFor(requests: number, now: Instant): number;
}

export function createDeskRate({ requests, perMs, marginMs }: DeskRateOptions): DeskRate {
  /** When the latest requests left, oldest first; never more than `requests`. */
  let sent: readonly Instant[] = [];
  const waitFor = (wanted: number, now: Instant): number => {
    sent = sent.filter((at) => plus(at, perMs + marginMs) > now);
    const over = sent.length + Math.min(wanted, requests) - requests;
    if (over <= 0) return 0;
    const last = sent[over - 1];
    return last === undefined ? 0 : plus(last, perMs + marginMs) - now;
  };
  return {
    waitFor,
    take: (now) => {
      const waitMs = waitFor(1, now);
      if (waitMs === 0) sent = [...sent, now];
      return waitMs;
    },
  };
}
