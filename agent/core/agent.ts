// The agent's core as one function. (Being built: see ARCHITECTURE.md, route of one datum, rooms 1, 3 and 5.)
import type { Random } from '../../shared/random.ts';
import type { Assignment, HostFacts } from '../../shared/wire/messages.ts';
import type { ProbeMethod } from '../../shared/words.ts';
import type { AgentInput } from './input.ts';
import type { AgentOutput } from './output.ts';

export interface AgentOptions {
  readonly agentVersion: string;
  readonly facts: HostFacts;
  readonly pingMethod: ProbeMethod;
  /** The last assignment known, so that a start without a server still watches. */
  readonly assignment?: Assignment;
  readonly random: Random;
}

export interface AgentCore {
  /** One input in, the outputs it causes in order. Synchronous; touches nothing. */
  step(input: AgentInput): readonly AgentOutput[];
}

export declare function createAgentCore(options: AgentOptions): AgentCore;
