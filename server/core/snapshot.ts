// State to plain JSON data and back, for snapshots and for comparing two runs byte by byte.

import type { SiteId } from '../../shared/ids.ts';
import type { Incident } from './incident.ts';
import type { AgentState, ProviderState, SiteState, State } from './state.ts';
import type { Provider, Site, Topology } from './topology.ts';

export interface StateData {
  readonly seq: number;
  readonly at: number;
  readonly policy: State['policy'];
  readonly topology: TopologyData;
  /** Absent in snapshots of releases before maintenance windows. */
  readonly planned?: State['planned'];
  /** Absent in snapshots of releases whose texts nobody could change. */
  readonly tickets?: State['tickets'];
  readonly server: State['server'];
  readonly agents: readonly AgentState[];
  readonly sites: readonly SiteState[];
  /** Absent in snapshots of releases that knew no provider's outage. */
  readonly providers?: readonly ProviderState[];
  readonly incidents: readonly Incident[];
  /** By site; absent in snapshots of releases before late amendments. */
  readonly closed?: readonly (readonly [SiteId, readonly Incident[]])[];
}

export interface TopologyData {
  readonly revision: number;
  readonly providers: readonly Provider[];
  readonly sites: readonly Site[];
}

export function stateToData(state: State): StateData {
  return {
    ...state,
    topology: topologyToData(state.topology),
    agents: byId(state.agents.values()),
    sites: byId(state.sites.values()),
    providers: [...state.providers.values()].sort((a, b) => order(a.key, b.key)),
    incidents: byId(state.incidents.values()),
    closed: [...state.closed].sort(([a], [b]) => order(a, b)),
  };
}

/** The data is Vigia's own, written by `stateToData` of this or an older release and checked by the store's digest. */
export function stateFromData(data: StateData): State {
  return {
    ...data,
    at: data.at as State['at'],
    planned: data.planned ?? {},
    topology: topologyFromData(data.topology),
    agents: new Map(data.agents.map((agent) => [agent.id, agent])),
    sites: new Map(data.sites.map((site) => [site.id, site])),
    providers: new Map((data.providers ?? []).map((provider) => [provider.key, provider])),
    incidents: new Map(data.incidents.map((incident) => [incident.id, incident])),
    closed: new Map(data.closed ?? []),
  };
}

export function topologyToData(topology: Topology): TopologyData {
  return {
    revision: topology.revision,
    providers: [...topology.providers.values()].sort((a, b) => order(a.key, b.key)),
    sites: byId(topology.sites.values()),
  };
}

export function topologyFromData(data: TopologyData): Topology {
  return {
    revision: data.revision,
    providers: new Map(data.providers.map((provider) => [provider.key, provider])),
    sites: new Map(data.sites.map((site) => [site.id, site])),
  };
}

function byId<T extends { readonly id: string }>(items: Iterable<T>): T[] {
  return [...items].sort((a, b) => order(a.id, b.id));
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
