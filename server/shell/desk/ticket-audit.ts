// Looks whether the tickets of standing incidents are still at the desk: one restored from a backup forgets without a word,
// and a quiet incident may have nothing more to write for hours. Asked by the slow poll after each of its looks.
// Must never make a ticket anew that a person closed, nor while a write of ours to it waits: that one looks by itself.
import type { IncidentId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import type { Incident } from '../../core/incident.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Correlator } from '../../ports/correlator.ts';
import type { DeskAttempts } from '../../ports/desk-attempts.ts';
import type { Outbox } from '../../ports/journal.ts';
import { submit } from '../http/submit.ts';
import { type DeskDelivery, requestsOf } from './delivery.ts';
import type { DeskGate } from './gate.ts';

export interface TicketAuditOptions {
  readonly delivery: Pick<DeskDelivery, 'audit' | 'name'>;
  readonly gate: Pick<DeskGate, 'waitFor'>;
  readonly attempts: Pick<DeskAttempts, 'caseOf'>;
  readonly correlator: Correlator;
  readonly outbox: Pick<Outbox, 'rowsOf'>;
  readonly clock: Pick<Clock, 'now'>;
}

export interface TicketAuditCounts {
  /** The ticket is there, or has been made anew. */
  audited: number;
  /** It had another protocol than the incident knew: told to the correlator. */
  replaced: number;
  /** It vanished once too often: somebody removes it on purpose. */
  leftGone: number;
  /** The desk did not answer, or a delivery had the incident. */
  failed: number;
  /** No room within the desk's rate. */
  cutShort: number;
}

export interface TicketAudit {
  /** At most `limits.deskAuditsMax` of the standing tickets, going on where the last turn ended. */
  turn(): Promise<void>;
  /** One ticket, because a look found it gone. False: no room for a request now. */
  one(id: IncidentId): Promise<boolean>;
  counters(): Readonly<TicketAuditCounts>;
  /** Nothing is told after this. */
  stop(): void;
}

export function createTicketAudit(options: TicketAuditOptions): TicketAudit {
  const { correlator, gate } = options;
  const counts: TicketAuditCounts = { audited: 0, replaced: 0, leftGone: 0, failed: 0, cutShort: 0 };
  const run: Run = { ...options, counts, stopped: false };
  let lastAudited: IncidentId | undefined;
  const one = async (id: IncidentId): Promise<boolean> => {
    const incident = correlator.state().incidents.get(id);
    if (incident === undefined || !isToAudit(run, incident)) return true;
    if (gate.waitFor(1, requestsOf.open) > 0) {
      counts.cutShort += 1;
      return false;
    }
    await auditOne(run, incident);
    return true;
  };
  return {
    one,
    turn: async () => {
      const standing = [...correlator.state().incidents.values()]
        .filter((incident) => isToAudit(run, incident))
        .map(({ id }) => id);
      const at = lastAudited === undefined ? 0 : standing.indexOf(lastAudited) + 1;
      const next = [...standing.slice(at), ...standing.slice(0, at)].slice(0, limits.deskAuditsMax);
      for (const id of next) {
        if (run.stopped || !(await one(id))) return;
        lastAudited = id;
      }
    },
    counters: () => ({ ...counts }),
    stop: () => {
      run.stopped = true;
    },
  };
}

interface Run extends TicketAuditOptions {
  readonly counts: TicketAuditCounts;
  stopped: boolean;
}

function isToAudit({ outbox }: Run, { id, ticket }: Incident): boolean {
  if (ticket?.protocol === undefined || ticket.closedAtDesk !== undefined) return false;
  return outbox.rowsOf(id).every(({ state }) => state !== 'pending');
}

async function auditOne(run: Run, { id, ticket }: Incident): Promise<void> {
  const { delivery, attempts, correlator, clock, counts } = run;
  if ((attempts.caseOf(id)?.renewals ?? 0) >= limits.deskRenewalsMax) {
    counts.leftGone += 1;
    return;
  }
  const audited = await delivery.audit(id);
  if (run.stopped) return;
  if (!audited.ok) {
    counts.failed += 1;
    return;
  }
  counts.audited += 1;
  const protocol = audited.value?.protocol;
  // Also where a run that made it anew ended before it could tell.
  if (ticket === undefined || protocol === undefined || protocol === ticket.protocol) return;
  const told = await submit(correlator, {
    kind: 'ticket.reported',
    at: clock.now(),
    effect: ticket.effect,
    incident: id,
    desk: delivery.name,
    outcome: { kind: 'registered', protocol },
  });
  if (told.ok) counts.replaced += 1;
  else counts.failed += 1;
}
