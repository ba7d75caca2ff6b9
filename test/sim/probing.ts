// What an agent's probes measure at a moment, from the state of the virtual network. Stands in for agent/probes.
import type { AgentInput, TargetResult } from '../../agent/core/input.ts';
import type { RoundTarget } from '../../agent/core/output.ts';
import type { Random } from '../../shared/random.ts';
import type { AssignedHost, AssignedLink } from '../../shared/wire/assignment.ts';
import type { LinkNet, Network, SiteNet } from './network.ts';
import { between } from './seeds.ts';

type HostMeasurement = Extract<AgentInput, { readonly kind: 'neighbours.measured' }>['hosts'][number];

export type Traced = Pick<Extract<AgentInput, { readonly kind: 'path.measured' }>, 'reached' | 'hops'>;

export interface Measured<T> {
  readonly results: readonly T[];
  /** How long the round takes: its slowest answer, or the time-out when one is missing. */
  readonly takesMs: number;
}

export interface Prober {
  round(link: AssignedLink, targets: readonly RoundTarget[], timeoutMs: number): Measured<TargetResult>;
  path(
    link: AssignedLink,
    target: string,
    timeoutMs: number,
  ): { readonly path: Traced; readonly takesMs: number };
  neighbours(hosts: readonly AssignedHost[], timeoutMs: number): Measured<HostMeasurement>;
}

export interface ProberOptions {
  readonly network: Network;
  readonly random: Random;
  readonly site: SiteNet;
  readonly host: string;
  /** Whether another machine of the site is there to answer. */
  readonly answers: (host: string) => boolean;
}

export function createProber({ network, random, site, host, answers }: ProberOptions): Prober {
  const lan = (): boolean => !site.unplugged.has(host);
  return {
    round(assigned, targets, timeoutMs) {
      const link = pathOf(site, assigned);
      const beyond = link !== undefined && network.beyond(site, host, link);
      const gateway = lan() && site.routerUp && link?.gatewayUp === true;
      let takesMs = 0;
      const results = targets.map((target): TargetResult => {
        const isGateway = target.role === 'gateway';
        const open = isGateway ? gateway : beyond;
        // A page is asked by TCP, which asks again until it is there.
        const poor = !isGateway && target.role !== 'http' && random.chance(link?.lossRatio ?? 0);
        const answered = open && !poor && network.anchorAnswers(target.target) && !network.lossy();
        const rttMs = isGateway ? 1 : wayThere(link) * 2 * between(random, 1, 1.2) + (link?.addedMs ?? 0);
        takesMs = Math.max(takesMs, answered ? rttMs : timeoutMs);
        const result = resultOf(target, answered, rttMs);
        if (target.wayTtl === undefined) return result;
        return { ...result, wayTtl: target.wayTtl, way: open ? link?.firstHop : undefined };
      });
      return { results, takesMs };
    },
    path(assigned, target, timeoutMs) {
      const link = pathOf(site, assigned);
      const gateway = lan() && site.routerUp && link?.gatewayUp === true;
      const reached = link !== undefined && network.beyond(site, host, link);
      const hops = [
        { ttl: 1, address: gateway ? link.spec.gateway : undefined },
        { ttl: 2, address: reached ? link.firstHop : undefined },
        ...(reached ? [{ ttl: 3, address: target }] : []),
      ];
      return { path: { reached, hops }, takesMs: reached ? 3 * link.spec.latencyMs : timeoutMs };
    },
    neighbours(hosts, timeoutMs) {
      let takesMs = 1;
      const results = hosts.map((neighbour): HostMeasurement => {
        const answered = lan() && answers(neighbour.key) && !network.lossy();
        if (!answered) takesMs = timeoutMs;
        const lost = answered ? 0 : 1;
        const rttMs = answered ? 0.5 : undefined;
        const target = neighbour.address ?? neighbour.key;
        return {
          host: neighbour.key,
          evidence: [{ target, role: 'host', method: 'icmp', sent: 1, lost, rttMs }],
        };
      });
      return { results, takesMs };
    },
  };
}

/** A source address leads out by its own link; without one the router decides. */
function pathOf(site: SiteNet, assigned: AssignedLink): LinkNet | undefined {
  if (assigned.source === undefined) return site.links[site.defaultLink];
  return site.links.find((link) => link.spec.source === assigned.source);
}

function wayThere(link: LinkNet | undefined): number {
  return link?.spec.latencyMs ?? 0;
}

function resultOf(target: RoundTarget, answered: boolean, rttMs: number): TargetResult {
  const method = target.role === 'dns' ? 'dns' : target.role === 'http' ? 'http' : 'icmp';
  const base = { target: target.target, role: target.role, method, sent: 1, large: target.large } as const;
  if (target.role === 'http') {
    return {
      ...base,
      lost: answered ? 0 : 1,
      http: answered ? 'no-content' : 'failed',
      rttMs: answered ? rttMs : undefined,
    };
  }
  return answered ? { ...base, lost: 0, rttMs } : { ...base, lost: 1 };
}
