// Heartbeats to suspicion, outside the journal: the gateway's shell feeds it, and only its news become inputs.
// Pure: time comes in. (Being built.)
import type { AgentId } from '../../../shared/ids.ts';
import type { Instant } from '../../../shared/time.ts';

export type LivenessNews =
  | {
      readonly kind: 'agent.suspected';
      readonly at: Instant;
      readonly agent: AgentId;
      readonly lastHeardAt: Instant;
    }
  | {
      readonly kind: 'agent.silent';
      readonly at: Instant;
      readonly agent: AgentId;
      readonly lastHeardAt: Instant;
    }
  | { readonly kind: 'agent.heard'; readonly at: Instant; readonly agent: AgentId };

export interface LivenessOptions {
  readonly heartbeatMs: number;
  readonly silenceFloorMs: number;
  readonly silenceCapMs: number;
}

export interface LivenessTable {
  /** Begin to expect beats of this agent: session opened, or known live at start with a grace until `graceUntil`. */
  watch(agent: AgentId, at: Instant, graceUntil?: Instant): readonly LivenessNews[];
  /** Stop expecting: goodbye, revoked, removed. */
  forget(agent: AgentId): void;
  /** Any sign of life (frame, pong). `beat` = a regular heartbeat, whose gap feeds phi. */
  heard(agent: AgentId, at: Instant, beat: boolean): readonly LivenessNews[];
  /** A challenge on the agent's socket went unanswered since `challengedAt`: suspected at once unless heard since. */
  unanswered(agent: AgentId, challengedAt: Instant, at: Instant): readonly LivenessNews[];
  /** Everything that became due up to `now`. */
  advance(now: Instant): readonly LivenessNews[];
  /** When `advance` next has news if nothing is heard; undefined = never. */
  nextAt(): Instant | undefined;
  lastHeardAt(agent: AgentId): Instant | undefined;
}

export declare function createLivenessTable(options: LivenessOptions): LivenessTable;
