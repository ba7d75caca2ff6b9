// Vigia's own blindness: its anchors are lost, or most sites over several providers fell silent together. While blind,
// nothing that rests on silence opens anything; what living agents say of their own links still counts.
import type { SiteId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import { earlier, type Instant, later, plus } from '../../../shared/time.ts';
import type { Draft } from '../draft.ts';
import type { Incident, Verdict } from '../incident.ts';
import type { ServerState } from '../state.ts';
import type { Site } from '../topology.ts';
import { type Finding, ownCauseKey } from './finding.ts';
import { close, fallBack, openIncident, recover, reopen, resolve } from './incident.ts';
import { isPlannedAt } from './planned.ts';

type Because = NonNullable<ServerState['blindBecause']>;

export function becomeBlind(draft: Draft, because: Because, since: Instant): void {
  const { server } = draft;
  if (server.blindSince === undefined) {
    draft.setServer({ ...server, blindSince: since, blindBecause: because });
  } else if (because === 'anchors-lost' && server.blindBecause !== because) {
    // The better proof takes over, so that its end ends the blindness too.
    draft.setServer({ ...server, blindBecause: because });
  }
}

/** Sight is back. Agents now have the policy's grace to return before their silence counts again. */
export function regainSight(draft: Draft): void {
  const { blindSince } = draft.server;
  if (blindSince === undefined) return;
  draft.setServer({
    ...draft.server,
    blindSince: undefined,
    blindBecause: undefined,
    sightLostAt: blindSince,
    sightSince: draft.now,
  });
}

/**
 * Somebody fell quiet, or is heard again: the sites are counted, now or within a second. A count walks through all
 * sites, and in a mass silence thousands of agents fall quiet; while one is owed, silence opens nothing.
 */
export function oweMassCount(draft: Draft): void {
  const { server, now } = draft;
  if (server.massOwedAt !== undefined) return;
  const massOwedAt = later(now, plus(server.massCountedAt ?? server.startedAt, limits.massCountEveryMs));
  draft.setServer({ ...server, massOwedAt });
}

function countWhenOwed(draft: Draft): void {
  const { server, now } = draft;
  if (server.massOwedAt === undefined || now < server.massOwedAt) return;
  draft.setServer({ ...server, massOwedAt: undefined, massCountedAt: now });
  checkMassSilence(draft);
}

/**
 * Mass silence: at least `massSitesMin` sites and `massShareMin` of all sites with expected agents have fallen quiet
 * within the window, and so has that share of the sites that do not hang on the one provider most of them hang on. One
 * provider's outage, however large its share of the customers, leaves the others' sites alone and is no blindness.
 */
function checkMassSilence(draft: Draft): void {
  const { policy, server } = draft;
  if (server.blindSince === undefined && fewFellQuiet(draft)) return;
  const count = countQuiet(draft);
  if (server.blindSince === undefined) {
    const many =
      count.freshlyQuiet >= policy.massSitesMin && count.freshlyQuiet >= policy.massShareMin * count.sites;
    if (many && isOverProviders(count, policy.massShareMin))
      becomeBlind(draft, 'mass-silence', count.firstAt ?? draft.now);
    return;
  }
  if (server.blindBecause === 'mass-silence' && count.quiet < (policy.massShareMin / 2) * count.sites)
    regainSight(draft);
}

/** Fewer sites than a mass fell quiet within the window. The usual case, told without weighing every site. */
function fewFellQuiet(draft: Draft): boolean {
  const { now, policy, topology } = draft;
  let quiet = 0;
  for (const id of topology.sites.keys()) {
    let fresh = false;
    for (const each of draft.site(id).agents) {
      const agent = draft.agent(each);
      if (agent?.presence === 'live') {
        fresh = false;
        break;
      }
      if (agent?.presence !== 'suspected' && agent?.presence !== 'silent') continue;
      if (now - (agent.lastHeardAt ?? agent.presenceSince) <= policy.massWindowMs) fresh = true;
    }
    if (fresh) quiet += 1;
    if (quiet >= policy.massSitesMin) return false;
  }
  return true;
}

interface QuietCount {
  readonly sites: number;
  readonly quiet: number;
  readonly freshlyQuiet: number;
  /** By the provider of their main link. */
  readonly byProvider: ReadonlyMap<string, { readonly sites: number; readonly freshlyQuiet: number }>;
  readonly firstAt?: Instant;
}

function isOverProviders({ sites, freshlyQuiet, byProvider }: QuietCount, shareMin: number): boolean {
  const most = [...byProvider.values()].reduce((a, b) => (b.freshlyQuiet > a.freshlyQuiet ? b : a), {
    sites: 0,
    freshlyQuiet: 0,
  });
  const quietOthers = freshlyQuiet - most.freshlyQuiet;
  return quietOthers >= 1 && quietOthers >= shareMin * (sites - most.sites);
}

function countQuiet(draft: Draft): QuietCount {
  const { now, policy, topology } = draft;
  const byProvider = new Map<string, { sites: number; freshlyQuiet: number }>();
  let sites = 0;
  let quiet = 0;
  let freshlyQuiet = 0;
  let firstAt: Instant | undefined;
  for (const [id, site] of topology.sites) {
    const expected = draft
      .site(id)
      .agents.flatMap((each) => draft.agent(each) ?? [])
      .filter(
        (agent) => agent.presence === 'live' || agent.presence === 'suspected' || agent.presence === 'silent',
      );
    if (expected.length === 0 || hasExplanation(draft, id)) continue;
    // Planned work on many sites at once says nothing of this server's own sight.
    if (isPlannedAt(site, draft.planned, {}, draft.now)) continue;
    sites += 1;
    const ofProvider = tallyOf(byProvider, site);
    ofProvider.sites += 1;
    if (expected.some((agent) => agent.presence === 'live')) continue;
    quiet += 1;
    const fellAt = expected.map((agent) => agent.lastHeardAt ?? agent.presenceSince).reduce(later);
    // What fell silent before sight returned was counted then.
    if (now - fellAt > policy.massWindowMs || fellAt < draft.server.sightSince) continue;
    freshlyQuiet += 1;
    ofProvider.freshlyQuiet += 1;
    if (firstAt === undefined || fellAt < firstAt) firstAt = fellAt;
  }
  return { sites, quiet, freshlyQuiet, byProvider, firstAt };
}

function tallyOf(tallies: Map<string, { sites: number; freshlyQuiet: number }>, site: Site) {
  const main = site.links.find((link) => link.role === 'primary') ?? site.links[0];
  const key = main?.provider ?? '';
  const tally = tallies.get(key) ?? { sites: 0, freshlyQuiet: 0 };
  tallies.set(key, tally);
  return tally;
}

/** A site that is known to be dark, or whose machine is known to be down, says nothing about this server. */
function hasExplanation(draft: Draft, id: SiteId): boolean {
  return draft.site(id).incidents.some((each) => {
    const incident = draft.incident(each);
    const explains =
      incident?.kind === 'site-offline' || incident?.kind === 'host-down' || incident?.kind === 'agent-lost';
    return explains && incident?.recoveredAt === undefined;
  });
}

/** Counts the quiet sites if that is owed, then moves the one own-outage incident. Never a ticket. Sets the next wake. */
export function tendOwnOutage(draft: Draft): void {
  countWhenOwed(draft);
  const ownWakeAt = tend(draft);
  const { massOwedAt } = draft.server;
  const wakeAt =
    massOwedAt === undefined || ownWakeAt === undefined
      ? (massOwedAt ?? ownWakeAt)
      : earlier(massOwedAt, ownWakeAt);
  if (draft.server.wakeAt !== wakeAt) draft.setServer({ ...draft.server, wakeAt });
}

function tend(draft: Draft): Instant | undefined {
  const { server, policy, now } = draft;
  const incident = server.ownIncident === undefined ? undefined : draft.incident(server.ownIncident);
  if (server.blindSince !== undefined) {
    if (incident === undefined) return openOwn(draft, server.blindSince);
    if (incident.recoveredAt === undefined) return undefined;
    const again = incident.state === 'resolved' ? reopen : fallBack;
    draft.setIncident(again(incident, server.blindSince, now));
    return undefined;
  }
  if (incident === undefined) return undefined;
  const recovered = incident.recoveredAt === undefined ? recover(incident, server.sightSince, now) : incident;
  return endOwn(draft, incident, recovered, policy);
}

function openOwn(draft: Draft, since: Instant): Instant | undefined {
  const ripeAt = plus(since, draft.policy.blipMs + draft.policy.blipMarginMs);
  if (draft.now < ripeAt) return ripeAt;
  const id = draft.newIncidentId();
  const finding = ownFinding(draft, since);
  draft.setIncident(openIncident({ id, finding, openedAt: draft.now, siteHasOtherLink: false }));
  draft.setServer({ ...draft.server, ownIncident: id });
  return undefined;
}

function endOwn(
  draft: Draft,
  before: Incident,
  recovered: Incident,
  policy: Draft['policy'],
): Instant | undefined {
  const { now } = draft;
  let next = recovered;
  let wakeAt: Instant | undefined;
  if (next.state !== 'resolved') {
    wakeAt = plus(next.recoveredAt ?? now, policy.resolveHoldMs);
    if (now >= wakeAt) next = resolve(next, now);
  }
  if (next.state === 'resolved') {
    wakeAt = plus(next.resolvedAt ?? now, policy.reopenMs);
    if (now >= wakeAt) {
      draft.setIncident(close(next, now));
      draft.setServer({ ...draft.server, ownIncident: undefined });
      return undefined;
    }
  }
  if (next !== before) draft.setIncident(next);
  return wakeAt;
}

function ownFinding(draft: Draft, since: Instant): Finding {
  const lost = draft.server.blindBecause === 'anchors-lost';
  const verdict: Verdict = {
    kind: 'own-outage',
    confidence: 'confirmed',
    witnesses: [
      { source: 'own-anchors', who: 'vigia', says: lost ? 'anchors-lost' : 'many-sites-silent', since },
    ],
    refused: [],
  };
  return {
    kind: 'own-outage',
    cause: 'unknown',
    causeKey: ownCauseKey,
    since,
    confirmedAt: draft.now,
    recovering: false,
    rests: 'direct',
    verdict,
  };
}
