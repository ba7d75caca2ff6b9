// A desk's own interface, call by call, for the desks that are somebody else's program: what one HTTP request can do and
// how its answer is to be read. Exactly once is not made here: `shell/desk/delivery.ts` turns a client into a `Desk` by
// searching before it creates and reading after it wrote, because no such system promises it (status codes lie).
import type { EffectKey, IncidentId } from '../../shared/ids.ts';
import type { Result } from '../../shared/result.ts';
import type { Instant } from '../../shared/time.ts';
import type { Priority } from '../../shared/words.ts';

export interface DeskCapabilities {
  /**
   * Where the incident's id stands in the desk's record: a `field` of its own that can be searched for, a `marker` in the
   * title (`[VIGIA-…]`), or `none`.
   */
  readonly externalId: 'field' | 'marker' | 'none';
  /** The same effect key again is answered with the same record, for as long as it takes. */
  readonly idempotent: boolean;
  /** What a search is worth: complete at once, complete after `lagMs`, or not possible. */
  readonly search:
    | { readonly kind: 'immediate' }
    | { readonly kind: 'lagging'; readonly lagMs: number }
    | { readonly kind: 'none' };
  /** The record can be read back by its protocol, with title, state and priority. */
  readonly read: boolean;
  /** `read` tells which notes stand under the record (`DeskRecord.noteMarks`). */
  readonly readsNotes: boolean;
  readonly notes: boolean;
  readonly close: boolean;
  readonly reopen: boolean;
  /** Class and title of an open record can be changed. */
  readonly raise: boolean;
  /** How changes made by people come back. Poll is always done beside a webhook where the desk allows it. */
  readonly events: 'webhook' | 'poll' | 'none';
  /** At most this many requests in any stretch of `perMs`. Absent: the desk is not known to limit. */
  readonly rate?: { readonly requests: number; readonly perMs: number };
}

export interface DeskDraft {
  readonly key: EffectKey;
  readonly incident: IncidentId;
  /** Ends with the marker, always: people search for it, and some desks know nothing else. */
  readonly title: string;
  readonly body: string;
  readonly priority: Priority;
  /** Keys of the inventory; both empty for a provider's outage. */
  readonly customer: string;
  readonly site: string;
  readonly detectedAt: Instant;
  readonly incidentUrl?: string;
}

export interface DeskNote {
  readonly key: EffectKey;
  /** Ends with its mark, `[vigia:<key>]`, so that a note whose answer was lost is recognised. */
  readonly text: string;
  /** As the ticket was opened, and as raised since: for desks that are told all of it each time. Absent: not known here. */
  readonly about?: DeskAbout;
}

export type DeskAbout = Omit<DeskDraft, 'key' | 'incident' | 'body'>;

/** A record as the desk shows it. A field that the desk does not tell is absent, never guessed. */
export interface DeskRecord {
  readonly protocol: string;
  /** As the desk keeps it; absent when the record lost it or never had it. */
  readonly incident?: IncidentId;
  readonly title: string;
  readonly body?: string;
  readonly state: 'open' | 'closed';
  readonly priority?: Priority;
  /** A person made it one with another record, which answers in its place: state, title and class are that one's. */
  readonly mergedInto?: string;
  /** Who has it, as the desk names people. */
  readonly assignedTo?: string;
  readonly updatedAt?: Instant;
  /** Marks found in its notes: `[vigia:<key>]` -> `<key>`. */
  readonly noteMarks?: readonly string[];
  /**
   * What people wrote under it, oldest first, the latest `limits.deskPeopleNotesMax`: never our own notes, the opening
   * text, or what the desk wrote by itself. Absent: this answer does not tell (a list, a desk that shows none).
   */
  readonly peopleNotes?: readonly PersonNote[];
}

export interface PersonNote {
  /** The same at each reading, and no other's within the record. */
  readonly id: string;
  readonly by?: string;
  readonly at?: Instant;
  /** At most `limits.noteCharsMax` characters, never blank. */
  readonly text: string;
}

/** Something people did at the desk: a hint, after which the record is read again. */
export interface DeskHint {
  /** Of this event, for telling repetitions: a transaction or delivery id. */
  readonly id: string;
  readonly protocol?: string;
  readonly incident?: IncidentId;
  readonly action: 'acknowledged' | 'note' | 'closed' | 'reopened' | 'changed';
  readonly by?: string;
  readonly at?: Instant;
  readonly text?: string;
}

/**
 * Failures of every call, by what they mean for the caller:
 *
 * - `desk.refused`: a definite no, nothing happened; a person must look. (4xx but 401, 403 of a credential, 408, 409, 425, 429)
 * - `desk.unauthorised`: the credential is not taken; nothing happened; tried again slowly, the NOC is told.
 * - `desk.limited`: too many requests; nothing happened; `retryAfterMs` says when.
 * - `desk.unavailable`: nothing happened for certain: the connection was never made.
 * - `desk.uncertain`: it may have happened: time-out, reset, 5xx, an answer that cannot be read.
 */
export interface DeskClient {
  /** Short name shown beside the protocol: `redmine`. */
  readonly name: string;
  readonly capabilities: DeskCapabilities;
  /** Proves that the desk answers AND takes this very credential: an empty search from a stranger proves nothing. */
  probe(): Promise<Result<void>>;
  create(draft: DeskDraft): Promise<Result<{ readonly protocol: string }>>;
  /** Every record of the incident, open or closed, lowest protocol first, compared exactly on our side. */
  find(incident: IncidentId): Promise<Result<readonly DeskRecord[]>>;
  /** Undefined: there is no such record, for certain. */
  read(protocol: string): Promise<Result<DeskRecord | undefined>>;
  note(protocol: string, note: DeskNote): Promise<Result<void>>;
  setState(protocol: string, state: DeskRecord['state'], note: DeskNote): Promise<Result<void>>;
  raise(protocol: string, to: { readonly priority: Priority; readonly title: string }): Promise<Result<void>>;
  /** Puts our id back into a record that has lost it (created without it, restored from a backup). */
  claim?(protocol: string, incident: IncidentId): Promise<Result<void>>;
  /** Records that changed since then, oldest change first, for the slow poll. */
  changedSince?(since: Instant): Promise<Result<readonly DeskRecord[]>>;
  /** Reads an incoming webhook: checks the signature on the raw bytes first. `auth.refused`, `input.invalid`. */
  hint?(request: DeskHintRequest): Result<readonly DeskHint[]>;
  close(): Promise<void>;
}

export interface DeskHintRequest {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly raw: Uint8Array;
  readonly now: Instant;
  /** Last part of the path at which it arrived, for desks that sign nothing: their secret stands there. */
  readonly pathToken?: string;
}

/** What people and marker-only desks search for: `[VIGIA-<incident>]`. */
export function markerOf(incident: IncidentId): string {
  return `[VIGIA-${incident}]`;
}

export function noteMarkOf(key: EffectKey): string {
  return `[vigia:${key}]`;
}
