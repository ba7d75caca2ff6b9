// The journal's tables, as numbered steps that are only ever appended to. Journal and outbox share this file because
// an effect must become durable in the same transaction as the decision that made it. How long a row is kept, and who
// would miss it: `journal-pruning.ts`.

export const journalMigrations: readonly string[] = [
  `
  -- One row per input, with the changes decided for it. Never updated.
  CREATE TABLE inputs (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    format INTEGER NOT NULL,
    body TEXT NOT NULL,
    digest TEXT NOT NULL
  ) STRICT;

  -- Ticket effects with their delivery. The key lives as long as its incident: that is what makes delivery have the effect of once.
  CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    seq INTEGER NOT NULL REFERENCES inputs (seq),
    incident TEXT NOT NULL,
    urgency INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    body TEXT NOT NULL,
    digest TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'refused')),
    attempts INTEGER NOT NULL,
    next_attempt_at INTEGER NOT NULL,
    last_error TEXT,
    done_at INTEGER,
    protocol TEXT
  ) STRICT;
  CREATE INDEX outbox_of_input ON outbox (seq);
  CREATE INDEX outbox_of_incident ON outbox (incident, id);
  CREATE INDEX outbox_pending ON outbox (urgency, id) WHERE state = 'pending';
  CREATE INDEX outbox_pending_of_incident ON outbox (incident, id) WHERE state = 'pending';
  CREATE INDEX outbox_pending_by_time ON outbox (next_attempt_at) WHERE state = 'pending';
  CREATE INDEX outbox_pending_by_age ON outbox (not_before) WHERE state = 'pending';

  -- The newest record of each incident, of any age.
  CREATE TABLE incidents (
    id TEXT PRIMARY KEY,
    cause_key TEXT NOT NULL,
    state TEXT NOT NULL,
    retro INTEGER NOT NULL,
    kind TEXT NOT NULL,
    customer TEXT,
    detected_at INTEGER NOT NULL,
    body TEXT NOT NULL,
    digest TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX one_open_incident_per_cause ON incidents (cause_key) WHERE state <> 'closed' AND retro = 0;
  CREATE INDEX incidents_by_time ON incidents (detected_at DESC, id DESC);
  CREATE INDEX incidents_of_customer ON incidents (customer, detected_at DESC, id DESC);
  CREATE INDEX incidents_in_state ON incidents (state, detected_at DESC, id DESC);

  CREATE TABLE snapshots (
    seq INTEGER PRIMARY KEY,
    format INTEGER NOT NULL,
    body TEXT NOT NULL,
    digest TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- Tickets of any age: their list, and each by the number that the desk gave it.
  ALTER TABLE incidents ADD COLUMN ticket TEXT;
  ALTER TABLE incidents ADD COLUMN protocol TEXT;
  UPDATE incidents SET ticket = body ->> '$.ticket.state', protocol = body ->> '$.ticket.protocol';
  CREATE INDEX incidents_with_ticket ON incidents (detected_at DESC, id DESC) WHERE ticket IS NOT NULL;
  CREATE INDEX incidents_by_protocol ON incidents (protocol, detected_at DESC, id DESC) WHERE protocol IS NOT NULL;
  `,
  `
  -- Retention. An input goes before the outbox rows that it caused: the same table without the reference.
  CREATE TABLE outbox_free (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    seq INTEGER NOT NULL,
    incident TEXT NOT NULL,
    urgency INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    body TEXT NOT NULL,
    digest TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'refused')),
    attempts INTEGER NOT NULL,
    next_attempt_at INTEGER NOT NULL,
    last_error TEXT,
    done_at INTEGER,
    protocol TEXT
  ) STRICT;
  INSERT INTO outbox_free SELECT id, key, seq, incident, urgency, not_before, body, digest, state, attempts,
    next_attempt_at, last_error, done_at, protocol FROM outbox;
  DROP TABLE outbox;
  ALTER TABLE outbox_free RENAME TO outbox;
  CREATE INDEX outbox_of_input ON outbox (seq);
  CREATE INDEX outbox_of_incident ON outbox (incident, id);
  CREATE INDEX outbox_pending ON outbox (urgency, id) WHERE state = 'pending';
  CREATE INDEX outbox_pending_of_incident ON outbox (incident, id) WHERE state = 'pending';
  CREATE INDEX outbox_pending_by_time ON outbox (next_attempt_at) WHERE state = 'pending';
  CREATE INDEX outbox_pending_by_age ON outbox (not_before) WHERE state = 'pending';

  -- When the state was that of the snapshot. NULL: a damaged one, which nothing may rest on.
  ALTER TABLE snapshots ADD COLUMN at INTEGER;
  UPDATE snapshots SET at = CASE WHEN json_valid(body) THEN body ->> '$.at' END;
  -- A snapshot is megabytes, and its instant stands behind them: nobody may walk through the one to read the other.
  CREATE INDEX snapshot_places ON snapshots (seq, at);

  -- What a dossier reads of inputs that are gone from their table: the input, and of its changes the incidents.
  CREATE TABLE evidence (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    format INTEGER NOT NULL,
    body TEXT NOT NULL,
    digest TEXT NOT NULL
  ) STRICT;

  -- The instant from which retention reckons. Runs at most twice as fast as the server.
  CREATE TABLE retention (one INTEGER PRIMARY KEY CHECK (one = 1), known_at INTEGER NOT NULL) STRICT;
  `,
];
