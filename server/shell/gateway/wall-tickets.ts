// The desk's tickets as the wall shows them, and which of them are not yet delivered in full: the desk's answer to a note or a
// closing changes no incident, so those are asked again. Stands under `console-session.ts`. Must never hold more than
// `limits.wallTicketsMax` of them.
import type { WallTicket } from '../../../shared/api/wall.ts';
import type { IncidentId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import type { Incident } from '../../core/incident.ts';
import { wallTicket } from '../../core/view/ticket-view.ts';
import { readingOf } from '../http/reading.ts';
import type { ConsoleSessionsParts } from './console-session.ts';

export class WallTickets {
  readonly #parts: ConsoleSessionsParts;
  /** Wall tickets with something undelivered, as last sent. */
  readonly #waiting = new Map<IncidentId, string>();

  constructor(parts: ConsoleSessionsParts) {
    this.#parts = parts;
  }

  get someWait(): boolean {
    return this.#waiting.size > 0;
  }

  /** At most `limits.wallTicketsMax`, of the first incidents that have one. */
  of(incidents: readonly Incident[]): readonly WallTicket[] {
    const reading = readingOf(this.#parts);
    const tickets: WallTicket[] = [];
    for (const incident of incidents) {
      if (incident.ticket === undefined || tickets.length >= limits.wallTicketsMax) continue;
      const rows = this.#parts.desk.deliveriesOf(incident.id);
      const ticket = wallTicket(incident, rows, reading);
      if (ticket === undefined) continue;
      tickets.push(ticket);
      if (rows.every((row) => row.state !== 'pending')) this.#waiting.delete(incident.id);
      else if (this.#waiting.size < limits.wallTicketsMax) {
        this.#waiting.set(incident.id, JSON.stringify(ticket));
      }
    }
    return tickets;
  }

  /** Those whose deliveries went on since they were sent; `except` those that are made anyway. */
  moved(except: ReadonlyMap<IncidentId, Incident>): readonly WallTicket[] {
    const before = [...this.#waiting].filter(([id]) => !except.has(id));
    return before.flatMap(([id, sent]) => {
      const incident = this.#parts.journal.incident(id);
      this.#waiting.delete(id);
      const [ticket] = incident === undefined ? [] : this.of([incident]);
      return ticket === undefined || JSON.stringify(ticket) === sent ? [] : [ticket];
    });
  }
}
