// Which links of one provider have failed a moment ago, and whether chance alone explains it: the evidence of a
// provider's outage. Noted per provider as sites are looked at, so that one site's news never walks through all sites.
// Must never count what a nearer cause explains (a router, a planned window, Vigia's own blindness).
import type { CustomerKey, SiteId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import { earlier, type Instant, later } from '../../../shared/time.ts';
import type { Layer } from '../../../shared/words.ts';
import type { Draft } from '../draft.ts';
import type { ProviderLoss } from '../state.ts';
import type { Site, SiteLink, Topology } from '../topology.ts';
import { isBeyondChance } from './chance.ts';
import type { Finding } from './finding.ts';
import { linkTestimony, type SiteView } from './witness.ts';

/** A finding read as the loss of one provider's link. */
export interface Loss {
  readonly provider: string;
  readonly loss: ProviderLoss;
  /** False: its start is not known, so it may join an outage but proves none. */
  readonly counts: boolean;
}

/** `Campinas/SP`; undefined for this computer's own site, which lies in no town. */
export function regionOf(site: Pick<Site, 'city' | 'state'>): string | undefined {
  return site.city === '' ? undefined : `${site.city}/${site.state}`;
}

/**
 * The providers' links that a finding says are lost: a dead link whose own way is whole as far as the provider, or a
 * silent site whose links are all of one provider (or were down before).
 */
export function lossesOf(view: SiteView, finding: Finding): readonly Loss[] {
  if (finding.recovering || finding.confirmedAt === undefined || finding.symptomOf !== undefined) return [];
  // A link that blinks has no one moment at which it failed.
  if (view.site.origin === 'embedded' || finding.flap !== undefined) return [];
  const { causeKey, since, rests } = finding;
  const lossOf = (link: SiteLink, at: Instant): Loss => ({
    provider: link.provider,
    loss: { site: view.site.id, link: link.key, causeKey, since: at, rests, ready: false },
    // What fell silent while nobody could see has no known start, so it coincides with everything.
    counts: rests === 'direct' || at > view.server.sightSince,
  });
  if (finding.kind === 'link-down') {
    const link = view.site.links.find((each) => each.key === finding.link);
    return link !== undefined && blamesProvider(finding.layer) ? [lossOf(link, since)] : [];
  }
  if (finding.kind !== 'site-offline') return [];
  const lost =
    rests === 'direct'
      ? view.site.links.flatMap((link) => reportedLoss(view, link, lossOf))
      : silentLinks(view).map((link) => lossOf(link, since));
  return lost.filter((each, index) => lost.findIndex(({ provider }) => provider === each.provider) === index);
}

/** Beyond the router; a nearer layer is the site's own trouble. */
function blamesProvider(layer: Layer | undefined): boolean {
  return layer === undefined || layer === 'provider' || layer === 'internet';
}

function reportedLoss(view: SiteView, link: SiteLink, lossOf: (link: SiteLink, at: Instant) => Loss): Loss[] {
  const report = linkTestimony(view, link)?.report;
  if (report?.status !== 'down' || report.recovering || !blamesProvider(report.layer)) return [];
  return [lossOf(link, report.since)];
}

/** Links whose provider alone explains the silence of the site. An address that answers is a living router. */
function silentLinks(view: SiteView): readonly SiteLink[] {
  if (view.addresses.some((address) => address.answers)) return [];
  return view.site.links.filter((link) =>
    view.site.links.every((other) => {
      const wasDown = view.record.links.some(
        (report) => report.link === other.key && report.status === 'down',
      );
      return other.provider === link.provider || wasDown;
    }),
  );
}

/** Keeps the providers' lists of fresh losses equal to what this site's findings say now. */
export function noteLosses(draft: Draft, view: SiteView, findings: readonly Finding[]): void {
  const found = findings.flatMap((finding) => lossesOf(view, finding)).filter((each) => each.counts);
  for (const key of new Set(view.site.links.map((link) => link.provider))) {
    const { losses } = draft.provider(key);
    const before = losses.filter((loss) => loss.site === view.site.id);
    const wanted = found.filter((each) => each.provider === key).map((each) => each.loss);
    if (before.length === 0 && wanted.length === 0) continue;
    const fresh = wanted
      .filter((loss) => draft.now - loss.since <= limits.providerLossKeptMs && !isChild(draft, loss))
      .map((loss) => ({ ...loss, ready: isReady(draft, loss, before) }));
    if (same(before, fresh)) continue;
    putLosses(draft, key, [...losses.filter((loss) => loss.site !== view.site.id), ...fresh]);
  }
}

export function putLosses(draft: Draft, key: string, losses: readonly ProviderLoss[]): void {
  const kept = losses
    .filter((loss) => draft.now - loss.since <= limits.providerLossKeptMs)
    .sort((a, b) => a.since - b.since || (identityOf(a) < identityOf(b) ? -1 : 1));
  draft.setProvider({ ...draft.provider(key), losses: kept.slice(0, limits.providerLossesMax) });
}

function same(before: readonly ProviderLoss[], after: readonly ProviderLoss[]): boolean {
  return (
    before.length === after.length &&
    after.every((loss) =>
      before.some(
        (old) => old.causeKey === loss.causeKey && old.since === loss.since && old.ready === loss.ready,
      ),
    )
  );
}

function identityOf(loss: ProviderLoss): string {
  return `${loss.site} ${loss.causeKey}`;
}

/** Its own incident stands: it has passed every question. Or it did a moment ago and waits for its provider's outage. */
function isReady(draft: Draft, loss: ProviderLoss, before: readonly ProviderLoss[]): boolean {
  const waits = before.some((old) => old.causeKey === loss.causeKey && old.since === loss.since && old.ready);
  const own = incidentOfLoss(draft, loss);
  return waits || (own !== undefined && own.recoveredAt === undefined && own.kind !== 'link-degraded');
}

/** It is explained already. */
function isChild(draft: Draft, loss: ProviderLoss): boolean {
  const own = incidentOfLoss(draft, loss);
  if (own?.parent === undefined || own.recoveredAt !== undefined) return false;
  return draft.incident(own.parent)?.recoveredAt === undefined;
}

export function incidentOfLoss(draft: Draft, { site, causeKey }: Pick<ProviderLoss, 'site' | 'causeKey'>) {
  return draft
    .site(site)
    .incidents.flatMap((id) => draft.incident(id) ?? [])
    .find((incident) => incident.causeKey === causeKey);
}

/** Losses that are too many at once for chance. */
export interface Proof {
  /** Absent: over several towns. */
  readonly region?: string;
  readonly losses: readonly ProviderLoss[];
  readonly customers: number;
  /** Watched links of the provider there. */
  readonly links: number;
  readonly spreadMs: number;
}

/**
 * Is this loss, with others of its provider around it, beyond chance? First in its own town, then everywhere.
 * `onlyReady`: only losses that nothing else holds back; else also those that are confirmed but still waiting, to know
 * whether it is worth waiting for them.
 */
export function proofAround(draft: Draft, { provider, loss }: Loss, onlyReady: boolean): Proof | undefined {
  const own = draft.topology.sites.get(loss.site);
  const region = own === undefined ? undefined : regionOf(own);
  const near = nearLosses(draft, provider, loss, onlyReady);
  const inRegion = near.filter((each) => {
    const site = draft.topology.sites.get(each.site);
    return site !== undefined && regionOf(site) === region;
  });
  const local = region === undefined ? undefined : proofIn(draft, provider, { region, losses: inRegion });
  return local ?? proofIn(draft, provider, { losses: near });
}

/** This loss first, then the others by their distance in time, within the widest window. */
function nearLosses(draft: Draft, provider: string, loss: ProviderLoss, onlyReady: boolean): ProviderLoss[] {
  const distance = (other: ProviderLoss): number => Math.abs(other.since - loss.since);
  const others = draft.provider(provider).losses.filter((other) => {
    if (identityOf(other) === identityOf(loss) || !draft.topology.sites.has(other.site)) return false;
    if (onlyReady && !other.ready) return false;
    if (other.rests === 'silence' && draft.server.blindSince !== undefined) return false;
    return distance(other) <= draft.policy.providerWindowMsMax;
  });
  return [loss, ...others.sort((a, b) => distance(a) - distance(b))];
}

interface Group {
  readonly region?: string;
  readonly losses: readonly ProviderLoss[];
}

/** The smallest group around the first loss that is beyond chance. Counts the pool only when two customers are hit. */
function proofIn(draft: Draft, provider: string, { region, losses }: Group): Proof | undefined {
  const customers = new Set<CustomerKey>();
  let links: number | undefined;
  let from: Instant | undefined;
  let to: Instant | undefined;
  for (const [index, loss] of losses.entries()) {
    from = from === undefined ? loss.since : earlier(from, loss.since);
    to = to === undefined ? loss.since : later(to, loss.since);
    const site = draft.topology.sites.get(loss.site);
    if (site !== undefined) customers.add(site.customer);
    if (customers.size < 2) continue;
    const spreadMs = to - from;
    if (spreadMs > draft.policy.providerWindowMsMax) return undefined;
    links ??= watchedLinks(draft, provider, region);
    const coincidence = { customers: customers.size, links: Math.max(links, customers.size), spreadMs };
    if (isBeyondChance(coincidence, draft.policy)) {
      return { region, losses: losses.slice(0, index + 1), ...coincidence };
    }
  }
  return undefined;
}

/** Links of the provider at sites with an agent that is expected to be heard. */
function watchedLinks(draft: Draft, provider: string, region: string | undefined): number {
  let count = 0;
  for (const id of sitesByProvider(draft.topology).get(provider) ?? []) {
    const site = draft.topology.sites.get(id);
    if (site === undefined || (region !== undefined && regionOf(site) !== region)) continue;
    const watched = draft.site(id).agents.some((agent) => {
      const presence = draft.agent(agent)?.presence;
      return presence === 'live' || presence === 'suspected' || presence === 'silent';
    });
    if (watched) count += site.links.filter((link) => link.provider === provider).length;
  }
  return count;
}

/** Derived from the topology alone and forgotten with it: nothing that a decision could depend on twice. */
const indexes = new WeakMap<Topology, ReadonlyMap<string, readonly SiteId[]>>();

function sitesByProvider(topology: Topology): ReadonlyMap<string, readonly SiteId[]> {
  const known = indexes.get(topology);
  if (known !== undefined) return known;
  const index = new Map<string, SiteId[]>();
  for (const [id, site] of topology.sites) {
    if (site.origin === 'embedded') continue;
    for (const provider of new Set(site.links.map((link) => link.provider))) {
      const ids = index.get(provider);
      if (ids === undefined) index.set(provider, [id]);
      else ids.push(id);
    }
  }
  indexes.set(topology, index);
  return index;
}
