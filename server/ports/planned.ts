// What people have planned and silenced, as they said it. Durable; the core is told the instants that follow from it.

import type { Instant } from '../../shared/time.ts';
import type { Scope, Silence } from '../core/planned.ts';

export interface WindowDefinition {
  readonly id: string;
  readonly scope: Scope;
  /** The first occurrence. */
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  /** RRULE text, as `parseRecurrence` accepts it. */
  readonly recurrence?: string;
  /** Of the first occurrence; later ones want it equally long after their start. */
  readonly returnBy?: Instant;
  readonly reason: string;
  readonly by: string;
  readonly createdAt: Instant;
}

/** One cause that a window or a silence kept from opening. */
export interface HiddenNote {
  /** Id of the window or silence. */
  readonly plan: string;
  /** Tells it from any other cause. */
  readonly cause: string;
}

export interface PlannedStore {
  /** By id. */
  windows(): readonly WindowDefinition[];
  /** False when the id is taken. */
  addWindow(window: WindowDefinition): boolean;
  /** False when there is none. What it has hidden is forgotten with it, likewise of a silence. */
  removeWindow(id: string): boolean;
  /** By id. */
  silences(): readonly Silence[];
  addSilence(silence: Silence): boolean;
  removeSilence(id: string): boolean;
  /** What plans have kept quiet, of those that stand. */
  hidden(): readonly HiddenNote[];
  /** All or none. A cause that is noted already, or whose plan is gone, stays as it is. */
  noteHidden(notes: readonly HiddenNote[]): void;
  close(): void;
}
