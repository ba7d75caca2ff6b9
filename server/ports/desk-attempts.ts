// What was sent to an outside desk and how it went, kept on disk before each request leaves: the memory that makes one
// ticket of a create whose answer was lost. Stands between `shell/desk/` and its stores.
// Must never take a word from one whose lease is over: two workers on one file are told apart by the fence.
import type { EffectKey, IncidentId } from '../../shared/ids.ts';
import type { Result } from '../../shared/result.ts';
import type { Instant } from '../../shared/time.ts';
import type { Priority } from '../../shared/words.ts';
import type { DeskDraft } from './desk-client.ts';

/** The right to write to the desk about one incident. `fence` rises with each holder. */
export interface DeskLease {
  readonly incident: IncidentId;
  readonly owner: string;
  readonly fence: number;
}

/**
 * - `waiting`: certainly not done (refused, limited, never connected, or looked for and not there).
 * - `sending`: on its way; or this program ended before it knew.
 * - `uncertain`: no answer that says whether it was done.
 * - `created`: the record exists under this protocol, not yet looked at.
 * - `written`: done and looked at.
 */
export type DeskAttemptState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'sending' }
  | { readonly kind: 'uncertain' }
  | { readonly kind: 'created'; readonly protocol: string }
  | { readonly kind: 'written'; readonly protocol: string };

export interface DeskAttempt {
  readonly key: EffectKey;
  readonly incident: IncidentId;
  readonly state: DeskAttemptState;
  /** Since when it is in that state. */
  readonly at: Instant;
  /** Requests that were sent for it. */
  readonly sent: number;
  /** How often the desk said that it was done and it was not. */
  readonly lies: number;
}

/** A note, closing or reopening that the desk has taken, kept in case it forgets. */
export interface DeskTold {
  readonly key: EffectKey;
  readonly kind: 'ticket.note' | 'ticket.close' | 'ticket.reopen';
  readonly text: string;
  readonly raise?: { readonly priority: Priority; readonly title: string };
  /** How often it was told again because the desk no longer had it. */
  readonly again: number;
}

/** What is known of one incident's ticket, enough to make it anew. */
export interface DeskCase {
  readonly incident: IncidentId;
  /** As delivered, and as raised since. Absent: adopted from the desk without ever having been opened from here. */
  readonly draft?: DeskDraft;
  readonly protocol?: string;
  /** Whom the desk itself (a rule, a default) made responsible as it was opened: that is nobody's acknowledgement. */
  readonly assignedAtOpening?: string;
  /** How often the ticket vanished and was made anew. */
  readonly renewals: number;
  /** Oldest first, the latest `limits.deskHistoryNotesMax`. */
  readonly history: readonly DeskTold[];
}

export interface DeskAttempts {
  /** Undefined: another has it until its time is over. The same owner asking again gets a new fence. */
  acquire(incident: IncidentId, wanted: LeaseTerms): DeskLease | undefined;
  /** False: it is over, or another's. */
  renew(lease: DeskLease, terms: Omit<LeaseTerms, 'owner'>): boolean;
  /** Again, or after it was lost, does nothing. */
  release(lease: DeskLease): void;
  /** Ends every lease. Only for the one process that holds the data directory, at its start: older runs are dead. */
  endAllLeases(): void;

  attempt(key: EffectKey): DeskAttempt | undefined;
  /** On disk when it returns. False: the lease is not the incident's current one; nothing was written. */
  keepAttempt(lease: DeskLease, attempt: DeskAttempt): boolean;
  caseOf(incident: IncidentId): DeskCase | undefined;
  /** As `keepAttempt`. */
  keepCase(lease: DeskLease, kept: DeskCase): boolean;

  /** Says, also without a lease, that the incident may have more than one record at the desk. */
  doubt(incident: IncidentId): void;
  doubts(incident: IncidentId): number;
  /** Forgets `seen` doubts; those that came meanwhile stay. */
  settleDoubts(lease: DeskLease, seen: number): void;

  /**
   * Deletes all of incidents of which nothing was kept since then, the longest ago first, at most `incidentsMax`; gives
   * how many. Fails with `storage.failed`.
   */
  prune(before: Instant, incidentsMax: number): Result<number>;
  close(): void;
}

export interface LeaseTerms {
  readonly owner: string;
  readonly now: Instant;
  readonly forMs: number;
}
