// The start: from the newest sound snapshot, re-apply what the journal recorded after it.
// Never decides: an upgrade must not rewrite history. Must see every input once, in order.
import { assert } from '../../../shared/assert.ts';
import { initialState } from '../../core/evolve.ts';
import type { State } from '../../core/state.ts';
import type { Journal } from '../../ports/journal.ts';
import { type Core, serverCore } from './core.ts';

export interface Recovered {
  readonly state: State;
  /** Seq of the snapshot it began from; 0 = from the beginning. */
  readonly fromSeq: number;
  /** Inputs applied again. */
  readonly replayed: number;
}

/** A journal that cannot be read is an assertion: a server that forgot open incidents would open them twice. */
export function recover(journal: Journal, core: Pick<Core, 'evolve'> = serverCore): Recovered {
  const snapshot = journal.latestSnapshot();
  let state = snapshot?.state ?? initialState();
  const fromSeq = state.seq;
  for (const { input, changes } of journal.read(fromSeq)) {
    assert(input.seq === state.seq + 1, `input ${state.seq + 1} is in the journal`);
    state = core.evolve(state, input, changes);
  }
  return { state, fromSeq, replayed: state.seq - fromSeq };
}
