// Counts wrong credentials per address, so that a guessing machine is told to wait and shows in the figures. Right
// credentials are never held up: with 256 random bits nobody guesses, and a stranger behind the same router must not
// be able to lock the NOC out.
import { limits } from '../../../../shared/limits.ts';
import { type Instant, minute, plus } from '../../../../shared/time.ts';
import type { Clock } from '../../../ports/clock.ts';

export interface FailedSignIns {
  /** Counts one failure; true when this address has had too many within a minute. */
  failed(address: string): boolean;
}

interface Window {
  readonly endsAt: Instant;
  readonly count: number;
}

export function createFailedSignIns(clock: Clock): FailedSignIns {
  const windows = new Map<string, Window>();
  return {
    failed: (address) => {
      const now = clock.now();
      const known = windows.get(address);
      const fresh = known === undefined || known.endsAt <= now;
      const window = fresh
        ? { endsAt: plus(now, minute), count: 1 }
        : { endsAt: known.endsAt, count: known.count + 1 };
      if (fresh) windows.delete(address);
      windows.set(address, window);
      // Insertion order is age here: the oldest window is given up.
      const oldest = windows.size > limits.signInAddressesMax ? windows.keys().next().value : undefined;
      if (oldest !== undefined) windows.delete(oldest);
      return window.count > limits.signInFailuresPerAddressPerMinuteMax;
    },
  };
}
