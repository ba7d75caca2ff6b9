// The fleet of one simulated run, made from the seed: customers, sites, links over several providers, hosts, agents.
// Data only; what is broken at a moment is in network.ts and agent-host.ts.

import type { Provider, Site, Topology } from '../../server/core/topology.ts';
import type { AssignmentConfig } from '../../server/shell/gateway/assignment.ts';
import { type AgentId, agentId, customerKey, type SiteId, siteId } from '../../shared/ids.ts';
import type { Random } from '../../shared/random.ts';
import { day, hour, second } from '../../shared/time.ts';
import { defaultTiming } from '../../shared/wire/assignment.ts';
import type { HostRole, LinkRole } from '../../shared/words.ts';
import { between, pick, stream } from './seeds.ts';

export interface LinkSpec {
  readonly key: string;
  readonly provider: string;
  readonly role: LinkRole;
  readonly publicAddress: string;
  /** Whether the router answers pings from outside. */
  readonly answersPings: boolean;
  readonly gateway: string;
  /** Local address bound to this link; absent where the router decides alone (sites with one link). */
  readonly source?: string;
  /** One way, between this site and anything beyond the link. */
  readonly latencyMs: number;
}

export interface HostSpec {
  readonly key: string;
  readonly address: string;
  readonly role: HostRole;
  /** The machine that carries this one. */
  readonly parent?: string;
  readonly agent?: AgentId;
  /** How wrong the wall clock is. */
  readonly wallSkewMs: number;
}

export interface SiteSpec {
  readonly id: SiteId;
  readonly key: string;
  readonly customer: string;
  readonly links: readonly LinkSpec[];
  readonly hosts: readonly HostSpec[];
}

export interface World {
  readonly sites: readonly SiteSpec[];
  readonly topology: Topology;
  readonly assignment: AssignmentConfig;
}

const providers: readonly Provider[] = [
  { key: 'norte', name: 'Norte Fibra', supportPhone: '0800 000 0001' },
  { key: 'litoral', name: 'Litoral Telecom', supportPhone: '0800 000 0002' },
  { key: 'serra', name: 'Serra Net', supportPhone: '0800 000 0003' },
  { key: 'planalto', name: 'Planalto Link' },
];

const places = [
  { city: 'São Paulo', state: 'SP', timeZone: 'America/Sao_Paulo' },
  { city: 'Manaus', state: 'AM', timeZone: 'America/Manaus' },
  { city: 'Rio Branco', state: 'AC', timeZone: 'America/Rio_Branco' },
  { city: 'Recife', state: 'PE', timeZone: 'America/Recife' },
] as const;

const plans = ['START', 'PRO', 'PREMIUM', 'DEDICADO'] as const;

/** `guests`: the third and later machines of many sites run on the second. */
export function createWorld(seed: number, siteCount: number, guests = false): World {
  const random = stream(seed, 'world');
  // A stream of their own: the rest of a seed's world stays what it was without them.
  const carried = stream(seed, 'world/guests');
  const sites: SiteSpec[] = [];
  for (let index = 0; index < siteCount; index += 1) {
    const spec = siteSpec(random, index);
    sites.push(guests && carried.chance(0.6) ? withGuests(spec) : spec);
  }
  const topology: Topology = {
    revision: 1,
    providers: new Map(providers.map((provider) => [provider.key, provider])),
    sites: new Map(sites.map((spec) => [spec.id, topologySite(random, spec)])),
  };
  return { sites, topology, assignment };
}

const assignment: AssignmentConfig = {
  anchors: ['1.1.1.1', '8.8.8.8', '9.9.9.9'],
  dns: ['1.1.1.1'],
  captivePortalUrl: 'http://portal.example/generate_204',
  timing: defaultTiming,
};

function siteSpec(random: Random, index: number): SiteSpec {
  const customer = `cliente-${index + 1}`;
  const linkCount = random.chance(0.75) ? 2 : 1;
  const first = random.below(providers.length);
  const links: LinkSpec[] = [];
  for (let link = 0; link < linkCount; link += 1) {
    const provider = providers[(first + link) % providers.length] as Provider;
    links.push({
      key: provider.key,
      provider: provider.key,
      role: link === 0 ? 'primary' : 'backup',
      publicAddress: `198.51.${index % 250}.${10 + link}`,
      answersPings: random.chance(0.75),
      gateway: `192.168.${index % 250}.${1 + link}`,
      source: linkCount > 1 || random.chance(0.5) ? `192.168.${index % 250}.${20 + link}` : undefined,
      latencyMs: Math.floor(between(random, 4, 60)),
    });
  }
  return { id: siteId(customer, 'matriz'), key: 'matriz', customer, links, hosts: hostSpecs(random, index) };
}

function withGuests(spec: SiteSpec): SiteSpec {
  const carrier = spec.hosts[1]?.key;
  return {
    ...spec,
    hosts: spec.hosts.map((host, index) => (index > 1 ? { ...host, parent: carrier } : host)),
  };
}

/** One to four hosts; the first always has an agent, the second often, the others never. */
function hostSpecs(random: Random, index: number): readonly HostSpec[] {
  const count = pick(random, [1, 2, 2, 3, 3, 4]);
  const hosts: HostSpec[] = [];
  for (let host = 0; host < count; host += 1) {
    const withAgent = host === 0 || (host === 1 && random.chance(0.7));
    hosts.push({
      key: `srv-${host + 1}`,
      address: `192.168.${index % 250}.${100 + host}`,
      role: host > 1 && random.chance(0.2) ? 'other' : 'server',
      agent: withAgent ? agentId(`ag-${index + 1}-${host + 1}`) : undefined,
      wallSkewMs: wallSkew(random),
    });
  }
  return hosts;
}

/** Clocks lie: a third are about right, a third hours off, a third up to a day off in either direction. */
function wallSkew(random: Random): number {
  const span = pick(random, [2 * second, 3 * hour, day]);
  return Math.floor(between(random, -span, span));
}

function topologySite(random: Random, spec: SiteSpec): Site {
  const place = pick(random, places);
  return {
    id: spec.id,
    key: spec.key,
    name: 'Matriz',
    customer: customerKey(spec.customer),
    customerName: `Cliente ${spec.customer.slice(8)} Ltda`,
    plan: pick(random, plans),
    ...place,
    origin: 'document',
    links: spec.links.map(({ key, provider, role, publicAddress, gateway, source }) => {
      return { key, name: `Link ${key}`, provider, role, publicAddress, gateway, source };
    }),
    hosts: spec.hosts.map(({ key, address, role, parent }) => {
      return { key, name: key.toUpperCase(), address, role, parent };
    }),
  };
}
