// People, API tokens and the audit log in a SQLite file of their own; people and tokens as one sealed row each. Stands behind
// sign-in and the API. Must never give back a row that is not what was written, and never change a line of the audit log.
import { z } from 'zod';
import { customersSchema, roleSchema, signInWays } from '../../../shared/api/people.ts';
import { instant } from '../../../shared/time.ts';
import type { ApiToken, Deed, NumberedDeed, PeopleStore, Person } from '../../ports/people.ts';
import type { Database } from './database.ts';
import { seal, unseal } from './sealed-json.ts';

export const peopleMigrations: readonly string[] = [
  `
  CREATE TABLE people (login TEXT PRIMARY KEY, body TEXT NOT NULL, digest TEXT NOT NULL) STRICT;
  CREATE TABLE had_people (one INTEGER PRIMARY KEY CHECK (one = 1)) STRICT;
  CREATE TABLE tokens (
    id TEXT PRIMARY KEY, secret_digest TEXT NOT NULL UNIQUE, last_used_at INTEGER,
    body TEXT NOT NULL, digest TEXT NOT NULL
  ) STRICT;
  CREATE TABLE deeds (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, by TEXT NOT NULL, via TEXT, action TEXT NOT NULL,
    object TEXT NOT NULL, detail TEXT NOT NULL, address TEXT NOT NULL
  ) STRICT;
  CREATE INDEX deeds_by_time ON deeds (at);
  CREATE TRIGGER deeds_never_change BEFORE UPDATE ON deeds BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
  CREATE TRIGGER had_people_for_ever BEFORE DELETE ON had_people BEGIN SELECT RAISE(ABORT, 'set-up happens once'); END;
  `,
];

const at = z.int().transform(instant);

const personBody = z
  .strictObject({
    login: z.string(),
    name: z.string(),
    role: roleSchema,
    customers: customersSchema,
    passwordHash: z.string().optional(),
    totp: z.strictObject({ secret: z.string(), lastStep: z.int(), recovery: z.array(z.string()) }).optional(),
    identity: z.strictObject({ issuer: z.string(), subject: z.string() }).optional(),
    disabled: z.boolean(),
    createdAt: at,
    lastSignInAt: at.optional(),
  })
  .transform((value): Person => value);

const tokenBody = z.strictObject({
  id: z.string(),
  digest: z.string(),
  name: z.string(),
  role: roleSchema,
  customers: customersSchema,
  createdBy: z.string(),
  createdAt: at,
  expiresAt: at.optional(),
});

const sealedRow = z.object({ body: z.string(), digest: z.string() });
const tokenRow = sealedRow.extend({ last_used_at: at.nullable() });

const deedRow = z
  .object({
    id: z.int(),
    at,
    by: z.string(),
    via: z.enum(signInWays).nullable(),
    action: z.string(),
    object: z.string(),
    detail: z.string(),
    address: z.string(),
  })
  .transform(({ via, ...deed }): NumberedDeed => (via === null ? deed : { ...deed, via }));

/** `database` is one opened with `peopleMigrations`; `close` closes it. */
export function createSqlitePeopleStore(database: Database): PeopleStore {
  return {
    ...peopleOf(database),
    ...tokensOf(database),
    ...deedsOf(database),
    close: () => database.close(),
  };
}

type PeopleSide = Pick<PeopleStore, 'people' | 'addPerson' | 'replacePerson' | 'removePerson' | 'hadPeople'>;

function peopleOf({ sql, atomically }: Database): PeopleSide {
  const read = sql.prepare('SELECT body, digest FROM people ORDER BY login');
  const insert = sql.prepare(
    'INSERT INTO people (login, body, digest) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const update = sql.prepare('UPDATE people SET body = ?, digest = ? WHERE login = ?');
  const remove = sql.prepare('DELETE FROM people WHERE login = ?');
  const mark = sql.prepare('INSERT INTO had_people (one) VALUES (1) ON CONFLICT DO NOTHING');
  const marked = sql.prepare('SELECT one FROM had_people');
  return {
    people: () =>
      read.all().map((raw) => personBody.parse(unseal<unknown>('a row of people', sealedRow.parse(raw)))),
    addPerson: (person) =>
      atomically(() => {
        const { body, digest } = seal(person);
        mark.run();
        return insert.run(person.login, body, digest).changes === 1;
      }),
    replacePerson: (person) => {
      const { body, digest } = seal(person);
      return update.run(body, digest, person.login).changes === 1;
    },
    removePerson: (login) => remove.run(login).changes === 1,
    hadPeople: () => marked.get() !== undefined,
  };
}

function tokensOf({
  sql,
}: Database): Pick<PeopleStore, 'tokens' | 'addToken' | 'touchToken' | 'removeToken'> {
  const read = sql.prepare('SELECT body, digest, last_used_at FROM tokens ORDER BY id');
  const insert = sql.prepare(
    'INSERT INTO tokens (id, secret_digest, last_used_at, body, digest) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const touch = sql.prepare('UPDATE tokens SET last_used_at = ? WHERE id = ?');
  const remove = sql.prepare('DELETE FROM tokens WHERE id = ?');
  return {
    tokens: () =>
      read.all().map((raw): ApiToken => {
        const { last_used_at: lastUsedAt, ...sealed } = tokenRow.parse(raw);
        const token = tokenBody.parse(unseal<unknown>('a row of tokens', sealed));
        return lastUsedAt === null ? token : { ...token, lastUsedAt };
      }),
    addToken: ({ lastUsedAt, ...token }) => {
      const { body, digest } = seal(token);
      return insert.run(token.id, token.digest, lastUsedAt ?? null, body, digest).changes === 1;
    },
    touchToken: (id, usedAt) => touch.run(usedAt, id).changes === 1,
    removeToken: (id) => remove.run(id).changes === 1,
  };
}

function deedsOf({ sql, atomically }: Database): Pick<PeopleStore, 'record' | 'deeds' | 'pruneDeeds'> {
  const insert = sql.prepare(
    'INSERT INTO deeds (at, by, via, action, object, detail, address) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const read = sql.prepare('SELECT * FROM deeds WHERE id < ? ORDER BY id DESC LIMIT ?');
  const pruneOld = sql.prepare('DELETE FROM deeds WHERE at < ?');
  const pruneMost = sql.prepare(
    'DELETE FROM deeds WHERE id <= (SELECT id FROM deeds ORDER BY id DESC LIMIT 1 OFFSET ?)',
  );
  return {
    record: (deed: Deed) => {
      const { at: when, by, via = null, action, object, detail, address } = deed;
      const { lastInsertRowid } = insert.run(when, by, via, action, object, detail, address);
      return { ...deed, id: Number(lastInsertRowid) };
    },
    deeds: ({ limit, before = Number.MAX_SAFE_INTEGER }) =>
      read.all(before, limit).map((raw) => deedRow.parse(raw)),
    pruneDeeds: ({ before, rowsMax }) =>
      atomically(() => ({
        old: Number(pruneOld.run(before).changes),
        overflow: Number(pruneMost.run(rowsMax).changes),
      })),
  };
}
