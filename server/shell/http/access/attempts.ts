// Counts attempts per key (an address, a login) in a window of time, BEFORE the work of judging them: a hundred guesses sent
// at once are a hundred attempts. A good one is taken back, so that only wrong ones are ever held up.

import { limits } from '../../../../shared/limits.ts';
import { type Instant, plus } from '../../../../shared/time.ts';
import type { Clock } from '../../../ports/clock.ts';

export interface Attempts {
  /** Counts one; false when this key has had its share and nothing may be tried before the window is over. */
  begin(key: string): boolean;
  /** The attempt that began was a good one: it never counted. */
  good(key: string): void;
}

export interface AttemptsOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly max: number;
  readonly windowMs: number;
}

interface Window {
  readonly endsAt: Instant;
  readonly count: number;
}

export function createAttempts({ clock, max, windowMs }: AttemptsOptions): Attempts {
  const windows = new Map<string, Window>();
  return {
    begin: (key) => {
      const now = clock.now();
      const known = windows.get(key);
      const fresh = known === undefined || known.endsAt <= now;
      if (!fresh && known.count >= max) return false;
      if (fresh) windows.delete(key);
      windows.set(
        key,
        fresh ? { endsAt: plus(now, windowMs), count: 1 } : { ...known, count: known.count + 1 },
      );
      // Insertion order is age here: the oldest window is given up.
      const oldest = windows.size > limits.signInAddressesMax ? windows.keys().next().value : undefined;
      if (oldest !== undefined) windows.delete(oldest);
      return true;
    },
    good: (key) => {
      const known = windows.get(key);
      if (known !== undefined) windows.set(key, { ...known, count: Math.max(0, known.count - 1) });
    },
  };
}
