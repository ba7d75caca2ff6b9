// The only writer of the state. Applies recorded changes; never decides. Maps are updated in place for speed: after
// `evolve` the state handed in must not be used any more, only the one given back.
import { assertNever } from '../../shared/assert.ts';
import type { AgentId, IncidentId, SiteId } from '../../shared/ids.ts';
import { instant, later } from '../../shared/time.ts';
import type { Change } from './change.ts';
import { keepClosed } from './closed.ts';
import type { Incident } from './incident.ts';
import type { NumberedInput } from './input.ts';
import { defaultPolicy } from './policy.ts';
import type { AgentState, ProviderState, SiteState, State } from './state.ts';

export function initialState(): State {
  return {
    seq: 0,
    at: instant(0),
    policy: defaultPolicy,
    topology: { revision: 0, providers: new Map(), sites: new Map() },
    planned: {},
    server: { startedAt: instant(0), release: '', sightSince: instant(0) },
    agents: new Map(),
    sites: new Map(),
    providers: new Map(),
    incidents: new Map(),
    closed: new Map(),
  };
}

/** Applies the changes that `decide` made for this input, or that the journal recorded for it. */
export function evolve(state: State, numbered: NumberedInput, changes: readonly Change[]): State {
  let next: State = { ...state, seq: numbered.seq, at: later(state.at, numbered.input.at) };
  for (const change of changes) next = applyChange(next, change);
  return next;
}

/** One change; used by `evolve` and by the draft that a decision works on. */
export function applyChange(state: State, change: Change): State {
  switch (change.kind) {
    case 'policy.adopted':
      return { ...state, policy: change.policy };
    case 'topology.adopted':
      return { ...state, topology: change.topology };
    case 'planned.adopted':
      return { ...state, planned: change.planned };
    case 'tickets.adopted':
      return { ...state, tickets: change.settings };
    case 'server.observed':
      return { ...state, server: change.server };
    case 'agent.observed':
      (state.agents as Map<AgentId, AgentState>).set(change.agent.id, change.agent);
      return state;
    case 'site.observed':
      (state.sites as Map<SiteId, SiteState>).set(change.site.id, change.site);
      return state;
    case 'provider.observed':
      (state.providers as Map<string, ProviderState>).set(change.provider.key, change.provider);
      return state;
    case 'incident.opened':
    case 'incident.changed':
      (state.incidents as Map<IncidentId, Incident>).set(change.incident.id, change.incident);
      return state;
    case 'incident.closed':
      (state.incidents as Map<IncidentId, Incident>).delete(change.incident.id);
      return remember(state, change.incident);
    case 'incident.recorded':
      return remember(state, change.incident);
    default:
      return assertNever(change);
  }
}

function remember(state: State, incident: Incident): State {
  const { site } = incident;
  if (site === undefined) return state;
  const closed = state.closed as Map<SiteId, readonly Incident[]>;
  closed.set(site, keepClosed(closed.get(site) ?? [], incident));
  return state;
}
