// A site as a row of the wall: what its living agents report now, and the worst of it. Reads state only; a report of
// an agent that is not heard any more is history, so it shows as unknown, never as up.
import type { HostRow, LinkRow, SiteRow } from '../../../shared/api/wall.ts';
import type { SiteId } from '../../../shared/ids.ts';
import { type Instant, toIso } from '../../../shared/time.ts';
import type { Incident } from '../incident.ts';
import { type CustomerPlans, plansOf } from '../planned.ts';
import type { AgentState, HostReport, LinkReport, SiteState, State } from '../state.ts';
import type { Site, SiteHost, SiteLink } from '../topology.ts';
import { isoOrNull } from './incident-row.ts';
import { quietRows } from './quiet-row.ts';

/** Everything about one site, gathered once so that 10,000 sites cost one pass over agents and incidents. */
export interface SiteEvidence {
  readonly site: Site;
  readonly report: SiteState | undefined;
  readonly agents: readonly AgentState[];
  readonly incidents: readonly Incident[];
  readonly plans: CustomerPlans;
  /** The last instant that the state knows of: plans that were over by then are left out. */
  readonly at: Instant;
}

/** Evidence of the wanted sites (all when not given), sorted by site id. Sites that are not in the inventory are left out. */
export function gatherSites(state: State, wanted?: ReadonlySet<SiteId>): readonly SiteEvidence[] {
  const agents = bySite(state.agents.values(), wanted);
  const incidents = bySite(state.incidents.values(), wanted);
  const gathered: SiteEvidence[] = [];
  for (const site of wanted === undefined ? inOrder(state.topology.sites) : sitesOf(state, wanted)) {
    gathered.push({
      site,
      report: state.sites.get(site.id),
      agents: agents.get(site.id) ?? [],
      incidents: incidents.get(site.id) ?? [],
      plans: plansOf(state.planned, site.customer),
      at: state.at,
    });
  }
  return gathered;
}

function sitesOf({ topology }: State, wanted: ReadonlySet<SiteId>): readonly Site[] {
  return [...wanted].sort().flatMap((id) => topology.sites.get(id) ?? []);
}

/** An inventory is replaced and never changed, so it is sorted once. */
const sorted = new WeakMap<State['topology']['sites'], readonly Site[]>();

function inOrder(sites: State['topology']['sites']): readonly Site[] {
  const known = sorted.get(sites);
  if (known !== undefined) return known;
  const made = [...sites.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  sorted.set(sites, made);
  return made;
}

function bySite<T extends { readonly site?: SiteId }>(
  items: Iterable<T>,
  wanted: ReadonlySet<SiteId> | undefined,
): ReadonlyMap<SiteId, readonly T[]> {
  const found = new Map<SiteId, T[]>();
  for (const item of items) {
    if (item.site === undefined || wanted?.has(item.site) === false) continue;
    const list = found.get(item.site);
    if (list === undefined) found.set(item.site, [item]);
    else list.push(item);
  }
  return found;
}

export function siteRow(evidence: SiteEvidence, providerName: (key: string) => string): SiteRow {
  const { site } = evidence;
  const links = site.links.map((link) => linkRow(link, evidence, providerName));
  const hosts = [...site.hosts, ...unlistedHosts(evidence)].map((host) => hostRow(host, evidence));
  return {
    id: site.id,
    customer: site.customer,
    customerName: site.customerName,
    name: site.name,
    city: site.city,
    state: site.state,
    timeZone: site.timeZone,
    plan: site.plan,
    status: statusOf(evidence, links, hosts),
    links,
    hosts,
    quiet: quietRows(evidence),
  };
}

/** Machines that enrolled without standing in the inventory: watched, so shown. */
function unlistedHosts({ site, agents }: SiteEvidence): readonly SiteHost[] {
  const listed = new Set(site.hosts.map((host) => host.key));
  const present = agents.filter((agent) => agent.presence !== 'revoked' && !listed.has(agent.host));
  const keys = [...new Set(present.map((agent) => agent.host))].sort();
  return keys.map((key) => ({ key, name: key, role: 'server' }));
}

/** Worst of the open incidents and of the links and hosts; `waiting` while no agent has ever connected. */
function statusOf(
  evidence: SiteEvidence,
  links: readonly LinkRow[],
  hosts: readonly HostRow[],
): SiteRow['status'] {
  const open = evidence.incidents.filter(isRunning);
  const statuses = [...links.map((link) => link.status), ...hosts.map((host) => host.status)];
  if (open.some((incident) => incident.severity === 'outage') || statuses.includes('down')) return 'down';
  const dented = open.some((incident) => incident.severity !== 'notice');
  if (dented || statuses.includes('degraded')) return 'degraded';
  const known = evidence.agents.filter((agent) => agent.presence !== 'revoked');
  if (known.every((agent) => agent.presence === 'new')) return 'waiting';
  return known.some(isHeard) ? 'up' : 'unknown';
}

function isRunning(incident: Incident): boolean {
  // Recovered and held for two minutes: the incident is not over, but nothing is down any more.
  return (
    (incident.state === 'open' || incident.state === 'acknowledged') && incident.recoveredAt === undefined
  );
}

/** What flaps is shown as it is at this moment; the incident itself says that it is not over. */
function isDownNow(incident: Incident): boolean {
  return isRunning(incident) && (!incident.flapping || incident.outageSince !== undefined);
}

/** Its reports describe the present. A suspected agent was heard seconds ago; its word stands until it is silent. */
function isHeard(agent: AgentState): boolean {
  return agent.presence === 'live' || agent.presence === 'suspected';
}

function linkRow(link: SiteLink, evidence: SiteEvidence, providerName: (key: string) => string): LinkRow {
  const heard = new Set(evidence.agents.filter(isHeard).map((agent) => agent.id));
  const reports = (evidence.report?.links ?? []).filter(
    (report) => report.link === link.key && heard.has(report.agent),
  );
  const report = chosen(reports, ['degraded', 'up', 'down', 'unknown']);
  const down = evidence.incidents.find(
    (incident) => isDownNow(incident) && incident.kind === 'link-down' && incident.link === link.key,
  );
  const address = evidence.report?.addresses.find((each) => each.link === link.key);
  return {
    key: link.key,
    name: link.name,
    provider: link.provider,
    providerName: providerName(link.provider),
    role: link.role,
    status: down === undefined || report?.recovering === true ? (report?.status ?? 'unknown') : 'down',
    layer: report?.layer ?? null,
    since: isoOrNull(report?.since ?? down?.detectedAt),
    recovering: report?.recovering ?? false,
    carries: evidence.agents.some(
      (agent) => isHeard(agent) && link.publicAddress !== undefined && agent.egress === link.publicAddress,
    ),
    answersFromOutside: address?.answers ?? null,
  };
}

function hostRow(host: SiteHost, evidence: SiteEvidence): HostRow {
  const agent = newest(evidence.agents.filter((each) => each.host === host.key));
  const seen = hostStatus(host, evidence, agent);
  return {
    key: host.key,
    name: host.name,
    role: host.role,
    status: seen.status,
    since: isoOrNull(seen.since),
    agent:
      agent === undefined
        ? null
        : {
            id: agent.id,
            presence: agent.presence,
            since: isoOrNull(agent.presenceSince),
            ...cloneOf(agent),
          },
  };
}

function cloneOf({ clone }: AgentState): Pick<NonNullable<HostRow['agent']>, 'cloneSeenAt'> {
  return clone === undefined ? {} : { cloneSeenAt: toIso(clone.seenAt) };
}

function hostStatus(
  host: SiteHost,
  evidence: SiteEvidence,
  agent: AgentState | undefined,
): Pick<HostReport, 'status'> & Partial<Pick<HostReport, 'since'>> {
  if (agent !== undefined && isHeard(agent)) return { status: 'up', since: agent.presenceSince };
  const down = evidence.incidents.find(
    (incident) => isRunning(incident) && incident.kind === 'host-down' && incident.host === host.key,
  );
  if (down !== undefined) return { status: 'down', since: down.detectedAt };
  const heard = new Set(evidence.agents.filter(isHeard).map((each) => each.id));
  const reports = (evidence.report?.hosts ?? []).filter(
    (report) => report.host === host.key && heard.has(report.agent),
  );
  return chosen(reports, ['up', 'down', 'unknown']) ?? { status: 'unknown' };
}

/** One agent that reaches a thing proves it alive, whatever another cannot reach: the first status in `order` wins. */
function chosen<S extends string, R extends Pick<LinkReport | HostReport, 'agent'> & { readonly status: S }>(
  reports: readonly R[],
  order: readonly S[],
): R | undefined {
  for (const status of order) {
    const report = reports.find((each) => each.status === status);
    if (report !== undefined) return report;
  }
  return undefined;
}

/** A host may have had several agents (reinstalled); the one that counts is not revoked and changed last. */
function newest(agents: readonly AgentState[]): AgentState | undefined {
  return agents
    .filter((agent) => agent.presence !== 'revoked')
    .sort((a, b) => b.presenceSince - a.presenceSince)[0];
}
