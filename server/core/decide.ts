// The correlator's mind: reads the state and one input, gives changes and effects. Reads only; `evolve` writes.
// Route: decide -> handlers/on-*.ts -> rules/*. Never touches a clock, a random source or the world.
import type { Change } from './change.ts';
import type { Effect } from './effect.ts';
import type { NumberedInput } from './input.ts';
import type { State } from './state.ts';

export interface Decision {
  readonly changes: readonly Change[];
  readonly effects: readonly Effect[];
}

export function decide(_state: State, _numbered: NumberedInput): Decision {
  return { changes: [], effects: [] };
}
