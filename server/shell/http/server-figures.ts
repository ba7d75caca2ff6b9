// What this server says about itself: the figures behind /metrics and the reasons behind /readyz. Reads counters of the
// other rooms; decides nothing.
import { limits } from '../../../shared/limits.ts';
import { second, toIso } from '../../../shared/time.ts';
import { incidentKinds } from '../../../shared/words.ts';
import type { DeadManCounters } from '../dead-man.ts';
import type { DeskBack } from '../desk/back.ts';
import type { DeskDelivery } from '../desk/delivery.ts';
import type { ConsoleSessions, ConsoleSessionsStats } from '../gateway/console-session.ts';
import type { GatewayCounters } from '../gateway/counters.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { AlarmCounters } from '../runtime/alarm-lines.ts';
import type { SystemClock } from '../runtime/clock.ts';
import type { OutboxCounters } from '../runtime/outbox-worker.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Metrics } from './metrics.ts';
import type { ReadyCheck } from './parts.ts';

export interface FigureParts {
  readonly runtime: Runtime;
  readonly gateway: Pick<Gateway, 'sessionCount'>;
  readonly counters: Pick<GatewayCounters, 'read'>;
  readonly consoles: Pick<ConsoleSessions, 'stats'>;
  readonly clock: SystemClock;
  readonly ownTrouble: {
    alarm(): AlarmCounters;
    deadMan(): DeadManCounters | undefined;
  };
  /** Undefined: the desk is part of this program, or a person. */
  readonly deskBack?: Pick<DeskBack, 'counters'>;
  /** Undefined: as `deskBack`. */
  readonly delivery?: Pick<DeskDelivery, 'counters'>;
}

export function serverMetrics(metrics: Metrics, parts: FigureParts): void {
  const { runtime, gateway, counters, consoles, clock } = parts;
  const correlator = () => runtime.counters().correlator;
  const outbox = () => runtime.counters().outbox;
  const viewers = () => consoles.stats();
  metrics.gauge('vigia_agent_sessions', 'Agents connected now', () => gateway.sessionCount());
  metrics.total(
    'vigia_gateway_total',
    'What the gateway and the outside-in probes did, by word',
    () => counters.read(),
    'what',
  );
  metrics.gauge(
    'vigia_incidents_standing',
    'Incidents that have not closed, by kind',
    () => standing(runtime),
    'kind',
  );
  metrics.total('vigia_inputs_total', 'Inputs committed', () => correlator().inputs);
  metrics.total('vigia_commits_total', 'Commits of the journal', () => correlator().commits);
  metrics.total('vigia_snapshots_total', 'Snapshots saved', () => correlator().snapshots);
  metrics.total(
    'vigia_deadlines_stuck_total',
    'Deadlines that the core wanted again',
    () => correlator().deadlinesStuck,
  );
  metrics.gauge('vigia_inbox_waiting', 'Inputs waiting for the correlator', () => correlator().inbox.waiting);
  metrics.total(
    'vigia_inbox_refused_total',
    'Inputs refused by a full inbox',
    () => correlator().inbox.refused,
  );
  metrics.gauge('vigia_outbox_waiting', 'Ticket effects not yet delivered', () => outbox().waiting);
  metrics.gauge(
    'vigia_outbox_oldest_seconds',
    'Age of the oldest of them',
    () => outbox().oldestAgeMs / second,
  );
  metrics.total(
    'vigia_outbox_deliveries_total',
    'Deliveries to the desk, by outcome',
    () => deliveries(runtime),
    'outcome',
  );
  metrics.gauge('vigia_outbox_held', 'Deliveries that wait for a person', () => outbox().held);
  metrics.gauge('vigia_desk_unreachable', '1 while the desk does not answer', () =>
    outbox().deskUnreachableSince === undefined ? 0 : 1,
  );
  metrics.gauge('vigia_desk_late', '1 while a critical has waited over a minute to be registered', () =>
    outbox().lateSince === undefined ? 0 : 1,
  );
  consoleMetrics(metrics, viewers);
  ownTroubleMetrics(metrics, parts);
  outsideDeskMetrics(metrics, parts);
  metrics.gauge('vigia_clock_offset_seconds', 'Wall time minus server time', () => clock.offsetMs() / second);
  metrics.gauge('process_resident_memory_bytes', 'Resident memory', () => process.memoryUsage.rss());
}

function consoleMetrics(metrics: Metrics, viewers: () => ConsoleSessionsStats): void {
  metrics.gauge('vigia_console_viewers', 'Open event streams', () => viewers().viewers);
  metrics.total(
    'vigia_console_given_again_total',
    'Walls given once more because too much changed on their way',
    () => viewers().givenAgain,
  );
  metrics.total('vigia_console_slow_dropped_total', 'Viewers ended as too slow', () => viewers().slowDropped);
  metrics.total(
    'vigia_console_full_refused_total',
    'Viewers refused at the limit',
    () => viewers().refusedFull,
  );
}

function ownTroubleMetrics(metrics: Metrics, { ownTrouble }: FigureParts): void {
  metrics.total(
    'vigia_alarms_total',
    "News of this server's own outage and of its desk to other channels, by outcome",
    () => {
      const { told, retried, refused, dropped } = ownTrouble.alarm();
      return { told, retried, refused, dropped };
    },
    'outcome',
  );
  metrics.gauge('vigia_alarms_waiting', 'Such news not yet told', () => ownTrouble.alarm().waiting);
  metrics.total(
    'vigia_dead_man_pings_total',
    'Pings that say this server lives, by outcome',
    () => ({ sent: 0, failed: 0, withheld: 0, skipped: 0, ...ownTrouble.deadMan() }),
    'outcome',
  );
}

function outsideDeskMetrics(metrics: Metrics, { deskBack, delivery }: FigureParts): void {
  if (delivery !== undefined) {
    const read = () => ({ ...delivery.counters() });
    metrics.total('vigia_desk_total', 'What deliveries to the desk met, by word', read, 'what');
  }
  if (deskBack === undefined) return;
  metrics.total(
    'vigia_desk_events_total',
    'What the desk told by itself, by what became of it',
    () => {
      const { waiting: _waiting, ...counts } = deskBack.counters().events;
      return counts;
    },
    'outcome',
  );
  metrics.gauge(
    'vigia_desk_events_waiting',
    'Events of the desk not yet looked at',
    () => deskBack.counters().events.waiting,
  );
  metrics.total(
    'vigia_desk_poll_total',
    'Looks at what people changed at the desk, and what they showed',
    () => ({ ...deskBack.counters().poll }),
    'outcome',
  );
  metrics.total(
    'vigia_desk_notes_total',
    'Notes of people read in records, by what became of them',
    () => ({ ...deskBack.counters().notes }),
    'outcome',
  );
  metrics.total(
    'vigia_desk_audit_total',
    'Looks whether tickets of standing incidents are still at the desk, and what they showed',
    () => ({ ...deskBack.counters().audit }),
    'outcome',
  );
}

function standing(runtime: Runtime): Record<string, number> {
  const counts: Record<string, number> = Object.fromEntries(incidentKinds.map((kind) => [kind, 0]));
  for (const { kind } of runtime.correlator.state().incidents.values())
    counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function deliveries(runtime: Runtime): Record<string, number> {
  const { delivered, refused, retried, postponed } = runtime.counters().outbox;
  return { delivered, refused, retried, postponed };
}

/** Not ready = send no new work here. A desk that is away is told but keeps nobody out: tickets wait in the outbox. */
export function readyChecks({
  runtime,
  clock,
}: Pick<FigureParts, 'runtime' | 'clock'>): readonly ReadyCheck[] {
  const { correlator, outbox } = runtime.counters();
  const inboxFull = correlator.inbox.waiting > limits.inboxInputsMax * 0.9;
  const offsetMs = Math.round(clock.offsetMs());
  return [
    {
      name: 'correlator',
      ok: !inboxFull,
      reason: inboxFull ? `the inbox is nearly full (${correlator.inbox.waiting} inputs)` : undefined,
    },
    {
      name: 'desk',
      ok: true,
      reason: deskTrouble(outbox),
    },
    {
      name: 'clock',
      ok: true,
      reason: Math.abs(offsetMs) < 2 * second ? undefined : `wall time is ${offsetMs} ms off; being drawn in`,
    },
  ];
}

function deskTrouble({
  deskUnreachableSince: away,
  lateSince: late,
  waiting,
}: OutboxCounters): string | undefined {
  if (away !== undefined) return `no answer since ${toIso(away)}; ${waiting} tickets wait`;
  if (late !== undefined) return `a critical ticket waits since ${toIso(late)}; ${waiting} tickets wait`;
  return undefined;
}
