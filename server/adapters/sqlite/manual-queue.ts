// The manual queue in a SQLite file of its own: what waits, what people answered, and the tickets that exist because of it.
// Must never lose an answer: what a person typed is on disk before they are told that it was taken.
import { z } from 'zod';
import { failure } from '../../../shared/failure.ts';
import { effectKey, incidentIdFrom } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import { instant } from '../../../shared/time.ts';
import { priorities } from '../../../shared/words.ts';
import type { ManualAnswer, ManualItem, ManualQueue, ManualTicket, Said } from '../../ports/manual-queue.ts';
import type { Database } from './database.ts';
import { seal, unseal } from './sealed-json.ts';

export const manualQueueMigrations: readonly string[] = [
  `
  -- Only what waits now. urgency: 0 is the most urgent.
  CREATE TABLE items (
    key TEXT PRIMARY KEY,
    incident TEXT NOT NULL,
    task TEXT NOT NULL,
    urgency INTEGER NOT NULL,
    since INTEGER NOT NULL,
    body TEXT NOT NULL,
    digest TEXT NOT NULL
  ) STRICT;
  CREATE INDEX items_by_urgency ON items (urgency, since, key);
  CREATE INDEX items_of_incident ON items (incident);

  -- Who said what: only ever added to.
  CREATE TABLE answers (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    incident TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('registered', 'done', 'send-again')),
    protocol TEXT,
    said_by TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX answers_of_key ON answers (key, id);
  CREATE INDEX answers_of_incident ON answers (incident, id);

  -- Answers that the delivery has not taken over yet.
  CREATE TABLE unheard (key TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

  CREATE TABLE tickets (
    incident TEXT PRIMARY KEY,
    protocol TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    open INTEGER NOT NULL
  ) STRICT;
  `,
];

const id = z.string().transform(incidentIdFrom);
const key = z.string().transform(effectKey);
const at = z.int().transform(instant);
const priority = z.enum(priorities);

const itemBody = z
  .strictObject({
    key,
    incident: id,
    task: z.enum(['ticket.open', 'ticket.note', 'ticket.close', 'ticket.reopen']),
    reason: z.enum(['manual', 'uncertain']),
    desk: z.string(),
    title: z.string(),
    text: z.string(),
    priority,
    since: at,
    protocol: z.string().optional(),
    raise: z.strictObject({ priority, title: z.string() }).optional(),
  })
  .transform((value): ManualItem => value);

const itemRow = z.object({ body: z.string(), digest: z.string() });
const answerRow = z
  .object({
    key,
    incident: id,
    kind: z.enum(['registered', 'done', 'send-again']),
    protocol: z.string().nullable(),
    said_by: z.string(),
    at,
  })
  .transform(({ said_by: by, protocol, ...row }): ManualAnswer => {
    return protocol === null ? { ...row, by } : { ...row, by, protocol };
  });
const ticketRow = z
  .object({ incident: id, protocol: z.string(), title: z.string(), open: z.int() })
  .transform((row): ManualTicket => ({ ...row, open: row.open === 1 }));
const totalRow = z.object({ total: z.int() });

/** `database` is one opened with `manualQueueMigrations`; `close` closes it. */
export function createSqliteManualQueue(database: Database): ManualQueue {
  const rows = rowsOf(database);
  return {
    wait: (item) =>
      database.atomically(() => {
        if (item.reason === 'uncertain' || rows.answer(item.key) === undefined) rows.addItem(item);
      }),
    item: rows.item,
    withdraw: (given) => rows.removeItem(given),
    waiting: rows.waiting,
    register: (incident, said) => database.atomically(() => register(rows, incident, said)),
    done: (given, said) =>
      database.atomically(() => {
        const item = rows.item(given);
        if (item === undefined || item.task === 'ticket.open') return undefined;
        rows.changeTicket(item);
        return rows.settle({ key: given, incident: item.incident, kind: 'done', ...said });
      }),
    sendAgain: (given, said) =>
      database.atomically(() => {
        const item = rows.item(given);
        if (item === undefined || item.reason !== 'uncertain') return undefined;
        return rows.settle({ key: given, incident: item.incident, kind: 'send-again', ...said });
      }),
    answer: rows.answer,
    unheard: rows.unheard,
    heard: rows.heard,
    history: rows.history,
    ticket: rows.ticket,
    close: () => database.close(),
  };
}

type Rows = ReturnType<typeof rowsOf>;

function register(
  rows: Rows,
  incident: ManualTicket['incident'],
  { protocol, by, at: saidAt }: Said & { readonly protocol: string },
): Result<ManualAnswer> {
  const item = rows.opening(incident);
  const existing = rows.ticket(incident);
  if (existing !== undefined && item?.reason !== 'uncertain') {
    const last = rows.history(incident).findLast((each) => each.kind === 'registered');
    if (existing.protocol === protocol && last !== undefined) return ok(last);
    return fail(failure('conflict', `o incidente já tem o chamado ${existing.protocol}`));
  }
  if (item === undefined) return fail(failure('not-found', 'nenhum chamado deste incidente espera registro'));
  const other = rows.ticketOf(protocol);
  if (other !== undefined && other.incident !== incident) {
    return fail(failure('conflict', `o protocolo ${protocol} já é do incidente ${other.incident}`));
  }
  rows.keepTicket({ incident, protocol, title: item.title, open: true });
  return ok(rows.settle({ key: item.key, incident, kind: 'registered', protocol, by, at: saidAt }));
}

function rowsOf(database: Database) {
  const items = itemRows(database);
  const answers = answerRows(database);
  return {
    ...items,
    ...answers,
    ...ticketRows(database),
    settle: (given: ManualAnswer): ManualAnswer => {
      answers.add(given, items.item(given.key)?.reason === 'uncertain');
      items.removeItem(given.key);
      return given;
    },
  };
}

function maybe<T>(raw: unknown, read: (raw: unknown) => T): T | undefined {
  return raw === undefined ? undefined : read(raw);
}

function itemOf(raw: unknown): ManualItem {
  return itemBody.parse(unseal<unknown>('an item of the manual queue', itemRow.parse(raw)));
}

function itemRows({ sql }: Database) {
  const add = sql.prepare(`
    INSERT INTO items (key, incident, task, urgency, since, body, digest) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING`);
  const remove = sql.prepare('DELETE FROM items WHERE key = ?');
  const item = sql.prepare('SELECT body, digest FROM items WHERE key = ?');
  const opening = sql.prepare(
    `SELECT body, digest FROM items WHERE incident = ? AND task = 'ticket.open' ORDER BY since, key LIMIT 1`,
  );
  const listed = sql.prepare('SELECT body, digest FROM items ORDER BY urgency, since, key LIMIT ?');
  const total = sql.prepare('SELECT count(*) AS total FROM items');
  return {
    addItem: (given: ManualItem): void => {
      const { body, digest } = seal(given);
      const urgency = priorities.indexOf(given.priority);
      add.run(given.key, given.incident, given.task, urgency, given.since, body, digest);
    },
    removeItem: (given: ManualItem['key']): boolean => remove.run(given).changes === 1,
    item: (given: ManualItem['key']) => maybe(item.get(given), itemOf),
    opening: (incident: ManualItem['incident']) => maybe(opening.get(incident), itemOf),
    waiting: () => ({
      items: listed.all(limits.manualQueuePageMax).map(itemOf),
      total: totalRow.parse(total.get()).total,
    }),
  };
}

function answerRows({ sql }: Database) {
  const add = sql.prepare(
    'INSERT INTO answers (key, incident, kind, protocol, said_by, at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const answer = sql.prepare('SELECT * FROM answers WHERE key = ? ORDER BY id DESC LIMIT 1');
  const history = sql.prepare('SELECT * FROM answers WHERE incident = ? ORDER BY id');
  const addUnheard = sql.prepare('INSERT INTO unheard (key) VALUES (?) ON CONFLICT DO NOTHING');
  const removeUnheard = sql.prepare('DELETE FROM unheard WHERE key = ?');
  const unheard = sql.prepare(`
    SELECT * FROM answers WHERE key = ? AND EXISTS (SELECT 1 FROM unheard WHERE unheard.key = answers.key)
    ORDER BY id DESC LIMIT 1`);
  const answerOf = (raw: unknown): ManualAnswer => answerRow.parse(raw);
  return {
    add: (given: ManualAnswer, toBeHeard: boolean): void => {
      if (toBeHeard) addUnheard.run(given.key);
      add.run(given.key, given.incident, given.kind, given.protocol ?? null, given.by, given.at);
    },
    answer: (given: ManualItem['key']) => maybe(answer.get(given), answerOf),
    unheard: (given: ManualItem['key']) => maybe(unheard.get(given), answerOf),
    heard: (given: ManualItem['key']): void => void removeUnheard.run(given),
    history: (incident: ManualItem['incident']) => history.all(incident).map(answerOf),
  };
}

function ticketRows({ sql }: Database) {
  const keep = sql.prepare(
    'INSERT OR REPLACE INTO tickets (incident, protocol, title, open) VALUES (?, ?, ?, ?)',
  );
  const ticket = sql.prepare('SELECT * FROM tickets WHERE incident = ?');
  const ticketOf = sql.prepare('SELECT * FROM tickets WHERE protocol = ?');
  const setOpen = sql.prepare('UPDATE tickets SET open = ? WHERE incident = ?');
  const setTitle = sql.prepare('UPDATE tickets SET title = ? WHERE incident = ?');
  const read = (raw: unknown): ManualTicket => ticketRow.parse(raw);
  return {
    keepTicket: (given: ManualTicket): void => {
      keep.run(given.incident, given.protocol, given.title, Number(given.open));
    },
    changeTicket: ({ incident, task, raise }: ManualItem): void => {
      if (task !== 'ticket.note') setOpen.run(Number(task === 'ticket.reopen'), incident);
      else if (raise !== undefined) setTitle.run(raise.title, incident);
    },
    ticket: (incident: ManualItem['incident']) => maybe(ticket.get(incident), read),
    ticketOf: (protocol: string) => maybe(ticketOf.get(protocol), read),
  };
}
