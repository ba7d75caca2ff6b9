// The working copy of one decision: reads fall through to the state, writes stay here and become changes at the end.
// So `decide` stays a pure reader, later rules of the same decision see what earlier ones concluded, and a record that
// was touched five times is journalled once.
import { assert } from '../../shared/assert.ts';
import { type AgentId, type IncidentId, incidentId, type SiteId } from '../../shared/ids.ts';
import { type Instant, later } from '../../shared/time.ts';
import type { Change } from './change.ts';
import { keepClosed } from './closed.ts';
import type { Effect } from './effect.ts';
import type { Incident } from './incident.ts';
import type { NumberedInput } from './input.ts';
import type { Planned } from './planned.ts';
import type { Policy } from './policy.ts';
import type { AgentState, ProviderState, ServerState, SiteState, State } from './state.ts';
import { shippedTickets, type TicketSettings } from './ticket-settings.ts';
import type { Topology } from './topology.ts';

export interface Draft {
  readonly seq: number;
  readonly now: Instant;
  readonly policy: Policy;
  readonly topology: Topology;
  readonly planned: Planned;
  readonly tickets: TicketSettings;
  readonly server: ServerState;
  agent(id: AgentId): AgentState | undefined;
  site(id: SiteId): SiteState;
  provider(key: string): ProviderState;
  incident(id: IncidentId): Incident | undefined;
  /** The site's incidents that closed lately, newest last; see `closed.ts`. */
  closedIncidents(id: SiteId): readonly Incident[];
  /** In order of the ids: who was enrolled first is forgotten by a restart from a snapshot. */
  agentIds(): Iterable<AgentId>;
  siteIds(): Iterable<SiteId>;
  /** Those with losses or outages, now or once; in order of the keys. */
  providerKeys(): Iterable<string>;
  setPolicy(policy: Policy): void;
  setTopology(topology: Topology): void;
  setPlanned(planned: Planned, sites: readonly SiteId[]): void;
  setTickets(settings: TicketSettings): void;
  setServer(server: ServerState): void;
  setAgent(agent: AgentState): void;
  setSite(site: SiteState): void;
  setProvider(provider: ProviderState): void;
  /** A fresh id, derived from the input's seq. */
  newIncidentId(): IncidentId;
  /** Adds or replaces; a closed one leaves the working state, or amends what had left it. */
  setIncident(incident: Incident): void;
  /** Straight into history. */
  recordIncident(incident: Incident): void;
  perform(effect: Effect): void;
  finish(): { readonly changes: readonly Change[]; readonly effects: readonly Effect[] };
}

/** What this decision has written so far. Undefined = as the state has it. */
interface Written {
  policy?: Policy;
  topology?: Topology;
  planned?: Planned;
  plannedOf?: readonly SiteId[];
  tickets?: TicketSettings;
  server?: ServerState;
  readonly agents: Map<AgentId, AgentState>;
  readonly sites: Map<SiteId, SiteState>;
  readonly providers: Map<string, ProviderState>;
  readonly incidents: Map<IncidentId, Incident>;
  readonly recorded: Incident[];
  readonly effects: Effect[];
}

export function createDraft(state: State, { seq, input }: NumberedInput): Draft {
  const written: Written = {
    agents: new Map(),
    sites: new Map(),
    providers: new Map(),
    incidents: new Map(),
    recorded: [],
    effects: [],
  };
  return {
    seq,
    now: later(input.at, state.at),
    get policy() {
      return written.policy ?? state.policy;
    },
    get topology() {
      return written.topology ?? state.topology;
    },
    get planned() {
      return written.planned ?? state.planned;
    },
    get tickets() {
      return written.tickets ?? state.tickets ?? shippedTickets;
    },
    get server() {
      return written.server ?? state.server;
    },
    ...readers(state, written),
    ...writers(seq, written),
    finish: () => ({ changes: changesOf(state, written), effects: written.effects }),
  };
}

type Readers = Pick<
  Draft,
  'agent' | 'site' | 'provider' | 'incident' | 'closedIncidents' | 'agentIds' | 'siteIds' | 'providerKeys'
>;

function readers(state: State, { agents, sites, providers, incidents, recorded }: Written): Readers {
  return {
    agent: (id) => agents.get(id) ?? state.agents.get(id),
    site: (id) => sites.get(id) ?? state.sites.get(id) ?? emptySite(id),
    provider: (key) => providers.get(key) ?? state.providers.get(key) ?? emptyProvider(key),
    incident: (id) => incidents.get(id) ?? state.incidents.get(id),
    closedIncidents: (id) =>
      [...incidents.values(), ...recorded]
        .filter((each) => each.site === id && each.state === 'closed')
        .reduce(keepClosed, state.closed.get(id) ?? []),
    agentIds: () => [...new Set([...state.agents.keys(), ...agents.keys()])].sort(),
    siteIds: () => new Set([...state.sites.keys(), ...sites.keys()]),
    providerKeys: () => [...new Set([...state.providers.keys(), ...providers.keys()])].sort(),
  };
}

type Writers = Omit<
  Draft,
  keyof Readers | 'seq' | 'now' | 'policy' | 'topology' | 'planned' | 'tickets' | 'server' | 'finish'
>;

function writers(seq: number, written: Written): Writers {
  const { recorded } = written;
  let made = 0;
  return {
    setPolicy: (value) => {
      written.policy = value;
    },
    setTopology: (value) => {
      written.topology = value;
    },
    setPlanned: (value, of) => {
      written.planned = value;
      written.plannedOf = of;
    },
    setTickets: (value) => {
      written.tickets = value;
    },
    setServer: (value) => {
      written.server = value;
    },
    setAgent: (value) => void written.agents.set(value.id, value),
    setSite: (value) => void written.sites.set(value.id, value),
    setProvider: (value) => void written.providers.set(value.key, value),
    newIncidentId: () => {
      const id = incidentId(seq, made);
      made += 1;
      return id;
    },
    setIncident: (value) => {
      assert(!value.retro, 'a retro incident never enters the working state');
      written.incidents.set(value.id, value);
    },
    recordIncident: (value) => {
      assert(value.retro && value.state === 'closed', 'history takes closed retro incidents only');
      const told = recorded.findIndex((each) => each.id === value.id);
      if (told === -1) recorded.push(value);
      else recorded[told] = value;
    },
    perform: (effect) => void written.effects.push(effect),
  };
}

function changesOf(state: State, written: Written): readonly Change[] {
  const {
    policy,
    topology,
    planned,
    plannedOf,
    tickets,
    server,
    agents,
    sites,
    providers,
    incidents,
    recorded,
  } = written;
  const changes: Change[] = [];
  if (policy !== undefined) changes.push({ kind: 'policy.adopted', policy });
  if (topology !== undefined) changes.push({ kind: 'topology.adopted', topology });
  if (planned !== undefined) changes.push({ kind: 'planned.adopted', planned, sites: plannedOf ?? [] });
  if (tickets !== undefined) changes.push({ kind: 'tickets.adopted', settings: tickets });
  if (server !== undefined) changes.push({ kind: 'server.observed', server });
  for (const agent of agents.values()) changes.push({ kind: 'agent.observed', agent });
  for (const site of sites.values()) {
    if (site !== state.sites.get(site.id)) changes.push({ kind: 'site.observed', site });
  }
  for (const provider of providers.values()) changes.push({ kind: 'provider.observed', provider });
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

function emptyProvider(key: string): ProviderState {
  return { key, losses: [], outages: [] };
}

export function emptySite(id: SiteId): SiteState {
  return { id, agents: [], incidents: [], past: [], links: [], hosts: [], addresses: [] };
}
