// The gateway put together: door, sessions, liveness, and the core's hints to them. The composition gives it the ports
// and an HTTP server's requests; nothing here decides anything about the domain.
import type { IncomingMessage } from 'node:http';
import { assertNever } from '../../../shared/assert.ts';
import type { AgentId } from '../../../shared/ids.ts';
import type { HintEffect } from '../../core/effect.ts';
import { createLivenessTable } from '../../core/liveness/table.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Correlator } from '../../ports/correlator.ts';
import type { Registry } from '../../ports/registry.ts';
import type { Series } from '../../ports/series.ts';
import { type AddressLimits, type AgentDoor, createAgentDoor } from './agent-door.ts';
import { AgentSessions } from './agent-sessions.ts';
import type { AssignmentConfig } from './assignment.ts';
import type { GatewayCounters, GatewayLog } from './counters.ts';
import { createEnrolments } from './enrolment.ts';
import { createLivenessDriver } from './liveness-driver.ts';
import { createNewsQueue } from './news-queue.ts';
import { createNonces } from './nonce.ts';
import type { SessionFacts } from './session-view.ts';

export interface GatewayOptions {
  readonly registry: Registry;
  /** Running: its state is recovered and `server.started` is committed. */
  readonly correlator: Correlator;
  readonly series: Series;
  readonly clock: Clock;
  readonly assignment: AssignmentConfig;
  readonly counters: GatewayCounters;
  readonly log: GatewayLog;
  readonly remoteAddress?: (request: IncomingMessage) => string | undefined;
  readonly addressLimits?: AddressLimits;
}

export interface Gateway
  extends Pick<AgentDoor, 'handleRequest' | 'handleNonce' | 'handleEnrolment' | 'handleUpgrade'> {
  /** What is known of an agent's connection; undefined = not seen since this server started. */
  live(agent: AgentId): SessionFacts | undefined;
  /** Ends the agent's sockets as revoked and expects nothing of it any more. */
  cut(agent: AgentId): void;
  sessionCount(): number;
  /** Tells every agent that the server stops and lets go of all timers. */
  close(): void;
}

/** Starts watching at once: agents live in the state get the policy's grace from now. */
export function startGateway(options: GatewayOptions): Gateway {
  const { registry, correlator, clock, counters, log } = options;
  const { heartbeatMs, silenceFloorMs, silenceCapMs } = correlator.state().policy;
  const table = createLivenessTable({ heartbeatMs, silenceFloorMs, silenceCapMs });
  const news = createNewsQueue({ correlator, clock, counters });
  const liveness = createLivenessDriver({ table, clock, correlator, news, counters });
  const { series, assignment } = options;
  const sessions = new AgentSessions({
    registry,
    correlator,
    series,
    liveness,
    news,
    clock,
    counters,
    log,
    assignment,
  });
  const cut = (agent: AgentId): void => {
    liveness.forget(agent);
    sessions.cut(agent);
  };
  const door = createAgentDoor({
    registry,
    enrolments: createEnrolments({ registry, correlator, clock, cut }),
    nonces: createNonces(),
    clock,
    counters,
    log,
    sessionsOf: (key) => sessions.countOf(key),
    admit: (admitted) => sessions.admit(admitted),
    remoteAddress: options.remoteAddress,
    addressLimits: options.addressLimits,
  });
  const stopHints = correlator.onHint((hint) => follow(hint, { liveness, sessions, cut }));
  liveness.start();
  return {
    handleRequest: door.handleRequest,
    handleNonce: door.handleNonce,
    handleEnrolment: door.handleEnrolment,
    handleUpgrade: door.handleUpgrade,
    live: (agent) => sessions.facts(agent),
    cut,
    sessionCount: () => sessions.count(),
    close() {
      stopHints();
      door.close();
      liveness.stop();
      sessions.closeAll();
      news.stop();
    },
  };
}

interface Followers {
  readonly liveness: ReturnType<typeof createLivenessDriver>;
  readonly sessions: AgentSessions;
  readonly cut: (agent: AgentId) => void;
}

function follow(hint: HintEffect, { liveness, sessions, cut }: Followers): void {
  switch (hint.kind) {
    case 'agent.challenge':
      liveness.challenge(hint.agent, sessions.challenge(hint.agent));
      return;
    case 'agent.cut':
      cut(hint.agent);
      return;
    case 'assignment.send':
      sessions.sendAssignments(hint.sites);
      return;
    case 'site.probe':
    case 'anchors.probe':
      // For the outside-in room.
      return;
    default:
      assertNever(hint);
  }
}
