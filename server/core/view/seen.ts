// What somebody who may see some customers only is shown: the state cut to those customers, and of what concerns nobody's
// site alone (a provider's outage, Vigia's own) only what names and counts no other customer. Stands before every view that
// such a person reads. Must never let a key, name or number of another customer through.
import { type IncidentId, type SiteId, splitSiteId } from '../../../shared/ids.ts';
import type { Incident, TimelineEntry, TimelineKind } from '../incident.ts';
import type { ProviderState, State } from '../state.ts';
import type { Topology } from '../topology.ts';
import type { DeskFacts, WallNews } from './wall.ts';

export interface Seen {
  /** The same for the same customers. */
  readonly key: string;
  /** Their keys, sorted. */
  readonly customers: readonly string[];
  customer(key: string): boolean;
  site(id: SiteId): boolean;
  /** As this person may see it; undefined: not at all, as if there were none. */
  incident(incident: Incident): Incident | undefined;
  /** Made once for each state. */
  state(state: State): State;
  news(news: WallNews): WallNews;
  /** What waits at the desk is told without its numbers and ages: they are everybody's. */
  desk(facts: DeskFacts): DeskFacts;
}

export function seenOf(customers: readonly string[]): Seen {
  const keys = new Set(customers);
  const sorted = [...keys].sort();
  const customer = (key: string): boolean => keys.has(key);
  const site = (id: SiteId): boolean => keys.has(splitSiteId(id).customer);
  const incident = (given: Incident): Incident | undefined => {
    if (given.site !== undefined) return site(given.site) ? given : undefined;
    return sharedIncident(given, customer);
  };
  let last: { readonly of: State; readonly cut: State } | undefined;
  // An inventory stands for days: of each it is cut once, and its rows are kept as everybody's are.
  let inventory: { readonly of: Topology; readonly cut: Topology } | undefined;
  const topology = (given: Topology): Topology => {
    if (inventory?.of !== given) inventory = { of: given, cut: cutTopology(given, site) };
    return inventory.cut;
  };
  return {
    key: sorted.join(' '),
    customers: sorted,
    customer,
    site,
    incident,
    state: (given) => {
      if (last?.of !== given)
        last = { of: given, cut: cutState(given, { customer, site, incident, topology }) };
      return last.cut;
    },
    news: (news) => ({
      ...news,
      sites: new Set([...news.sites].filter(site)),
      incidents: new Map(
        [...news.incidents].flatMap(([id, each]): [IncidentId, Incident][] => {
          const own = incident(each);
          return own === undefined ? [] : [[id, own]];
        }),
      ),
    }),
    desk: ({ name, downSince }) => ({
      name,
      waiting: 0,
      held: 0,
      ...(downSince === undefined ? {} : { downSince }),
    }),
  };
}

/** Steps in the life of what many customers share; texts and names of the others are what all other steps are made of. */
const sharedSteps: readonly TimelineKind[] = [
  'first-evidence',
  'confirmed',
  'opened',
  'recovering',
  'resolved',
  'reopened',
  'closed',
];

/** A provider's outage is seen by whom it hit, Vigia's own blindness by everybody: nothing was measured meanwhile. */
function sharedIncident(given: Incident, customer: Seen['customer']): Incident | undefined {
  const symptoms = given.symptoms.filter((effect) => customer(effect.split('/', 1)[0] ?? ''));
  if (given.kind === 'provider-outage' ? symptoms.length === 0 : given.kind !== 'own-outage')
    return undefined;
  const {
    ticket: _ticket,
    assignedTo: _to,
    escalation: _steps,
    pauses: _still,
    flap: _flap,
    ...plain
  } = given;
  return {
    ...plain,
    symptoms,
    notesSent: 0,
    verdict: { kind: given.verdict.kind, confidence: given.verdict.confidence, witnesses: [], refused: [] },
    timeline: given.timeline
      .filter(({ kind }) => sharedSteps.includes(kind))
      .map(({ at, kind }): TimelineEntry => ({ at, kind })),
  };
}

interface Cut extends Pick<Seen, 'customer' | 'site' | 'incident'> {
  topology(given: Topology): Topology;
}

function cutState(state: State, { customer, site, incident, topology }: Cut): State {
  const incidents = new Map<IncidentId, Incident>();
  for (const [id, each] of state.incidents) {
    const own = incident(each);
    if (own !== undefined) incidents.set(id, own);
  }
  const providers = new Map<string, ProviderState>();
  for (const [key, each] of state.providers) providers.set(key, cutProvider(each, { site, incidents }));
  const own = topology(state.topology);
  // Looked up rather than taken apart: there are thousands of them.
  const sees: Seen['site'] = (id) => (state.topology.sites.has(id) ? own.sites.has(id) : site(id));
  return {
    ...state,
    topology: own,
    planned: Object.fromEntries(Object.entries(state.planned).filter(([key]) => customer(key))),
    agents: kept(state.agents, (_id, agent) => sees(agent.site)),
    sites: kept(state.sites, sees),
    providers,
    incidents,
    closed: kept(state.closed, sees),
  };
}

/** One pass without a list of everything in between: each scope cuts each state, five times a second. */
function kept<Key, Item>(
  items: ReadonlyMap<Key, Item>,
  sees: (key: Key, item: Item) => boolean,
): ReadonlyMap<Key, Item> {
  const own = new Map<Key, Item>();
  for (const [key, item] of items) if (sees(key, item)) own.set(key, item);
  return own;
}

/** Providers whose links nobody in scope has stay out: they would tell where the others are. */
function cutTopology(topology: Topology, sees: Seen['site']): Topology {
  const sites = kept(topology.sites, sees);
  const used = new Set([...sites.values()].flatMap(({ links }) => links.map(({ provider }) => provider)));
  return { ...topology, sites, providers: kept(topology.providers, (key) => used.has(key)) };
}

interface OfScope {
  readonly site: Seen['site'];
  readonly incidents: ReadonlyMap<IncidentId, Incident>;
}

function cutProvider(provider: ProviderState, { site, incidents }: OfScope): ProviderState {
  return {
    ...provider,
    losses: provider.losses.filter((loss) => site(loss.site)),
    outages: provider.outages
      .filter((outage) => incidents.has(outage.incident))
      .map((outage) => {
        const children = outage.children.filter((id) => incidents.has(id));
        return { ...outage, children, joined: children.length, told: 0 };
      }),
  };
}
