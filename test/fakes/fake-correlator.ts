// A correlator for tests of the doors: records inputs, keeps just enough state (agents, receipts, topology), and commits
// at once, when told, or never.

import type { HintEffect } from '../../server/core/effect.ts';
import { initialState } from '../../server/core/evolve.ts';
import type { Input, InputKind } from '../../server/core/input.ts';
import type { AgentState, SiteState, State } from '../../server/core/state.ts';
import type { Topology } from '../../server/core/topology.ts';
import type { Committed, Correlator } from '../../server/ports/correlator.ts';
import { failure } from '../../shared/failure.ts';
import type { AgentId, SiteId } from '../../shared/ids.ts';

export interface FakeCorrelator extends Correlator {
  /** Everything submitted and not refused, in order. */
  readonly inputs: readonly Input[];
  inputsOf<K extends InputKind>(kind: K): readonly Extract<Input, { readonly kind: K }>[];
  /** From now on commits wait for `release`. */
  hold(): void;
  /** Commits what waits, and everything after it at once. */
  release(): void;
  /** From now on the inbox is full (true), or not any more. */
  refuse(full: boolean): void;
  hint(hint: HintEffect): void;
  adopt(topology: Topology): void;
  setAgent(agent: AgentState): void;
  setSite(site: SiteState): void;
}

interface Waiting {
  readonly input: Input;
  readonly resolve: (committed: Committed) => void;
}

export function createFakeCorrelator(): FakeCorrelator {
  let state: State = { ...initialState(), agents: new Map(), sites: new Map() };
  const inputs: Input[] = [];
  const waiting: Waiting[] = [];
  const committed = new Set<(committed: Committed) => void>();
  const hints = new Set<(hint: HintEffect) => void>();
  let held = false;
  let full = false;

  const setAgent = (agent: AgentState): void => {
    state = { ...state, agents: new Map(state.agents).set(agent.id, agent) };
  };
  const commit = ({ input, resolve }: Waiting): void => {
    state = { ...state, seq: state.seq + 1 };
    const changed = afterInput(state.agents, input);
    if (changed !== undefined) setAgent(changed);
    resolve({ seq: state.seq, changes: [] });
  };

  return {
    inputs,
    inputsOf: <K extends InputKind>(kind: K) =>
      inputs.filter((input): input is Extract<Input, { readonly kind: K }> => input.kind === kind),
    submit(input) {
      if (full) return Promise.reject(failure('limit.reached', 'the inbox is full', { retryable: true }));
      inputs.push(input);
      return new Promise((resolve) => {
        if (held) waiting.push({ input, resolve });
        else commit({ input, resolve });
      });
    },
    state: () => state,
    onCommitted(listener) {
      committed.add(listener);
      return () => committed.delete(listener);
    },
    onHint(listener) {
      hints.add(listener);
      return () => hints.delete(listener);
    },
    hold() {
      held = true;
    },
    release() {
      held = false;
      for (const item of waiting.splice(0)) commit(item);
    },
    refuse(value) {
      full = value;
    },
    hint(hint) {
      for (const listener of hints) listener(hint);
    },
    adopt(topology) {
      state = { ...state, topology };
      for (const listener of committed) {
        listener({ seq: state.seq, changes: [{ kind: 'topology.adopted', topology }] });
      }
    },
    setAgent,
    setSite(site: SiteState) {
      state = { ...state, sites: new Map<SiteId, SiteState>(state.sites).set(site.id, site) };
    },
  };
}

function afterInput(agents: ReadonlyMap<AgentId, AgentState>, input: Input): AgentState | undefined {
  if (input.kind === 'agent.enrolled') {
    const { agent: id, site, host, at } = input;
    return {
      id,
      site,
      host,
      presence: 'new',
      presenceSince: at,
      closedByPeer: false,
      remaining: 0,
      receipts: [],
    };
  }
  if (input.kind !== 'changes.received' && input.kind !== 'session.opened') return undefined;
  const agent = agents.get(input.agent);
  if (agent === undefined) return undefined;
  if (input.kind === 'session.opened') {
    const machine = agent.machine ?? input.machine;
    return { ...agent, presence: 'live', session: input.session, machine };
  }
  const { epoch, items } = input;
  const before = agent.receipts.find((receipt) => receipt.epoch === epoch)?.seq ?? 0;
  const seq = Math.max(before, ...items.map((item) => item.seq));
  const others = agent.receipts.filter((receipt) => receipt.epoch !== epoch);
  return { ...agent, receipts: [...others, { epoch, seq }] };
}
