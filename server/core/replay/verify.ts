// Decides recorded inputs again and compares with what was recorded. Each input is decided against the state that the
// RECORDED changes gave, so that one difference does not colour everything after it. Pure: rows come in one by one.
import { assert } from '../../../shared/assert.ts';
import { decide } from '../decide.ts';
import { isTicketEffect } from '../effect.ts';
import { evolve } from '../evolve.ts';
import type { State } from '../state.ts';
import type { Kept, Recorded } from './recorded.ts';
import { sameData } from './same-data.ts';

export interface Verifier {
  /** The decision as it is made now. Rows come in order, without gaps. */
  take(row: Recorded): Decided;
  state(): State;
}

export interface Decided {
  readonly decided: Kept;
  /** It says the same as the one that was recorded. */
  readonly same: boolean;
}

/** `state` is the one before the first row; the verifier owns it from here on. */
export function createVerifier(state: State): Verifier {
  let present = state;
  return {
    take(row) {
      assert(row.input.seq === present.seq + 1, 'recorded inputs come in order, without gaps');
      const { changes, effects } = decide(present, row.input);
      const decided = { changes, effects: effects.filter(isTicketEffect) };
      const same = sameData(row.changes, decided.changes) && sameData(row.effects, decided.effects);
      present = evolve(present, row.input, row.changes);
      return { decided, same };
    },
    state: () => present,
  };
}
