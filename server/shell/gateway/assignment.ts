// What an agent is asked to watch: built from the inventory, sent after welcome and whenever the inventory changed.
// Pure data (targets, intervals, thresholds); there is no way to put a command into it.
import { limits } from '../../../shared/limits.ts';
import {
  type AssignedHost,
  type AssignedLink,
  type Assignment,
  defaultQuality,
  type QualityLimits,
  type Timing,
} from '../../../shared/wire/assignment.ts';
import type { SiteLink, Topology } from '../../core/topology.ts';
import type { AgentRecord } from '../../ports/registry.ts';

export interface AssignmentConfig {
  readonly anchors: readonly string[];
  readonly dns: readonly string[];
  readonly captivePortalUrl?: string;
  readonly timing: Timing;
  /** May the account that asked for a planned shutdown be told? */
  readonly tellAccounts?: boolean;
  /** Addresses under which the agents can reach the server, best first. */
  readonly servers?: readonly string[];
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
  // Absent where there are none: an agent of the first release refuses fields that it does not know.
  const servers = config.servers?.slice(0, limits.serverAddressesMax) ?? [];
  return {
    revision: topology.revision,
    links: (site?.links ?? []).slice(0, limits.linksPerSiteMax).map(assignLink),
    hosts,
    anchors: config.anchors.slice(0, limits.anchorsMax),
    dns: config.dns.slice(0, 8),
    captivePortalUrl: config.captivePortalUrl,
    timing: config.timing,
    tellAccounts: config.tellAccounts === true ? true : undefined,
    servers: servers.length === 0 ? undefined : servers,
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
    firstHop: link.firstHop,
    quality: link.quality === undefined ? undefined : qualityLimits(link.quality),
  };
}

/** People give when it is too bad; it is good again at the share of it that the defaults have. */
function qualityLimits(given: NonNullable<SiteLink['quality']>): QualityLimits {
  const usual = defaultQuality;
  const lossRaise = given.lossPercent === undefined ? usual.lossRaise : given.lossPercent / 100;
  const rttRaiseMs = given.latencyMs ?? usual.rttRaiseMs;
  const jitterRaiseMs = given.jitterMs ?? usual.jitterRaiseMs;
  return {
    windowMs: usual.windowMs,
    lossRaise,
    lossClear: lossRaise * (usual.lossClear / usual.lossRaise),
    rttRaiseMs,
    rttClearMs: rttRaiseMs * (usual.rttClearMs / usual.rttRaiseMs),
    jitterRaiseMs,
    jitterClearMs: jitterRaiseMs * (usual.jitterClearMs / usual.jitterRaiseMs),
  };
}
