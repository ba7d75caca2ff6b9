// Where the parts of the core put what they decide, so that a leaf needs to know neither the spool nor the session.
// One sink per agent; what is put in during a step leaves with that step, in order.
import type { CounterName } from './counters.ts';
import type { TargetResult } from './input.ts';
import type { AgentOutput } from './output.ts';
import type { StoredChange } from './record.ts';

export interface Sink {
  /** One more output of this step. */
  emit(output: AgentOutput): void;
  /** Numbers a state change and appends it to the spool. `make` gets the number. */
  record(make: (seq: number) => StoredChange): void;
  /** Something near may be dying: ask the server at once whether the session still lives. */
  suspect(): void;
  /** A link answers again: a session that waits for its next attempt need not wait any longer. */
  wayBack(): void;
  /** These results were measured by that link: they may be summed up as its own. */
  counted(link: string, targets: readonly TargetResult[]): void;
  bite(name: CounterName): void;
}
