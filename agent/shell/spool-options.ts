// With what a spool is opened. Production gives the first three; a test makes the limits small.
import type { Clock } from '../core/input.ts';
import type { Log } from './log.ts';

export interface SpoolOptions {
  readonly path: string;
  readonly clock: () => Clock;
  readonly log: Log;
  /** Default `limits.spoolBytesMax`. */
  readonly bytesMax?: number;
  /** Default `limits.spoolAgeMsMax`. */
  readonly ageMsMax?: number;
  /** Default `limits.spoolBallastBytes`. */
  readonly ballastBytes?: number;
  /** A hard ceiling of the file in pages of 4 KiB; default twice `bytesMax`. */
  readonly pagesMax?: number;
}
