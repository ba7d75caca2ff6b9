// Deliberately broken cores. Each breaks one promise; the simulation's judges must notice every one (mutants.test.ts).
// They wrap the real code and are used nowhere else.

import type { Effect } from '../../server/core/effect.ts';
import type { Input } from '../../server/core/input.ts';
import type { AgentState, State } from '../../server/core/state.ts';
import { effectKey } from '../../shared/ids.ts';
import { type Cores, realCores } from './cores.ts';

/** The receipt leaves before the commit: a crash between the two loses what the agent has trimmed. */
export const receiptTooEarly: Cores = { ...realCores, receiptAfterCommit: false };

/** What was receipted is forgotten at each new session: whatever an agent sends again counts again. */
export const dedupForgotten: Cores = {
  ...realCores,
  evolve(state, numbered, changes) {
    const next = realCores.evolve(state, numbered, changes);
    const { input } = numbered;
    return input.kind === 'session.opened' ? withoutReceipts(next, input.agent) : next;
  },
};

/** Each ticket is asked for twice, under two keys. */
export const ticketTwice: Cores = {
  ...realCores,
  decide(state, numbered) {
    const decision = realCores.decide(state, numbered);
    const again = decision.effects.flatMap((effect): Effect[] =>
      effect.kind === 'ticket.open' ? [{ ...effect, key: effectKey(`${effect.key}:again`) }] : [],
    );
    return { ...decision, effects: [...decision.effects, ...again] };
  },
};

/** Blips open tickets. */
export const blipsCount: Cores = { ...realCores, policy: { ...realCores.policy, blipMs: 0 } };

/**
 * Old reports pass for present ones: nothing waits for the end of a spool, for an agent's first fresh rounds, nor for a
 * returned site's machines, and
 * what an agent kept while it was cut off opens tickets when it comes back.
 */
export const lateIsNews: Cores = {
  ...realCores,
  policy: { ...realCores.policy, replayHoldMs: 0, returnGraceMs: 0 },
  decide: (state, numbered) => realCores.decide(state, { ...numbered, input: asNews(numbered.input) }),
};

function withoutReceipts(state: State, agent: AgentState['id']): State {
  const known = state.agents.get(agent);
  if (known === undefined) return state;
  return { ...state, agents: new Map(state.agents).set(agent, { ...known, receipts: [] }) };
}

function asNews(input: Input): Input {
  if (input.kind === 'session.opened') return { ...input, spoolDepth: 0 };
  if (input.kind === 'changes.received') return { ...input, remaining: 0 };
  return input;
}
