// The pure core as one value, so that the loop can be tested with a tiny one. Production passes `serverCore`.

import type { Instant } from '../../../shared/time.ts';
import type { Change } from '../../core/change.ts';
import { nextDeadline } from '../../core/deadline.ts';
import { type Decision, decide } from '../../core/decide.ts';
import { evolve } from '../../core/evolve.ts';
import type { NumberedInput } from '../../core/input.ts';
import type { State } from '../../core/state.ts';

export interface Core {
  decide(state: State, numbered: NumberedInput): Decision;
  evolve(state: State, numbered: NumberedInput, changes: readonly Change[]): State;
  nextDeadline(state: State): Instant | undefined;
}

export const serverCore: Core = { decide, evolve, nextDeadline };
