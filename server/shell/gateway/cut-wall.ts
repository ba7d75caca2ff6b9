// The wall's and the stream's events for those who may see some customers only: the same news as everybody's, cut to theirs.
// Stands beside `console-session.ts`, which sends them. Must never be given to anybody of another scope.
import type { WallTicket } from '../../../shared/api/wall.ts';
import { incidentIdFrom, type SiteId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import type { Incident } from '../../core/incident.ts';
import type { State } from '../../core/state.ts';
import { incidentRow } from '../../core/view/incident-row.ts';
import type { Seen } from '../../core/view/seen.ts';
import type { Reading } from '../../core/view/sla-view.ts';
import { ticketView } from '../../core/view/ticket-view.ts';
import { type DeskFacts, isNews, type WallNews, wallDelta } from '../../core/view/wall.ts';
import { readingOf } from '../http/reading.ts';
import type { ConsoleSessionsParts } from './console-session.ts';
import type { WallSource } from './wall-opening.ts';
import { deltaText, eventText } from './wall-text.ts';
import type { WallTickets } from './wall-tickets.ts';

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
  return deltaText(delta);
}

/** What a whole wall is made of; `seen` undefined: of everything. */
export function wallSource(
  parts: ConsoleSessionsParts,
  tickets: WallTickets,
  seen: Seen | undefined,
): WallSource {
  const { journal } = parts;
  return {
    state: () => stateFor(parts, seen),
    reading: () => readingFor(parts, seen),
    desk: () => {
      const facts = parts.desk.facts();
      return seen === undefined ? facts : seen.desk(facts);
    },
    tickets: () => {
      const limit = limits.wallTicketsMax;
      if (seen === undefined) return tickets.of(journal.incidents({ limit }));
      const own = seen.customers.flatMap((customer) => journal.incidents({ customer, limit }));
      return tickets.of(own.sort((a, b) => b.detectedAt - a.detectedAt));
    },
  };
}

function stateFor({ correlator }: ConsoleSessionsParts, seen: Seen | undefined): State {
  return seen === undefined ? correlator.state() : seen.state(correlator.state());
}

function readingFor(parts: ConsoleSessionsParts, seen: Seen | undefined): Reading {
  return readingOf({ clock: parts.clock, correlator: { state: () => stateFor(parts, seen) } });
}
