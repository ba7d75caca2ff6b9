// The working copy of one decision: reads fall through to the state, writes stay here and become changes at the end.
// So `decide` stays a pure reader, later rules of the same decision see what earlier ones concluded, and a record that
// was touched five times is journalled once.
import { assert } from '../../shared/assert.ts';
import { type AgentId, type IncidentId, incidentId, type SiteId } from '../../shared/ids.ts';
import { type Instant, later } from '../../shared/time.ts';
import type { Change } from './change.ts';
import type { Effect } from './effect.ts';
import type { Incident } from './incident.ts';
import type { NumberedInput } from './input.ts';
import type { Policy } from './policy.ts';
import type { AgentState, ServerState, SiteState, State } from './state.ts';
import type { Topology } from './topology.ts';

export interface Draft {
  readonly seq: number;
  readonly now: Instant;
  readonly policy: Policy;
  readonly topology: Topology;
  readonly server: ServerState;
  agent(id: AgentId): AgentState | undefined;
  site(id: SiteId): SiteState;
  incident(id: IncidentId): Incident | undefined;
  agentIds(): Iterable<AgentId>;
  siteIds(): Iterable<SiteId>;
  setPolicy(policy: Policy): void;
  setTopology(topology: Topology): void;
  setServer(server: ServerState): void;
  setAgent(agent: AgentState): void;
  setSite(site: SiteState): void;
  /** A fresh id, derived from the input's seq. */
  newIncidentId(): IncidentId;
  /** Adds or replaces; a closed one leaves the working state. */
  setIncident(incident: Incident): void;
  /** Straight into history. */
  recordIncident(incident: Incident): void;
  perform(effect: Effect): void;
  finish(): { readonly changes: readonly Change[]; readonly effects: readonly Effect[] };
}

export function createDraft(state: State, { seq, input }: NumberedInput): Draft {
  const agents = new Map<AgentId, AgentState>();
  const sites = new Map<SiteId, SiteState>();
  const incidents = new Map<IncidentId, Incident>();
  const recorded: Incident[] = [];
  const effects: Effect[] = [];
  let policy: Policy | undefined;
  let topology: Topology | undefined;
  let server: ServerState | undefined;
  let made = 0;
  return {
    seq,
    now: later(input.at, state.at),
    get policy() {
      return policy ?? state.policy;
    },
    get topology() {
      return topology ?? state.topology;
    },
    get server() {
      return server ?? state.server;
    },
    agent: (id) => agents.get(id) ?? state.agents.get(id),
    site: (id) => sites.get(id) ?? state.sites.get(id) ?? emptySite(id),
    incident: (id) => incidents.get(id) ?? state.incidents.get(id),
    agentIds: () => new Set([...state.agents.keys(), ...agents.keys()]),
    siteIds: () => new Set([...state.sites.keys(), ...sites.keys()]),
    setPolicy: (value) => {
      policy = value;
    },
    setTopology: (value) => {
      topology = value;
    },
    setServer: (value) => {
      server = value;
    },
    setAgent: (value) => void agents.set(value.id, value),
    setSite: (value) => void sites.set(value.id, value),
    newIncidentId: () => {
      const id = incidentId(seq, made);
      made += 1;
      return id;
    },
    setIncident: (value) => {
      assert(!value.retro, 'a retro incident never enters the working state');
      incidents.set(value.id, value);
    },
    recordIncident: (value) => {
      assert(value.retro && value.state === 'closed', 'history takes closed retro incidents only');
      recorded.push(value);
    },
    perform: (effect) => void effects.push(effect),
    finish: () => ({
      changes: changesOf(state, { policy, topology, server, agents, sites, incidents, recorded }),
      effects,
    }),
  };
}

interface Written {
  readonly policy: Policy | undefined;
  readonly topology: Topology | undefined;
  readonly server: ServerState | undefined;
  readonly agents: ReadonlyMap<AgentId, AgentState>;
  readonly sites: ReadonlyMap<SiteId, SiteState>;
  readonly incidents: ReadonlyMap<IncidentId, Incident>;
  readonly recorded: readonly Incident[];
}

function changesOf(state: State, written: Written): readonly Change[] {
  const { policy, topology, server, agents, sites, incidents, recorded } = written;
  const changes: Change[] = [];
  if (policy !== undefined) changes.push({ kind: 'policy.adopted', policy });
  if (topology !== undefined) changes.push({ kind: 'topology.adopted', topology });
  if (server !== undefined) changes.push({ kind: 'server.observed', server });
  for (const agent of agents.values()) changes.push({ kind: 'agent.observed', agent });
  for (const site of sites.values()) {
    if (site !== state.sites.get(site.id)) changes.push({ kind: 'site.observed', site });
  }
  for (const incident of incidents.values()) changes.push(incidentChange(state, incident));
  for (const incident of recorded) changes.push({ kind: 'incident.recorded', incident });
  return changes;
}

function incidentChange(state: State, incident: Incident): Change {
  if (incident.state === 'closed') return { kind: 'incident.closed', incident };
  return state.incidents.has(incident.id)
    ? { kind: 'incident.changed', incident }
    : { kind: 'incident.opened', incident };
}

export function emptySite(id: SiteId): SiteState {
  return { id, agents: [], incidents: [], past: [], links: [], hosts: [], addresses: [] };
}
