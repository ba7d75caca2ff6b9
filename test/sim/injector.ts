// Makes the drawn faults happen to the virtual world, and writes down when each really struck and was over: the
// oracle's only source. Wakes the site before anything happens to it (quiet.ts).
import { assertNever } from '../../shared/assert.ts';
import type { RunEnding } from '../../shared/words.ts';
import type { VirtualDesk } from './desk.ts';
import { drawEnding } from './endings.ts';
import { type Fault, isSiteFault, restoredAt, type SiteFault, serviceMsMax } from './faults.ts';
import { cloneAgent, deedOf, tearWrite } from './inject-later.ts';
import type { Kernel } from './kernel.ts';
import type { Machine } from './machine.ts';
import type { Network, SiteNet } from './network.ts';
import type { PlanBook } from './plans.ts';
import type { Quiet } from './quiet.ts';
import { between, stream } from './seeds.ts';
import type { ServerHost } from './server-host.ts';

/** A fault that really happened, with its true times. */
export interface Happened {
  readonly fault: Fault;
  /** When it struck; moves where the fault waits for its moment. */
  at: number;
  /** When everything it took away worked again. */
  restoredAt: number;
  /** The machine's session hung this long, unnoticed, when it said its goodbye. */
  readonly hungMs?: number;
  /** How the run of the machine truly ended that the fault is about. */
  readonly ending?: RunEnding;
}

/** A session that hangs for longer is noticed by the agent's next beat. */
const hungMsMax = 12_000;

export interface InjectorOptions {
  readonly kernel: Kernel;
  readonly seed: number;
  readonly network: Network;
  readonly machines: ReadonlyMap<string, readonly Machine[]>;
  readonly server: ServerHost;
  readonly desk: VirtualDesk;
  readonly quiet: Quiet;
  readonly plans: PlanBook;
}

/** Plans every fault; the returned list fills as they happen. */
export function inject(options: InjectorOptions, faults: readonly Fault[]): readonly Happened[] {
  const happened: Happened[] = [];
  const random = stream(options.seed, 'injector');
  for (const fault of faults) {
    if (fault.kind === 'work.planned') announce(options, fault);
    options.kernel.at(fault.at, () => {
      if (isSiteFault(fault)) strikeSite(options, fault, happened, random);
      else strikeCommon(options, fault, happened);
    });
  }
  return happened;
}

/** A person says it; a server that is not there hears of it at its next start. */
function announce(
  { kernel, network, server, plans }: InjectorOptions,
  { site, plan }: Extract<SiteFault, { readonly kind: 'work.planned' }>,
): void {
  kernel.at(plan.toldAt, () => {
    const spec = network.sites.get(site)?.spec;
    if (spec === undefined) return;
    plans.add(spec, plan, kernel.now());
    server.tellPlans();
  });
}

type CommonFault = Exclude<Fault, SiteFault>;

function strikeCommon(options: InjectorOptions, fault: CommonFault, happened: Happened[]): void {
  const { kernel, network, server, desk, quiet } = options;
  const lasts = fault.until - fault.at;
  const note = (): void => {
    happened.push({ fault, at: kernel.now(), restoredAt: kernel.now() + lasts });
  };
  const later = (end: () => void): void => {
    kernel.after(lasts, () => {
      quiet.disturb(undefined);
      end();
    });
  };
  switch (fault.kind) {
    case 'noc.cut':
      quiet.disturb(undefined);
      note();
      network.setNoc(false);
      return later(() => network.setNoc(true));
    case 'desk.down':
      note();
      desk.setUp(false);
      kernel.after(lasts, () => desk.setUp(true));
      return;
    case 'desk.slow':
      note();
      desk.setSlow(true);
      kernel.after(lasts, () => desk.setSlow(false));
      return;
    case 'anchor.dead':
      quiet.disturb(undefined);
      note();
      network.setDeadAnchor(fault.address);
      return later(() => network.setDeadAnchor(undefined));
    case 'provider.outage':
      note();
      return cutProvider(options, fault);
    case 'server.restart':
      if (!server.listening()) return;
      quiet.disturb(undefined);
      note();
      server.disarm();
      server.stop();
      return later(() => server.start());
    case 'server.crash':
    case 'server.torn-write':
      if (!server.listening()) return;
      server.armCrash(fault.kind === 'server.crash' ? fault.point : 'mid-commit', () => {
        quiet.disturb(undefined);
        note();
        later(() => server.start());
      });
      return;
    default:
      return assertNever(fault);
  }
}

function cutProvider(
  { kernel, network, quiet }: InjectorOptions,
  fault: Extract<Fault, { readonly kind: 'provider.outage' }>,
): void {
  for (const cut of fault.cuts) {
    const site = network.sites.get(cut.site);
    if (site === undefined) continue;
    const set = (time: number, state: { readonly up: boolean; readonly gatewayUp: boolean }): void => {
      kernel.at(time, () => {
        quiet.disturb(site);
        network.setLink(site, cut.link, state);
      });
    };
    set(cut.at, { up: false, gatewayUp: true });
    set(fault.until, { up: true, gatewayUp: true });
  }
}

function strikeSite(
  options: InjectorOptions,
  drawn: SiteFault,
  happened: Happened[],
  random: ReturnType<typeof stream>,
): void {
  const { kernel, network, quiet } = options;
  const site = network.sites.get(drawn.site);
  const machines = options.machines.get(drawn.site) ?? [];
  if (site === undefined) return;
  quiet.disturb(site);
  const fault = deedOf(drawn);
  const record: Happened = {
    fault: drawn,
    at: kernel.now(),
    restoredAt: restoredAt(drawn),
    ...hang(options, fault),
    ...truth(options, site, fault),
  };
  happened.push(record);
  const at = (time: number, run: () => void): void => {
    kernel.at(time, () => {
      quiet.disturb(site);
      run();
    });
  };
  const boot = (machine: Machine): void => machine.boot(Math.floor(between(random, 5_000, serviceMsMax)));
  if (fault.kind === 'link.cut') return cutLinks({ network, site, at }, fault);
  if (fault.kind === 'link.flaps') {
    for (const down of fault.downs) {
      at(down.at, () => network.setLink(site, fault.links[0], { up: false, gatewayUp: true }));
      at(down.until, () => network.setLink(site, fault.links[0], { up: true, gatewayUp: true }));
    }
    return;
  }
  if (fault.kind === 'link.poor') {
    network.setQuality(site, fault.links[0], fault);
    return at(fault.until, () => network.setQuality(site, fault.links[0], { lossRatio: 0, addedMs: 0 }));
  }
  if (fault.kind === 'site.power') {
    network.setRouter(site, false);
    for (const machine of machines) {
      machine.fail(drawEnding(options.seed, site.spec, fault, machine.spec));
      at(fault.until + (fault.bootMs[machine.spec.key] ?? 0), () => boot(machine));
    }
    return at(fault.until + fault.routerMs, () => network.setRouter(site, true));
  }
  // What is planned is struck as the work it is.
  if (fault.kind === 'work.planned') return;
  const machine = machines.find((one) => one.spec.key === fault.host);
  if (machine === undefined) return;
  // What runs on it goes and comes with it.
  const carried = [machine, ...machines.filter((one) => one.spec.parent === fault.host)];
  const bootAll = (): void => carried.forEach(boot);
  switch (fault.kind) {
    case 'host.down':
      for (const one of carried) one.fail(drawEnding(options.seed, site.spec, fault, one.spec));
      return at(fault.until + fault.bootMs, bootAll);
    case 'host.unplugged':
      for (const one of carried) network.setPlugged(site, one.spec.key, false);
      return at(fault.until, () => {
        for (const one of carried) network.setPlugged(site, one.spec.key, true);
      });
    case 'agent.frozen':
      machine.freezeAgent();
      return at(fault.until, () => machine.thawAgent());
    case 'session.half-open':
      return network.dropHost(site, fault.host);
    case 'agent.disk-full':
      machine.disk.setFull(true);
      return at(fault.until, () => machine.disk.setFull(false));
    case 'agent.cloned': {
      const runsAt = network.sites.get(fault.runsAt) ?? site;
      quiet.disturb(runsAt);
      return cloneAgent(fault, machine, { runsAt, at });
    }
    case 'agent.torn-write':
      return tearWrite({ kernel, seed: options.seed, at, boot, record }, fault, machine);
    case 'agent.killed':
      return killAgent({ kernel, at }, fault, machine, record);
    case 'host.away':
    case 'host.restart': {
      const goDown = (): void => {
        for (const one of carried.slice(1)) one.fail(drawEnding(options.seed, site.spec, fault, one.spec));
        machine.shutDown('restart', () => at(fault.until + fault.bootMs, bootAll));
      };
      const hungMs = record.hungMs ?? -1;
      if (hungMs < 0) return goDown();
      network.dropHost(site, fault.host);
      return at(fault.at + hungMs, goDown);
    }
    case 'clock.step':
      return machine.stepClock(fault.byMs);
    default:
      return assertNever(fault);
  }
}

function truth(
  { seed }: InjectorOptions,
  { spec }: SiteNet,
  fault: SiteFault,
): { readonly ending?: RunEnding } {
  if (fault.kind !== 'host.down') return {};
  const host = spec.hosts.find((one) => one.key === fault.host);
  return host === undefined ? {} : { ending: drawEnding(seed, spec, fault, host).truth };
}

/** A goodbye in every third goes into a session that hangs, as after a router's failback. From a stream of its own. */
function hang({ seed }: InjectorOptions, fault: SiteFault): { readonly hungMs?: number } {
  if (fault.kind !== 'host.away' && fault.kind !== 'host.restart') return {};
  const random = stream(seed, `hung-goodbye/${fault.site}/${fault.at}`);
  return random.chance(1 / 3) ? { hungMs: Math.floor(between(random, 0, hungMsMax)) } : {};
}

type At = (time: number, run: () => void) => void;

function cutLinks(
  { network, site, at }: { readonly network: Network; readonly site: SiteNet; readonly at: At },
  fault: Extract<SiteFault, { readonly kind: 'link.cut' }>,
): void {
  const cut = { up: false, gatewayUp: fault.mode === 'black-hole' };
  fault.links.forEach((link, index) => {
    const begin = (): void => network.setLink(site, link, cut);
    if (index === 0 || fault.secondAfterMs === 0) begin();
    else at(fault.at + fault.secondAfterMs, begin);
    at(fault.until, () => network.setLink(site, link, { up: true, gatewayUp: true }));
  });
}

/** At an append that does not come before half of the fault has passed, it is killed anyhow. */
function killAgent(
  { kernel, at }: { readonly kernel: Kernel; readonly at: At },
  fault: Extract<SiteFault, { readonly kind: 'agent.killed' }>,
  machine: Machine,
  record: Happened,
): void {
  const lasts = fault.until - fault.at;
  let dead = false;
  const died = (): void => {
    if (dead) return;
    dead = true;
    record.at = kernel.now();
    record.restoredAt = kernel.now() + lasts;
    at(kernel.now() + lasts, () => machine.startAgent());
  };
  if (fault.atAppend) machine.killAgentAtAppend(died);
  const waitMs = fault.atAppend ? 65_000 : 0;
  kernel.after(waitMs, () => {
    if (dead) return;
    machine.killAgent();
    died();
  });
}
