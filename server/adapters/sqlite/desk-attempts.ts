// Attempts at an outside desk in a file of their own, each write fsynced before it returns: what is not here when the
// program dies was never sent. Stands behind `shell/desk/`. Must hold also with two processes on the file: each write
// is one transaction that checks the fence.
import { z } from 'zod';
import { type EffectKey, effectKey, type IncidentId, incidentIdFrom } from '../../../shared/ids.ts';
import { instant, plus } from '../../../shared/time.ts';
import { priorities } from '../../../shared/words.ts';
import type { DeskAttempt, DeskAttempts, DeskCase, DeskLease } from '../../ports/desk-attempts.ts';
import type { Database } from './database.ts';
import { lazily } from './lazy-commit.ts';
import { seal, unseal } from './sealed-json.ts';

export const deskAttemptMigrations: readonly string[] = [
  `
  CREATE TABLE incidents (
    incident TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    fence INTEGER NOT NULL,
    until INTEGER NOT NULL,
    doubts INTEGER NOT NULL DEFAULT 0,
    touched INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX incidents_by_age ON incidents (touched);

  CREATE TABLE attempts (
    key TEXT PRIMARY KEY,
    incident TEXT NOT NULL REFERENCES incidents (incident) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'uncertain', 'created', 'written')),
    protocol TEXT,
    at INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    lies INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX attempts_of_incident ON attempts (incident);

  CREATE TABLE cases (
    incident TEXT PRIMARY KEY REFERENCES incidents (incident) ON DELETE CASCADE,
    body TEXT NOT NULL,
    digest TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
];

const at = z.int().transform(instant);
const incident = z.string().transform(incidentIdFrom);
const key = z.string().transform(effectKey);

const leaseRow = z.object({ owner: z.string(), fence: z.int(), until: at });
const numberRow = z.object({ number: z.int() });
const sealedRow = z.object({ body: z.string(), digest: z.string() });

const attemptRow = z
  .object({
    key,
    incident,
    state: z.enum(['waiting', 'sending', 'uncertain', 'created', 'written']),
    protocol: z.string().nullable(),
    at,
    sent: z.int(),
    lies: z.int(),
  })
  .transform(({ state: kind, protocol, ...row }): DeskAttempt => {
    if (kind === 'created' || kind === 'written')
      return { ...row, state: { kind, protocol: protocol ?? '' } };
    return { ...row, state: { kind } };
  });

const caseBody = z
  .strictObject({
    incident,
    draft: z
      .strictObject({
        key,
        incident,
        title: z.string(),
        body: z.string(),
        priority: z.enum(priorities),
        customer: z.string(),
        site: z.string(),
        detectedAt: at,
        incidentUrl: z.string().optional(),
      })
      .optional(),
    protocol: z.string().optional(),
    assignedAtOpening: z.string().optional(),
    renewals: z.int(),
    history: z.array(
      z.strictObject({
        key,
        kind: z.enum(['ticket.note', 'ticket.close', 'ticket.reopen']),
        text: z.string(),
        raise: z.strictObject({ priority: z.enum(priorities), title: z.string() }).optional(),
        again: z.int(),
      }),
    ),
  })
  .transform((value): DeskCase => value);

/** `database` is one opened with `deskAttemptMigrations`; `close` closes it. */
export function createSqliteDeskAttempts(database: Database): DeskAttempts {
  const { sql } = database;
  const readAttempt = sql.prepare('SELECT * FROM attempts WHERE key = ?');
  const readCase = sql.prepare('SELECT body, digest FROM cases WHERE incident = ?');
  const prune = sql.prepare(`
    DELETE FROM incidents WHERE incident IN (
      SELECT incident FROM incidents WHERE touched < ? ORDER BY touched, incident LIMIT ?)`);
  return {
    ...leasing(database),
    ...keeping(database),
    ...doubting(database),
    attempt: (wanted: EffectKey) => {
      const raw = readAttempt.get(wanted);
      return raw === undefined ? undefined : attemptRow.parse(raw);
    },
    caseOf: (wanted: IncidentId) => {
      const raw = readCase.get(wanted);
      if (raw === undefined) return undefined;
      return caseBody.parse(unseal<unknown>(`the case of ${wanted}`, sealedRow.parse(raw)));
    },
    prune: (before, incidentsMax) => lazily(database, () => Number(prune.run(before, incidentsMax).changes)),
    close: () => database.close(),
  };
}

function leasing(database: Database): Pick<DeskAttempts, 'acquire' | 'renew' | 'release' | 'endAllLeases'> {
  const { sql } = database;
  const read = sql.prepare('SELECT owner, fence, until FROM incidents WHERE incident = ?');
  const take = sql.prepare(`
    INSERT INTO incidents (incident, owner, fence, until, touched) VALUES (:incident, :owner, :fence, :until, :now)
    ON CONFLICT (incident) DO UPDATE SET owner = :owner, fence = :fence, until = :until, touched = max(touched, :now)`);
  const renew = sql.prepare('UPDATE incidents SET until = ? WHERE incident = ? AND fence = ? AND until > ?');
  const release = sql.prepare('UPDATE incidents SET until = 0 WHERE incident = ? AND fence = ?');
  const endAll = sql.prepare('UPDATE incidents SET until = 0, fence = fence + 1 WHERE until > 0');
  return {
    acquire: (wanted, { owner, now, forMs }) =>
      database.atomically(() => {
        const raw = read.get(wanted);
        const held = raw === undefined ? undefined : leaseRow.parse(raw);
        if (held !== undefined && held.until > now && held.owner !== owner) return undefined;
        const fence = (held?.fence ?? 0) + 1;
        take.run({ incident: wanted, owner, fence, until: plus(now, forMs), now });
        return { incident: wanted, owner, fence };
      }),
    renew: ({ incident: held, fence }, { now, forMs }) =>
      renew.run(plus(now, forMs), held, fence, now).changes === 1,
    release: ({ incident: held, fence }) => {
      release.run(held, fence);
    },
    endAllLeases: () => {
      endAll.run();
    },
  };
}

function keeping(database: Database): Pick<DeskAttempts, 'keepAttempt' | 'keepCase'> {
  const { sql } = database;
  const touch = sql.prepare(
    'UPDATE incidents SET touched = max(touched, ?) WHERE incident = ? AND fence = ?',
  );
  const attempt = sql.prepare(`
    INSERT INTO attempts (key, incident, state, protocol, at, sent, lies) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET state = excluded.state, protocol = excluded.protocol, at = excluded.at,
      sent = excluded.sent, lies = excluded.lies`);
  const kept = sql.prepare(`
    INSERT INTO cases (incident, body, digest) VALUES (?, ?, ?)
    ON CONFLICT (incident) DO UPDATE SET body = excluded.body, digest = excluded.digest`);
  const current = ({ incident: held, fence }: DeskLease, now: number): boolean =>
    touch.run(now, held, fence).changes === 1;
  return {
    keepAttempt: (lease, { key: of, incident: owner, state, at: since, sent, lies }) =>
      database.atomically(() => {
        if (!current(lease, since)) return false;
        const protocol = 'protocol' in state ? state.protocol : null;
        attempt.run(of, owner, state.kind, protocol, since, sent, lies);
        return true;
      }),
    keepCase: (lease, value) =>
      database.atomically(() => {
        if (!current(lease, 0)) return false;
        const { body, digest } = seal(value);
        kept.run(value.incident, body, digest);
        return true;
      }),
  };
}

function doubting({ sql }: Database): Pick<DeskAttempts, 'doubt' | 'doubts' | 'settleDoubts'> {
  const add = sql.prepare('UPDATE incidents SET doubts = doubts + 1 WHERE incident = ?');
  const read = sql.prepare('SELECT doubts AS number FROM incidents WHERE incident = ?');
  const settle = sql.prepare(
    'UPDATE incidents SET doubts = max(0, doubts - ?) WHERE incident = ? AND fence = ?',
  );
  return {
    doubt: (of) => {
      add.run(of);
    },
    doubts: (of) => {
      const raw = read.get(of);
      return raw === undefined ? 0 : numberRow.parse(raw).number;
    },
    settleDoubts: ({ incident: of, fence }, seen) => {
      settle.run(seen, of, fence);
    },
  };
}
