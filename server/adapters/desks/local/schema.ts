// The built-in desk's tables, as numbered steps that are only ever appended to.

export const localDeskMigrations: readonly string[] = [
  `
  CREATE TABLE tickets (
    protocol TEXT PRIMARY KEY,
    year INTEGER NOT NULL,
    number INTEGER NOT NULL,
    incident TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    priority TEXT NOT NULL,
    customer TEXT NOT NULL,
    site TEXT NOT NULL,
    detected_at INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    open INTEGER NOT NULL,
    closed_at INTEGER,
    UNIQUE (year, number)
  ) STRICT;
  CREATE INDEX tickets_of_customer ON tickets (customer, year, number);

  -- Every effect ever performed: the same key again answers from here and changes nothing.
  CREATE TABLE effects (
    key TEXT PRIMARY KEY,
    protocol TEXT NOT NULL REFERENCES tickets (protocol)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE notes (
    id INTEGER PRIMARY KEY,
    protocol TEXT NOT NULL REFERENCES tickets (protocol),
    kind TEXT NOT NULL CHECK (kind IN ('note', 'close', 'reopen')),
    at INTEGER NOT NULL,
    text TEXT NOT NULL
  ) STRICT;
  CREATE INDEX notes_of_ticket ON notes (protocol, id);
  `,
];
