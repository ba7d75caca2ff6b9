// One row of the journal as a replay reads it: the input, and what was decided for it then.
import type { Change } from '../change.ts';
import type { TicketEffect } from '../effect.ts';
import type { NumberedInput } from '../input.ts';

export interface Recorded {
  readonly input: NumberedInput;
  readonly changes: readonly Change[];
  readonly effects: readonly TicketEffect[];
}

/** What of a decision the journal keeps. */
export type Kept = Pick<Recorded, 'changes' | 'effects'>;
