// A virtual machine: power, boots, two clocks (one of them lying), a disk, and the supervisor that starts the agent.
// Its clocks run in the site's frame (frame.ts), so that a sleeping site's machines do not notice their sleep.
import type { Clock } from '../../agent/core/input.ts';
import { present } from '../../shared/assert.ts';
import { second } from '../../shared/time.ts';
import { type AgentDisk, createAgentDisk, type Stamp, type Untold } from './agent-disk.ts';
import { type AgentProcess, type AgentProcessOptions, startAgent } from './agent-process.ts';
import { startClone } from './clone.ts';
import type { Cores } from './cores.ts';
import type { DrawnEnding } from './endings.ts';
import { epochMs } from './frame.ts';
import type { Kernel } from './kernel.ts';
import type { Ledger } from './ledger.ts';
import type { Network, SiteNet } from './network.ts';
import type { WireMode } from './parcel.ts';
import { createProber } from './probing.ts';
import { stream } from './seeds.ts';
import type { HostSpec } from './world.ts';

export interface Machine {
  readonly spec: HostSpec;
  readonly site: SiteNet;
  readonly disk: AgentDisk;
  /** Power is on and the system answers pings. */
  up(): boolean;
  agentRuns(): boolean;
  /** Its agent runs and calls a link poor. */
  seesPoorLink(): boolean;
  /** Power off, hang or reset: nothing says goodbye. */
  fail(ending: DrawnEnding): void;
  /** Starts the system; the agent's service follows `serviceMs` later. */
  boot(serviceMs: number): void;
  /** kill -9 of the agent; its supervisor is told elsewhere when to start it. */
  killAgent(): void;
  /** The same at the next append to the spool; `died` is told. */
  killAgentAtAppend(died: () => void): void;
  /** The same in the middle of a write. */
  killAgentWriting(what: 'append' | 'trim', died: () => void): void;
  /** Starts a second machine with a copy of this one's disk; the returned function ends it. */
  clone(runsAt: SiteNet): () => void;
  startAgent(): void;
  freezeAgent(): void;
  thawAgent(): void;
  /** Orderly shutdown: the agent says goodbye, then the machine goes. */
  shutDown(reason: 'shutdown' | 'restart', off: () => void): void;
  stepClock(byMs: number): void;
}

export interface MachineOptions {
  readonly kernel: Kernel;
  readonly seed: number;
  readonly cores: Cores;
  readonly network: Network;
  readonly ledger: Ledger;
  readonly wire: WireMode;
  readonly site: SiteNet;
  readonly spec: HostSpec;
  readonly server: AgentProcessOptions['server'];
  readonly answers: (host: string) => boolean;
  readonly complain: (what: string) => void;
  /** Machines say which one they are. */
  readonly marked: boolean;
}

/** An orderly shutdown waits this long for its services at most. */
const shutDownMsMax = 4 * second;
const stampEveryMs = 10 * second;
/** As agent/core/ending dates an end by its stamp. */
const stampErrorMs = 12 * second;

export function createMachine(options: MachineOptions): Machine {
  const { kernel, site, spec, network } = options;
  const random = stream(options.seed, `machine/${site.spec.id}/${spec.key}`);
  const disk = createAgentDisk();
  let up = false;
  let clones = 0;
  let boots = 0;
  let bootedAt = 0;
  let bootId = '';
  let wallOffsetMs = spec.wallSkewMs;
  let agent: { readonly process: AgentProcess; readonly startedMonoMs: number } | undefined;

  const clock = (): Clock => {
    const local = site.frame.local(kernel.now());
    // A machine is a while old at the start of the run; a counter that starts at 0 would hide mistakes of sign.
    const monoMs = local - bootedAt + 20 * second;
    return {
      bootId,
      monoMs,
      wallMs: epochMs + local + wallOffsetMs,
    };
  };
  /** The liveness stamp is fsynced every 10 s of a run; a crash leaves the last one. */
  const stampAtDeath = (startedMonoMs: number): void => {
    const at = clock();
    const since = (at.monoMs - startedMonoMs) % stampEveryMs;
    disk.stamp = {
      clock: { ...at, monoMs: at.monoMs - since, wallMs: at.wallMs - since },
      stoppedInOrder: false,
    };
  };
  const end = (kernelLives: boolean): void => {
    if (agent === undefined) return;
    stampAtDeath(agent.startedMonoMs);
    agent.process.kill(kernelLives);
    agent = undefined;
  };
  const start = (): void => {
    if (!up || agent !== undefined || spec.agent === undefined) return;
    const { cores, ledger, wire, server, complain, marked } = options;
    const prober = createProber({ network, random, site, host: spec.key, answers: options.answers });
    const startedMonoMs = clock().monoMs;
    const process = startAgent({
      agent: spec.agent,
      site,
      host: spec.key,
      clock,
      random,
      cores,
      network,
      prober,
      disk,
      spooled: ledger.spooled,
      machine: marked ? markOf(site.spec.id, spec.key) : undefined,
      wire,
      server,
      complain,
      onStopped: () => stopped(),
    });
    agent = { process, startedMonoMs };
  };
  let whenStopped: (() => void) | undefined;
  const stopped = (): void => {
    agent?.process.kill(true);
    agent = undefined;
    disk.stamp = { clock: clock(), stoppedInOrder: true };
    whenStopped?.();
  };
  const off = (): void => {
    end(false);
    network.dropHost(site, spec.key);
    up = false;
  };
  return {
    spec,
    site,
    disk,
    up: () => up,
    agentRuns: () => agent !== undefined,
    seesPoorLink: () => agent?.process.seesPoorLink() === true,
    fail(ending) {
      off();
      if (disk.stamp !== undefined) disk.untold = untoldOf(disk.stamp, ending);
    },
    boot(serviceMs) {
      up = true;
      boots += 1;
      bootId = `${site.spec.id}/${spec.key}/boot-${boots}`;
      bootedAt = site.frame.local(kernel.now());
      site.timers.after(serviceMs, start);
    },
    killAgent: () => end(true),
    killAgentAtAppend(died) {
      agent?.process.dieAtAppend(() => {
        end(true);
        died();
      });
    },
    killAgentWriting(what, died) {
      agent?.process.dieWriting(what, () => {
        end(true);
        died();
      });
    },
    clone(runsAt) {
      const { cores, wire, server, complain } = options;
      const own = present(spec.agent, "only an agent's disk is cloned");
      clones += 1;
      const host = `${spec.key}-clone-${clones}`;
      return startClone({
        ...{ kernel, cores, network, wire, server, complain, host, agent: own, site: runsAt },
        ...{ disk: disk.copy(), machine: markOf(site.spec.id, host) },
        random: stream(options.seed, `clone/${site.spec.id}/${host}`),
        answers: (other) => runsAt === site && options.answers(other),
      });
    },
    startAgent: start,
    freezeAgent: () => agent?.process.freeze(),
    thawAgent: () => agent?.process.thaw(),
    shutDown(reason, gone) {
      let done = false;
      const finish = (): void => {
        if (done) return;
        done = true;
        whenStopped = undefined;
        // The last packets leave before the network card goes.
        site.timers.after(200, () => {
          off();
          gone();
        });
      };
      whenStopped = finish;
      agent?.process.stop(reason);
      site.timers.after(shutDownMsMax, finish);
    },
    stepClock(byMs) {
      wallOffsetMs += byMs;
    },
  };
}

/** Long enough for a fingerprint, and nobody else's. */
function markOf(site: string, host: string): string {
  return `mainboard of ${site}/${host}`.slice(0, 64);
}

function untoldOf({ clock }: Stamp, { told, toldAfterMs }: DrawnEnding): Untold {
  return {
    ending: {
      bootId: clock.bootId,
      ending: told,
      ended: clock,
      endedErrorMs: stampErrorMs,
      evidence: [{ source: 'stamp', text: 'o agente não parou em ordem' }],
    },
    readMs: toldAfterMs,
  };
}
