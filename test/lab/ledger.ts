// What must have happened and nothing else: the whole set of incidents and tickets since the server's first start,
// compared after each fault and watched for a while, and the instants of each as a table.
import type { IncidentRow, Ticket } from '../../shared/api/incidents.ts';
import type { Priority } from '../../shared/words.ts';
import type { Lab } from './lab.ts';
import { throughout, until } from './until.ts';

/** `link-down aurora/matriz vivo`: kind, place, and the thing in it. */
export type Label = string;

export interface Expected {
  readonly label: Label;
  readonly priority: Priority;
  /** `own`: an incident of the NOC's own, without a customer's ticket. `either`: a ticket is allowed, not due. */
  readonly ticket: 'one' | 'own' | 'either';
  /** What the product promises for fault to confirmed, in ms; shown beside the measured figure. */
  readonly goalMs: number;
}

interface Row {
  readonly scenario: string;
  readonly incident: IncidentRow;
  readonly faultAt: number;
  readonly goalMs: number;
}

export class Ledger {
  readonly #lab: Lab;
  readonly #rows: Row[] = [];
  #expected: readonly Expected[] = [];
  #seen = '';

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  /** A new server knows nothing yet. */
  clear(): void {
    this.#expected = [];
  }

  /** Waits for exactly this besides all that was expected before, with its ticket registered; keeps the instants. */
  async expect(
    scenario: string,
    { faultAt, expected, withinMs }: { faultAt: number; expected: readonly Expected[]; withinMs: number },
  ): Promise<void> {
    this.#expected = [...this.#expected, ...expected];
    await until(
      `${scenario}: ${expected.map(({ label }) => label).join(' and ')}`,
      withinMs,
      () => this.#complete(),
      () => this.#report(),
    );
    for (const { label, goalMs } of expected) {
      const incident = (await this.#lab.api.incidents()).find((row) => labelOf(row) === label && !row.retro);
      if (incident !== undefined) this.#rows.push({ scenario, incident, faultAt, goalMs });
    }
  }

  /** Nothing but what was expected so far, for the whole of `durationMs`, and that complete at the end. */
  async quiet(scenario: string, durationMs: number): Promise<void> {
    await throughout(
      `${scenario}: nothing else is opened`,
      durationMs,
      () => this.#nothingElse(),
      () => this.#report(),
    );
    await until(
      `${scenario}: the expected set`,
      5_000,
      () => this.#complete(),
      () => this.#report(),
    );
  }

  table(): string {
    const head = ['scenario', 'incident', 'detected', 'confirmed', 'goal', 'opened', 'registered'];
    const lines = this.#rows.map(({ scenario, incident, faultAt, goalMs }) => [
      scenario,
      labelOf(incident),
      since(faultAt, incident.detectedAt),
      since(faultAt, incident.confirmedAt),
      `${(goalMs / 1_000).toFixed(0)} s`,
      // The verdict counts from when it was acted upon.
      since(faultAt, incident.openedAt) + (Date.parse(incident.openedAt) - faultAt > goalMs ? ' over' : ''),
      since(faultAt, incident.ticket?.registeredAt),
    ]);
    const widths = head.map((title, column) =>
      Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)),
    );
    return [head, ...lines]
      .map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
      .join('\n');
  }

  async #complete(): Promise<boolean> {
    const { incidents, tickets } = await this.#look();
    const wanted = this.#expected.map(({ label }) => label).sort();
    const due = this.#expected.filter(({ ticket }) => ticket === 'one').map(({ label }) => label);
    const registered = incidents.filter((row) => row.ticket?.state === 'registered' && row.customer !== null);
    const either = new Set(
      this.#expected.filter(({ ticket }) => ticket === 'either').map(({ label }) => label),
    );
    const counted = registered.map(labelOf).filter((label) => !either.has(label));
    this.#refuseSurplus(incidents, tickets);
    return (
      same(incidents.map(labelOf), wanted) &&
      same(counted, due) &&
      same(
        customerTickets(tickets).map((ticket) => ticket.incident),
        registered.map((row) => row.id),
      )
    );
  }

  async #nothingElse(): Promise<boolean> {
    const { incidents, tickets } = await this.#look();
    this.#refuseSurplus(incidents, tickets);
    return true;
  }

  /** Fails at once on a false, doubled or reopened incident or ticket, or one of the wrong priority. */
  #refuseSurplus(incidents: readonly IncidentRow[], tickets: readonly Ticket[]): void {
    const left = this.#expected.map(({ label }) => label);
    for (const row of incidents) {
      const index = left.indexOf(labelOf(row));
      if (index < 0) throw new Error(`unexpected incident: ${labelOf(row)}\n${this.#report()}`);
      left.splice(index, 1);
      const wanted = this.#expected.find(({ label }) => label === labelOf(row));
      if (wanted !== undefined && row.priority !== wanted.priority) {
        throw new Error(`${labelOf(row)} has priority ${row.priority}, wanted ${wanted.priority}`);
      }
      if (row.reopenedCount > 0) throw new Error(`${labelOf(row)} was reopened\n${this.#report()}`);
    }
    const known = new Set(incidents.map((row) => row.id));
    const ticketed = customerTickets(tickets).map((ticket) => ticket.incident);
    if (new Set(ticketed).size !== ticketed.length)
      throw new Error(`two tickets of one incident\n${this.#report()}`);
    for (const id of ticketed) {
      if (!known.has(id)) throw new Error(`a ticket of no expected incident: ${id}\n${this.#report()}`);
    }
    for (const ticket of tickets) {
      const opens = ticket.deliveries.filter((delivery) => delivery.kind === 'ticket.open').length;
      if (opens > 1) throw new Error(`${ticket.id} was opened ${opens} times\n${this.#report()}`);
    }
  }

  /** History from late data is no incident of its own; it may exist, but never with a ticket. */
  async #look(): Promise<{ incidents: readonly IncidentRow[]; tickets: readonly Ticket[] }> {
    const { api } = this.#lab;
    // Tickets first: one that opens between the two calls must not look like one without an incident.
    const look = async () => {
      const tickets = await api.tickets();
      return { tickets, all: await api.incidents() };
    };
    const { all, tickets } = await look().catch((error: unknown) => {
      throw new Error(`the server does not answer: ${String(error)}\n${this.#report()}`);
    });
    this.#seen = all.map(lineOf).join('\n');
    return { incidents: all.filter((row) => !row.retro), tickets };
  }

  #report(): string {
    return `incidents:\n${this.#seen}\n${this.#lab.printed()}`;
  }
}

export function labelOf(row: IncidentRow): Label {
  const place = row.customer === null ? '' : ` ${row.customer}/${siteKey(row)}`;
  return `${row.kind}${place}${row.link ? ` ${row.link}` : ''}${row.host ? ` ${row.host}` : ''}`;
}

/** The API may name a site `matriz` or `aurora/matriz`. */
function siteKey(row: IncidentRow): string {
  return row.site?.split('/').at(-1) ?? '';
}

function lineOf(row: IncidentRow): string {
  const { id, priority, state, cause, retro, detectedAt, confirmedAt, ticket } = row;
  const facts = [id, labelOf(row), priority, state, cause, retro ? 'retro' : '', detectedAt, confirmedAt];
  return `${facts.join(' ')} ticket ${ticket === null ? 'none' : `${ticket.state} ${ticket.protocol}`}`;
}

/** The NOC's own alarm is no customer's ticket. */
function customerTickets(tickets: readonly Ticket[]): readonly Ticket[] {
  return tickets.filter((ticket) => ticket.customer !== '');
}

function same(found: readonly string[], wanted: readonly string[]): boolean {
  return [...found].sort().join('\n') === [...wanted].sort().join('\n');
}

function since(faultAt: number, iso: string | null | undefined): string {
  return iso ? `${((Date.parse(iso) - faultAt) / 1_000).toFixed(1)} s` : '-';
}
