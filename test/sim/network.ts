// The virtual network: per site a router with one or two links, the correlator's own uplink, the internet beyond.
// Says who reaches whom at a moment, moves a site to its backup as routers do, and makes connections.
// Faults change it through the `set...` functions only, so that every flow hears of it.

import { limits } from '../../shared/limits.ts';
import type { Random } from '../../shared/random.ts';
import { Flow } from './flow.ts';
import { createFrame, type Frame } from './frame.ts';
import { cancel, createLocalTimers, type Kernel, type LocalTimers, type Timer } from './kernel.ts';
import { between, stream } from './seeds.ts';
import type { LinkSpec, SiteSpec, World } from './world.ts';

export interface LinkNet {
  readonly spec: LinkSpec;
  /** The provider's first router behind this link's modem. */
  readonly firstHop: string;
  /** Packets pass beyond the modem. */
  up: boolean;
  /** The modem itself answers. */
  gatewayUp: boolean;
  /** Packets of it that are lost beyond the modem, and by how much the others come late. */
  lossRatio: number;
  addedMs: number;
}

export interface SiteNet {
  readonly spec: SiteSpec;
  readonly timers: LocalTimers;
  readonly frame: Frame;
  readonly links: readonly LinkNet[];
  readonly flows: Set<BoundFlow>;
  /** Router and modems have power and have started. */
  routerUp: boolean;
  /** Index of the link the router sends by. */
  defaultLink: number;
  rerouting: Timer | undefined;
  /** Hosts whose cable is pulled. */
  readonly unplugged: Set<string>;
}

export interface BoundFlow {
  readonly flow: Flow;
  readonly host: string;
  readonly link: number;
  /** Bound to its link by source address: a failover does not touch it. */
  readonly bound: boolean;
  readonly egress: string;
}

export interface Network {
  readonly sites: ReadonlyMap<string, SiteNet>;
  nocUp(): boolean;
  /** The packet loss of a healthy path, per ping. */
  lossy(): boolean;
  setNoc(up: boolean): void;
  setLink(site: SiteNet, link: string, state: { readonly up: boolean; readonly gatewayUp: boolean }): void;
  setQuality(site: SiteNet, link: string, quality: Pick<LinkNet, 'lossRatio' | 'addedMs'>): void;
  /** One of the internet's anchors answers nobody; undefined = all answer. */
  setDeadAnchor(address: string | undefined): void;
  anchorAnswers(address: string): boolean;
  setRouter(site: SiteNet, up: boolean): void;
  setPlugged(site: SiteNet, host: string, plugged: boolean): void;
  /** Whether this host gets packets past this link's modem. */
  beyond(site: SiteNet, host: string, link: LinkNet): boolean;
  /** Whether a ping from outside to this link's public address is answered now. */
  addressAnswers(site: SiteNet, link: LinkNet): boolean;
  /**
   * Opens a connection to the correlator; `done` gets the flow, or undefined when the attempt failed. `listening` says
   * whether the correlator's process takes connections at the moment the packet arrives there.
   */
  connect(attempt: Attempt): void;
  /** The machine is gone, or a router on the way forgot its connections: they hang and tell nobody. */
  dropHost(site: SiteNet, host: string): void;
}

export interface Attempt {
  readonly site: SiteNet;
  readonly host: string;
  readonly source: string | undefined;
  readonly listening: () => boolean;
  /** The program still waits for it: what it has given up, its kernel asks for no more. */
  readonly wanted: () => boolean;
  readonly done: (flow: BoundFlow | undefined) => void;
}

const lossRatio = 0.002;
const connectTimeoutMs = limits.uplinkHandshakeMs;
/** A kernel whose first packet is not answered sends it again after 1 s, then after twice as long (RFC 6298, 2.1 and 5.5). */
const knocksAgainMs = [1_000, 2_000, 4_000] as const;

export function createNetwork(kernel: Kernel, seed: number, world: World): Network {
  const random = stream(seed, 'network');
  const sites = new Map(world.sites.map((spec) => [spec.id as string, siteNet(kernel, spec)]));
  let noc = true;
  let deadAnchor: string | undefined;
  const touch = (site: SiteNet): void => {
    for (const { flow } of site.flows) flow.pathChanged();
    considerReroute(kernel, random, site);
  };
  const beyond = (site: SiteNet, host: string, link: LinkNet): boolean =>
    site.routerUp && link.up && link.gatewayUp && !site.unplugged.has(host);
  return {
    sites,
    nocUp: () => noc,
    lossy: () => random.chance(lossRatio),
    setNoc(up) {
      noc = up;
      for (const site of sites.values()) touch(site);
    },
    setLink(site, key, state) {
      const link = site.links.find((candidate) => candidate.spec.key === key);
      if (link === undefined) return;
      link.up = state.up;
      link.gatewayUp = state.gatewayUp;
      touch(site);
    },
    setQuality(site, key, { lossRatio: lost, addedMs }) {
      const link = site.links.find((candidate) => candidate.spec.key === key);
      if (link === undefined) return;
      link.lossRatio = lost;
      link.addedMs = addedMs;
    },
    setDeadAnchor: (address) => {
      deadAnchor = address;
    },
    anchorAnswers: (address) => address !== deadAnchor,
    setRouter(site, up) {
      site.routerUp = up;
      if (!up) forgetRoutes(site);
      touch(site);
    },
    setPlugged(site, host, plugged) {
      if (plugged) site.unplugged.delete(host);
      else site.unplugged.add(host);
      touch(site);
    },
    beyond,
    addressAnswers: (site, link) =>
      noc &&
      site.routerUp &&
      link.up &&
      link.gatewayUp &&
      link.spec.answersPings &&
      !random.chance(Math.max(lossRatio, link.lossRatio)),
    connect: (attempt) => connect({ kernel, random, attempt, nocUp: () => noc, beyond }),
    dropHost(site, host) {
      for (const bound of site.flows) {
        if (bound.host === host) kill(site, bound);
      }
    },
  };
}

function siteNet(kernel: Kernel, spec: SiteSpec): SiteNet {
  return {
    spec,
    timers: createLocalTimers(kernel),
    frame: createFrame(),
    links: spec.links.map(linkNet),
    flows: new Set(),
    routerUp: true,
    defaultLink: 0,
    rerouting: undefined,
    unplugged: new Set(),
  };
}

function linkNet(spec: LinkSpec): LinkNet {
  const firstHop = `100.64.${spec.publicAddress.split('.').slice(2).join('.')}`;
  return { spec, firstHop, up: true, gatewayUp: true, lossRatio: 0, addedMs: 0 };
}

function kill(site: SiteNet, bound: BoundFlow): void {
  bound.flow.kill();
  site.flows.delete(bound);
}

/** A router without power forgets its translation table: no old connection through it ever goes on. */
function forgetRoutes(site: SiteNet): void {
  cancel(site.rerouting);
  site.rerouting = undefined;
  site.defaultLink = 0;
  for (const bound of site.flows) kill(site, bound);
}

/** Moves the default path to the first working link after 3 to 10 s (back: 5 to 15 s); old flows are left hanging. */
function considerReroute(kernel: Kernel, random: Random, site: SiteNet): void {
  const works = (index: number): boolean => {
    const link = site.links[index];
    return site.routerUp && link?.up === true && link.gatewayUp;
  };
  const wanted = (): number => {
    const best = site.links.findIndex((_, index) => works(index));
    return best === -1 ? site.defaultLink : best;
  };
  if (wanted() === site.defaultLink) {
    cancel(site.rerouting);
    site.rerouting = undefined;
    return;
  }
  if (site.rerouting !== undefined) return;
  const delayMs = works(site.defaultLink) ? between(random, 5_000, 15_000) : between(random, 3_000, 10_000);
  site.rerouting = kernel.after(delayMs, () => {
    site.rerouting = undefined;
    const target = wanted();
    if (target === site.defaultLink) return;
    site.defaultLink = target;
    for (const bound of site.flows) {
      if (!bound.bound && bound.link !== target) kill(site, bound);
    }
  });
}

interface Connecting {
  readonly kernel: Kernel;
  readonly random: Random;
  readonly attempt: Attempt;
  readonly nocUp: () => boolean;
  readonly beyond: (site: SiteNet, host: string, link: LinkNet) => boolean;
}

function connect({ kernel, random, attempt, nocUp, beyond }: Connecting): void {
  const { site, host, source, done } = attempt;
  const bySource = source === undefined ? -1 : site.links.findIndex((link) => link.spec.source === source);
  if (source !== undefined && bySource === -1) {
    site.timers.after(1, () => done(undefined));
    return;
  }
  const knock = (waitedMs: number, again: readonly number[]): void => {
    const index = bySource === -1 ? site.defaultLink : bySource;
    const link = site.links[index];
    if (link === undefined) return;
    const open = (): boolean => nocUp() && beyond(site, host, link);
    if (!open()) {
      const [waitMs, ...later] = again;
      const leftMs = connectTimeoutMs - waitedMs;
      if (waitMs === undefined || waitMs >= leftMs) site.timers.after(leftMs, () => done(undefined));
      else site.timers.after(waitMs, () => (attempt.wanted() ? knock(waitedMs + waitMs, later) : undefined));
      return;
    }
    // TCP, TLS and the upgrade: three round trips.
    site.timers.after(link.spec.latencyMs * 6, () => {
      if (!open() || (bySource === -1 && site.defaultLink !== index)) {
        site.timers.after(connectTimeoutMs, () => done(undefined));
        return;
      }
      if (!attempt.listening()) return done(undefined);
      const flow = new Flow({ kernel, random, latencyMs: link.spec.latencyMs, healthy: open });
      const bound = { flow, host, link: index, bound: bySource !== -1, egress: link.spec.publicAddress };
      site.flows.add(bound);
      done(bound);
    });
  };
  knock(0, knocksAgainMs);
}
