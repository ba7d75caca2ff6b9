// Inputs about the server itself: start, its own anchors, the passing of time, the inventory.
import type { SiteId } from '../../../shared/ids.ts';
import { type Instant, later, plus } from '../../../shared/time.ts';
import type { Draft } from '../draft.ts';
import type { Input } from '../input.ts';
import type { Policy } from '../policy.ts';
import { evaluateSite, retireSite } from '../rules/correlate.ts';
import { becomeBlind, regainSight, tendOwnOutage, unseenSince } from '../rules/own-outage.ts';
import { tendAllProviders, tendDueProviders } from '../rules/provider-life.ts';
import { topologyFromData, topologyToData } from '../snapshot.ts';
import type { AgentState, SiteState } from '../state.ts';
import type { Site, Topology } from '../topology.ts';
import { evaluateDueSites, evaluateQuietSites } from './evaluate-all.ts';

type Of<K extends Input['kind']> = Extract<Input, { readonly kind: K }>;

/** A start is no outage: nothing is known of the time in between, so silence counts from now plus the grace. */
export function onStarted(draft: Draft, input: Of<'server.started'>, lastInputAt: SiteState['wakeAt']): void {
  if (JSON.stringify(draft.policy) !== JSON.stringify(input.policy)) draft.setPolicy(input.policy);
  draft.setServer({
    startedAt: draft.now,
    release: input.release,
    sightSince: draft.now,
    sightLostAt: unprovenSince(draft, lastInputAt),
    ownIncident: draft.server.ownIncident,
  });
  for (const id of draft.agentIds()) {
    const agent = draft.agent(id);
    if (agent === undefined) continue;
    const returnBy = returnAfter(agent, { lostAt: lastInputAt, now: draft.now }, draft.policy);
    if (agent.session !== undefined || agent.returnBy !== returnBy)
      draft.setAgent({ ...agent, session: undefined, returnBy });
  }
  tendOwnOutage(draft);
  // A blindness ends with the run that knew of it, so nothing else looks again at who fell silent in it.
  evaluateQuietSites(draft, { told: false });
}

/** Who fell silent in a blindness that lasted until the end of the last run is as unproven as who did since. */
function unprovenSince(draft: Draft, lastInputAt: Instant | undefined): Instant | undefined {
  const lostAt = draft.server.blindSince ?? lastInputAt;
  return lostAt === undefined ? undefined : unseenSince(draft, lostAt);
}

/**
 * While this server was down nobody could come back to it, and its clock may have been set meanwhile: a promise that was
 * not yet due has at least `policy.returnMinMs` from now, or the time left that it had where that is less. Its deadline
 * does not move otherwise: the last input may be an hour old where all is calm, and says nothing of how long it was down.
 */
function returnAfter(
  { returnBy }: AgentState,
  { lostAt, now }: { readonly lostAt: Instant | undefined; readonly now: Instant },
  policy: Policy,
): Instant | undefined {
  if (returnBy === undefined || lostAt === undefined || returnBy <= lostAt) return returnBy;
  const soonest = plus(now, Math.min(returnBy - lostAt, policy.returnMinMs));
  return later(returnBy, soonest);
}

/** Texts made from now on; what stands in the outbox keeps its words. */
export function onTickets(draft: Draft, { settings }: Of<'tickets.configured'>): void {
  if (JSON.stringify(draft.tickets) !== JSON.stringify(settings)) draft.setTickets(settings);
}

export function onAnchors(draft: Draft, input: Of<'anchors.measured'>): void {
  draft.setServer({ ...draft.server, anchorsReachable: input.reachable, anchorsSince: input.since });
  if (!input.reachable) {
    becomeBlind(draft, 'anchors-lost', input.since);
    tendOwnOutage(draft);
    return;
  }
  if (draft.server.blindBecause !== 'anchors-lost') return;
  regainSight(draft);
  tendOwnOutage(draft);
  evaluateQuietSites(draft, { told: false });
}

export function onTime(draft: Draft, input: Of<'time.advanced'>): void {
  const { wakeAt } = draft.server;
  const sight = { told: true, anchorsGoodAt: input.anchorsGoodAt } as const;
  const blindBefore = draft.server.blindSince;
  if (wakeAt !== undefined && wakeAt <= draft.now) tendOwnOutage(draft, sight);
  if (blindBefore !== undefined && draft.server.blindSince === undefined) evaluateQuietSites(draft, sight);
  evaluateDueSites(draft, sight);
  tendDueProviders(draft);
}

/** What left the inventory is retired with its incidents; what stays keeps its evidence. An import raises nothing. */
export function onInventory(draft: Draft, input: Of<'inventory.imported'>): void {
  const before = draft.topology;
  // In the order in which it is read back: what opens in one go is numbered by it, after a restart as before.
  const topology = topologyFromData(topologyToData(input.topology));
  draft.setTopology(topology);
  const affected: SiteId[] = [];
  for (const [id, site] of before.sites) if (!topology.sites.has(id)) retireSite(draft, site.id);
  for (const [id, site] of topology.sites) {
    const old = before.sites.get(id);
    if (old !== undefined && JSON.stringify(old) === JSON.stringify(site)) continue;
    affected.push(id);
    draft.setSite(keepEvidence(draft.site(id), site, before));
    retireAgents(draft, site, old);
    evaluateSite(draft, id, { told: false });
  }
  tendAllProviders(draft);
  if (affected.length > 0) draft.perform({ kind: 'assignment.send', sites: affected });
}

/** A machine that was taken out may be switched off. One that is put back counts once it has been heard again. */
function retireAgents(draft: Draft, site: Site, old: Site | undefined): void {
  const has = (where: Site | undefined, host: string): boolean =>
    where?.hosts.some((each) => each.key === host) === true;
  for (const id of draft.site(site.id).agents) {
    const agent = draft.agent(id);
    if (agent === undefined || agent.presence === 'revoked') continue;
    if (has(site, agent.host)) {
      if (agent.retired !== true) continue;
      const back = { ...agent, retired: undefined };
      const heard = agent.presence === 'live' || agent.session !== undefined;
      const unheard = { ...back, presence: 'new', presenceSince: draft.now, returnBy: undefined } as const;
      draft.setAgent(heard ? back : unheard);
    } else if (has(old, agent.host)) draft.setAgent({ ...agent, retired: true });
  }
}

/** Reports about links, hosts and addresses that are still the same thing. */
function keepEvidence(record: SiteState, site: Site, before: Topology): SiteState {
  const old = before.sites.get(site.id);
  const address = (from: Site | undefined, key: string): string | undefined =>
    from?.links.find((link) => link.key === key)?.publicAddress;
  return {
    ...record,
    links: record.links.filter((report) => site.links.some((link) => link.key === report.link)),
    addresses: record.addresses.filter((report) => {
      const now = address(site, report.link);
      return now !== undefined && now === address(old, report.link);
    }),
  };
}
