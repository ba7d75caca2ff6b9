// The store of notices in a SQLite file of its own. Every call that changes something is on disk when it returns.
// Must never let a delivery disappear without its message, nor a message without its outcome.
import { z } from 'zod';
import { assert } from '../../../shared/assert.ts';
import { incidentIdFrom } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import { type Instant, instant } from '../../../shared/time.ts';
import { priorities } from '../../../shared/words.ts';
import { type Notice, noticeKinds } from '../../ports/channel.ts';
import type {
  Delivery,
  Message,
  NewMessage,
  NoticeStore,
  NoticeTrouble,
  PastMessage,
  PlannedDelivery,
} from '../../ports/notice-store.ts';
import type { Database } from './database.ts';
import { seal, unseal } from './sealed-json.ts';

export const noticeMigrations: readonly string[] = [
  `
  CREATE TABLE began (one INTEGER PRIMARY KEY CHECK (one = 1), at INTEGER NOT NULL) STRICT;

  -- News that were taken, so that each is taken once.
  CREATE TABLE taken (key TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX taken_by_age ON taken (at);

  -- What waits for its message. urgency: 0 is the most urgent. AUTOINCREMENT: the order of age must survive deletions.
  CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    recipient TEXT NOT NULL,
    grp TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    urgency INTEGER NOT NULL,
    body TEXT NOT NULL,
    digest TEXT NOT NULL
  ) STRICT;
  CREATE INDEX deliveries_by_due ON deliveries (due_at);
  CREATE INDEX deliveries_of_group ON deliveries (channel, recipient, grp);

  CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    recipient TEXT NOT NULL,
    at INTEGER NOT NULL,
    urgency INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('waiting', 'sent', 'refused')),
    settled_at INTEGER,
    body TEXT NOT NULL,
    digest TEXT NOT NULL
  ) STRICT;
  CREATE INDEX messages_waiting ON messages (channel, urgency, id) WHERE outcome = 'waiting';
  CREATE INDEX messages_of_recipient ON messages (channel, recipient, at);
  CREATE INDEX messages_by_age ON messages (at);
  `,
  // Why a refused message was refused, as JSON; and when each channel last took one.
  `
  ALTER TABLE messages ADD COLUMN trouble TEXT;
  CREATE INDEX messages_sent ON messages (channel, settled_at) WHERE outcome = 'sent';
  `,
];

const noticeBody = z
  .strictObject({
    key: z.string(),
    kind: z.enum(noticeKinds),
    priority: z.enum(priorities),
    title: z.string(),
    text: z.string(),
    to: z.array(z.string()),
    incident: z.string().transform(incidentIdFrom).optional(),
    url: z.string().optional(),
  })
  .transform((value): Notice => value);

const sealed = { body: z.string(), digest: z.string() };
const atColumn = z.int().transform(instant);
const deliveryRow = z
  .object({
    id: z.int(),
    channel: z.string(),
    recipient: z.string(),
    grp: z.string(),
    due_at: atColumn,
    ...sealed,
  })
  .transform(
    ({ grp: group, due_at: dueAt, body, digest, ...row }): Delivery => ({
      ...row,
      group,
      dueAt,
      notice: noticeOf({ body, digest }),
    }),
  );
const messageRow = z
  .object({ id: z.int(), channel: z.string(), recipient: z.string(), at: atColumn, ...sealed })
  .transform(({ body, digest, ...row }): Message => ({ ...row, notice: noticeOf({ body, digest }) }));
const troubleBody = z
  .strictObject({ message: z.string(), status: z.int().optional(), refused: z.boolean() })
  .transform((value): NoticeTrouble => value);
const pastRow = z
  .object({
    id: z.int(),
    channel: z.string(),
    at: atColumn,
    outcome: z.enum(['waiting', 'sent', 'refused']),
    settled_at: atColumn.nullable(),
    trouble: z.string().nullable(),
    ...sealed,
  })
  .transform(
    ({ settled_at: settledAt, trouble, body, digest, ...row }): PastMessage => ({
      ...row,
      settledAt: settledAt ?? undefined,
      trouble: trouble === null ? undefined : troubleBody.parse(JSON.parse(trouble)),
      notice: noticeOf({ body, digest }),
    }),
  );
const atRow = z.object({ at: atColumn });
const maybeAtRow = z.object({ at: atColumn.nullable() });
const countRow = z.object({ count: z.int() });

/** `database` is one opened with `noticeMigrations`; `close` closes it. */
export function createSqliteNoticeStore(database: Database): NoticeStore {
  const { sql } = database;
  const begun = sql.prepare('INSERT INTO began (one, at) VALUES (1, ?) ON CONFLICT DO NOTHING');
  const began = sql.prepare('SELECT at FROM began WHERE one = 1');
  return {
    begin: (at) => {
      begun.run(at);
      return atRow.parse(began.get()).at;
    },
    ...newsOf(database),
    ...messagesOf(database),
    close: () => database.close(),
  };
}

function newsOf({ sql, atomically }: Database) {
  const taken = sql.prepare('SELECT at FROM taken WHERE key = ?');
  const take = sql.prepare('INSERT INTO taken (key, at) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const add = sql.prepare(`
    INSERT INTO deliveries (channel, recipient, grp, due_at, urgency, body, digest) VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const groupDue = sql.prepare(
    'SELECT min(due_at) AS at FROM deliveries WHERE channel = ? AND recipient = ? AND grp = ?',
  );
  const due = sql.prepare('SELECT * FROM deliveries WHERE due_at <= ? ORDER BY urgency, id LIMIT ?');
  const next = sql.prepare('SELECT min(due_at) AS at FROM deliveries WHERE due_at > ?');
  const count = sql.prepare('SELECT count(*) AS count FROM deliveries');
  const remove = sql.prepare('DELETE FROM deliveries WHERE id = ?');
  return {
    knows: (key: string): boolean => taken.get(key) !== undefined,
    take: (notice: Notice, deliveries: readonly PlannedDelivery[], at: Instant): boolean =>
      atomically(() => {
        if (take.run(notice.key, at).changes !== 1) return false;
        const { body, digest } = seal(notice);
        for (const { channel, recipient, group, dueAt } of deliveries)
          add.run(channel, recipient, group, dueAt, priorities.indexOf(notice.priority), body, digest);
        return true;
      }),
    groupDueAt: ({ channel, recipient, group }: Omit<PlannedDelivery, 'dueAt'>) =>
      maybeAtRow.parse(groupDue.get(channel, recipient, group)).at ?? undefined,
    due: (now: Instant) => due.all(now, limits.noticesPerTurnMax).map((row) => deliveryRow.parse(row)),
    nextDueAt: (now: Instant) => maybeAtRow.parse(next.get(now)).at ?? undefined,
    waiting: () => countRow.parse(count.get()).count,
    drop: (ids: readonly number[]): void =>
      atomically(() => {
        for (const id of ids) remove.run(id);
      }),
  };
}

function messagesOf({ sql, atomically }: Database) {
  const remove = sql.prepare('DELETE FROM deliveries WHERE id = ?');
  const add = sql.prepare(`
    INSERT INTO messages (channel, recipient, at, urgency, outcome, body, digest)
    VALUES (?, ?, ?, ?, 'waiting', ?, ?)`);
  const after = sql.prepare(
    'SELECT at FROM messages WHERE channel = ? AND recipient = ? AND at > ? ORDER BY at',
  );
  const unsent = sql.prepare(`
    SELECT id, channel, recipient, at, body, digest FROM messages WHERE channel = ? AND outcome = 'waiting'
    ORDER BY urgency, id LIMIT ?`);
  const settle = sql.prepare('UPDATE messages SET outcome = ?, settled_at = ?, trouble = ? WHERE id = ?');
  const recent = sql.prepare(`
    SELECT id, channel, at, outcome, settled_at, trouble, body, digest FROM messages ORDER BY id DESC LIMIT ?`);
  const lastSent = sql.prepare(
    "SELECT max(settled_at) AS at FROM messages WHERE channel = ? AND outcome = 'sent'",
  );
  const forget = [
    sql.prepare('DELETE FROM taken WHERE at < ?'),
    sql.prepare('DELETE FROM messages WHERE at < ?'),
  ];
  return {
    compose: ({ tells, ...message }: NewMessage): Message =>
      atomically(() => {
        for (const id of tells) remove.run(id);
        const { channel, recipient, notice, at } = message;
        const { body, digest } = seal(notice);
        const urgency = priorities.indexOf(notice.priority);
        const { lastInsertRowid } = add.run(channel, recipient, at, urgency, body, digest);
        return { ...message, id: Number(lastInsertRowid) };
      }),
    composedAfter: ({ channel, recipient }: Pick<PlannedDelivery, 'channel' | 'recipient'>, since: Instant) =>
      after.all(channel, recipient, since).map((row) => atRow.parse(row).at),
    unsent: (channel: string) =>
      unsent.all(channel, limits.noticesWaitingMax).map((row) => messageRow.parse(row)),
    settle: (id: number, outcome: 'sent' | 'refused', at: Instant, trouble?: NoticeTrouble): void => {
      const { changes } = settle.run(outcome, at, trouble === undefined ? null : JSON.stringify(trouble), id);
      assert(changes === 1, `message ${id} is settled once, where it stands`);
    },
    recent: (limit: number) => recent.all(limit).map((row) => pastRow.parse(row)),
    lastSentAt: (channel: string) => maybeAtRow.parse(lastSent.get(channel)).at ?? undefined,
    prune: (before: Instant): number =>
      atomically(() => forget.reduce((sum, each) => sum + Number(each.run(before).changes), 0)),
  };
}

function noticeOf(row: { readonly body: string; readonly digest: string }): Notice {
  return noticeBody.parse(unseal<unknown>('a notice', row));
}
