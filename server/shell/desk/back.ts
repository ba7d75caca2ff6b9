// Everything that comes back from an outside desk, started and stopped together: its events and the slow poll, both
// telling through one teller, and the audit of tickets that nobody writes to. Made by `server/desks.ts`.
// Must never tell anything after it was stopped.
import type { Random } from '../../../shared/random.ts';
import { ok } from '../../../shared/result.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Correlator } from '../../ports/correlator.ts';
import type { DeskAttempts } from '../../ports/desk-attempts.ts';
import type { DeskClient } from '../../ports/desk-client.ts';
import type { DeskEvents } from '../../ports/desk-events.ts';
import type { Journal, Outbox } from '../../ports/journal.ts';
import type { DeskDelivery } from './delivery.ts';
import { createDeskEar, type DeskEar } from './ear.ts';
import type { DeskGate } from './gate.ts';
import { type SlowPoll, startSlowPoll } from './slow-poll.ts';
import { createTeller, type Teller } from './teller.ts';
import { createTicketAudit, type TicketAudit } from './ticket-audit.ts';

/** What of the opened desk is needed here. */
export interface OutsideDesk {
  readonly client: DeskClient;
  readonly gate: DeskGate;
  readonly attempts: Pick<DeskAttempts, 'caseOf' | 'prune'>;
  readonly events: DeskEvents;
  readonly delivery: Pick<DeskDelivery, 'audit' | 'name' | 'onFoundAtWork'>;
}

export interface DeskBackParts {
  readonly correlator: Correlator;
  readonly journal: Pick<Journal, 'incident' | 'incidentByProtocol'>;
  readonly outbox: Pick<Outbox, 'rowsOf'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly onFatal: (error: unknown) => void;
}

export interface DeskBack {
  readonly ear: Pick<DeskEar, 'hear'>;
  counters(): DeskBackCounters;
  stop(): void;
}

export interface DeskBackCounters {
  readonly events: ReturnType<DeskEar['counters']>;
  /** Undefined: this desk cannot be asked. */
  readonly poll?: ReturnType<SlowPoll['counters']>;
  readonly audit?: ReturnType<TicketAudit['counters']>;
  readonly notes: ReturnType<Teller['notes']>;
}

/** After the correlator has started; stopped before it. */
export function startDeskBack(
  { client, gate, attempts, events, delivery }: OutsideDesk,
  parts: DeskBackParts,
): DeskBack {
  const { correlator, journal, outbox, clock, random, onFatal } = parts;
  const teller = createTeller({
    client,
    gate,
    correlator,
    outbox,
    clock,
    assignedAtOpening: (incident) => attempts.caseOf(incident)?.assignedAtOpening,
  });
  const shared = { client, gate, events, teller, correlator, clock, random, onFatal };
  const ear = createDeskEar({ ...shared, journal });
  const audit = createTicketAudit({ delivery, gate, attempts, correlator, outbox, clock });
  const poll = startSlowPoll({ ...shared, audit });
  delivery.onFoundAtWork(async (id, record) => {
    const incident = journal.incident(id);
    return incident === undefined ? ok(undefined) : teller.foundAtWork(incident, record);
  });
  ear.start();
  return {
    ear,
    counters: () => ({
      events: ear.counters(),
      poll: poll?.counters(),
      audit: poll && audit.counters(),
      notes: teller.notes(),
    }),
    stop: () => {
      delivery.onFoundAtWork(undefined);
      teller.stop();
      ear.stop();
      poll?.stop();
      audit.stop();
    },
  };
}
