// Maintenance windows and silences in a SQLite file of their own, one sealed row each.
// Stands behind the API. Must never give back a row that is not what was written.
import { z } from 'zod';
import { customerKey } from '../../../shared/ids.ts';
import { instant } from '../../../shared/time.ts';
import type { Scope, Silence } from '../../core/planned.ts';
import type { PlannedStore, WindowDefinition } from '../../ports/planned.ts';
import type { Database } from './database.ts';
import { seal, unseal } from './sealed-json.ts';

export const plannedMigrations: readonly string[] = [
  `
  CREATE TABLE windows (id TEXT PRIMARY KEY, body TEXT NOT NULL, digest TEXT NOT NULL) STRICT;
  CREATE TABLE silences (id TEXT PRIMARY KEY, body TEXT NOT NULL, digest TEXT NOT NULL) STRICT;
  `,
  `CREATE TABLE hidden (plan TEXT NOT NULL, cause TEXT NOT NULL, PRIMARY KEY (plan, cause)) STRICT, WITHOUT ROWID;`,
];

const at = z.int().transform(instant);

const scope = z
  .strictObject({
    customer: z.string().transform(customerKey),
    site: z.string().optional(),
    link: z.string().optional(),
    host: z.string().optional(),
  })
  .transform((value): Scope => value);

const windowBody = z
  .strictObject({
    id: z.string(),
    scope,
    startsAt: at,
    endsAt: at,
    recurrence: z.string().optional(),
    returnBy: at.optional(),
    reason: z.string(),
    by: z.string(),
    createdAt: at,
  })
  .transform((value): WindowDefinition => value);

const silenceBody = z
  .strictObject({ id: z.string(), scope, startsAt: at, until: at, by: z.string(), reason: z.string() })
  .transform((value): Silence => value);

const hiddenRow = z.object({ plan: z.string(), cause: z.string() });

const sealedRow = z.object({ body: z.string(), digest: z.string() });

/** `database` is one opened with `plannedMigrations`; `close` closes it. */
export function createSqlitePlannedStore(database: Database): PlannedStore {
  const windows = table(database, 'windows', windowBody);
  const silences = table(database, 'silences', silenceBody);
  return {
    windows: windows.all,
    addWindow: windows.add,
    removeWindow: (id) => withNotes(database, id, windows.remove),
    silences: silences.all,
    addSilence: silences.add,
    removeSilence: (id) => withNotes(database, id, silences.remove),
    ...hiddenNotes(database),
    close: () => database.close(),
  };
}

/** What a plan has hidden goes with it. */
function withNotes(database: Database, id: string, remove: (id: string) => boolean): boolean {
  return database.atomically(() => {
    database.sql.prepare('DELETE FROM hidden WHERE plan = ?').run(id);
    return remove(id);
  });
}

function hiddenNotes(database: Database): Pick<PlannedStore, 'hidden' | 'noteHidden'> {
  const read = database.sql.prepare('SELECT plan, cause FROM hidden ORDER BY plan, cause');
  const insert = database.sql.prepare(
    `INSERT INTO hidden (plan, cause) SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM windows WHERE id = ?1)
     OR EXISTS (SELECT 1 FROM silences WHERE id = ?1) ON CONFLICT DO NOTHING`,
  );
  return {
    hidden: () => read.all().map((raw) => hiddenRow.parse(raw)),
    noteHidden: (notes) => {
      database.atomically(() => {
        for (const { plan, cause } of notes) insert.run(plan, cause);
      });
    },
  };
}

interface Table<T> {
  readonly all: () => readonly T[];
  readonly add: (value: T) => boolean;
  readonly remove: (id: string) => boolean;
}

function table<T extends { readonly id: string }>(
  { sql }: Database,
  name: 'windows' | 'silences',
  schema: z.ZodType<T>,
): Table<T> {
  const read = sql.prepare(`SELECT body, digest FROM ${name} ORDER BY id`);
  const insert = sql.prepare(
    `INSERT INTO ${name} (id, body, digest) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const remove = sql.prepare(`DELETE FROM ${name} WHERE id = ?`);
  return {
    all: () =>
      read.all().map((raw) => schema.parse(unseal<unknown>(`a row of ${name}`, sealedRow.parse(raw)))),
    add: (value) => {
      const { body, digest } = seal(value);
      return insert.run(value.id, body, digest).changes === 1;
    },
    remove: (id) => remove.run(id).changes === 1,
  };
}
