// What an agent is asked to watch: built from the inventory, sent after welcome and whenever the inventory changed.
// Pure data (targets, intervals, thresholds); there is no way to put a command into it.
import { limits } from '../../../shared/limits.ts';
import type { AssignedHost, AssignedLink, Assignment, Timing } from '../../../shared/wire/messages.ts';
import type { SiteLink, Topology } from '../../core/topology.ts';
import type { AgentRecord } from '../../ports/registry.ts';

export interface AssignmentConfig {
  readonly anchors: readonly string[];
  readonly dns: readonly string[];
  readonly captivePortalUrl?: string;
  readonly timing: Timing;
}

/** An agent whose site left the inventory gets nothing to watch but stays connected. */
export function buildAssignment(
  agent: Pick<AgentRecord, 'site' | 'host'>,
  topology: Topology,
  config: AssignmentConfig,
): Assignment {
  const site = topology.sites.get(agent.site);
  const self = site?.hosts.find((host) => host.key === agent.host);
  // The own host always comes first, also when the inventory does not know it or its address.
  const hosts: AssignedHost[] = [{ key: agent.host, address: self?.address, self: true }];
  for (const host of site?.hosts ?? []) {
    if (host.key === agent.host || host.address === undefined) continue;
    if (hosts.length >= limits.hostsPerSiteMax) break;
    hosts.push({ key: host.key, address: host.address, self: false });
  }
  return {
    revision: topology.revision,
    links: (site?.links ?? []).slice(0, limits.linksPerSiteMax).map(assignLink),
    hosts,
    anchors: config.anchors.slice(0, limits.anchorsMax),
    dns: config.dns.slice(0, 8),
    captivePortalUrl: config.captivePortalUrl,
    timing: config.timing,
  };
}

function assignLink(link: SiteLink): AssignedLink {
  return {
    key: link.key,
    role: link.role,
    gateway: link.gateway,
    source: link.source,
    interface: link.interface,
    publicAddress: link.publicAddress,
  };
}
