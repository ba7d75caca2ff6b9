// What every agent session shares: the ports it speaks to and the table it belongs to. A shape, no behaviour.
import type { Clock } from '../../ports/clock.ts';
import type { Correlator } from '../../ports/correlator.ts';
import type { AgentRecord, Registry } from '../../ports/registry.ts';
import type { Series } from '../../ports/series.ts';
import type { AgentSession } from './agent-session.ts';
import type { AgentSocket } from './agent-socket.ts';
import type { AssignmentConfig } from './assignment.ts';
import type { Claim } from './claim.ts';
import type { GatewayCounters, GatewayLog } from './counters.ts';
import type { LivenessDriver } from './liveness-driver.ts';
import type { NewsQueue } from './news-queue.ts';

export interface SessionContext {
  readonly registry: Registry;
  readonly correlator: Correlator;
  readonly series: Series;
  readonly liveness: Pick<LivenessDriver, 'sessionOpened' | 'heard' | 'forget'>;
  readonly news: NewsQueue;
  readonly clock: Clock;
  readonly counters: GatewayCounters;
  readonly log: GatewayLog;
  readonly assignment: AssignmentConfig;
  /**
   * The session said hello and wants to speak for its agent. Answered once, at once or when an older session has been
   * asked for a sign of life; `granted` = the older one, if any, is ended.
   */
  readonly claim: (session: AgentSession, answer: (claim: Claim) => void) => void;
  readonly ended: (session: AgentSession) => void;
}

export interface SessionStart {
  readonly id: string;
  readonly record: AgentRecord;
  readonly socket: AgentSocket;
  /** The address the server sees. */
  readonly egress: string;
}
