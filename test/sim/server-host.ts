// The correlator's machine: one disk, one process after another. Starts, stops in order, dies by kill -9 at any line
// of the loop, and comes back from snapshot and journal. Wires loop, door, eyes and outbox of one life together.

import { type HintEffect, isTicketEffect } from '../../server/core/effect.ts';
import type { State } from '../../server/core/state.ts';
import { buildAssignment } from '../../server/shell/gateway/assignment.ts';
import { assert, assertNever, present } from '../../shared/assert.ts';
import type { AgentId, SiteId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/time.ts';
import { closeCodes } from '../../shared/wire/messages.ts';
import type { Cores } from './cores.ts';
import {
  type Correlator,
  type CrashPoint,
  createCorrelator,
  fingerprint,
  now,
  recover,
} from './correlator.ts';
import type { VirtualDesk } from './desk.ts';
import { type AgentEnd, createGateway, type Gateway, type ServerEnd } from './gateway.ts';
import { cancel, type Kernel, type Timer } from './kernel.ts';
import type { Ledger } from './ledger.ts';
import type { BoundFlow, Network } from './network.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import type { WireMode } from './parcel.ts';
import type { PlanBook } from './plans.ts';
import { stream } from './seeds.ts';
import type { Entry, ServerDisk } from './server-disk.ts';
import { createSight, type Sight } from './sight.ts';
import type { SiteSpec, World } from './world.ts';

export interface ServerHost {
  start(): void;
  /** SIGTERM: says so, commits what it has, ends. */
  stop(): void;
  /** kill -9 when the loop next passes this point; `struck` is told when it did. */
  armCrash(point: CrashPoint | 'now', struck: () => void): void;
  disarm(): void;
  listening(): boolean;
  accept(bound: BoundFlow, end: AgentEnd): ServerEnd;
  state(): State | undefined;
  connected(agent: AgentId): boolean;
  /** People said something new: the core is told, at once or when it lives again. */
  tellPlans(): void;
  sleep(site: SiteSpec): void;
  wake(site: SiteSpec): void;
}

export interface ServerHostOptions {
  readonly kernel: Kernel;
  readonly seed: number;
  readonly cores: Cores;
  readonly world: World;
  readonly network: Network;
  readonly disk: ServerDisk;
  readonly wire: WireMode;
  readonly desk: VirtualDesk;
  readonly plans: PlanBook;
  readonly ledger: Ledger;
  readonly asleep: (site: SiteId) => boolean;
  readonly complain: (what: string) => void;
}

interface Life {
  readonly correlator: Correlator;
  readonly gateway: Gateway;
  readonly sight: Sight;
  readonly outbox: Outbox;
}

interface Armed {
  readonly point: CrashPoint;
  readonly struck: () => void;
}

/** An armed crash that meets no commit of its kind strikes anyhow after this long. */
const armedMsMax = 20 * 60_000;

export function createServerHost(options: ServerHostOptions): ServerHost {
  const { kernel, cores, disk } = options;
  const random = stream(options.seed, 'server');
  const sites = agentSites(options.world);
  let life: Life | undefined;
  let armed: Armed | undefined;
  let armedTimer: Timer | undefined;
  let sessions = 0;

  const crash = (): void => {
    const dead = life;
    const strike = armed;
    disarm();
    if (dead === undefined) return;
    life = undefined;
    end(dead, 1006);
    if (dead.correlator.settled()) compare(options, dead.correlator);
    strike?.struck();
  };
  const disarm = (): void => {
    cancel(armedTimer);
    armed = undefined;
  };
  const dies = (point: CrashPoint, batch: readonly Entry[]): boolean => {
    if (armed?.point !== point) return false;
    // A crash hurts most where agents' changes or tickets hang on the commit.
    const matters = batch.some(
      (entry) => entry.input.input.kind === 'changes.received' || entry.effects.length > 0,
    );
    if (point !== 'after-desk' && !matters) return false;
    crash();
    return true;
  };
  const start = (): void => {
    assert(life === undefined, 'only one process runs on one disk');
    life = bear(options, { random, sites, dies, nextSession: () => (sessions += 1) });
  };
  return {
    start,
    stop() {
      const ending = life;
      if (ending === undefined) return;
      life = undefined;
      end(ending, closeCodes.goingAway.code);
      if (ending.correlator.settled()) {
        compare(options, ending.correlator);
        disk.saveSnapshot(ending.correlator.state());
      }
    },
    armCrash(point, struck) {
      disarm();
      armed = { point: point === 'now' ? 'before-commit' : point, struck };
      if (point === 'now') crash();
      else armedTimer = kernel.after(armedMsMax, crash);
    },
    disarm,
    listening: () => life !== undefined,
    accept(bound, agentEnd) {
      assert(life !== undefined, 'a connection is taken by a living process');
      return life.gateway.accept(bound, agentEnd);
    },
    state: () => life?.correlator.state(),
    tellPlans() {
      if (life !== undefined) tellPlans(options, life.correlator);
    },
    connected: (agent) => life?.gateway.connected(agent) === true,
    sleep(site) {
      life?.sight.sleep(site.id);
      life?.gateway.sleep(agentsOf(site));
    },
    wake(site) {
      life?.sight.wake(site.id);
      life?.gateway.wake(agentsOf(site));
    },
  };

  function end(dead: Life, code: number): void {
    dead.correlator.kill();
    dead.gateway.kill(code);
    dead.sight.kill();
    dead.outbox.kill();
  }

  function compare({ complain }: ServerHostOptions, correlator: Correlator): void {
    const memory = fingerprint(correlator.state());
    if (memory !== fingerprint(recover(cores, disk)))
      complain('a restart gives another state than memory held');
  }
}

interface Birth {
  readonly random: ReturnType<typeof stream>;
  readonly sites: ReadonlyMap<AgentId, { readonly site: SiteSpec; readonly host: string }>;
  readonly dies: (point: CrashPoint, batch: readonly Entry[]) => boolean;
  readonly nextSession: () => number;
}

function bear(options: ServerHostOptions, birth: Birth): Life {
  const { kernel, cores, world, network, disk, wire, desk, ledger, asleep, complain } = options;
  const { random } = birth;
  const fresh = disk.lastSeq() === 0;
  const correlator: Correlator = createCorrelator({
    kernel,
    random,
    cores,
    disk,
    witness: ledger,
    anchorsGoodAt: () => sight.anchorsGoodAt(),
    diesAt: birth.dies,
    onCommitted: (entry) => {
      for (const effect of entry.effects) if (!isTicketEffect(effect)) perform(effect, gateway, sight);
      if (entry.effects.some(isTicketEffect)) outbox.kick();
    },
  });
  const at = now(kernel);
  correlator.submit({ kind: 'server.started', at, release: 'sim', policy: cores.policy });
  if (fresh) introduce(correlator, world, { at, sites: birth.sites });
  tellPlans(options, correlator);
  const gateway = createGateway({
    kernel,
    cores,
    disk,
    wire,
    correlator,
    complain,
    nextSession: birth.nextSession,
    assignment: (agent, state) => {
      const place = present(birth.sites.get(agent), 'only enrolled agents come in');
      return buildAssignment({ site: place.site.id, host: place.host }, state.topology, world.assignment);
    },
  });
  const sight = createSight({ kernel, random, network, correlator, asleep });
  const diesAfterDesk = (): boolean => birth.dies('after-desk', []);
  const outbox = createOutbox({ kernel, random, disk, desk, correlator, diesAfterDesk });
  outbox.kick();
  return { correlator, gateway, sight, outbox };
}

/** As a whole, and nothing as long as nobody has planned anything. */
function tellPlans({ plans, kernel, world }: ServerHostOptions, correlator: Correlator): void {
  if (plans.isEmpty()) return;
  const at = now(kernel);
  correlator.submit({ kind: 'planned.told', at, ...plans.told(world.topology, at) });
}

function introduce(
  correlator: Correlator,
  world: World,
  { at, sites }: { readonly at: Instant; readonly sites: Birth['sites'] },
): void {
  correlator.submit({ kind: 'inventory.imported', at, topology: world.topology, by: 'sim' });
  for (const [agent, { site, host }] of sites) {
    correlator.submit({ kind: 'agent.enrolled', at, agent, site: site.id, host });
  }
}

function perform(hint: HintEffect, gateway: Gateway, sight: Sight): void {
  switch (hint.kind) {
    case 'agent.challenge':
      return gateway.challenge(hint.agent);
    case 'agent.cut':
      return gateway.cut(hint.agent);
    case 'site.probe':
      return sight.probeSite(hint.site);
    case 'anchors.probe':
      return sight.probeAnchors();
    case 'assignment.send':
      return;
    default:
      return assertNever(hint);
  }
}

function agentSites(world: World): Birth['sites'] {
  const sites = new Map<AgentId, { readonly site: SiteSpec; readonly host: string }>();
  for (const site of world.sites) {
    for (const host of site.hosts) {
      if (host.agent !== undefined) sites.set(host.agent, { site, host: host.key });
    }
  }
  return sites;
}

function agentsOf(site: SiteSpec): readonly AgentId[] {
  return site.hosts.flatMap((host) => (host.agent === undefined ? [] : [host.agent]));
}
