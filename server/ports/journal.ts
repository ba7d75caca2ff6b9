// The journal: the one place where a decision becomes true. Everything of one batch is one transaction.
import type { EffectKey, IncidentId, SiteId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/time.ts';
import type { Change } from '../core/change.ts';
import type { TicketEffect } from '../core/effect.ts';
import type { Incident } from '../core/incident.ts';
import type { NumberedInput } from '../core/input.ts';
import type { State } from '../core/state.ts';

export interface JournalEntry {
  readonly input: NumberedInput;
  readonly changes: readonly Change[];
  readonly effects: readonly TicketEffect[];
}

export interface Snapshot {
  readonly seq: number;
  readonly state: State;
}

export interface IncidentQuery {
  readonly state?: string;
  readonly customer?: string;
  readonly site?: SiteId;
  /** Of whichever site; callers name the site as well, since two sites may use one key. */
  readonly link?: string;
  readonly host?: string;
  readonly kind?: string;
  readonly since?: Instant;
  /** Only those that asked for a ticket. */
  readonly withTicket?: true;
  /** Only those that come after this one in the order below: the last of a page gives the next page. */
  readonly before?: { readonly detectedAt: Instant; readonly id: IncidentId };
  /** At most this many, newest detectedAt first, then the greater id. */
  readonly limit: number;
}

export interface Journal {
  /**
   * Commits entries in order: inputs, changes, outbox rows and the incidents they touched, all or nothing, fsynced.
   * `seq` must go on from the last one without a gap. Throws only when the disk or database fails: the caller must
   * then stop, because nothing may be receipted.
   */
  commit(entries: readonly JournalEntry[]): void;
  /** The newest snapshot, or undefined in a new database. */
  latestSnapshot(): Snapshot | undefined;
  saveSnapshot(snapshot: Snapshot): void;
  /** Entries after `seq`, in order. Retention takes the oldest: what is left has no gap. */
  read(afterSeq: number): Iterable<JournalEntry>;
  /**
   * As `read`, with what is left of older entries before them: those that may be evidence of an incident, with the
   * changes of incidents and no others, without effects. With gaps.
   */
  evidence(afterSeq: number): Iterable<JournalEntry>;
  /** Incidents of any age, open or closed. */
  incident(id: IncidentId): Incident | undefined;
  incidents(query: IncidentQuery): readonly Incident[];
  /** The one whose ticket the desk registered under this number, of any age; the newest, should desks repeat one. */
  incidentByProtocol(protocol: string): Incident | undefined;
  close(): void;
}

export type OutboxState = 'pending' | 'done' | 'refused';

export interface OutboxRow {
  /** Order of commit; rows of one incident are performed in this order, one at a time. */
  readonly id: number;
  readonly effect: TicketEffect;
  readonly state: OutboxState;
  readonly attempts: number;
  readonly nextAttemptAt: Instant;
  readonly lastError?: string;
  readonly doneAt?: Instant;
  readonly protocol?: string;
}

/** An opening of the most urgent class that is not done yet. */
export interface CriticalOpening {
  readonly key: EffectKey;
  /** Since when it may be delivered. */
  readonly notBefore: Instant;
  readonly nextAttemptAt: Instant;
}

export interface OutboxBacklog {
  readonly waiting: number;
  readonly oldestAt?: Instant;
}

/** The delivery side of the same database. */
export interface Outbox {
  /**
   * Rows that may be tried at `now`: per incident only the oldest pending one; criticals first, then oldest.
   * A row already handed out and not reported back is not handed out again.
   */
  claim(now: Instant, limit: number): readonly OutboxRow[];
  done(key: EffectKey, at: Instant, protocol?: string): void;
  refused(key: EffectKey, at: Instant, reason: string): void;
  retry(key: EffectKey, nextAttemptAt: Instant, error: string): void;
  /** As `retry`, but nothing was attempted: the row only waits. */
  postpone(key: EffectKey, until: Instant, reason: string): void;
  row(key: EffectKey): OutboxRow | undefined;
  rowsOf(incident: IncidentId): readonly OutboxRow[];
  /** Everything not yet done, oldest first. */
  waiting(limit: number): readonly OutboxRow[];
  /** Pending openings of criticals, the earliest `notBefore` first; those handed out and not yet due included. */
  criticalOpenings(limit: number): readonly CriticalOpening[];
  /**
   * Earliest instant at which a row that `claim` could give may be tried; undefined = none. Rows already handed
   * out, and rows behind an older one of their incident, do not count.
   */
  nextAttemptAt(): Instant | undefined;
  /** How much waits, for metrics: pending rows, and the `notBefore` of the oldest. */
  backlog(): OutboxBacklog;
}
