// The journal on SQLite: inputs with their changes, outbox rows and the incidents they touched, in one fsynced commit.
// Route step 13. Must never let half of a batch become true, nor a second open incident of one cause.
import { z } from 'zod';
import { assert } from '../../../shared/assert.ts';
import type { IncidentId } from '../../../shared/ids.ts';
import { priorities } from '../../../shared/words.ts';
import type { TicketEffect } from '../../core/effect.ts';
import { causeIdentity, type Incident } from '../../core/incident.ts';
import { type StateData, stateFromData, stateToData } from '../../core/snapshot.ts';
import type { IncidentQuery, Journal, JournalEntry, Snapshot } from '../../ports/journal.ts';
import type { JournalRetention } from '../../ports/journal-retention.ts';
import type { Database } from './database.ts';
import {
  assertFormat,
  changeFromData,
  type EntryData,
  entryToData,
  inputFromData,
  journalFormat,
} from './journal-data.ts';
import { createJournalPruning } from './journal-pruning.ts';
import { trimSnapshots } from './journal-snapshots.ts';
import { isIntact, seal, unseal } from './sealed-json.ts';

const sealedRow = z.object({ body: z.string(), digest: z.string() });
const inputRow = sealedRow.extend({ seq: z.int().min(1), format: z.int() });
const snapshotRow = inputRow.extend({ seq: z.int().min(0) });
const lastRow = z.object({ last: z.int().min(0) });

/** `database` is one opened with `journalMigrations`; `close` closes it, and the outbox on it with it. */
export function createSqliteJournal(database: Database): Journal & JournalRetention {
  const { sql } = database;
  const last = sql.prepare('SELECT coalesce(max(seq), 0) AS last FROM inputs').get();
  let lastSeq = lastRow.parse(last).last;
  const writeEntry = entryWriter(database);
  /** The newest snapshot that this process has read or written, and so knows to be sound; 0 = none. */
  let soundSeq = 0;
  const snapshots = snapshotStore(database, (seq) => {
    soundSeq = seq;
  });
  const byId = sql.prepare('SELECT body, digest FROM incidents WHERE id = ?');
  const byProtocol = sql.prepare(
    'SELECT body, digest FROM incidents WHERE protocol = ? ORDER BY detected_at DESC, id DESC LIMIT 1',
  );

  return {
    commit: (entries) => {
      let expected = lastSeq;
      for (const entry of entries) {
        expected += 1;
        assert(entry.input.seq === expected, `the journal goes on without a gap: ${expected} is next`);
      }
      database.atomically(() => {
        for (const entry of entries) writeEntry(entry);
      });
      lastSeq = expected;
    },
    ...snapshots,
    ...createJournalPruning(database, () => soundSeq),
    ...entryReader(database),
    incident: (id: IncidentId) => {
      const row = byId.get(id);
      return row === undefined ? undefined : incidentOf(row);
    },
    incidents: (query) => queryIncidents(database, query),
    incidentByProtocol: (protocol) => {
      const row = byProtocol.get(protocol);
      return row === undefined ? undefined : incidentOf(row);
    },
    close: () => database.close(),
  };
}

function entryReader({ sql }: Database): Pick<Journal, 'read' | 'evidence'> {
  const after = sql.prepare('SELECT seq, format, body, digest FROM inputs WHERE seq > ? ORDER BY seq');
  const evidenceAfter = sql.prepare(
    'SELECT seq, format, body, digest FROM evidence WHERE seq > ? ORDER BY seq',
  );
  const effectsOf = sql.prepare('SELECT body, digest FROM outbox WHERE seq = ? ORDER BY id');

  function* read(afterSeq: number): Iterable<JournalEntry> {
    for (const raw of after.iterate(afterSeq)) {
      const entry = entryOf(raw);
      const { seq } = entry.input;
      const effects = effectsOf
        .all(seq)
        .map((effect) => unseal<TicketEffect>(`an effect of input ${seq}`, sealedRow.parse(effect)));
      yield { ...entry, effects };
    }
  }

  /** Every input left is younger than every row of evidence: both are taken from the old end. */
  function* evidence(afterSeq: number): Iterable<JournalEntry> {
    let last = afterSeq;
    for (const raw of evidenceAfter.iterate(afterSeq)) {
      const entry = entryOf(raw);
      last = entry.input.seq;
      yield entry;
    }
    yield* read(last);
  }

  return { read, evidence };
}

/** Of `inputs` or `evidence`, without its effects. */
function entryOf(raw: unknown): JournalEntry {
  const row = inputRow.parse(raw);
  assertFormat(`input ${row.seq}`, row.format);
  const data = unseal<EntryData>(`input ${row.seq}`, row);
  return {
    input: { seq: row.seq, input: inputFromData(data.input) },
    changes: data.changes.map(changeFromData),
    effects: [],
  };
}

/** Writes one entry inside the caller's transaction: 1. input with changes, 2. incidents, 3. outbox rows. */
function entryWriter(database: Database): (entry: JournalEntry) => void {
  const { sql } = database;
  const insertInput = sql.prepare(
    'INSERT INTO inputs (seq, at, kind, format, body, digest) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const upsertIncident = sql.prepare(`
    INSERT INTO incidents (id, cause_key, state, retro, kind, customer, detected_at, ticket, protocol, body, digest)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET cause_key = excluded.cause_key, state = excluded.state, retro = excluded.retro,
      kind = excluded.kind, customer = excluded.customer, detected_at = excluded.detected_at,
      ticket = excluded.ticket, protocol = excluded.protocol,
      body = excluded.body, digest = excluded.digest`);
  const insertEffect = sql.prepare(`
    INSERT INTO outbox
      (key, seq, incident, urgency, not_before, body, digest, state, attempts, next_attempt_at)
    VALUES (?, ?, ?, coalesce(?, (SELECT urgency + 1 FROM outbox WHERE incident = ? ORDER BY id LIMIT 1), ?),
      ?, ?, ?, 'pending', 0, ?)`);
  return ({ input, changes, effects }) => {
    const sealed = seal(entryToData(input.input, changes));
    insertInput.run(input.seq, input.input.at, input.input.kind, journalFormat, sealed.body, sealed.digest);
    for (const change of changes) {
      if (!('incident' in change)) continue;
      const { incident } = change;
      const { body, digest } = seal(incident);
      upsertIncident.run(
        incident.id,
        causeIdentity(incident),
        incident.state,
        incident.retro ? 1 : 0,
        incident.kind,
        customerOf(incident) ?? null,
        incident.detectedAt,
        incident.ticket?.state ?? null,
        incident.ticket?.protocol ?? null,
        body,
        digest,
      );
    }
    for (const effect of effects) {
      const { body, digest } = seal(effect);
      const { key, incident, notBefore } = effect;
      insertEffect.run(
        key,
        input.seq,
        incident,
        // A note is as urgent as its ticket, but tickets go before the notes of their class.
        effect.kind === 'ticket.open' ? 2 * priorities.indexOf(effect.priority) : null,
        incident,
        2 * priorities.length + 1,
        notBefore,
        body,
        digest,
        notBefore,
      );
    }
  };
}

/**
 * The newest few snapshots and some older ones. One whose digest or format is wrong is passed over: replaying further is
 * only slower. `sound` is told which one was read or written.
 */
function snapshotStore(
  database: Database,
  sound: (seq: number) => void,
): Pick<Journal, 'latestSnapshot' | 'saveSnapshot'> {
  const { sql } = database;
  const newestFirst = sql.prepare('SELECT seq, format, body, digest FROM snapshots ORDER BY seq DESC');
  const insert = sql.prepare(
    'INSERT OR REPLACE INTO snapshots (seq, at, format, body, digest) VALUES (?, ?, ?, ?, ?)',
  );
  return {
    latestSnapshot: (): Snapshot | undefined => {
      for (const raw of newestFirst.iterate()) {
        const row = snapshotRow.parse(raw);
        if (row.format !== journalFormat || !isIntact(row)) continue;
        sound(row.seq);
        return { seq: row.seq, state: stateFromData(unseal<StateData>(`snapshot ${row.seq}`, row)) };
      }
      return undefined;
    },
    saveSnapshot: ({ seq, state }) => {
      assert(seq === state.seq, 'a snapshot is numbered by its state');
      const { body, digest } = seal(stateToData(state));
      database.atomically(() => {
        insert.run(seq, state.at, journalFormat, body, digest);
        trimSnapshots(sql);
      });
      sound(seq);
    },
  };
}

function queryIncidents(database: Database, query: IncidentQuery): readonly Incident[] {
  const wheres: string[] = [];
  const values: (string | number)[] = [];
  const where = (condition: string, value: string | number | undefined): void => {
    if (value === undefined) return;
    wheres.push(condition);
    values.push(value);
  };
  where('state = ?', query.state);
  where('customer = ?', query.customer);
  // Out of the record itself: whoever asks for them names the customer, too, and a customer's rows have an index.
  where("body ->> '$.site' = ?", query.site);
  where("body ->> '$.link' = ?", query.link);
  where("body ->> '$.host' = ?", query.host);
  where('kind = ?', query.kind);
  where('detected_at >= ?', query.since);
  if (query.withTicket === true) wheres.push('ticket IS NOT NULL');
  if (query.before !== undefined) {
    wheres.push('(detected_at, id) < (?, ?)');
    values.push(query.before.detectedAt, query.before.id);
  }
  const filter = wheres.length === 0 ? '' : `WHERE ${wheres.join(' AND ')}`;
  return database.sql
    .prepare(`SELECT body, digest FROM incidents ${filter} ORDER BY detected_at DESC, id DESC LIMIT ?`)
    .all(...values, query.limit)
    .map(incidentOf);
}

function incidentOf(raw: unknown): Incident {
  return unseal<Incident>('an incident', sealedRow.parse(raw));
}

/** Incidents of no site (a provider's, Vigia's own) belong to no customer. */
function customerOf(incident: Incident): string | undefined {
  const { site } = incident;
  return site === undefined ? undefined : site.slice(0, site.indexOf('/'));
}
