// Full-jitter exponential backoff (Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015):
// the wait is uniform in [0, min(cap, base * 2^attempt)], so that a fleet does not come back in step.
import type { Random } from './random.ts';

export interface BackoffPolicy {
  readonly baseMs: number;
  readonly capMs: number;
  /** Never wait less than this, so that a refused peer cannot spin. */
  readonly floorMs: number;
}

/** `attempt` counts from 0. Result is a whole number of milliseconds in [floorMs, capMs]. */
export function backoffMs(policy: BackoffPolicy, attempt: number, random: Random): number {
  const ceiling = Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(attempt, 30));
  return Math.max(policy.floorMs, Math.floor(random.next() * ceiling));
}
