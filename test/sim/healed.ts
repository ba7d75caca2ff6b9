// The end of a run: all faults are over and half an hour was quiet. Now everything must be settled: incidents, spools,
// outbox, and the books of agents, correlator and desk must say the same.
import type { VirtualDesk } from './desk.ts';
import type { Ledger } from './ledger.ts';
import type { Machine } from './machine.ts';
import type { FailureKind, SimFailure } from './score.ts';
import type { ServerDisk } from './server-disk.ts';

export interface Healed {
  readonly now: number;
  readonly ledger: Ledger;
  readonly disk: ServerDisk;
  readonly desk: VirtualDesk;
  readonly machines: readonly Machine[];
  readonly complaints: readonly string[];
}

export function checkHealed(world: Healed): readonly SimFailure[] {
  const failures: SimFailure[] = [];
  const add = (kind: FailureKind, what: string): void => {
    failures.push({ kind, at: world.now, what });
  };
  for (const complaint of new Set(world.complaints)) add('books-differ', complaint);
  for (const difference of world.ledger.differences()) add('lost-or-doubled', difference);
  checkIncidents(world, add);
  checkSpools(world, add);
  checkDesk(world, add);
  return failures;
}

type Add = (kind: FailureKind, what: string) => void;

function checkIncidents({ ledger }: Healed, add: Add): void {
  const open = new Map<string, string>();
  for (const { last } of ledger.incidents.values()) {
    const name = `${last.id} ${last.kind} ${last.site ?? ''} ${last.causeKey}`;
    if (last.state !== 'resolved' && last.state !== 'closed') add('not-healed', `${name} is ${last.state}`);
    const key = `${last.site ?? ''} ${last.causeKey}`;
    if (last.state === 'open' && open.has(key))
      add('duplicate', `${name} and ${open.get(key)} are both open`);
    open.set(key, last.id);
  }
}

/** A rollup of the present minute may just be on its way. */
function checkSpools({ machines }: Healed, add: Add): void {
  for (const { spec, disk, agentRuns } of machines) {
    if (spec.agent === undefined) continue;
    const { changes, rollups } = disk.head();
    if (!agentRuns()) add('not-healed', `agent ${spec.agent} does not run`);
    if (changes > 0 || rollups > 8) {
      add('not-healed', `spool of ${spec.agent} holds ${changes} changes, ${rollups} rollups`);
    }
  }
}

function checkDesk({ ledger, disk, desk }: Healed, add: Add): void {
  if (disk.pending.size > 0) add('not-healed', `${disk.pending.size} effects wait in the outbox`);
  for (const key of disk.repeatedKeys) add('books-differ', `effect key ${key} was committed twice`);
  for (const key of desk.strays) add('books-differ', `${key} came to the desk without a ticket`);
  const protocols = new Map(desk.tickets.map((ticket) => [ticket.protocol, ticket]));
  for (const { last, ticketAskedAt } of ledger.incidents.values()) {
    const held = last.ticket?.protocol;
    const name = `${last.id} ${last.causeKey}`;
    if (held !== undefined && protocols.get(held)?.incident !== last.id) {
      add('books-differ', `${name} believes in ticket ${held}, the desk does not`);
    }
    if (ticketAskedAt !== undefined && held === undefined) {
      add('books-differ', `${name} asked for a ticket and never learned its protocol`);
    }
    if (last.retro && ticketAskedAt !== undefined)
      add('after-the-fact', `${name} is history and has a ticket`);
  }
  for (const ticket of desk.tickets) {
    const book = ledger.incidents.get(ticket.incident);
    if (book?.last.ticket?.protocol !== ticket.protocol) {
      add('books-differ', `ticket ${ticket.protocol} is unknown to ${ticket.incident}`);
    }
  }
}
