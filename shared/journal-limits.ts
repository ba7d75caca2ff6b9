// Limits of the journal and of what is kept beside it: snapshots, replay, retention. Part of `limits.ts`, which everybody
// reads; here only because one file may not grow without end.
import { day, minute } from './time.ts';

export const journalLimits = {
  /** Correlator: inputs between snapshots. */
  snapshotEveryInputs: 5_000,
  /** Store: snapshots kept, so that a damaged one falls back to the one before. */
  snapshotsKept: 3,
  /** Store: older snapshots stay so far apart, for `replay` to begin at and retention to stop at. */
  snapshotMilestoneMs: 7 * day,
  /** Replay: entries of the journal in memory at once, incidents compared, and differences told of one decision. */
  replayPageInputs: 500,
  replayIncidentsMax: 200_000,
  replayDifferencesMax: 20,
  /** Replay: changes of mind of the server's own anchors in the stretch. */
  replayAnchorChangesMax: 100_000,
  /** Replay: looks that changed policies may want between two recorded inputs (a second's distance for eleven days). */
  replayLooksMax: 1_000_000,
  /** Store: one-minute rollups are kept this long (retention), and how often what is old is deleted. */
  rollupsKeptMs: 90 * day,
  pruneEveryMs: 60 * minute,
  /** Retention: so long a batch should take (a beat may wait for it), and the fewest and most rows of one. */
  pruneBatchMs: 4,
  pruneBatchRowsMin: 10,
  pruneBatchRowsMax: 500,
  /** Retention: its share of the loop's time while it runs. */
  pruneShareMax: 0.05,
  /** Retention: a loop that is so late is busy, and is let go before; so often in a row, since a full disk is worse. */
  pruneBusyMs: 20,
  pruneYieldsMax: 20,
  /** Retention: ages are reckoned by an instant that runs at most so many times as fast as the server. */
  pruneReckonRatio: 2,
  /** Retention, days at least: past what an agent's spool may hold (7), and one milestone more. */
  journalDaysMin: 15,
  /** ... dossiers claim credits of the month that ended and of the one before. */
  evidenceDaysMin: 62,
  /** ... reports look for incidents this far back (`reportLookbackMs`), and the desk's attempts are known as long. */
  incidentDaysMin: 400,
  retentionDaysMax: 3_660,
} as const;
