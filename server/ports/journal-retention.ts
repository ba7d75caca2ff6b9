// Retention as the journal offers it: small batches, each whole or not at all, each of which leaves a journal that a
// restart comes back from. Paced by `shell/runtime/retention.ts`.
import type { Result } from '../../shared/result.ts';
import type { Instant } from '../../shared/time.ts';

/** In days, by the part `retention` of vigia.yaml; each at least as long as the one before it. */
export interface KeepDays {
  /** Every input with every change, for `replay`. */
  readonly journalDays: number;
  /** What dossiers read of them. */
  readonly evidenceDays: number;
  /** Closed incidents, with what was told of them at the desk. */
  readonly incidentDays: number;
}

/** What is older may go. */
export interface KeepFrom {
  readonly inputs: Instant;
  readonly evidence: Instant;
  readonly incidents: Instant;
}

/** Rows that went in one batch. */
export interface PrunedBatch {
  readonly inputs: number;
  /** Of these inputs, those that a dossier may still want and that were kept as evidence. */
  readonly reduced: number;
  readonly evidence: number;
  readonly incidents: number;
  readonly snapshots: number;
  /** Among `inputs`: rows whose digest was wrong. They were nobody's evidence any more. */
  readonly damaged: number;
  /** There is more to do now. */
  readonly more: boolean;
}

/** The oldest of each; undefined = none. */
export interface KeptSince {
  readonly inputs?: Instant;
  readonly evidence?: Instant;
  readonly incidents?: Instant;
}

export interface JournalRetention {
  /**
   * The instant to reckon ages from, kept on disk: it follows `now`, but by no more than `stepMs` a call, and never runs
   * back. So a server that was started with its clock set years ahead deletes nothing before its time. Begins with the
   * oldest snapshot, or else the oldest input; undefined = there is nothing at all. Fails with `storage.failed`.
   */
  reckonFrom(now: Instant, stepMs: number): Result<Instant | undefined>;
  /**
   * One batch of at most `rowsMax` rows (>= 1), one transaction. Takes no input that the newest snapshot known to be
   * sound, or the one before it, does not cover; no incident that stands, or whose deliveries are not settled.
   * A power cut may undo the last batches, whole; they are done again. Fails with `storage.failed`, nothing changed.
   */
  prune(keep: KeepFrom, rowsMax: number): Result<PrunedBatch>;
  keptSince(): KeptSince;
}
