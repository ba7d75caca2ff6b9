// One run of the agent's program on a virtual machine: the real agent core, fed and obeyed as the shell does it, over
// virtual sockets, disk and probes. After `kill` it does nothing more; what its disk holds stays.
import type { AgentCore } from '../../agent/core/agent.ts';
import type { AgentInput, Clock } from '../../agent/core/input.ts';
import type { AgentOutput } from '../../agent/core/output.ts';
import { assert, assertNever } from '../../shared/assert.ts';
import type { AgentId } from '../../shared/ids.ts';
import { limits } from '../../shared/limits.ts';
import type { Random } from '../../shared/random.ts';
import { decodeServerMessage } from '../../shared/wire/codec.ts';
import { type AgentDisk, saveOffset } from './agent-disk.ts';
import type { Cores } from './cores.ts';
import { intoFrame, outOfFrame } from './frame.ts';
import type { AgentEnd, ServerEnd } from './gateway.ts';
import { cancel, type Timer } from './kernel.ts';
import type { Ledger } from './ledger.ts';
import type { BoundFlow, Network, SiteNet } from './network.ts';
import { createPacker, type Packer, unpack, type WireMode } from './parcel.ts';
import type { Prober } from './probing.ts';

export interface AgentProcess {
  /** An orderly stop: the goodbye is said first, then `stopped` ends it. */
  stop(reason: 'shutdown' | 'restart' | 'service-stop'): void;
  /** The process is gone. `kernelLives` = its sockets are closed for it; else they hang. */
  kill(kernelLives: boolean): void;
  /** Stands still (SIGSTOP): its kernel goes on taking what arrives. Thawed, it finds all of it at once. */
  freeze(): void;
  thaw(): void;
  /** It calls a link poor. */
  seesPoorLink(): boolean;
  /** Dies at its next append: half of the times just before the record is durable, else just after. */
  dieAtAppend(died: () => void): void;
  /** Dies in the middle of its next write of this kind, which is torn. */
  dieWriting(what: 'append' | 'trim', died: () => void): void;
}

export interface AgentProcessOptions {
  readonly agent: AgentId;
  readonly site: SiteNet;
  readonly host: string;
  readonly clock: () => Clock;
  readonly random: Random;
  readonly cores: Cores;
  readonly network: Network;
  readonly prober: Prober;
  readonly disk: AgentDisk;
  /** A change is durable on this disk. */
  readonly spooled: Ledger['spooled'];
  /** Which machine it is, as `hello` tells it. */
  readonly machine: string | undefined;
  /** For the simulator's own books only. */
  readonly isClone?: boolean;
  readonly wire: WireMode;
  readonly server: {
    readonly listening: () => boolean;
    readonly accept: (bound: BoundFlow, end: AgentEnd) => ServerEnd;
  };
  readonly complain: (what: string) => void;
  /** It said `stopped`. */
  readonly onStopped: () => void;
}

interface Socket {
  readonly bound: BoundFlow;
  readonly server: ServerEnd;
}

interface Run {
  readonly options: AgentProcessOptions;
  readonly core: AgentCore;
  readonly packer: Packer;
  readonly sockets: Map<number, Socket | 'opening'>;
  readonly queue: AgentInput[];
  alive: boolean;
  stepping: boolean;
  frozen: boolean;
  wake: Timer | undefined;
  readonly onWake: () => void;
  deathAtAppend: (() => void) | undefined;
  deathWriting: { readonly what: 'append' | 'trim'; readonly died: () => void } | undefined;
}

export function startAgent(options: AgentProcessOptions): AgentProcess {
  const { disk, clock, cores, random } = options;
  disk.recover();
  const core = cores.createAgentCore({
    agentVersion: '0.1.0',
    facts: {
      hostName: options.host,
      platform: 'linux',
      osName: 'sim',
      osVersion: '1',
      arch: 'x64',
      cpuCount: 2,
      memoryBytes: 4e9,
    },
    pingMethod: 'icmp',
    assignment: disk.assignment,
    machine: options.machine,
    random,
  });
  const run: Run = {
    options,
    core,
    packer: createPacker(options.wire),
    sockets: new Map(),
    queue: [],
    alive: true,
    stepping: false,
    frozen: false,
    wake: undefined,
    onWake: () => feed(run, { kind: 'time.advanced', clock: clock() }),
    deathAtAppend: undefined,
    deathWriting: undefined,
  };
  const previous = disk.stamp;
  feed(run, {
    kind: 'agent.started',
    clock: clock(),
    spool: disk.head(),
    previous,
    offsets: [...disk.offsets],
  });
  explain(run);
  return {
    stop: (reason) => feed(run, { kind: 'stop.requested', clock: clock(), reason }),
    kill: (kernelLives) => kill(run, kernelLives),
    freeze: () => {
      run.frozen = true;
    },
    thaw: () => thaw(run),
    seesPoorLink: () => core.view(clock())?.links.some(({ status }) => status === 'degraded') === true,
    dieAtAppend: (died) => {
      run.deathAtAppend = died;
    },
    dieWriting: (what, died) => {
      run.deathWriting = { what, died };
    },
  };
}

/** As the shell's forensics: read in the background, once per boot, and by the next run where this one dies before. */
function explain(run: Run): void {
  const { disk, site, clock } = run.options;
  const { untold } = disk;
  if (untold === undefined) return;
  site.timers.after(untold.readMs, () => {
    feed(run, { kind: 'ending.found', clock: clock(), ending: untold.ending });
    if (run.alive && disk.untold === untold) disk.untold = undefined;
  });
}

/** Inputs that arise while the core is stepping wait for the end of the step, as in the shell's queue. */
function feed(run: Run, input: AgentInput): void {
  if (!run.alive) return;
  run.queue.push(input);
  if (run.stepping || run.frozen) return;
  work(run);
}

/** What it reads now it reads with the clock of now. */
function thaw(run: Run): void {
  if (!run.frozen) return;
  run.frozen = false;
  const clock = run.options.clock();
  const late = run.queue.splice(0).map((input) => ({ ...input, clock }));
  run.queue.push(...late);
  if (run.alive) work(run);
}

function work(run: Run): void {
  run.stepping = true;
  for (let next = run.queue.shift(); next !== undefined && run.alive; next = run.queue.shift()) {
    for (const output of run.core.step(next)) {
      if (!run.alive) break;
      perform(run, output);
    }
  }
  run.stepping = false;
}

function perform(run: Run, output: AgentOutput): void {
  const { disk, site, clock } = run.options;
  switch (output.kind) {
    case 'round.start':
    case 'path.start':
    case 'neighbours.start':
    case 'load.start':
      return measure(run, output);
    case 'spool.append':
      return append(run, output.record);
    case 'spool.trim':
      assert(output.epoch === disk.head().epoch, 'only the present epoch is trimmed');
      if (run.deathWriting?.what === 'trim' && removesChanges(disk, output.changesUpTo)) {
        // A removal that is torn is none: what the server has is still there, and is sent once more.
        return run.deathWriting.died();
      }
      return disk.trim(output.changesUpTo, output.rollupsUpTo);
    case 'spool.read': {
      const records = disk.read(output.queue, output.after, output.limit);
      site.timers.after(1, () => feed(run, { kind: 'spool.gave', clock: clock(), records }));
      return;
    }
    case 'socket.open':
      return open(run, output.socket, output.source);
    case 'socket.send':
      return send(run, output);
    case 'socket.close':
      return closeSocket(run, output.socket, output.code);
    case 'offset.save':
      return saveOffset(disk, output.offset);
    case 'assignment.save':
      disk.assignment = output.assignment;
      return;
    case 'wake.at':
      return wakeAt(run, output.monoMs);
    case 'stopped':
      return run.options.onStopped();
    default:
      return assertNever(output);
  }
}

type Measurement = Extract<
  AgentOutput,
  { readonly kind: 'round.start' | 'path.start' | 'neighbours.start' | 'load.start' }
>;

function measure(run: Run, output: Measurement): void {
  const { prober, site, clock } = run.options;
  const sentAt = clock();
  if (output.kind === 'round.start') {
    const { link, round, targets, timeoutMs } = output;
    const { results, takesMs } = prober.round(link, targets, timeoutMs);
    site.timers.after(takesMs, () =>
      feed(run, { kind: 'round.measured', clock: clock(), link: link.key, round, sentAt, targets: results }),
    );
  } else if (output.kind === 'path.start') {
    const { link, trace, target, timeoutMs } = output;
    const { path, takesMs } = prober.path(link, target, timeoutMs);
    site.timers.after(takesMs, () =>
      feed(run, { kind: 'path.measured', clock: clock(), link: link.key, trace, target, ...path }),
    );
  } else if (output.kind === 'neighbours.start') {
    const { results, takesMs } = prober.neighbours(output.hosts, output.timeoutMs);
    const { round } = output;
    site.timers.after(takesMs, () =>
      feed(run, { kind: 'neighbours.measured', clock: clock(), round, sentAt, hosts: results }),
    );
  } else {
    const load = { uptimeMs: Math.floor(sentAt.monoMs), cpuRatio: 0.1, memoryUsedRatio: 0.5, disks: [] };
    site.timers.after(2, () => feed(run, { kind: 'load.measured', clock: clock(), load }));
  }
}

function removesChanges(disk: AgentDisk, upTo: number): boolean {
  const [oldest] = disk.read('changes', 0, 1);
  return oldest !== undefined && oldest.seq <= upTo;
}

function append(run: Run, record: Extract<AgentOutput, { readonly kind: 'spool.append' }>['record']): void {
  const { disk, spooled, agent, random } = run.options;
  if (run.deathWriting?.what === 'append') {
    disk.tear(record);
    return run.deathWriting.died();
  }
  const death = run.deathAtAppend;
  if (death !== undefined && random.chance(0.5)) return death();
  disk.append(record);
  if (record.queue === 'changes') spooled(agent, disk.head().epoch, record.seq);
  if (death !== undefined) death();
}

function open(run: Run, socket: number, source: string | undefined): void {
  const { network, server, site, host, clock, agent, complain } = run.options;
  run.sockets.set(socket, 'opening');
  const wanted = (): boolean => run.alive && run.sockets.get(socket) === 'opening';
  network.connect({
    site,
    host,
    source,
    listening: server.listening,
    wanted,
    done(bound) {
      if (bound === undefined) {
        if (!wanted()) return;
        run.sockets.delete(socket);
        return feed(run, { kind: 'socket.closed', clock: clock(), socket });
      }
      const isWanted = wanted();
      const end = server.accept(bound, {
        agent,
        isClone: run.options.isClone === true,
        receive(parcel) {
          if (!run.alive || !run.sockets.has(socket)) return;
          const decoded = unpack(parcel, decodeServerMessage);
          if (!decoded.ok) return complain(`${agent} refused a message: ${JSON.stringify(decoded.failure)}`);
          const message = intoFrame(site.frame, decoded.value);
          feed(run, { kind: 'message.received', clock: clock(), socket, message });
        },
        ping: (pong) => {
          if (run.alive && !run.frozen && run.sockets.has(socket)) bound.flow.send('toServer', pong);
        },
        closed(code) {
          if (!run.alive || !run.sockets.has(socket)) return;
          run.sockets.delete(socket);
          site.flows.delete(bound);
          feed(run, { kind: 'socket.closed', clock: clock(), socket, code });
        },
      });
      if (!isWanted) return hangUp(run, { bound, server: end });
      run.sockets.set(socket, { bound, server: end });
      feed(run, { kind: 'socket.opened', clock: clock(), socket });
    },
  });
}

function send(run: Run, output: Extract<AgentOutput, { readonly kind: 'socket.send' }>): void {
  const socket = run.sockets.get(output.socket);
  if (socket === undefined || socket === 'opening') return;
  const parcel = run.packer.pack(outOfFrame(run.options.site.frame, output.message));
  socket.bound.flow.send('toServer', () => socket.server.receive(parcel));
}

function closeSocket(run: Run, id: number, code: number): void {
  const socket = run.sockets.get(id);
  run.sockets.delete(id);
  if (socket === undefined || socket === 'opening') return;
  const { site, clock } = run.options;
  let over = false;
  const closed = (code?: number): void => {
    if (over) return;
    over = true;
    feed(run, { kind: 'socket.closed', clock: clock(), socket: id, code });
  };
  // The peer confirms with the same code; whoever hears nothing cuts the socket.
  hangUp(run, socket, () => site.timers.after(latencyMs(site, socket.bound), () => closed(code)));
  site.timers.after(limits.uplinkCloseMs, () => closed());
}

function latencyMs(site: SiteNet, { link }: BoundFlow): number {
  return site.links[link]?.spec.latencyMs ?? 0;
}

/** FIN: it waits in the flow like any other parcel, and is lost with a dead one. */
function hangUp(run: Run, { bound, server }: Socket, confirm: () => void = () => undefined): void {
  bound.flow.send('toServer', () => {
    run.options.site.flows.delete(bound);
    server.closed();
    confirm();
  });
}

function wakeAt(run: Run, monoMs: number): void {
  const { site, clock } = run.options;
  cancel(run.wake);
  run.wake = site.timers.after(monoMs - clock().monoMs, run.onWake);
}

function kill(run: Run, kernelLives: boolean): void {
  run.alive = false;
  cancel(run.wake);
  for (const socket of run.sockets.values()) {
    if (kernelLives && socket !== 'opening') hangUp(run, socket);
  }
  run.sockets.clear();
}
