// The journal's file for readers beside a running server: never written, never migrated, never locked for long (each
// page is a statement of its own, so the server's checkpoints go on). Used by `replay`. What is damaged is a Failure
// here, not the end of a process: nothing rests on this reader.
import { existsSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { z } from 'zod';
import { failure } from '../../../shared/failure.ts';
import { limits } from '../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import { type Instant, instant } from '../../../shared/time.ts';
import type { TicketEffect } from '../../core/effect.ts';
import type { Input, InputKind } from '../../core/input.ts';
import { type StateData, stateFromData } from '../../core/snapshot.ts';
import type { JournalEntry, Snapshot } from '../../ports/journal.ts';
import { schemaVersion } from './database.ts';
import { changeFromData, type EntryData, inputFromData, journalFormat } from './journal-data.ts';
import { journalMigrations } from './journal-schema.ts';
import { isIntact, unseal } from './sealed-json.ts';

export interface InputPlace {
  readonly seq: number;
  readonly at: Instant;
}

export interface JournalReading {
  /** Undefined = the journal is empty. */
  first(): Result<InputPlace | undefined>;
  last(): Result<InputPlace | undefined>;
  /** The first input with `at` or later; undefined = none. Instants never run backwards in a journal. */
  firstSince(at: Instant): Result<InputPlace | undefined>;
  /** The oldest snapshot, sound or not; undefined = none. Where inputs were removed by age, one can begin behind it. */
  oldestSnapshot(): Result<InputPlace | undefined>;
  /** The newest sound snapshot that is not younger than input `seq`. */
  snapshotUpTo(seq: number): Result<Snapshot | undefined>;
  /** Entries after `afterSeq` up to `toSeq`, at most `limits.replayPageInputs`; empty = there are no more. */
  page(afterSeq: number, toSeq: number): Result<readonly JournalEntry[]>;
  /** All inputs of one kind in the stretch; for kinds that are rare. Fails with `limit.reached` past `max`. */
  ofKind<K extends InputKind>(kind: K, stretch: Stretch): Result<readonly InputOf<K>[]>;
  close(): void;
}

export type InputOf<K extends InputKind> = Extract<Input, { readonly kind: K }>;

export interface Stretch {
  readonly afterSeq: number;
  readonly toSeq: number;
  readonly max: number;
}

const sealedRow = z.object({ body: z.string(), digest: z.string() });
const inputRow = sealedRow.extend({ seq: z.int().min(1), format: z.int() });
const snapshotRow = inputRow.extend({ seq: z.int().min(0) });
const placeRow = z.object({ seq: z.int().min(1), at: z.int().transform(instant) });
const effectRow = sealedRow.extend({ seq: z.int().min(1) });

/** Failures: `not-found` (no such file), `conflict` (written by a newer release), `storage.failed`. */
export function openJournalForReading(path: string): Result<JournalReading> {
  if (!existsSync(path)) {
    return fail(failure('not-found', `${path} does not exist: no server has run with this data directory`));
  }
  let sql: DatabaseSync | undefined;
  const opened = attempt(path, () => {
    sql = new DatabaseSync(path, { readOnly: true, timeout: limits.databaseBusyMs, allowExtension: false });
    sql.exec('PRAGMA query_only = ON; PRAGMA trusted_schema = OFF;');
    const version = schemaVersion(sql);
    if (version > 0 && version <= journalMigrations.length) return ok(readingOf(path, sql));
    const known = `this release reads up to ${journalMigrations.length}`;
    return fail(
      failure(
        'conflict',
        `${path} has schema ${version}, ${known}: it is no journal of this release or an older one`,
      ),
    );
  });
  if (!opened.ok && sql?.isOpen === true) sql.close();
  return opened;
}

function readingOf(path: string, sql: DatabaseSync): JournalReading {
  const first = sql.prepare('SELECT seq, at FROM inputs ORDER BY seq LIMIT 1');
  const last = sql.prepare('SELECT seq, at FROM inputs ORDER BY seq DESC LIMIT 1');
  const from = sql.prepare('SELECT seq, at FROM inputs WHERE seq >= ? ORDER BY seq LIMIT 1');
  const snapshot = hasSnapshotInstants(sql)
    ? sql.prepare(
        'SELECT seq, at FROM snapshots INDEXED BY snapshot_places WHERE at IS NOT NULL AND seq > 0 ORDER BY seq LIMIT 1',
      )
    : undefined;
  const place = (statement: typeof first, ...values: readonly SQLInputValue[]): InputPlace | undefined => {
    const row = statement.get(...values);
    return row === undefined ? undefined : placeRow.parse(row);
  };
  return {
    first: () => attempt(path, () => ok(place(first))),
    last: () => attempt(path, () => ok(place(last))),
    firstSince: (at) =>
      attempt(path, () =>
        ok(searchSince(at, { first: place(first), last: place(last), from: (seq) => place(from, seq) })),
      ),
    oldestSnapshot: () => attempt(path, () => ok(snapshot === undefined ? undefined : place(snapshot))),
    snapshotUpTo: (seq) => attempt(path, () => ok(snapshotUpTo(sql, seq))),
    page: (afterSeq, toSeq) => attempt(path, () => readPage(sql, afterSeq, toSeq)),
    ofKind: (kind, stretch) => attempt(path, () => readKind(sql, kind, stretch)),
    close: () => {
      if (sql.isOpen) sql.close();
    },
  };
}

/** Files that no server of this release has opened yet have none, and nothing was removed from them. */
function hasSnapshotInstants(sql: DatabaseSync): boolean {
  return schemaVersion(sql) >= 3;
}

interface Search {
  readonly first: InputPlace | undefined;
  readonly last: InputPlace | undefined;
  readonly from: (seq: number) => InputPlace | undefined;
}

/** By halves: there is no index by time, and instants rise with numbers. */
function searchSince(at: Instant, { first, last, from }: Search): InputPlace | undefined {
  if (first === undefined || last === undefined || last.at < at) return undefined;
  let low = first.seq;
  let high = last.seq;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const found = from(middle);
    if (found === undefined || found.at >= at) high = middle;
    else low = found.seq + 1;
  }
  return from(low);
}

function snapshotUpTo(sql: DatabaseSync, seq: number): Snapshot | undefined {
  const rows = sql
    .prepare('SELECT seq, format, body, digest FROM snapshots WHERE seq <= ? ORDER BY seq DESC')
    .iterate(seq);
  for (const raw of rows) {
    const row = snapshotRow.parse(raw);
    if (row.format !== journalFormat || !isIntact(row)) continue;
    return { seq: row.seq, state: stateFromData(unseal<StateData>(`snapshot ${row.seq}`, row)) };
  }
  return undefined;
}

function readPage(sql: DatabaseSync, afterSeq: number, toSeq: number): Result<readonly JournalEntry[]> {
  const rows = sql
    .prepare('SELECT seq, format, body, digest FROM inputs WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?')
    .all(afterSeq, toSeq, limits.replayPageInputs)
    .map((raw) => inputRow.parse(raw));
  const effects = effectsOf(sql, afterSeq, rows.at(-1)?.seq ?? afterSeq);
  if (!effects.ok) return effects;
  const entries: JournalEntry[] = [];
  for (const row of rows) {
    const sound = soundInput(row);
    if (!sound.ok) return sound;
    const own = effects.value.get(row.seq) ?? [];
    entries.push({
      input: { seq: row.seq, input: inputFromData(sound.value.input) },
      changes: sound.value.changes.map(changeFromData),
      effects: own,
    });
  }
  return ok(entries);
}

function effectsOf(
  sql: DatabaseSync,
  afterSeq: number,
  toSeq: number,
): Result<ReadonlyMap<number, readonly TicketEffect[]>> {
  const found = new Map<number, TicketEffect[]>();
  const rows = sql
    .prepare('SELECT seq, body, digest FROM outbox WHERE seq > ? AND seq <= ? ORDER BY seq, id')
    .all(afterSeq, toSeq);
  for (const raw of rows) {
    const row = effectRow.parse(raw);
    if (!isIntact(row)) return fail(damaged(`an effect of input ${row.seq}`));
    const effect = unseal<TicketEffect>(`an effect of input ${row.seq}`, row);
    const group = found.get(row.seq);
    if (group === undefined) found.set(row.seq, [effect]);
    else group.push(effect);
  }
  return ok(found);
}

function readKind<K extends InputKind>(
  sql: DatabaseSync,
  kind: K,
  stretch: Stretch,
): Result<readonly InputOf<K>[]> {
  const { afterSeq, toSeq, max } = stretch;
  const rows = sql
    .prepare(
      'SELECT seq, format, body, digest FROM inputs WHERE seq > ? AND seq <= ? AND kind = ? ORDER BY seq LIMIT ?',
    )
    .all(afterSeq, toSeq, kind, max + 1);
  if (rows.length > max) {
    return fail(
      failure('limit.reached', `more than ${max} inputs ${kind} in the stretch; ask for a shorter one`),
    );
  }
  const inputs: InputOf<K>[] = [];
  for (const raw of rows) {
    const sound = soundInput(inputRow.parse(raw));
    if (!sound.ok) return sound;
    const input = inputFromData(sound.value.input);
    if (isOfKind(input, kind)) inputs.push(input);
  }
  return ok(inputs);
}

function isOfKind<K extends InputKind>(input: Input, kind: K): input is InputOf<K> {
  return input.kind === kind;
}

function soundInput(row: z.output<typeof inputRow>): Result<EntryData> {
  if (row.format !== journalFormat) {
    const message = `input ${row.seq} has format ${row.format}; this release reads format ${journalFormat}`;
    return fail(failure('conflict', message));
  }
  if (!isIntact(row)) return fail(damaged(`input ${row.seq}`));
  return ok(unseal<EntryData>(`input ${row.seq}`, row));
}

function damaged(what: string) {
  return failure('storage.failed', `${what} in the journal is damaged`);
}

/** SQLite's own refusals as values; everything else goes on. */
function attempt<T>(path: string, run: () => Result<T>): Result<T> {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_SQLITE_ERROR') throw error;
    return fail(failure('storage.failed', `${path} cannot be read: ${error.message}`));
  }
}
