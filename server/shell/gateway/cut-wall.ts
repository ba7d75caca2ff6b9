// The wall's and the stream's events for those who may see some customers only: the same news as everybody's, cut to theirs.
// Stands beside `console-session.ts`, which sends them. Must never be given to anybody of another scope.
import type { WallSnapshot, WallTicket } from '../../../shared/api/wall.ts';
import { incidentIdFrom, type SiteId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import type { Incident } from '../../core/incident.ts';
import type { State } from '../../core/state.ts';
import { incidentRow } from '../../core/view/incident-row.ts';
import type { Seen } from '../../core/view/seen.ts';
import type { Reading } from '../../core/view/sla-view.ts';
import { ticketView } from '../../core/view/ticket-view.ts';
import { type DeskFacts, isNews, type WallNews, wallDelta, wallSnapshot } from '../../core/view/wall.ts';
import { readingOf } from '../http/reading.ts';
import type { ConsoleSessionsParts } from './console-session.ts';

/** What is said to everybody in one flush of the wall. */
export interface Flushed {
  readonly news: WallNews;
  readonly desk: DeskFacts;
  readonly tickets: readonly WallTicket[];
  readonly serverMoved: boolean;
  readonly shownSites: ReadonlySet<SiteId>;
}

/** One committed change of an incident, as the stream tells it. */
export interface Told {
  readonly seq: number;
  readonly event: string;
  readonly incident: Incident;
  readonly ticketMoved: boolean;
}

export function eventText(event: string, data: unknown, seq?: number): string {
  const id = seq === undefined ? '' : `id: ${seq}\n`;
  return `${id}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Events of the stream; undefined: none of it is this viewer's. `seen` undefined: sees all. */
export function toldText(
  parts: ConsoleSessionsParts,
  told: Told,
  seen: Seen | undefined,
): string | undefined {
  const incident = seen === undefined ? told.incident : seen.incident(told.incident);
  if (incident === undefined) return undefined;
  const reading = readingFor(parts, seen);
  const text = eventText(told.event, incidentRow(incident, reading), told.seq);
  if (!told.ticketMoved) return text;
  const ticket = ticketView(incident, parts.desk.deliveriesOf(incident.id), reading);
  return ticket === undefined ? text : text + eventText('ticket.changed', ticket, told.seq);
}

/** Undefined: none of it is this viewer's. */
export function cutDeltaText(parts: ConsoleSessionsParts, told: Flushed, seen: Seen): string | undefined {
  const news = seen.news(told.news);
  const { incidents } = parts.correlator.state();
  const tickets = told.tickets.filter((ticket) => {
    const id = incidentIdFrom(ticket.incident);
    const incident = incidents.get(id) ?? parts.journal.incident(id);
    return incident !== undefined && seen.incident(incident)?.ticket !== undefined;
  });
  if (!(isNews(news) || told.serverMoved || tickets.length > 0)) return undefined;
  const delta = wallDelta({
    state: stateFor(parts, seen),
    reading: readingFor(parts, seen),
    desk: seen.desk(told.desk),
    tickets,
    news,
    shownSites: new Set([...told.shownSites].filter(seen.site)),
    serverMoved: told.serverMoved,
  });
  return eventText('wall.delta', delta);
}

/** `ticketsOf` keeps account of what is undelivered, as for everybody. */
export function cutSnapshot(
  parts: ConsoleSessionsParts,
  ticketsOf: (incidents: readonly Incident[]) => readonly WallTicket[],
  seen: Seen,
): WallSnapshot {
  const incidents = seen.customers
    .flatMap((customer) => parts.journal.incidents({ customer, limit: limits.wallTicketsMax }))
    .sort((a, b) => b.detectedAt - a.detectedAt);
  return wallSnapshot({
    state: stateFor(parts, seen),
    reading: readingFor(parts, seen),
    desk: seen.desk(parts.desk.facts()),
    tickets: ticketsOf(incidents),
  });
}

function stateFor({ correlator }: ConsoleSessionsParts, seen: Seen | undefined): State {
  return seen === undefined ? correlator.state() : seen.state(correlator.state());
}

function readingFor(parts: ConsoleSessionsParts, seen: Seen | undefined): Reading {
  return readingOf({ clock: parts.clock, correlator: { state: () => stateFor(parts, seen) } });
}
