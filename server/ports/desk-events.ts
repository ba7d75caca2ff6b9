// What the desk told of and what was made of it, kept on disk before the desk gets its answer: a desk that has its answer
// does not tell again. Beside it, how far the slow poll has looked. Stands between `shell/desk/` and its stores.
import type { IncidentId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/time.ts';
import type { DeskHint } from './desk-client.ts';

/** A hint whose incident is known. */
export interface DeskEvent extends Pick<DeskHint, 'id' | 'action' | 'by' | 'at' | 'text'> {
  readonly incident: IncidentId;
}

/** One request of the desk: usually one event. */
export interface DeskArrival {
  /** Of the request as it came: the same again is a repetition or a recording. */
  readonly id: string;
  readonly at: Instant;
  readonly events: readonly DeskEvent[];
}

export type Taken =
  /** `events`: those not known before, on disk when it returns. */
  | { readonly kind: 'taken'; readonly events: readonly DeskEvent[] }
  /** The request, or every event in it, came before. */
  | { readonly kind: 'seen' }
  /** `limits.deskEventsWaitingMax` wait already; nothing was kept. */
  | { readonly kind: 'full' };

export interface DeskEvents {
  /**
   * Ids are known for `limits.deskEventsKeptMs`, at most `limits.deskEventsKeptMax` of them; those of events that still
   * wait are never forgotten.
   */
  take(arrival: DeskArrival): Taken;
  /** Not done yet, in the order in which they came. */
  waiting(): readonly DeskEvent[];
  /** Looked at, and what followed is committed. Again does nothing. */
  done(...ids: readonly DeskEvent['id'][]): void;
  /** Ids forgotten before their time because there were too many, since this was opened. */
  forgottenEarly(): number;
  /** The newest change of a record that the slow poll has seen, by the desk's own clock; undefined: it never looked. */
  polledUntil(): Instant | undefined;
  keepPolledUntil(at: Instant): void;
  close(): void;
}
