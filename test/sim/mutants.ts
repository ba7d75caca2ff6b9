// Deliberately broken cores. Each breaks one promise; the simulation's judges must notice every one (mutants.test.ts).
// They wrap the real code and are used nowhere else.

import type { Effect } from '../../server/core/effect.ts';
import type { Input } from '../../server/core/input.ts';
import type { AgentState, State } from '../../server/core/state.ts';
import { effectKey } from '../../shared/ids.ts';
import { hour, minute, plus } from '../../shared/time.ts';
import { type Cores, realCores } from './cores.ts';
import type { FaultMix } from './mixes.ts';
import type { FailureKind } from './score.ts';

/** What is not asked about here. */
const others = {
  extraCalmMs: 100_000 * hour,
  providerCalmMs: 100_000 * hour,
  noiseCalmMs: 100_000 * hour,
  guests: false,
};
/** Crashes as often as they can be told apart, so that each has agents' changes on its way. */
export const crashing: FaultMix = {
  siteCalmMs: 20 * minute,
  poorCalmMs: 12 * hour,
  ...others,
  nocCalmMs: 12 * hour,
  serverCalmMs: 10 * minute,
  deskCalmMs: 24 * hour,
};
/** Faults of sites only. */
export const outages: FaultMix = {
  siteCalmMs: 30 * minute,
  poorCalmMs: 12 * hour,
  ...others,
  nocCalmMs: 100_000 * hour,
  serverCalmMs: 100_000 * hour,
  deskCalmMs: 100_000 * hour,
};

/** Planned work, copies of disks and torn writes, and nothing else. */
export const later: FaultMix = {
  ...outages,
  siteCalmMs: 100_000 * hour,
  poorCalmMs: 100_000 * hour,
  later: { plannedCalmMs: hour, cloneCalmMs: 6 * hour, tornCalmMs: hour },
};

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

/** An orderly stop says its goodbye on the session that is open, and is over with that. */
export const goodbyeOnce: Cores = {
  ...realCores,
  createAgentCore(options) {
    const core = realCores.createAgentCore(options);
    let over = false;
    return {
      ...core,
      step(input) {
        if (over) return [];
        over = input.kind === 'stop.requested';
        const outputs = core.step(input);
        return over
          ? [...outputs.filter(({ kind }) => kind !== 'socket.open'), { kind: 'stopped' }]
          : outputs;
      },
    };
  },
};

/** What a machine's log says of its end is taken for something else. */
export const endingMisread: Cores = {
  ...realCores,
  decide: (state, numbered) => realCores.decide(state, { ...numbered, input: misread(numbered.input) }),
};

/** Nobody reads what people plan. */
export const plansUnread: Cores = {
  ...realCores,
  decide(state, numbered) {
    const { input } = numbered;
    if (input.kind !== 'planned.told') return realCores.decide(state, numbered);
    return realCores.decide(state, { ...numbered, input: { ...input, windows: [], silences: [] } });
  },
};

/** A window never ends: what outlives it is never told. */
export const windowsForever: Cores = {
  ...realCores,
  decide(state, numbered) {
    const { input } = numbered;
    if (input.kind !== 'planned.told') return realCores.decide(state, numbered);
    const windows = input.windows.map((window) => ({
      ...window,
      occurrences: window.occurrences.map(({ startsAt, endsAt }) => ({
        startsAt,
        endsAt: plus(endsAt, 3 * hour),
      })),
    }));
    return realCores.decide(state, { ...numbered, input: { ...input, windows } });
  },
};

/** Whoever comes last is the agent. */
export const lastOneWins: Cores = { ...realCores, contest: () => 'take' };

export interface Mutant {
  readonly promise: string;
  readonly cores: Cores;
  readonly mix: FaultMix;
  /** At least one failure is of these kinds. */
  readonly noticed: readonly FailureKind[];
}

export const mutants: readonly Mutant[] = [
  {
    promise: 'a receipt that leaves before its commit loses changes',
    cores: receiptTooEarly,
    mix: crashing,
    noticed: ['lost-or-doubled'],
  },
  {
    promise: 'a forgotten receipt applies changes twice',
    cores: dedupForgotten,
    mix: crashing,
    noticed: ['lost-or-doubled'],
  },
  {
    promise: 'a ticket asked for under two keys is a duplicate',
    cores: ticketTwice,
    mix: outages,
    noticed: ['duplicate'],
  },
  {
    promise: 'a blip that counts opens false tickets',
    cores: blipsCount,
    mix: outages,
    noticed: ['false'],
  },
  {
    promise: 'late data that passes for news opens wrong tickets',
    cores: lateIsNews,
    mix: outages,
    noticed: ['false', 'wrong-kind', 'duplicate', 'after-the-fact'],
  },
  {
    promise: 'a goodbye said only once is lost in a session that hangs',
    cores: goodbyeOnce,
    mix: outages,
    noticed: ['false'],
  },
  {
    promise: 'a log that is misread names wrong causes',
    cores: endingMisread,
    mix: outages,
    noticed: ['wrong-cause'],
  },
  {
    promise: 'a plan that nobody reads opens tickets for planned work',
    cores: plansUnread,
    mix: later,
    noticed: ['false'],
  },
  {
    promise: 'a window without an end hides what outlives it',
    cores: windowsForever,
    mix: later,
    noticed: ['missed', 'late'],
  },
  {
    promise: 'a copy of a disk that is let in ends the session of its first',
    cores: lastOneWins,
    mix: later,
    noticed: ['books-differ'],
  },
  {
    promise: 'a forgotten receipt counts what a torn removal left in the spool',
    cores: dedupForgotten,
    mix: later,
    noticed: ['lost-or-doubled'],
  },
];

function withoutReceipts(state: State, agent: AgentState['id']): State {
  const known = state.agents.get(agent);
  if (known === undefined) return state;
  return { ...state, agents: new Map(state.agents).set(agent, { ...known, receipts: [] }) };
}

function misread(input: Input): Input {
  if (input.kind !== 'changes.received') return input;
  const items = input.items.map((item) =>
    item.kind === 'run.explained' && item.ending === 'power' ? { ...item, ending: 'crash' as const } : item,
  );
  return { ...input, items };
}

function asNews(input: Input): Input {
  if (input.kind === 'session.opened') return { ...input, spoolDepth: 0 };
  if (input.kind === 'changes.received') return { ...input, remaining: 0 };
  return input;
}
