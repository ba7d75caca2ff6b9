// What the doors (gateway, API, probes) may ask of the running correlator. Implemented by `shell/runtime`.
import type { Change } from '../core/change.ts';
import type { HintEffect } from '../core/effect.ts';
import type { Input } from '../core/input.ts';
import type { State } from '../core/state.ts';

export interface Committed {
  readonly seq: number;
  readonly changes: readonly Change[];
}

export interface Correlator {
  /**
   * Puts an input into the bounded inbox; resolves after it is committed and applied. Rejects only when the server
   * is stopping or the inbox is full (`limit.reached` as a Failure value, see `offer`).
   */
  submit(input: Input): Promise<Committed>;
  /** The present state, for reading only. */
  state(): State;
  /** Called after each commit with what changed, in order. Returns the way to stop. */
  onCommitted(listener: (committed: Committed) => void): () => void;
  /** Hints of the core to the shell (challenge, probe, cut, assignments), after commit. */
  onHint(listener: (hint: HintEffect) => void): () => void;
}
