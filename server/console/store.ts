// The wall's state and its only reducer: snapshot + deltas -> what is known, and how sure one may be of it.
// Last room of a datum's route (server/core/view -> gateway -> here -> view/). Pure: no clock, no browser.
// Must never let a late or doubled message change a newer row, and never let old data pass as fresh.

import type { IncidentRow } from '../../shared/api/incidents.ts';
import type { ServerRow, SiteRow, WallDelta, WallSnapshot, WallTicket } from '../../shared/api/wall.ts';
import { assertNever } from '../../shared/assert.ts';
import { limits } from '../../shared/limits.ts';

/** What the server last told. Rows keep their identity while their content is the same. */
export interface WallView {
  /** Server time of the newest message in this view, ms. */
  readonly at: number;
  readonly server: ServerRow;
  readonly incidents: ReadonlyMap<string, IncidentRow>;
  readonly sites: ReadonlyMap<string, SiteRow>;
  /** Newest first, at most `limits.wallTicketsMax`. */
  readonly tickets: readonly WallTicket[];
}

/** `live` = the stream is open and its snapshot was read. Freshness is `freshness()`, which also knows the time. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'signed-out';

export interface WallState {
  readonly connection: Connection;
  readonly view?: WallView;
  /** Browser time of the last event or heartbeat, ms. */
  readonly lastHeardAt?: number;
  /** Add to browser time to get server time, ms: the browser's clock may be wrong, ages must not be. */
  readonly clockOffsetMs: number;
  /** The first thing in a message that this release cannot read; only a readable snapshot clears it. */
  readonly unreadable?: string;
  /** A delta older than the view came: it was not applied, and a new snapshot is wanted. */
  readonly outOfStep: boolean;
}

/** `now` is browser time in ms. */
export type WallAction =
  | { readonly kind: 'snapshot.received'; readonly now: number; readonly snapshot: WallSnapshot }
  | { readonly kind: 'delta.received'; readonly now: number; readonly delta: WallDelta }
  | { readonly kind: 'heartbeat.received'; readonly now: number; readonly at: string }
  | { readonly kind: 'message.unreadable'; readonly now: number; readonly because: string }
  | { readonly kind: 'connection.lost' }
  | { readonly kind: 'session.ended' };

export const wallAtStart: WallState = { connection: 'connecting', clockOffsetMs: 0, outOfStep: false };

export function reduceWall(state: WallState, action: WallAction): WallState {
  switch (action.kind) {
    case 'snapshot.received':
      return applySnapshot(state, action.snapshot, action.now);
    case 'delta.received':
      return applyDelta(state, action.delta, action.now);
    case 'heartbeat.received':
      // A heartbeat proves the stream lives; it does not make an unread or missing view fresh.
      return heard(state, Date.parse(action.at), action.now);
    case 'message.unreadable':
      return { ...state, lastHeardAt: action.now, unreadable: state.unreadable ?? action.because };
    case 'connection.lost':
      return { ...state, connection: state.view === undefined ? 'connecting' : 'reconnecting' };
    case 'session.ended':
      // What a signed-out person may not see is forgotten, not hidden.
      return { ...wallAtStart, connection: 'signed-out' };
    default:
      return assertNever(action);
  }
}

export type Freshness = 'connecting' | 'live' | 'silent' | 'reconnecting' | 'unreadable' | 'signed-out';

/** How the wall may present its data at browser time `now` (ms). Only `live` may look fresh. */
export function freshness(state: WallState, now: number): Freshness {
  if (state.connection === 'signed-out') return 'signed-out';
  if (state.unreadable !== undefined) return 'unreadable';
  if (state.connection !== 'live') return state.connection;
  return now - (state.lastHeardAt ?? 0) > limits.wallSilenceMs ? 'silent' : 'live';
}

function applySnapshot(state: WallState, snapshot: WallSnapshot, now: number): WallState {
  const at = Date.parse(snapshot.at);
  const view: WallView = {
    at,
    server: snapshot.server,
    incidents: keyed({ rows: snapshot.incidents, id: (row) => row.id, known: state.view?.incidents }),
    sites: keyed({ rows: snapshot.sites, id: (row) => row.id, known: state.view?.sites }),
    tickets: newestFirst(snapshot.tickets),
  };
  // A snapshot replaces everything, also when the server's clock went back: it is the truth of a new stream.
  return { connection: 'live', view, lastHeardAt: now, clockOffsetMs: at - now, outOfStep: false };
}

function applyDelta(state: WallState, delta: WallDelta, now: number): WallState {
  const { view } = state;
  if (view === undefined) return state;
  const at = Date.parse(delta.at);
  if (at < view.at) return { ...state, lastHeardAt: now, outOfStep: true };
  const next: WallView = {
    at,
    server: delta.server ?? view.server,
    incidents: merged({
      known: view.incidents,
      rows: delta.incidents ?? [],
      gone: delta.incidentsGone ?? [],
    }),
    sites: merged({ known: view.sites, rows: delta.sites ?? [], gone: delta.sitesGone ?? [] }),
    tickets: delta.tickets === undefined ? view.tickets : newestFirst([...delta.tickets, ...view.tickets]),
  };
  return heard({ ...state, view: next }, at, now);
}

/** A message took some time on its way, so the largest difference seen is the nearest to the truth. */
function heard(state: WallState, at: number, now: number): WallState {
  const offset = at - now;
  const stepped = state.clockOffsetMs - offset > 5_000;
  const clockOffsetMs = stepped ? offset : Math.max(state.clockOffsetMs, offset);
  return { ...state, lastHeardAt: now, clockOffsetMs };
}

function keyed<Row>(options: {
  readonly rows: readonly Row[];
  readonly id: (row: Row) => string;
  readonly known: ReadonlyMap<string, Row> | undefined;
}): ReadonlyMap<string, Row> {
  const next = new Map<string, Row>();
  for (const row of options.rows) {
    const id = options.id(row);
    next.set(id, kept(options.known?.get(id), row));
  }
  return next;
}

function merged<Row extends { readonly id: string }>(options: {
  readonly known: ReadonlyMap<string, Row>;
  readonly rows: readonly Row[];
  readonly gone: readonly string[];
}): ReadonlyMap<string, Row> {
  const { known, rows, gone } = options;
  const changed = rows.filter((row) => kept(known.get(row.id), row) === row);
  const left = gone.filter((id) => known.has(id));
  if (changed.length === 0 && left.length === 0) return known;
  const next = new Map(known);
  for (const row of changed) next.set(row.id, row);
  for (const id of left) next.delete(id);
  return next;
}

/** The known row when the new one says the same, so that only rows with news are drawn again. */
function kept<Row>(known: Row | undefined, row: Row): Row {
  return known !== undefined && same(known, row) ? known : row;
}

/** Of what JSON can say. Walked rather than written out: a new snapshot compares thousands of rows. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [left, right] = [Object.entries(a), Object.entries(b)];
  if (left.length !== right.length || Array.isArray(a) !== Array.isArray(b)) return false;
  return left.every(([key, value], at) => right[at]?.[0] === key && same(value, right[at][1]));
}

/** One row per incident, the first given wins; then newest first. A ticket not yet opened is the newest of all. */
function newestFirst(tickets: readonly WallTicket[]): readonly WallTicket[] {
  const byIncident = new Map<string, WallTicket>();
  for (const ticket of tickets) {
    if (!byIncident.has(ticket.incident)) byIncident.set(ticket.incident, ticket);
  }
  const instantOf = (ticket: WallTicket): number =>
    ticket.openedAt === null ? Number.POSITIVE_INFINITY : Date.parse(ticket.openedAt);
  return [...byIncident.values()]
    .sort((a, b) => {
      const [left, right] = [instantOf(a), instantOf(b)];
      return left === right ? 0 : right - left;
    })
    .slice(0, limits.wallTicketsMax);
}
