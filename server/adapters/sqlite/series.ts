// One-minute rollups in a SQLite file of their own, so that graphs never slow the journal down.
// Stands beside the journal; the receipt an agent gets for rollups rests on this commit.
// Must never count a rollup twice, nor forget a receipt when old points are pruned.
import { z } from 'zod';
import { agentId } from '../../../shared/ids.ts';
import { type Instant, instant } from '../../../shared/time.ts';
import type { Series, SeriesPoint } from '../../ports/series.ts';
import type { Database } from './database.ts';
import { lazily } from './lazy-commit.ts';

export const seriesMigrations: readonly string[] = [
  `
  CREATE TABLE points (
    agent TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    site TEXT NOT NULL,
    link TEXT NOT NULL,
    at INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    lost INTEGER NOT NULL,
    rtt_min_ms REAL,
    rtt_avg_ms REAL,
    rtt_max_ms REAL,
    rtt_p95_ms REAL,
    jitter_ms REAL,
    PRIMARY KEY (agent, epoch, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX points_of_link ON points (site, link, at, agent);
  CREATE INDEX points_by_time ON points (at);
  -- Kept apart from the points: pruning must not make an agent send again what it may drop.
  CREATE TABLE receipts (
    agent TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (agent, epoch)
  ) STRICT, WITHOUT ROWID;
  `,
];

const real = z
  .number()
  .nullable()
  .transform((value) => value ?? undefined);

const pointRow = z
  .object({
    agent: z.string().transform(agentId),
    at: z.int().transform((ms): Instant => instant(ms)),
    link: z.string(),
    sent: z.int(),
    lost: z.int(),
    rtt_min_ms: real,
    rtt_avg_ms: real,
    rtt_max_ms: real,
    rtt_p95_ms: real,
    jitter_ms: real,
  })
  .transform(
    (row): SeriesPoint => ({
      agent: row.agent,
      at: row.at,
      link: row.link,
      sent: row.sent,
      lost: row.lost,
      rttMinMs: row.rtt_min_ms,
      rttAvgMs: row.rtt_avg_ms,
      rttMaxMs: row.rtt_max_ms,
      rttP95Ms: row.rtt_p95_ms,
      jitterMs: row.jitter_ms,
    }),
  );

const presenceRow = z.object({
  agent: z.string().transform(agentId),
  first: z.int().transform((ms): Instant => instant(ms)),
  last: z.int().transform((ms): Instant => instant(ms)),
});

const receiptRow = z.object({ seq: z.int() });

/** `database` is one opened with `seriesMigrations`; `close` closes it. `read` takes `from` <= at < `to`. */
export function createSqliteSeries(database: Database): Series {
  const { sql } = database;
  const insert = sql.prepare(`
    INSERT OR IGNORE INTO points (agent, epoch, seq, site, link, at, sent, lost,
      rtt_min_ms, rtt_avg_ms, rtt_max_ms, rtt_p95_ms, jitter_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const raise = sql.prepare(`
    INSERT INTO receipts (agent, epoch, seq) VALUES (?, ?, ?)
    ON CONFLICT (agent, epoch) DO UPDATE SET seq = max(seq, excluded.seq)`);
  const receiptOf = sql.prepare('SELECT seq FROM receipts WHERE agent = ? AND epoch = ?');
  const ofLink = sql.prepare(`
    SELECT agent, at, link, sent, lost, rtt_min_ms, rtt_avg_ms, rtt_max_ms, rtt_p95_ms, jitter_ms
    FROM points WHERE site = ? AND link = ? AND at >= ? AND at < ? ORDER BY at, agent, epoch, seq`);
  // Islands: a stretch is numbered by how many holes lie before it.
  const presence = sql.prepare(`
    SELECT agent, min(at) AS first, max(at) AS last FROM (
      SELECT agent, at, sum(hole) OVER (PARTITION BY agent ORDER BY at) AS island FROM (
        SELECT agent, at, coalesce(at - lag(at) OVER (PARTITION BY agent ORDER BY at) > ?, 0) AS hole
        FROM points WHERE site = ? AND link = ? AND at >= ? AND at < ? AND sent > 0))
    GROUP BY agent, island ORDER BY agent, first`);
  const receipt: Series['receipt'] = (agent, epoch) => {
    const raw = receiptOf.get(agent, epoch);
    return raw === undefined ? 0 : receiptRow.parse(raw).seq;
  };
  return {
    save: ({ agent, site, epoch, items }) => {
      if (items.length === 0) return receipt(agent, epoch);
      database.atomically(() => {
        let highest = 0;
        for (const item of items) {
          highest = Math.max(highest, item.seq);
          insert.run(
            agent,
            epoch,
            item.seq,
            site,
            item.link,
            item.at,
            item.sent,
            item.lost,
            item.rttMinMs ?? null,
            item.rttAvgMs ?? null,
            item.rttMaxMs ?? null,
            item.rttP95Ms ?? null,
            item.jitterMs ?? null,
          );
        }
        raise.run(agent, epoch, highest);
      });
      return receipt(agent, epoch);
    },
    receipt,
    read: ({ site, link, from, to }) => ofLink.all(site, link, from, to).map((raw) => pointRow.parse(raw)),
    presence: ({ site, link, from, to, bridgeMs }) =>
      presence.all(bridgeMs, site, link, from, to).map((raw) => presenceRow.parse(raw)),
    prune: pruning(database),
    close: () => database.close(),
  };
}

function pruning(database: Database): Series['prune'] {
  const prune = database.sql.prepare(`
    DELETE FROM points WHERE (agent, epoch, seq) IN (
      SELECT agent, epoch, seq FROM points WHERE at < ? ORDER BY at LIMIT ?)`);
  return (before, rowsMax) => lazily(database, () => Number(prune.run(before, rowsMax).changes));
}
