// Events of a desk in a file of their own, each arrival one fsynced transaction before the desk gets its answer.
// Stands behind `shell/desk/`. Must never forget an event that nobody has looked at yet.
import { z } from 'zod';
import { incidentIdFrom } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import { instant } from '../../../shared/time.ts';
import type { DeskArrival, DeskEvent, DeskEvents, Taken } from '../../ports/desk-events.ts';
import type { Database } from './database.ts';
import { seal, unseal } from './sealed-json.ts';

/** `body` is there while the event waits; requests, and what is done, are ids alone. */
export const deskEventMigrations: readonly string[] = [
  `
  CREATE TABLE known (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('request', 'event')),
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT,
    digest TEXT,
    UNIQUE (kind, id)
  ) STRICT;
  CREATE INDEX known_by_age ON known (at);
  CREATE INDEX known_waiting ON known (number) WHERE body IS NOT NULL;

  CREATE TABLE poll (one INTEGER PRIMARY KEY CHECK (one = 1), until INTEGER NOT NULL) STRICT;
  `,
];

const eventBody = z
  .strictObject({
    id: z.string(),
    incident: z.string().transform(incidentIdFrom),
    action: z.enum(['acknowledged', 'note', 'closed', 'reopened', 'changed']),
    by: z.string().optional(),
    at: z.int().transform(instant).optional(),
    text: z.string().optional(),
  })
  .transform((value): DeskEvent => value);
const sealedRow = z.object({ body: z.string(), digest: z.string() });
const numberRow = z.object({ number: z.int() });
const untilRow = z.object({ until: z.int().transform(instant) });

/** `database` is one opened with `deskEventMigrations`; `close` closes it. */
export function createSqliteDeskEvents(database: Database): DeskEvents {
  const { sql } = database;
  const rows = rowsOf(database);
  const readPoll = sql.prepare('SELECT until FROM poll');
  const writePoll = sql.prepare(
    'INSERT INTO poll (one, until) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET until = excluded.until',
  );
  let forgotten = 0;
  return {
    take: (arrival) =>
      database.atomically(() => {
        const taken = take(rows, arrival);
        if (taken.kind === 'taken') forgotten += rows.forgetBeyond(limits.deskEventsKeptMax);
        return taken;
      }),
    waiting: rows.waiting,
    done: (...ids) =>
      database.atomically(() => {
        for (const id of ids) rows.done(id);
      }),
    forgottenEarly: () => forgotten,
    polledUntil: () => {
      const raw = readPoll.get();
      return raw === undefined ? undefined : untilRow.parse(raw).until;
    },
    keepPolledUntil: (at) => {
      writePoll.run(at);
    },
    close: () => database.close(),
  };
}

function take(rows: ReturnType<typeof rowsOf>, { id, at, events }: DeskArrival): Taken {
  rows.forgetBefore(at - limits.deskEventsKeptMs);
  const fresh = rows.knows('request', id) ? [] : events.filter((event) => !rows.knows('event', event.id));
  if (fresh.length === 0) return { kind: 'seen' };
  if (rows.waitingCount() + fresh.length > limits.deskEventsWaitingMax) return { kind: 'full' };
  rows.add({ kind: 'request', id, at });
  for (const event of fresh) rows.add({ kind: 'event', id: event.id, at, event });
  return { kind: 'taken', events: fresh };
}

interface Row {
  readonly kind: 'request' | 'event';
  readonly id: string;
  readonly at: number;
  readonly event?: DeskEvent;
}

function rowsOf({ sql }: Database) {
  const known = sql.prepare('SELECT 1 FROM known WHERE kind = ? AND id = ?');
  const add = sql.prepare('INSERT INTO known (kind, id, at, body, digest) VALUES (?, ?, ?, ?, ?)');
  const waiting = sql.prepare('SELECT body, digest FROM known WHERE body IS NOT NULL ORDER BY number');
  const waitingCount = sql.prepare('SELECT count(*) AS number FROM known WHERE body IS NOT NULL');
  const count = sql.prepare('SELECT count(*) AS number FROM known');
  const done = sql.prepare(
    `UPDATE known SET body = NULL, digest = NULL WHERE kind = 'event' AND id = ? AND body IS NOT NULL`,
  );
  const forgetBefore = sql.prepare('DELETE FROM known WHERE at < ? AND body IS NULL');
  const forgetOldest = sql.prepare(
    'DELETE FROM known WHERE number IN (SELECT number FROM known WHERE body IS NULL ORDER BY number LIMIT ?)',
  );
  return {
    knows: (kind: Row['kind'], id: string): boolean => known.get(kind, id) !== undefined,
    add: ({ kind, id, at, event }: Row): void => {
      const { body, digest } = event === undefined ? { body: null, digest: null } : seal(event);
      add.run(kind, id, at, body, digest);
    },
    waiting: (): readonly DeskEvent[] =>
      waiting
        .all()
        .map((raw) => eventBody.parse(unseal<unknown>('an event of the desk', sealedRow.parse(raw)))),
    waitingCount: (): number => numberRow.parse(waitingCount.get()).number,
    done: (id: string): void => {
      done.run(id);
    },
    forgetBefore: (at: number): void => {
      forgetBefore.run(at);
    },
    /** How many were forgotten. */
    forgetBeyond: (max: number): number => {
      const over = numberRow.parse(count.get()).number - max;
      return over <= 0 ? 0 : Number(forgetOldest.run(over).changes);
    },
  };
}
