// What of the journal goes, and when. One batch = one transaction, whole or not at all; between any two of them the process
// may die. Must never take what a restart, a ticket's delivery or an open incident still needs.
//
//   table      who reads it                                                       may go when
//   inputs     restart (all after a snapshot), `replay` (all after a snapshot     a snapshot at or after it is older than
//              before its stretch), dossiers (by time)                            `keep.inputs`, and a newer one is sound
//   evidence   dossiers: inputs that are gone from above, reduced                 older than `keep.evidence`
//   incidents  their pages, reports, ranking, tickets by protocol, the desk's     closed before `keep.incidents`, its
//   + outbox   way back; outbox: deliveries, what was told, keys used once        deliveries settled, no input of it left
//   snapshots  restart, `replay`                                                  its inputs may go
//
// What does not rest here: duplicates of agents' records are known by the receipts in the state (in every snapshot) and
// in the series store; news told and attempts at the desk have stores of their own. An incident's id holds the number of
// its input, which never comes again, so neither do its effect keys.
//
// Inputs go from the oldest on, snapshots older than the one that replaces them first: at every moment each snapshot that
// is left is followed by every input after it. The file does not shrink: pages that are free are used for what comes next,
// and a fleet in balance keeps its size. An incremental vacuum would move pages about for years to give back what the
// next day needs again, and can be switched on for an existing file only by rewriting all of it.
import { z } from 'zod';
import { earlier, type Instant, instant, later, plus } from '../../../shared/time.ts';
import { mayBeEvidence } from '../../core/report/evidence.ts';
import type { JournalRetention, KeepFrom, KeptSince, PrunedBatch } from '../../ports/journal-retention.ts';
import type { Database } from './database.ts';
import { type EntryData, journalFormat } from './journal-data.ts';
import { lazily, refusalsOf } from './lazy-commit.ts';
import { isIntact, type Sealed, seal, unseal } from './sealed-json.ts';

const at = z.int().transform(instant);
const seqRow = z.object({ seq: z.int() });
const atRow = z.object({ at });
const inputRow = z.object({
  seq: z.int(),
  at,
  kind: z.string(),
  format: z.int(),
  body: z.string(),
  digest: z.string(),
});
const incidentRow = z.object({
  id: z.string(),
  detected_at: z.int(),
  closed_at: z.int(),
  needed: z.int(),
});

const nothing: PrunedBatch = {
  inputs: 0,
  reduced: 0,
  evidence: 0,
  incidents: 0,
  snapshots: 0,
  damaged: 0,
  more: false,
};

type Part = (keep: KeepFrom, rowsMax: number) => Partial<PrunedBatch>;

/** `soundSeq`: the newest snapshot that is known to be readable; 0 = none, and no input goes. */
export function createJournalPruning(database: Database, soundSeq: () => number): JournalRetention {
  // Each part does nothing where it has nothing to do; the first that has, has the batch.
  const parts = [
    snapshotsPart(database, soundSeq),
    inputsPart(database, soundSeq),
    evidencePart(database),
    incidentsPart(database),
  ];
  return {
    reckonFrom: reckoning(database),
    prune: (keep, rowsMax) =>
      lazily(database, () => {
        for (const part of parts) {
          const went = part(keep, rowsMax);
          if (went.more === true) return { ...nothing, ...went };
        }
        return nothing;
      }),
    keptSince: keptSince(database),
  };
}

function reckoning({ sql }: Database): JournalRetention['reckonFrom'] {
  const oldest = sql.prepare(`
    SELECT at FROM (SELECT at FROM snapshots INDEXED BY snapshot_places WHERE at IS NOT NULL ORDER BY seq LIMIT 1)
    UNION ALL SELECT at FROM (SELECT at FROM inputs ORDER BY seq LIMIT 1) LIMIT 1`);
  const read = sql.prepare('SELECT known_at AS at FROM retention');
  const write = sql.prepare(
    'INSERT INTO retention (one, known_at) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET known_at = excluded.known_at',
  );
  return (now, stepMs) =>
    refusalsOf(() => {
      const raw = read.get();
      const known = raw === undefined ? undefined : atRow.parse(raw).at;
      const first = known === undefined ? oldest.get() : undefined;
      if (known === undefined && first === undefined) return undefined;
      const next =
        known === undefined
          ? earlier(now, atRow.parse(first).at)
          : later(known, earlier(now, plus(known, stepMs)));
      if (next !== known) write.run(next);
      return next;
    });
}

/** The snapshot up to which inputs may go; 0 = none. A newer one that is known to be sound always remains. */
function baseOf({ sql }: Database, soundSeq: () => number): (keep: KeepFrom) => number {
  const find = sql.prepare(`
    SELECT seq FROM snapshots INDEXED BY snapshot_places WHERE at <= ? AND seq < ? ORDER BY seq DESC LIMIT 1`);
  return (keep) => {
    const raw = find.get(keep.inputs, soundSeq());
    return raw === undefined ? 0 : seqRow.parse(raw).seq;
  };
}

/** Those that the base replaces: one a batch, since each may be large. Before the inputs that follow them. */
function snapshotsPart(database: Database, soundSeq: () => number): Part {
  const base = baseOf(database, soundSeq);
  const remove = database.sql.prepare(
    'DELETE FROM snapshots WHERE seq IN (SELECT seq FROM snapshots WHERE seq < ? ORDER BY seq LIMIT 1)',
  );
  return (keep) => {
    const snapshots = Number(remove.run(base(keep)).changes);
    return { snapshots, more: snapshots > 0 };
  };
}

/** From the oldest on; what a dossier may want goes over to the evidence. */
function inputsPart(database: Database, soundSeq: () => number): Part {
  const { sql } = database;
  const base = baseOf(database, soundSeq);
  const oldest = sql.prepare(
    'SELECT seq, at, kind, format, body, digest FROM inputs WHERE seq <= ? ORDER BY seq LIMIT ?',
  );
  const remove = sql.prepare('DELETE FROM inputs WHERE seq <= ?');
  const insert = sql.prepare(
    'INSERT INTO evidence (seq, at, kind, format, body, digest) VALUES (?, ?, ?, ?, ?, ?)',
  );
  return (keep, rowsMax) => {
    let last = 0;
    let reduced = 0;
    let damaged = 0;
    for (const raw of oldest.all(base(keep), rowsMax)) {
      const row = inputRow.parse(raw);
      last = row.seq;
      if (row.at < keep.evidence) continue;
      if (!isIntact(row)) {
        damaged += 1;
        continue;
      }
      const left = reducedEntry(row);
      if (left === undefined) continue;
      insert.run(row.seq, row.at, row.kind, row.format, left.body, left.digest);
      reduced += 1;
    }
    const inputs = last === 0 ? 0 : Number(remove.run(last).changes);
    return { inputs, reduced, damaged, more: inputs > 0 };
  };
}

/** Undefined: no dossier ever reads it. */
function reducedEntry(row: z.output<typeof inputRow>): Sealed | undefined {
  // Of a format that this release does not read all is left as it is.
  if (row.format !== journalFormat) return row;
  const { input, changes } = unseal<EntryData>(`input ${row.seq}`, row);
  const concluded = changes.filter(({ kind }) => kind.startsWith('incident.'));
  return mayBeEvidence(input.kind, concluded.length) ? seal({ input, changes: concluded }) : undefined;
}

function evidencePart({ sql }: Database): Part {
  const remove = sql.prepare(`
    DELETE FROM evidence WHERE seq IN (
      SELECT seq FROM (SELECT seq, at FROM evidence ORDER BY seq LIMIT ?) WHERE at < ?)`);
  return (keep, rowsMax) => {
    const evidence = Number(remove.run(rowsMax, keep.evidence).changes);
    return { evidence, more: evidence > 0 };
  };
}

/** In the order of detection, from where the batch before ended; from the start again once all were looked at. */
function incidentsPart({ sql }: Database): Part {
  let after: readonly [number, string] = [0, ''];
  const next = sql.prepare(`
    SELECT id, detected_at,
      coalesce(CASE WHEN json_valid(body) THEN body ->> '$.closedAt' ELSE 9e15 END, detected_at) AS closed_at,
      EXISTS (SELECT 1 FROM outbox WHERE incident = incidents.id AND (state = 'pending' OR seq >= :firstSeq)) AS needed
    FROM incidents WHERE state = 'closed' AND detected_at < :before AND (detected_at, id) > (:afterAt, :afterId)
    ORDER BY detected_at, id LIMIT :rowsMax`);
  const firstInput = sql.prepare('SELECT coalesce(min(seq), 0) AS seq FROM inputs');
  const removeEffects = sql.prepare('DELETE FROM outbox WHERE incident = ?');
  const remove = sql.prepare('DELETE FROM incidents WHERE id = ?');
  return (keep, rowsMax) => {
    const rows = next
      .all({
        firstSeq: seqRow.parse(firstInput.get()).seq,
        before: keep.incidents,
        afterAt: after[0],
        afterId: after[1],
        rowsMax,
      })
      .map((raw) => incidentRow.parse(raw));
    let incidents = 0;
    for (const { id, closed_at: closedAt, needed } of rows) {
      if (closedAt >= keep.incidents || needed === 1) continue;
      removeEffects.run(id);
      remove.run(id);
      incidents += 1;
    }
    const last = rows.at(-1);
    after = last === undefined ? [0, ''] : [last.detected_at, last.id];
    return { incidents, more: last !== undefined };
  };
}

function keptSince({ sql }: Database): () => KeptSince {
  const oldest = (from: string) => {
    const statement = sql.prepare(`SELECT ${from} LIMIT 1`);
    return (): Instant | undefined => {
      const raw = statement.get();
      return raw === undefined ? undefined : atRow.parse(raw).at;
    };
  };
  const inputs = oldest('at FROM inputs ORDER BY seq');
  const evidence = oldest('at FROM evidence ORDER BY seq');
  const incidents = oldest('detected_at AS at FROM incidents ORDER BY detected_at, id');
  return () => ({ inputs: inputs(), evidence: evidence(), incidents: incidents() });
}
