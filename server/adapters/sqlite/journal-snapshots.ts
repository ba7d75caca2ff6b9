// Which snapshots stay: the newest few, so that a damaged one falls back to the one before, and behind them one in each
// stretch of days, so that `replay` has a state to begin from and retention one to stop at. Read by the journal.
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { limits } from '../../../shared/limits.ts';

const row = z.object({ seq: z.int(), at: z.int().nullable() });

/** Inside the caller's transaction. Those older than every input that is kept go with retention, not here. */
export function trimSnapshots(sql: DatabaseSync): void {
  const rows = sql
    .prepare('SELECT seq, at FROM snapshots INDEXED BY snapshot_places ORDER BY seq')
    .all()
    .map((raw) => row.parse(raw));
  const remove = sql.prepare('DELETE FROM snapshots WHERE seq = ?');
  let keptAt: number | undefined;
  for (const { seq, at } of rows.slice(0, -limits.snapshotsKept)) {
    const far = at !== null && (keptAt === undefined || at - keptAt >= limits.snapshotMilestoneMs);
    if (far) keptAt = at;
    else remove.run(seq);
  }
}
