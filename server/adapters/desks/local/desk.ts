// The built-in desk: tickets in a SQLite file of its own, so that Vigia is useful before any outside desk is connected.
// Route step 15. Must never make two tickets of one incident, nor two of one effect key.
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { assertNever } from '../../../../shared/assert.ts';
import { failure } from '../../../../shared/failure.ts';
import { type IncidentId, incidentIdFrom } from '../../../../shared/ids.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { type Instant, instant } from '../../../../shared/time.ts';
import { type Priority, priorities } from '../../../../shared/words.ts';
import type { TicketEffect } from '../../../core/effect.ts';
import type { Desk, DeskTicket } from '../../../ports/desk.ts';
import type { LocalDeskConfig } from './config.ts';

export interface LocalNote {
  readonly kind: 'note' | 'close' | 'reopen';
  readonly at: Instant;
  readonly text: string;
}

export interface LocalTicket extends DeskTicket {
  readonly body: string;
  readonly priority: Priority;
  readonly customer: string;
  readonly site: string;
  readonly detectedAt: Instant;
  /** `notBefore` of the effect that opened it: the instant of the decision, not of the delivery. */
  readonly openedAt: Instant;
  readonly closedAt?: Instant;
  /** Oldest first. */
  readonly notes: readonly LocalNote[];
}

export interface TicketQuery {
  readonly open?: boolean;
  readonly customer?: string;
  /** At most this many, newest protocol first; never more than `limits.deskTicketsPageMax`. */
  readonly limit?: number;
}

export interface LocalDesk extends Desk {
  tickets(query?: TicketQuery): readonly LocalTicket[];
  ticket(protocol: string): LocalTicket | undefined;
}

/** What the desk needs of its file; `openDatabase` of the sqlite adapters gives it, `app.ts` brings the two together. */
export interface DeskDatabase {
  readonly sql: DatabaseSync;
  atomically<T>(run: () => T): T;
  close(): void;
}

export interface LocalDeskOptions {
  readonly config: LocalDeskConfig;
  /** Opened with `localDeskMigrations`. Closed by `close`. */
  readonly database: DeskDatabase;
}

const instantColumn = z.int().transform((ms): Instant => instant(ms));
const ticketRow = z.object({
  protocol: z.string(),
  incident: z.string().transform(incidentIdFrom),
  title: z.string(),
  body: z.string(),
  priority: z.enum(priorities),
  customer: z.string(),
  site: z.string(),
  detected_at: instantColumn,
  opened_at: instantColumn,
  open: z.int(),
  closed_at: instantColumn.nullable(),
});
const noteRow = z.object({ kind: z.enum(['note', 'close', 'reopen']), at: instantColumn, text: z.string() });
const protocolRow = z.object({ protocol: z.string() });
const numberRow = z.object({ number: z.int() });

/**
 * Protocols read `VIG-<year>-<six digits>`, counted per year of the effect's `notBefore` in the configured zone; past
 * 999,999 they grow a digit. Failures: `desk.refused` (a note, closing or reopening of a ticket that does not
 * exist), `desk.unavailable` (the file could not be written).
 */
export function createLocalDesk({ config, database }: LocalDeskOptions): LocalDesk {
  const reader = ticketReader(database);
  const apply = effectApplier(database, config.timeZone);
  return {
    name: 'local',
    perform: async (effect) => guarded(() => database.atomically(() => apply(effect))),
    find: async (incident) => guarded(() => ok(reader.ofIncident(incident))),
    tickets: reader.tickets,
    ticket: reader.ticket,
    close: async () => database.close(),
  };
}

type Performed = Result<{ readonly protocol: string }>;

/** 1. a key performed before answers as before; 2. the ticket is found or, for `open`, made; 3. the key is kept. */
function effectApplier({ sql }: DeskDatabase, timeZone: string): (effect: TicketEffect) => Performed {
  const performed = sql.prepare('SELECT protocol FROM effects WHERE key = ?');
  const keep = sql.prepare('INSERT INTO effects (key, protocol) VALUES (?, ?)');
  const ofIncident = sql.prepare('SELECT protocol FROM tickets WHERE incident = ?');
  const addNote = sql.prepare('INSERT INTO notes (protocol, kind, at, text) VALUES (?, ?, ?, ?)');
  const raise = sql.prepare('UPDATE tickets SET priority = ?, title = ? WHERE protocol = ?');
  const setOpen = sql.prepare('UPDATE tickets SET open = ?, closed_at = ? WHERE protocol = ?');
  const openTicket = ticketMaker(sql, timeZone);

  const change = (protocol: string, effect: Exclude<TicketEffect, { kind: 'ticket.open' }>): void => {
    const { notBefore: at, text } = effect;
    switch (effect.kind) {
      case 'ticket.note':
        addNote.run(protocol, 'note', at, text);
        if (effect.raise !== undefined) raise.run(effect.raise.priority, effect.raise.title, protocol);
        return;
      case 'ticket.close':
        addNote.run(protocol, 'close', at, text);
        setOpen.run(0, at, protocol);
        return;
      case 'ticket.reopen':
        addNote.run(protocol, 'reopen', at, text);
        setOpen.run(1, null, protocol);
        return;
      default:
        assertNever(effect);
    }
  };

  return (effect) => {
    const before = performed.get(effect.key);
    if (before !== undefined) return ok(protocolRow.parse(before));
    const existing = ofIncident.get(effect.incident);
    let protocol = existing === undefined ? undefined : protocolRow.parse(existing).protocol;
    if (effect.kind === 'ticket.open') {
      // Another key for an incident that has its ticket: one incident is one ticket, so it answers with that.
      protocol ??= openTicket(effect);
    } else if (protocol === undefined) {
      return fail(failure('desk.refused', `não há chamado do incidente ${effect.incident}`));
    } else {
      change(protocol, effect);
    }
    keep.run(effect.key, protocol);
    return ok({ protocol });
  };
}

function ticketMaker(sql: DatabaseSync, timeZone: string) {
  const nextNumber = sql.prepare('SELECT coalesce(max(number), 0) + 1 AS number FROM tickets WHERE year = ?');
  const insert = sql.prepare(`
    INSERT INTO tickets
      (protocol, year, number, incident, title, body, priority, customer, site, detected_at, opened_at, open)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`);
  return (effect: Extract<TicketEffect, { kind: 'ticket.open' }>): string => {
    const { incident, text, priority, customer, site, detectedAt, notBefore } = effect;
    const { year } = Temporal.Instant.fromEpochMilliseconds(notBefore).toZonedDateTimeISO(timeZone);
    const { number } = numberRow.parse(nextNumber.get(year));
    const protocol = `VIG-${year}-${String(number).padStart(6, '0')}`;
    const { title, body } = text;
    insert.run(
      protocol,
      year,
      number,
      incident,
      title,
      body,
      priority,
      customer,
      site,
      detectedAt,
      notBefore,
    );
    return protocol;
  };
}

function ticketReader({ sql }: DeskDatabase) {
  const byProtocol = sql.prepare('SELECT * FROM tickets WHERE protocol = ?');
  const byIncident = sql.prepare('SELECT * FROM tickets WHERE incident = ?');
  const notesOf = sql.prepare('SELECT kind, at, text FROM notes WHERE protocol = ? ORDER BY id');
  const listed = sql.prepare(`
    SELECT * FROM tickets WHERE (:open IS NULL OR open = :open) AND (:customer IS NULL OR customer = :customer)
    ORDER BY year DESC, number DESC LIMIT :limit`);
  const ticketOf = (raw: unknown): LocalTicket => {
    const { detected_at, opened_at, closed_at, open, ...row } = ticketRow.parse(raw);
    return {
      ...row,
      open: open === 1,
      detectedAt: detected_at,
      openedAt: opened_at,
      closedAt: closed_at ?? undefined,
      notes: notesOf.all(row.protocol).map((note) => noteRow.parse(note)),
    };
  };
  return {
    ofIncident: (incident: IncidentId): DeskTicket | undefined => {
      const raw = byIncident.get(incident);
      if (raw === undefined) return undefined;
      const { protocol, title, open } = ticketRow.parse(raw);
      return { protocol, incident, title, open: open === 1 };
    },
    ticket: (protocol: string): LocalTicket | undefined => {
      const raw = byProtocol.get(protocol);
      return raw === undefined ? undefined : ticketOf(raw);
    },
    tickets: ({ open, customer, limit }: TicketQuery = {}): readonly LocalTicket[] =>
      listed
        .all({
          open: open === undefined ? null : Number(open),
          customer: customer ?? null,
          limit: Math.min(limit ?? limits.deskTicketsPageMax, limits.deskTicketsPageMax),
        })
        .map(ticketOf),
  };
}

/** A file that cannot be written now (full disk, locked) may be later; anything but SQLite's own error is a bug. */
function guarded<T>(run: () => Result<T>): Result<T> {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_SQLITE_ERROR') throw error;
    return fail(
      failure('desk.unavailable', `a central própria não gravou: ${error.message}`, { retryable: true }),
    );
  }
}
