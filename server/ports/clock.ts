// Time and waiting, so that a test can own them.
import type { Instant } from '../../shared/time.ts';

export interface Clock {
  /** Wall time of this server, kept from running backwards by its maker. */
  now(): Instant;
  /** Calls once after `delayMs`; the returned function cancels. */
  after(delayMs: number, run: () => void): () => void;
}
