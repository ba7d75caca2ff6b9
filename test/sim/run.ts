// One simulated run: world, faults, everything wired, time advanced to the end, then the verdict on it. The same seed
// gives the same run to the last byte of the journal.
import { day, minute } from '../../shared/time.ts';
import { type Cores, realCores } from './cores.ts';
import { createDesk } from './desk.ts';
import { drawFaults } from './draw-faults.ts';
import { labelOf } from './fault-label.ts';
import { type Fault, isSiteFault, restoredAt } from './faults.ts';
import { checkHealed } from './healed.ts';
import { laterTimes, touches } from './inject-later.ts';
import { type Happened, inject } from './injector.ts';
import { createKernel, type Kernel } from './kernel.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createMachine, type Machine } from './machine.ts';
import { type FaultMix, usualMix } from './mixes.ts';
import { createNetwork, type Network } from './network.ts';
import { blindSpans, expectations } from './oracle.ts';
import type { WireMode } from './parcel.ts';
import { createPlanBook, type PlanBook } from './plans.ts';
import { createQuiet, type Quiet } from './quiet.ts';
import { type Score, type SimFailure, scoreTickets } from './score.ts';
import { stream } from './seeds.ts';
import { createServerDisk, type ServerDisk } from './server-disk.ts';
import { createServerHost, type ServerHost } from './server-host.ts';
import { createWorld, type World } from './world.ts';

export interface RunOptions {
  readonly seed: number;
  readonly days: number;
  readonly sites: number;
  readonly cores?: Cores;
  readonly mix?: FaultMix;
  /** In place of drawn ones: a meeting of faults to the second. In order of their start. */
  readonly faults?: (world: World) => readonly Fault[];
  /** False computes every round of every agent: slow, to check the fast path against. */
  readonly skip?: boolean;
  /** How frames travel between agents and correlator; both ways give the same journal. */
  readonly wire?: WireMode;
  /** Told of each committed input and desk ticket, for a person to read. */
  readonly trace?: (line: string) => void;
}

export interface RunResult {
  readonly seed: number;
  readonly days: number;
  readonly sites: number;
  /** Faults that really happened, by kind; told apart further where that matters (`labelOf`). */
  readonly faults: Readonly<Record<string, number>>;
  readonly score: Score;
  readonly failures: readonly SimFailure[];
  readonly digest: string;
  readonly events: number;
  readonly inputs: number;
  readonly changesSpooled: number;
  readonly incidents: number;
  readonly tickets: number;
  /** Share of the sites' time that was not computed. */
  readonly skippedRatio: number;
}

/** Faults are over, then this long must bring everything to rest. */
const healMs = 45 * minute;
/** The first and last minutes are always computed. */
const awakeMs = 5 * minute;
const eventsMax = 200_000_000;

interface Wired {
  readonly kernel: Kernel;
  readonly world: World;
  readonly ledger: Ledger;
  readonly disk: ServerDisk;
  readonly desk: ReturnType<typeof createDesk>;
  readonly machines: ReadonlyMap<string, readonly Machine[]>;
  readonly server: ServerHost;
  readonly plans: PlanBook;
  readonly quiet: Quiet;
  readonly network: Network;
  readonly complaints: string[];
}

export function runSeed(options: RunOptions): RunResult {
  const world = createWorld(options.seed, options.sites, (options.mix ?? usualMix).guests);
  const faults = options.faults?.(world) ?? drawFaults(options.seed, world, options.days, options.mix);
  const endAt = options.days * day + healMs;
  const wired = wire(options, world, { faults, endAt });
  const happened = inject({ ...wired, seed: options.seed }, faults);
  const crashes = play(wired, endAt);
  const blind = blindSpans(happened);
  const score = scoreTickets({
    expectations: expectations(world, happened),
    tickets: wired.desk.tickets,
    incidents: wired.ledger.incidents,
    deskDown: happened
      .filter(({ fault }) => fault.kind === 'desk.down' || fault.kind === 'desk.slow')
      .map(({ at, restoredAt }) => ({ from: at, to: restoredAt })),
    blind,
  });
  const machines = [...wired.machines.values()].flat();
  const healed = crashes.length > 0 ? [] : checkHealed({ ...wired, machines, now: endAt });
  return {
    ...summary(wired, happened, endAt),
    seed: options.seed,
    days: options.days,
    sites: options.sites,
    score,
    failures: [...crashes, ...score.failures, ...healed],
  };
}

function wire(
  options: RunOptions,
  world: World,
  plan: { readonly faults: readonly Fault[]; readonly endAt: number },
): Wired {
  const { seed, cores = realCores, wire = 'sampled' } = options;
  const kernel = createKernel(eventsMax);
  const network = createNetwork(kernel, seed, world);
  const ledger = createLedger(kernel, options.trace);
  const disk = createServerDisk();
  const desk = createDesk(kernel, seed);
  const plans = createPlanBook();
  const complaints: string[] = [];
  const complain = (what: string): void => {
    complaints.push(what);
  };
  const asleep = (site: string): boolean => quiet.asleep(site);
  const server = createServerHost({
    kernel,
    seed,
    cores,
    world,
    network,
    disk,
    wire,
    desk,
    plans,
    ledger,
    asleep,
    complain,
  });
  const machines = new Map<string, readonly Machine[]>();
  const marked = options.mix?.later !== undefined;
  for (const site of network.sites.values()) {
    const answers = (host: string): boolean => {
      const other = machines.get(site.spec.id)?.find((machine) => machine.spec.key === host);
      return other?.up() === true && !site.unplugged.has(host);
    };
    const make = { kernel, seed, cores, network, ledger, wire, site, server, answers, complain, marked };
    machines.set(
      site.spec.id,
      site.spec.hosts.map((spec) => createMachine({ ...make, spec })),
    );
  }
  const quiet = createQuiet({
    kernel,
    random: stream(seed, 'quiet'),
    network,
    machines,
    planned: (site) => (options.skip === false ? [] : plannedTimes(plan.faults, site, plan.endAt)),
    connected: (machine) => machine.spec.agent !== undefined && server.connected(machine.spec.agent),
    onSleep: (site) => server.sleep(site.spec),
    onWake: (site) => server.wake(site.spec),
  });
  return { kernel, world, ledger, disk, desk, plans, machines, server, quiet, network, complaints };
}

/** The server starts, the machines follow within a minute, then time runs to the end. */
function play(wired: Wired, endAt: number): readonly SimFailure[] {
  const { kernel, server, machines } = wired;
  kernel.at(0, () => server.start());
  let delay = 1_000;
  for (const machine of [...machines.values()].flat()) {
    kernel.at(delay, () => machine.boot(1_000));
    delay += 777;
  }
  try {
    kernel.runUntil(endAt);
    return [];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const where = error.stack?.split('\n').slice(0, 6).join(' | ') ?? error.message;
    return [{ kind: 'assertion', at: kernel.now(), what: where }];
  }
}

function plannedTimes(faults: readonly Fault[], site: string, endAt: number): readonly number[] {
  const times: number[] = [awakeMs, endAt - awakeMs];
  for (const fault of faults) {
    const isFar = isSiteFault(fault) ? !touches(fault, site) : fault.kind.startsWith('desk.');
    if (isFar) continue;
    times.push(fault.at, fault.until, restoredAt(fault));
    if (isSiteFault(fault)) times.push(...laterTimes(fault));
    if (fault.kind === 'link.flaps') times.push(...fault.downs.flatMap((down) => [down.at, down.until]));
  }
  return times.sort((a, b) => a - b);
}

function summary(
  wired: Wired,
  happened: readonly Happened[],
  endAt: number,
): Omit<RunResult, 'seed' | 'days' | 'sites' | 'score' | 'failures'> {
  const { kernel, ledger, disk, desk, quiet, network, world } = wired;
  const faults: Record<string, number> = { 'desk.answer-lost': desk.answersLost() };
  for (const { fault, hungMs } of happened) {
    const isHung = hungMs !== undefined && fault.kind !== 'work.planned';
    const label = `${labelOf(world, fault)}${isHung ? '.session-hung' : ''}`;
    faults[label] = (faults[label] ?? 0) + 1;
  }
  return {
    faults,
    digest: disk.digest(),
    events: kernel.eventsRun(),
    inputs: disk.inputsCommitted(),
    changesSpooled: ledger.changesSpooled(),
    incidents: ledger.incidents.size,
    tickets: desk.tickets.length,
    skippedRatio: quiet.skippedMs() / (endAt * network.sites.size),
  };
}
