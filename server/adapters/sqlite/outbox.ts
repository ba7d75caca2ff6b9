// The outbox on the journal's own database and connection: which ticket effects still wait, and what became of the rest.
// Route step 15. Must never hand out a row twice at once, nor a younger row of an incident before an older one.
import { z } from 'zod';
import { assert } from '../../../shared/assert.ts';
import { type EffectKey, effectKey } from '../../../shared/ids.ts';
import { type Instant, instant } from '../../../shared/time.ts';
import type { TicketEffect } from '../../core/effect.ts';
import type { Outbox, OutboxRow } from '../../ports/journal.ts';
import type { Database } from './database.ts';
import { unseal } from './sealed-json.ts';

const instantColumn = z.int().transform((ms): Instant => instant(ms));

const outboxRow = z.object({
  id: z.int(),
  body: z.string(),
  digest: z.string(),
  state: z.enum(['pending', 'done', 'refused']),
  attempts: z.int().min(0),
  next_attempt_at: instantColumn,
  last_error: z.string().nullable(),
  done_at: instantColumn.nullable(),
  protocol: z.string().nullable(),
});
const dueRow = z.object({ key: z.string(), next_attempt_at: instantColumn });
const openingRow = z.object({
  key: z.string().transform(effectKey),
  not_before: instantColumn,
  next_attempt_at: instantColumn,
});
const backlogRow = z.object({ waiting: z.int(), oldest: instantColumn.nullable() });

const columns = 'id, body, digest, state, attempts, next_attempt_at, last_error, done_at, protocol';
/** Per incident only its oldest pending row may be tried. */
const isHead = `id = (SELECT min(b.id) FROM outbox b WHERE b.incident = a.incident AND b.state = 'pending')`;

/** `database` is the journal's. Which rows are handed out is known to this process only: a restart hands out again. */
export function createSqliteOutbox(database: Database): Outbox {
  const { sql } = database;
  const handedOut = new Set<string>();
  const due = sql.prepare(`
    SELECT ${columns} FROM outbox a WHERE state = 'pending' AND next_attempt_at <= ? AND ${isHead}
    ORDER BY urgency, id`);
  const byTime = sql.prepare(`
    SELECT key, next_attempt_at FROM outbox a WHERE state = 'pending' AND ${isHead} ORDER BY next_attempt_at`);
  const byKey = sql.prepare(`SELECT ${columns} FROM outbox WHERE key = ?`);
  const ofIncident = sql.prepare(`SELECT ${columns} FROM outbox WHERE incident = ? ORDER BY id`);
  const pending = sql.prepare(`SELECT ${columns} FROM outbox WHERE state = 'pending' ORDER BY id LIMIT ?`);
  // Urgency 0 is the opening of a critical, and nothing else: notes have that of their ticket and one more.
  const openings = sql.prepare(`
    SELECT key, not_before, next_attempt_at FROM outbox WHERE state = 'pending' AND urgency = 0
    ORDER BY not_before, id LIMIT ?`);
  const backlog = sql.prepare(
    "SELECT count(*) AS waiting, min(not_before) AS oldest FROM outbox WHERE state = 'pending'",
  );
  const finish = finisher(database, handedOut);

  return {
    claim: (now, limit) => {
      const claimed: OutboxRow[] = [];
      if (limit <= 0) return claimed;
      for (const raw of due.iterate(now)) {
        const row = rowOf(raw);
        if (handedOut.has(row.effect.key)) continue;
        handedOut.add(row.effect.key);
        claimed.push(row);
        if (claimed.length >= limit) break;
      }
      return claimed;
    },
    ...finish,
    row: (key) => {
      const raw = byKey.get(key);
      return raw === undefined ? undefined : rowOf(raw);
    },
    rowsOf: (incident) => ofIncident.all(incident).map(rowOf),
    waiting: (limit) => pending.all(limit).map(rowOf),
    criticalOpenings: (limit) =>
      openings.all(Math.max(0, limit)).map((raw) => {
        const { key, not_before, next_attempt_at } = openingRow.parse(raw);
        return { key, notBefore: not_before, nextAttemptAt: next_attempt_at };
      }),
    nextAttemptAt: () => {
      for (const raw of byTime.iterate()) {
        const row = dueRow.parse(raw);
        if (!handedOut.has(row.key)) return row.next_attempt_at;
      }
      return undefined;
    },
    backlog: () => {
      const row = backlogRow.parse(backlog.get());
      return { waiting: row.waiting, oldestAt: row.oldest ?? undefined };
    },
  };
}

/** What became of a row. Each is an update that hits exactly one pending row, or finds it finished already. */
function finisher(
  { sql }: Database,
  handedOut: Set<string>,
): Pick<Outbox, 'done' | 'refused' | 'retry' | 'postpone'> {
  const done = sql.prepare(`
    UPDATE outbox SET state = 'done', attempts = attempts + 1, done_at = ?, protocol = ?, last_error = NULL
    WHERE key = ? AND state = 'pending'`);
  const refused = sql.prepare(`
    UPDATE outbox SET state = 'refused', attempts = attempts + 1, done_at = ?, last_error = ?
    WHERE key = ? AND state = 'pending'`);
  const retry = sql.prepare(`
    UPDATE outbox SET attempts = attempts + 1, next_attempt_at = ?, last_error = ?
    WHERE key = ? AND state = 'pending'`);
  const postpone = sql.prepare(`
    UPDATE outbox SET next_attempt_at = ?, last_error = ? WHERE key = ? AND state = 'pending'`);
  const exists = sql.prepare('SELECT 1 FROM outbox WHERE key = ?');
  const hit = (key: EffectKey, changes: number | bigint): void => {
    handedOut.delete(key);
    assert(changes === 1 || exists.get(key) !== undefined, `the outbox knows effect ${key}`);
  };
  return {
    done: (key, at, protocol) => hit(key, done.run(at, protocol ?? null, key).changes),
    refused: (key, at, reason) => hit(key, refused.run(at, reason, key).changes),
    retry: (key, nextAttemptAt, error) => hit(key, retry.run(nextAttemptAt, error, key).changes),
    postpone: (key, until, reason) => hit(key, postpone.run(until, reason, key).changes),
  };
}

function rowOf(raw: unknown): OutboxRow {
  const row = outboxRow.parse(raw);
  return {
    id: row.id,
    effect: unseal<TicketEffect>(`outbox row ${row.id}`, row),
    state: row.state,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    lastError: row.last_error ?? undefined,
    doneAt: row.done_at ?? undefined,
    protocol: row.protocol ?? undefined,
  };
}
