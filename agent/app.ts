// Puts the agent together: clocks, spool, probes, core, uplink, loop; and takes it down in order. The only file that
// names all the parts. It contains no rule of the domain.
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Failure } from '../shared/failure.ts';
import { openIcmp } from '../shared/icmp/socket.ts';
import { limits } from '../shared/limits.ts';
import { seededRandom } from '../shared/random.ts';
import { closeCodes, type HostFacts } from '../shared/wire/messages.ts';
import type { Command } from './config.ts';
import { type AgentCore, createAgentCore } from './core/agent.ts';
import type { Examination } from './core/input.ts';
import { createArpProbe } from './probes/arp.ts';
import { createDnsProbe } from './probes/dns.ts';
import { findGateway } from './probes/gateway.ts';
import { askPage } from './probes/http-204.ts';
import { choosePingMethod, type PingMethods } from './probes/ping-method.ts';
import { createPingProgram } from './probes/ping-program.ts';
import { createTcpProbe, hostPorts } from './probes/tcp.ts';
import { readBootId, systemClock } from './shell/boot-id.ts';
import { explainEnding } from './shell/forensics/explain.ts';
import { openUntold } from './shell/forensics/told-file.ts';
import { createGiveBack } from './shell/give-back.ts';
import { createLoadReader, readHostFacts } from './shell/host-facts.ts';
import { type Identity, loadIdentity } from './shell/identity.ts';
import type { Log } from './shell/log.ts';
import { createLoop, type Loop } from './shell/loop.ts';
import { readMachineIds } from './shell/machine-id.ts';
import { prepareStateDirectory } from './shell/private-file.ts';
import { openReachMemory, type ReachMemory } from './shell/reach-memory.ts';
import { createRunner } from './shell/runner.ts';
import { createSelfExamination, type SelfExamination } from './shell/self-examination.ts';
import { createServiceManager } from './shell/service-manager.ts';
import { openSpool, type Spool } from './shell/spool.ts';
import { spoolFile } from './shell/spool-file.ts';
import { createStamp, readStamp, type Stamp } from './shell/stamp.ts';
import { readStopReason, type StopCall } from './shell/stop-reason.ts';
import { createUplink, type Uplink } from './shell/uplink.ts';
import { watchWindowsShutdown } from './shell/windows-shutdown.ts';
import { createStatusReport } from './status-report.ts';
import { agentVersion } from './version.ts';

const stampFile = 'alive.json';

/** Runs until a signal, or until a bug. Gives the exit code: 0 stopped in order, 1 failed, 2 not enrolled. */
export async function runAgent(command: Extract<Command, { readonly kind: 'run' }>): Promise<number> {
  const log = pino(
    { level: command.logLevel, base: { agentVersion } },
    pino.destination({ fd: 2, sync: true }),
  );
  const prepared = prepareStateDirectory(command.stateDirectory);
  if (!prepared.ok) return refused(log, prepared.failure);
  const identity = loadIdentity(command.stateDirectory);
  if (!identity.ok) return refused(log, identity.failure);
  const stampPath = join(command.stateDirectory, stampFile);
  const previous = readStamp(stampPath);
  const clock = systemClock(readBootId(previous?.clock));
  // Before this run's first stamp takes the place of the one that names the run before.
  const untold = openUntold({ ...command, bootId: clock().bootId, stamp: previous, log });
  const spool = openSpool({ path: join(command.stateDirectory, spoolFile), clock, log });
  if (!spool.ok) return refused(log, spool.failure);
  const stamp = createStamp({ path: stampPath, clock, log });
  const tcp = createTcpProbe();
  const ways = { openIcmp, program: createPingProgram(), tcp };
  const { enrolment } = identity.value;
  const [pings, facts, machines] = await Promise.all([
    choosePingMethod(ways),
    readHostFacts(),
    readMachineIds(enrolment.agent),
  ]);
  const [machine] = machines;
  const memory = openReachMemory(command.stateDirectory, log);
  const { stateDirectory } = command;
  const shared = { stateDirectory, log, memory, stamp, pings, tcp, clock };
  const parts: Parts = { ...shared, identity: identity.value, spool: spool.value };
  const core = coreOf(parts, { facts, machine });
  const report = createStatusReport({ ...parts, enrolment, machine, core });
  const running = start(parts, core);
  const { agent, customer, site, servers } = enrolment;
  log.info({ agent, customer, site, servers, pingMethod: pings.method(), facts }, 'the agent watches');
  running.loop.push({
    kind: 'agent.started',
    clock: clock(),
    spool: spool.value.head(),
    offsets: spool.value.offsets(),
    previous,
  });
  const explanation = explainEnding({ untold, clock, push: running.loop.push.bind(running.loop), log });
  report.start();
  const manager = createServiceManager(command.manager);
  manager.ready();
  const code = await running.ended;
  explanation.end();
  manager.stopping();
  await takeDown(parts, running, code);
  await report.stop({ inOrder: code === 0 });
  log.info({ code, core: core.counters(), spool: spool.value.counters() }, 'the agent has stopped');
  return code;
}

interface Parts {
  readonly stateDirectory: string;
  readonly log: Log;
  readonly memory: ReachMemory;
  readonly identity: Identity;
  readonly spool: Spool;
  readonly stamp: Stamp;
  readonly pings: PingMethods;
  readonly tcp: ReturnType<typeof createTcpProbe>;
  readonly clock: ReturnType<typeof systemClock>;
}

function coreOf(
  { identity, pings, spool, memory }: Parts,
  told: { readonly facts: HostFacts; readonly machine: string | undefined },
): AgentCore {
  const { servers, allowInsecureHttp } = identity.enrolment;
  return createAgentCore({
    ...told,
    agentVersion,
    pingMethod: pings.method(),
    pingReason: pings.reason(),
    assignment: spool.assignment(),
    servers,
    lastServer: memory.lastServer(),
    allowInsecureHttp,
    random: seededRandom(randomInt(2 ** 48 - 1)),
  });
}

/** Its checks are loaded only when the first one is due. */
function selfExamination(parts: Parts, core: AgentCore, push: Loop['push']): SelfExamination {
  const { clock, spool } = parts;
  const examine = async (): Promise<Examination> => {
    const [{ examineSelf }, { thisMachine }] = await Promise.all([
      import('./shell/doctor/resident.ts'),
      import('./shell/doctor/examine.ts'),
    ]);
    return examineSelf({ ...parts, tools: thisMachine(clock), view: () => core.view(clock()) });
  };
  const random = seededRandom(randomInt(2 ** 48 - 1));
  const revision = spool.assignment()?.revision;
  return createSelfExamination({ ...parts, examine, push, random, revision });
}

interface Running {
  readonly loop: Loop;
  readonly uplink: Uplink;
  readonly timers: readonly NodeJS.Timeout[];
  readonly examination: SelfExamination;
  /** The exit code, once it is over. */
  readonly ended: Promise<number>;
}

function start(parts: Parts, core: AgentCore): Running {
  const { log, spool, clock, pings } = parts;
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  const broken = (error: unknown): void => {
    log.error({ error: error instanceof Error ? error.stack : String(error) }, 'a bug: the agent ends');
    end(1);
  };
  const uplink = createUplink({
    identity: parts.identity,
    memory: parts.memory,
    log,
    events: {
      opened: (socket) => loop.push({ kind: 'socket.opened', clock: clock(), socket }),
      closed: (socket, code) => {
        if (code === closeCodes.cloned.code) log.error({ code }, `refused: ${closeCodes.cloned.reason}`);
        loop.push({ kind: 'socket.closed', clock: clock(), socket, code });
      },
      received: (socket, message) => loop.push({ kind: 'message.received', clock: clock(), socket, message }),
    },
  });
  const runner = createRunner({
    clock,
    ping: pings.ping,
    pingMethod: pings.method,
    anchorTcp: parts.tcp,
    hostTcp: createTcpProbe(hostPorts),
    arp: createArpProbe(),
    dns: createDnsProbe(),
    page: askPage,
    gateway: findGateway,
    load: createLoadReader(),
  });
  const examination = selfExamination(parts, core, (input) => loop.push(input));
  const step: AgentCore['step'] = (input) => {
    const outputs = core.step(input);
    examination.notice(input, outputs);
    return outputs;
  };
  const loop = createLoop({ step, clock, runner, spool, uplink, log, stopped: () => end(0), broken });
  const timers = [
    every(limits.stampEveryMs, () => tend(parts, loop)),
    every(limits.pingRetryMs, () => void pings.lookAgain()),
    every(limits.giveBackEveryMs, createGiveBack()),
  ];
  pings.onChange(() => tellPinging(parts, loop));
  void parts.stamp.write(false);
  process.on('uncaughtException', broken);
  process.on('unhandledRejection', broken);
  listenForStop(parts, loop, () => end(0));
  return { loop, uplink, timers, examination, ended };
}

function every(intervalMs: number, work: () => void): NodeJS.Timeout {
  return setInterval(work, intervalMs);
}

function tend({ stamp, spool, clock }: Parts, loop: Loop): void {
  void stamp.write(false);
  const dropped = spool.tend();
  if (dropped.changes + dropped.rollups > 0) loop.push({ kind: 'spool.dropped', clock: clock(), ...dropped });
}

function tellPinging({ pings, log, clock }: Parts, loop: Loop): void {
  const pinging = { method: pings.method(), reason: pings.reason() };
  log.info({ pinging }, 'another way to ping is in use, or for another reason');
  loop.push({ kind: 'probing.chosen', clock: clock(), ...pinging });
}

/**
 * The first signal asks for an orderly stop with a deadline. Later ones are ignored: one Ctrl+C comes twice to an agent
 * under an embedding server, from the terminal and from the server, and must not cut the goodbye off.
 */
function listenForStop({ log, clock }: Parts, loop: Loop, end: () => void): void {
  const signals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGBREAK'];
  let stopping = false;
  const stop = (signal: StopCall): void => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.warn({}, 'the orderly stop took too long');
      end();
    }, limits.agentStopMs).unref();
    void readStopReason(signal).then((reason) =>
      loop.push({ kind: 'stop.requested', clock: clock(), reason }),
    );
  };
  for (const each of signals) process.on(each, stop);
  watchWindowsShutdown({ log, onShutdown: () => stop('windows-shutdown') });
}

/** Only an orderly end may say so in the stamp: after a bug the machine's story must not read "planned". */
async function takeDown(parts: Parts, running: Running, code: number): Promise<void> {
  running.loop.end();
  running.examination.end();
  for (const timer of running.timers) clearInterval(timer);
  running.uplink.end();
  parts.pings.close();
  if (code === 0) await parts.stamp.write(true);
  parts.spool.close();
}

function refused(log: Log, failure: Failure): number {
  log.error({ failure }, failure.message);
  return failure.code === 'not-found' || failure.code === 'config.invalid' ? 2 : 1;
}
