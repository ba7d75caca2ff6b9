// A fleet of any size with a life of its own for the correlator's bench: links that fail and come back, agents that fall
// silent and return, sites that go dark. Drawn from a seed, so that two runs weigh the same. Stands under correlator.ts.
import type { Policy } from '../../server/core/policy.ts';
import type { Site, SiteLink, Topology } from '../../server/core/topology.ts';
import type { Journal } from '../../server/ports/journal.ts';
import { agentId, customerKey, type SiteId, siteId } from '../../shared/ids.ts';
import { type Random, seededRandom } from '../../shared/random.ts';
import { day, instant, minute, plus, second } from '../../shared/time.ts';
import { RecordedServer } from '../fakes/recorded-server.ts';

export interface FleetSize {
  readonly sites: number;
  readonly agentsPerSite: number;
}

const startsAt = instant(1_800_000_000_000);
const providers = ['vivo', 'claro', 'tim', 'oi', 'algar', 'brisanet'];

export function topologyOf({ sites, agentsPerSite }: FleetSize): Topology {
  const all = Array.from({ length: sites }, (_, at) => siteAt(at, agentsPerSite));
  return {
    revision: 1,
    providers: new Map(providers.map((key) => [key, { key, name: key }])),
    sites: new Map(all.map((site) => [site.id, site])),
  };
}

function siteAt(at: number, agents: number): Site {
  const key = `s${at}`;
  const link = (which: number): SiteLink => ({
    key: `l${which}`,
    name: `Link ${which}`,
    provider: providers[(at + which) % providers.length] ?? 'vivo',
    role: which === 0 ? 'primary' : 'backup',
    publicAddress: `198.${18 + which}.${at >> 8}.${at & 255}`,
    circuit: `C-${at}-${which}`,
  });
  return {
    id: siteId(`c${at >> 2}`, key),
    key,
    name: `Unidade ${at}`,
    customer: customerKey(`c${at >> 2}`),
    customerName: `Cliente ${at >> 2}`,
    plan: 'PREMIUM',
    city: 'Campinas',
    state: 'SP',
    timeZone: 'America/Sao_Paulo',
    origin: 'document',
    links: [link(0), link(1)],
    hosts: Array.from({ length: agents + 1 }, (_, host) => ({
      key: `h${host}`,
      name: `SRV-${host}`,
      role: 'server' as const,
      address: `10.0.0.${host + 1}`,
    })),
  };
}

export interface BusyFleet {
  readonly server: RecordedServer;
  /** Lives on for so many virtual days; things happen at the first `sites` of it (default: all). */
  live(days: number, sites?: number): void;
}

/** Everybody enrolled, connected, and told of. */
export function busyFleet(size: FleetSize, journal: Journal, policy?: Policy): BusyFleet {
  const server = new RecordedServer({ journal, startsAt, policy, commitEvery: 256 });
  const topology = topologyOf(size);
  server.import(topology);
  for (const site of topology.sites.values()) {
    for (const agent of agentsOf(site.id, size)) server.enrol(agent, site.id, agent.split(':')[1]);
    for (const agent of agentsOf(site.id, size)) comeBack(server, site.id, agent);
    for (const { key } of site.links) {
      server.submit({ kind: 'address.measured', site: site.id, link: key, answers: true, since: server.now });
    }
  }
  server.pass(10 * minute);
  const random = seededRandom(4);
  return { server, live: (days, sites) => live({ server, topology, size, random, sites }, days) };
}

function agentsOf(site: SiteId, { agentsPerSite }: FleetSize): string[] {
  return Array.from({ length: agentsPerSite }, (_, at) => `${site}:h${at}`);
}

interface Life {
  readonly server: RecordedServer;
  readonly topology: Topology;
  readonly size: FleetSize;
  readonly random: Random;
  readonly sites: number | undefined;
}

/** Per day: every second link fails once, every agent's connection breaks once, one site in ten goes dark. */
function live({ server, topology, size, random, sites }: Life, days: number): void {
  const plans: { at: number; run: () => void }[] = [];
  const plan = (at: number, run: () => void): void => void plans.push({ at, run });
  const until = plus(server.now, days * day);
  const somewhen = (): number => server.now + random.next() * days * (day - 20 * minute);
  for (const site of [...topology.sites.values()].slice(0, sites)) {
    const agents = agentsOf(site.id, size);
    for (let each = 0; each < days; each += 1) {
      const { key } = site.links[random.next() < 0.5 ? 0 : 1] ?? { key: 'l0' };
      linkFails(server, {
        plan,
        at: somewhen(),
        agents,
        link: key,
        downMs: (0.2 + random.next() * 15) * minute,
      });
      for (const agent of agents) reconnects(server, { plan, at: somewhen(), site: site.id, agent });
      if (random.next() < 0.1) goesDark(server, { plan, at: somewhen(), site: site.id, agents });
    }
  }
  plans.sort((a, b) => a.at - b.at);
  for (const { at, run } of plans) {
    server.advanceTo(instant(at));
    run();
  }
  server.advanceTo(until);
  server.flush();
}

type Plan = (at: number, run: () => void) => void;

function linkFails(
  server: RecordedServer,
  fault: {
    readonly plan: Plan;
    readonly at: number;
    readonly agents: readonly string[];
    readonly link: string;
    readonly downMs: number;
  },
): void {
  for (const agent of fault.agents) {
    fault.plan(fault.at, () => server.link(agent, fault.link, 'down', 4 * second));
    fault.plan(fault.at + fault.downMs, () => server.link(agent, fault.link, 'up', 0));
  }
}

interface Break {
  readonly plan: Plan;
  readonly at: number;
  readonly site: SiteId;
}

function reconnects(
  server: RecordedServer,
  { plan, at, site, agent }: Break & { readonly agent: string },
): void {
  plan(at, () => server.close(agent, 'timeout'));
  plan(at + second, () => {
    server.submit({
      kind: 'agent.suspected',
      agent: agentId(agent),
      lastHeardAt: plus(server.now, -12 * second),
    });
  });
  plan(at + 6 * second, () => comeBack(server, site, agent));
}

function goesDark(
  server: RecordedServer,
  { plan, at, site, agents }: Break & { readonly agents: readonly string[] },
): void {
  const probe = (link: string, answers: boolean) => (): void =>
    server.submit({ kind: 'address.measured', site, link, answers, since: server.now });
  for (const link of ['l0', 'l1']) {
    plan(at, probe(link, false));
    plan(at + 8 * minute, probe(link, true));
  }
  for (const agent of agents) {
    plan(at + 10 * second, () => server.silent(agent));
    plan(at + 9 * minute, () => comeBack(server, site, agent));
  }
}

function comeBack(server: RecordedServer, site: SiteId, agent: string): void {
  server.connect(agent, `198.18.${site.length}.1`);
  for (const link of ['l0', 'l1']) server.link(agent, link, 'up', 0);
}
