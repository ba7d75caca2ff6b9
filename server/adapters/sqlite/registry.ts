// Who may come in, in a SQLite file of its own: agents' public keys, enrolment tokens' digests, the inventory document.
// Stands behind gateway and API. Must never store a token itself, nor let one be used more often than it allows.
import { z } from 'zod';
import { assert } from '../../../shared/assert.ts';
import { agentId, siteIdFrom } from '../../../shared/ids.ts';
import { type InventoryDocument, inventorySchema } from '../../../shared/inventory/document.ts';
import { type Instant, instant } from '../../../shared/time.ts';
import type { AgentRecord, EnrolmentToken, Registry } from '../../ports/registry.ts';
import type { Database } from './database.ts';
import { seal, unseal } from './sealed-json.ts';

export const registryMigrations: readonly string[] = [
  `
  CREATE TABLE tokens (
    digest TEXT PRIMARY KEY,
    site TEXT NOT NULL,
    host TEXT,
    uses_left INTEGER NOT NULL CHECK (uses_left >= 0),
    expires_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE agents (
    id TEXT PRIMARY KEY,
    site TEXT NOT NULL,
    host TEXT NOT NULL,
    public_key TEXT NOT NULL,
    host_name TEXT NOT NULL,
    enrolled_at INTEGER NOT NULL,
    revoked_at INTEGER
  ) STRICT;
  -- Which key used which token: the same pair again is a lost answer, not a second use.
  CREATE TABLE enrolments (
    token TEXT NOT NULL REFERENCES tokens (digest),
    public_key TEXT NOT NULL,
    agent TEXT NOT NULL REFERENCES agents (id),
    PRIMARY KEY (token, public_key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE inventory (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    body TEXT NOT NULL,
    digest TEXT NOT NULL
  ) STRICT;
  `,
];

const instantColumn = z.int().transform((ms): Instant => instant(ms));
const siteColumn = z.string().transform(siteIdFrom);

const tokenRow = z
  .object({
    digest: z.string(),
    site: siteColumn,
    host: z.string().nullable(),
    uses_left: z.int().min(0),
    expires_at: instantColumn,
  })
  .transform(
    (row): EnrolmentToken => ({
      digest: row.digest,
      site: row.site,
      host: row.host ?? undefined,
      usesLeft: row.uses_left,
      expiresAt: row.expires_at,
    }),
  );

const agentRow = z
  .object({
    id: z.string().transform(agentId),
    site: siteColumn,
    host: z.string(),
    public_key: z.string(),
    host_name: z.string(),
    enrolled_at: instantColumn,
    revoked_at: instantColumn.nullable(),
  })
  .transform(
    (row): AgentRecord => ({
      id: row.id,
      site: row.site,
      host: row.host,
      publicKey: row.public_key,
      hostName: row.host_name,
      enrolledAt: row.enrolled_at,
      revokedAt: row.revoked_at ?? undefined,
    }),
  );

const documentRow = z.object({ body: z.string(), digest: z.string() });

/** `database` is one opened with `registryMigrations`; `close` closes it. */
export function createSqliteRegistry(database: Database): Registry {
  const { sql } = database;
  const upsertToken = sql.prepare(`
    INSERT INTO tokens (digest, site, host, uses_left, expires_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (digest) DO UPDATE SET site = excluded.site, host = excluded.host,
      uses_left = excluded.uses_left, expires_at = excluded.expires_at`);
  const agentById = sql.prepare('SELECT * FROM agents WHERE id = ?');
  const allAgents = sql.prepare('SELECT * FROM agents ORDER BY id');
  const revokeAgent = sql.prepare('UPDATE agents SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL');
  const readDocument = sql.prepare('SELECT body, digest FROM inventory WHERE one = 1');
  const writeDocument = sql.prepare('INSERT OR REPLACE INTO inventory (one, body, digest) VALUES (1, ?, ?)');
  const enrol = enroller(database);
  return {
    saveToken: (token) => {
      upsertToken.run(token.digest, token.site, token.host ?? null, token.usesLeft, token.expiresAt);
    },
    enrol,
    agent: (id) => {
      const raw = agentById.get(id);
      return raw === undefined ? undefined : agentRow.parse(raw);
    },
    agents: () => allAgents.all().map((raw) => agentRow.parse(raw)),
    revoke: (id, at) => revokeAgent.run(at, id).changes === 1,
    inventory: (): InventoryDocument | undefined => {
      const raw = readDocument.get();
      if (raw === undefined) return undefined;
      return inventorySchema.parse(unseal<unknown>('the inventory', documentRow.parse(raw)));
    },
    saveInventory: (document) => {
      const { body, digest } = seal(document);
      writeDocument.run(body, digest);
    },
    close: () => database.close(),
  };
}

/**
 * 1. the token must be known; 2. the same key with it again gives the agent it made, unless revoked since;
 * 3. the token must still be good; 4. one use less, agent and pair saved.
 */
function enroller(database: Database): Registry['enrol'] {
  const { sql } = database;
  const tokenByDigest = sql.prepare('SELECT * FROM tokens WHERE digest = ?');
  const earlierAgent = sql.prepare(`
    SELECT agents.* FROM enrolments JOIN agents ON agents.id = enrolments.agent
    WHERE enrolments.token = ? AND enrolments.public_key = ?`);
  const spend = sql.prepare('UPDATE tokens SET uses_left = uses_left - 1 WHERE digest = ? AND uses_left > 0');
  const insertAgent = sql.prepare(`
    INSERT INTO agents (id, site, host, public_key, host_name, enrolled_at) VALUES (?, ?, ?, ?, ?, ?)`);
  const insertPair = sql.prepare('INSERT INTO enrolments (token, public_key, agent) VALUES (?, ?, ?)');
  return (digest, now, make) =>
    database.atomically(() => {
      const raw = tokenByDigest.get(digest);
      if (raw === undefined) return undefined;
      const token = tokenRow.parse(raw);
      const record = make(token);
      const earlier = earlierAgent.get(digest, record.publicKey);
      if (earlier !== undefined) {
        const agent = agentRow.parse(earlier);
        return agent.revokedAt === undefined ? agent : undefined;
      }
      if (token.expiresAt <= now || token.usesLeft === 0) return undefined;
      assert(spend.run(digest).changes === 1, 'one use of the token is spent');
      const { id, site, host, publicKey, hostName, enrolledAt } = record;
      insertAgent.run(id, site, host, publicKey, hostName, enrolledAt);
      insertPair.run(digest, publicKey, id);
      return record;
    });
}
