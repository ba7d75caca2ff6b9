// What the spool holds: a state change or rollup with its clock READINGS. They become server instants when they are
// sent, because only then may the offset be known. (A clock wrong by a day must not move an instant.)
import type { Rollup, StateChange } from '../../shared/wire/messages.ts';
import type { Clock } from './input.ts';

/** A wire item without what is known only at sending: its instants. */
type Unsent<T> = Omit<T, 'at' | 'atErrorMs' | 'since' | 'bootAt' | 'previous' | 'endedAt'>;
type UnsentOf<K extends StateChange['kind']> = Unsent<Extract<StateChange, { readonly kind: K }>>;

export type StoredChange =
  | { readonly at: Clock; readonly since: Clock; readonly body: UnsentOf<'link.changed'> }
  | { readonly at: Clock; readonly since: Clock; readonly body: UnsentOf<'host.changed'> }
  | {
      readonly at: Clock;
      readonly since: Clock;
      readonly body: UnsentOf<'run.started'>;
      readonly previous?: { readonly clock: Clock; readonly stoppedInOrder: boolean };
    }
  /** `since` is the end of the run before. */
  | { readonly at: Clock; readonly since: Clock; readonly body: UnsentOf<'run.explained'> }
  | { readonly at: Clock; readonly since: Clock; readonly body: UnsentOf<'spool.lost'> };

/** `at` is the start of the minute. */
export interface StoredRollup {
  readonly at: Clock;
  readonly body: Omit<Rollup, 'at'>;
}

export type StoredRecord =
  | { readonly queue: 'changes'; readonly seq: number; readonly change: StoredChange }
  | { readonly queue: 'rollups'; readonly seq: number; readonly rollup: StoredRollup };
