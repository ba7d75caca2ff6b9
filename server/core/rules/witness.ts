// Room 9 of the route: what all sources say of one site at one moment, gathered so that `diagnose` can weigh it.
// Only living, caught-up agents testify about links and neighbours; the others' last words are history.
import { earlier, type Instant, later, plus, second } from '../../../shared/time.ts';
import type { Draft } from '../draft.ts';
import type { Witness } from '../incident.ts';
import type { AddressReport, AgentState, HostReport, LinkReport, ServerState, SiteState } from '../state.ts';
import type { Site, SiteHost, SiteLink } from '../topology.ts';

export interface SiteView {
  readonly site: Site;
  readonly record: SiteState;
  /** Agents whose silence would mean something: connected at least once, not away, not revoked. */
  readonly expected: readonly AgentState[];
  readonly away: readonly AgentState[];
  /** Live, connected, and with an empty spool: what they say is news, and they could take it back. */
  readonly speakers: readonly AgentState[];
  /** Live but still replaying: they prove that the site lives, not more. */
  readonly live: readonly AgentState[];
  /** Public addresses whose silence means something: they have answered before. */
  readonly addresses: readonly AddressReport[];
  readonly hosts: readonly HostView[];
  readonly server: ServerState;
  /** Between two beats of an agent. */
  readonly heartbeatMs: number;
}

/** A host as the inventory names it, or as an agent that enrolled under its own name. */
export interface HostView {
  readonly host: SiteHost;
  readonly agent?: AgentState;
}

export function siteView(draft: Draft, site: Site): SiteView {
  const record = draft.site(site.id);
  const agents = record.agents
    .flatMap((id) => draft.agent(id) ?? [])
    .filter((agent) => agent.presence !== 'revoked' && (agent.retired !== true || agent.presence === 'live'));
  const expected = agents.filter((agent) => agent.presence !== 'new' && agent.presence !== 'away');
  const live = expected.filter((agent) => agent.presence === 'live');
  return {
    site,
    record,
    expected,
    away: agents.filter((agent) => agent.presence === 'away'),
    live,
    speakers: live.filter((agent) => agent.remaining === 0 && agent.session !== undefined),
    addresses: record.addresses.filter((address) => address.everAnswered),
    hosts: hostViews(site, agents),
    server: draft.server,
    heartbeatMs: draft.policy.heartbeatMs,
  };
}

function hostViews(site: Site, agents: readonly AgentState[]): HostView[] {
  const views: HostView[] = site.hosts.map((host) => ({
    host,
    agent: agents.find((agent) => agent.host === host.key),
  }));
  for (const agent of agents) {
    if (agent.retired === true || site.hosts.some((host) => host.key === agent.host)) continue;
    // An agent under a name that the inventory does not have still watches a machine: treat it as a server.
    views.push({ host: { key: agent.host, name: agent.host, role: 'server' }, agent });
  }
  return views;
}

/** What the speakers say of one link: worst confirmed word, unless a speaker contradicts it. */
export interface LinkTestimony {
  readonly link: SiteLink;
  readonly report: LinkReport;
}

/**
 * The word on a link. Down counts only when no speaker says it is up: two agents that disagree see different things,
 * and a wrong ticket is worse than a late one.
 */
export function linkTestimony(view: SiteView, link: SiteLink): LinkTestimony | undefined {
  const reports = view.record.links.filter(
    (report) => report.link === link.key && view.speakers.some((agent) => agent.id === report.agent),
  );
  const worst = ['down', 'degraded', 'up'].flatMap((status) =>
    reports.filter((report) => report.status === status),
  );
  const report = worst[0];
  if (report === undefined) return undefined;
  const contradicted = report.status === 'down' && reports.some((other) => other.status === 'up');
  if (contradicted) return { link, report: worst[worst.length - 1] ?? report };
  return { link, report };
}

/** The word on a host from its neighbours (never from itself). */
export function hostTestimony(view: SiteView, hostKey: string): HostReport | undefined {
  const reports = view.record.hosts.filter(
    (report) =>
      report.host === hostKey &&
      report.status !== 'unknown' &&
      view.speakers.some((agent) => agent.id === report.agent && agent.host !== hostKey),
  );
  return reports.find((report) => report.status === 'up') ?? reports[0];
}

/** When a silent agent's first beat failed to come. */
export function missedAt(view: SiteView, agent: AgentState, heartbeatMs: number): Instant {
  const expectedAt = plus(agent.lastHeardAt ?? agent.presenceSince, heartbeatMs);
  // The presence changed before the beat was even due: a challenge on the socket went unanswered earlier.
  return clampToSight(view.server, earlier(expectedAt, agent.presenceSince));
}

/**
 * When a silence began that nobody saw begin: the middle between the last good sign and the first that failed (`since`).
 * undefined = the first failing evidence itself is the best word.
 *
 * The truth lies between the two, anywhere. The last good sign would charge the MSP with up to a heartbeat of time in
 * which the customer provably worked; the missed beat would take as much from the customer. The middle favours neither
 * and is wrong by half a heartbeat (5 s) at most, which is one round. Both bounds stay with the incident, in the witness
 * of the silence. It never lies before the last good sign, and no wait counts from it: what must be silent for 10 s is
 * silent for 10 s from `since`.
 *
 * Not used where the two lie farther apart than a beat (two episodes, an address that died much later) nor where `since`
 * is the return of sight: that start is found by `true-start.ts`.
 */
export function startBetween(
  view: Pick<SiteView, 'server' | 'heartbeatMs'>,
  heardAt: Instant | undefined,
  since: Instant,
): Instant | undefined {
  if (heardAt === undefined || heardAt >= since || since - heardAt > view.heartbeatMs) return undefined;
  if (view.server.sightLostAt !== undefined && since === view.server.sightSince) return undefined;
  return plus(heardAt, Math.floor((since - heardAt) / 2));
}

/** The same for one agent. Where its own machine's kernel closed the socket, that moment was seen: it is the beginning. */
export function silenceStart(view: SiteView, agent: AgentState, since: Instant): Instant | undefined {
  const between = startBetween(view, agent.lastHeardAt, since);
  return between !== undefined && agent.closedByPeer ? agent.lastHeardAt : between;
}

/** Nothing that failed while this server was blind or down has a known start: it counts from the return of sight. */
export function clampToSight(server: ServerState, at: Instant): Instant {
  if (server.sightLostAt === undefined) return at;
  const lost =
    server.blindSince === undefined && at >= plus(server.sightLostAt, -5 * second) && at < server.sightSince;
  return lost ? server.sightSince : at;
}

/**
 * Part of the site came back after `since` (an address answers again, another agent returned): until when the silence
 * of the rest is only "not back yet". undefined = nothing came back.
 */
export function comebackHold(view: SiteView, since: Instant, holdMs: number): Instant | undefined {
  const back = latest([
    ...view.addresses.flatMap((address) => (address.answers && address.since > since ? [address.since] : [])),
    ...view.live.flatMap((agent) => (agent.presenceSince > since ? [agent.presenceSince] : [])),
  ]);
  return back === undefined ? undefined : plus(back, holdMs);
}

export function earliest(instants: readonly Instant[]): Instant | undefined {
  return instants.length === 0 ? undefined : instants.reduce(earlier);
}

export function latest(instants: readonly Instant[]): Instant | undefined {
  return instants.length === 0 ? undefined : instants.reduce(later);
}

/** Since its last good sign; the fact tells how much later the first one failed to come. */
export function silenceWitness(view: SiteView, agent: AgentState): Witness {
  const since = agent.lastHeardAt ?? agent.presenceSince;
  const missedMs = earlier(plus(since, view.heartbeatMs), agent.presenceSince) - since;
  return {
    source: agent.presence === 'silent' ? 'silence' : 'session',
    who: agent.host,
    says: agent.presence === 'silent' ? 'agent-silent' : 'agent-suspected',
    since,
    ...(missedMs > 0 ? { facts: { missed: `+${Math.round(missedMs / second)} s` } } : {}),
  };
}

export function addressWitness(address: AddressReport): Witness {
  return {
    source: 'outside-in',
    who: address.link,
    says: address.answers ? 'address-answers' : 'address-silent',
    since: address.since,
  };
}

/** What a neighbour says of a host. */
export function neighbourWitness(view: SiteView, report: HostReport): Witness {
  const reporter = view.speakers.find((each) => each.id === report.agent);
  return {
    source: 'neighbour',
    who: reporter?.host ?? report.agent,
    says: report.status === 'down' ? 'host-unreachable' : 'host-reachable',
    since: report.since,
    facts: { host: report.host },
  };
}

/** The agent's socket was closed by its own machine's kernel, which therefore lived at that moment. */
export function kernelWitness(agent: AgentState): Witness {
  return { source: 'session', who: agent.host, says: 'session-closed-by-peer', since: agent.lastHeardAt };
}
