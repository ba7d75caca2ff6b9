// What the screens and `GET /agents` show of an agent's connection: facts it told, kept after its session ended.
// For people only; nothing is decided by it.
import type { AgentId, SessionId } from '../../../shared/ids.ts';
import { earlier, type Instant } from '../../../shared/time.ts';
import type { AgentMessage, Findings, Hello, HostFacts, HostLoad } from '../../../shared/wire/messages.ts';
import type { ProbeMethod } from '../../../shared/words.ts';

export interface SessionFacts {
  readonly agent: AgentId;
  readonly session: SessionId;
  readonly connected: boolean;
  /** The address the server sees. */
  readonly egress: string;
  readonly connectedAt?: Instant;
  readonly lastHeardAt?: Instant;
  readonly version?: string;
  readonly spoolDepth: number;
  /** Server minus agent clock, as the agent measured it. */
  readonly clockOffsetMs?: number;
  /** How it pings, and why so when that is not the best way. */
  readonly ping?: { readonly method: ProbeMethod; readonly reason?: string };
  readonly facts?: HostFacts;
  readonly load?: HostLoad;
  /** What it found when it examined itself, never of the future. */
  readonly findings?: Omit<Findings, 'kind'>;
}

export interface SessionView {
  facts(): SessionFacts;
  greetedAt(at: Instant, hello: Hello): void;
  heardAt(at: Instant): void;
  beat(beat: Extract<AgentMessage, { readonly kind: 'beat' }>): void;
  changesTaken(remaining: number): void;
  examined(findings: Findings, now: Instant): void;
  /** What the session before knew and this one has not heard yet. */
  follows(before: SessionFacts): void;
  ended(): void;
}

export function createSessionView(start: Pick<SessionFacts, 'agent' | 'session' | 'egress'>): SessionView {
  let facts: SessionFacts = { ...start, connected: false, spoolDepth: 0 };
  let lastHeardAt: Instant | undefined;
  return {
    facts: () => ({ ...facts, lastHeardAt }),
    greetedAt(at, hello) {
      const { agentVersion: version, spoolDepth, pingMethod: method, pingReason: reason } = hello;
      facts = {
        ...facts,
        connected: true,
        connectedAt: at,
        version,
        spoolDepth,
        ping: { method, reason },
        facts: hello.facts,
      };
    },
    heardAt(at) {
      lastHeardAt = at;
    },
    beat({ spoolDepth, clockOffsetMs, load }) {
      facts = {
        ...facts,
        spoolDepth,
        clockOffsetMs: clockOffsetMs ?? facts.clockOffsetMs,
        load: load ?? facts.load,
      };
    },
    changesTaken(remaining) {
      facts = { ...facts, spoolDepth: remaining };
    },
    examined({ kind: _kind, examinedAt, ...found }, now) {
      facts = { ...facts, findings: { examinedAt: earlier(examinedAt, now), ...found } };
    },
    follows({ findings }) {
      facts = { ...facts, findings: facts.findings ?? findings };
    },
    ended() {
      facts = { ...facts, connected: false };
    },
  };
}
