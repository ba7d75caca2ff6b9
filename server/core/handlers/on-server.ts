// Inputs about the server itself: start, its own anchors, the passing of time, the inventory.
import type { SiteId } from '../../../shared/ids.ts';
import type { Draft } from '../draft.ts';
import type { Input } from '../input.ts';
import { evaluateSite, retireSite } from '../rules/correlate.ts';
import { becomeBlind, regainSight, tendOwnOutage } from '../rules/own-outage.ts';
import type { SiteState } from '../state.ts';
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
    sightLostAt: lastInputAt,
    ownIncident: draft.server.ownIncident,
  });
  for (const id of draft.agentIds()) {
    const agent = draft.agent(id);
    if (agent?.session !== undefined) draft.setAgent({ ...agent, session: undefined });
  }
  tendOwnOutage(draft);
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
  if (wakeAt !== undefined && wakeAt <= draft.now) tendOwnOutage(draft);
  evaluateDueSites(draft, { told: true, anchorsGoodAt: input.anchorsGoodAt });
}

/** What left the inventory is retired with its incidents; what stays keeps its evidence. An import raises nothing. */
export function onInventory(draft: Draft, { topology }: Of<'inventory.imported'>): void {
  const before = draft.topology;
  draft.setTopology(topology);
  const affected: SiteId[] = [];
  for (const [id, site] of before.sites) if (!topology.sites.has(id)) retireSite(draft, site.id);
  for (const [id, site] of topology.sites) {
    const old = before.sites.get(id);
    if (old !== undefined && JSON.stringify(old) === JSON.stringify(site)) continue;
    affected.push(id);
    draft.setSite(keepEvidence(draft.site(id), site, before));
    evaluateSite(draft, id, { told: false });
  }
  if (affected.length > 0) draft.perform({ kind: 'assignment.send', sites: affected });
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
