// Puts the agent together: clocks, spool, probes, core, uplink, loop; and takes it down in order. The only file that
// names all the parts. It contains no rule of the domain.
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Failure } from '../shared/failure.ts';
import { openIcmp } from '../shared/icmp/socket.ts';
import { limits } from '../shared/limits.ts';
import { seededRandom } from '../shared/random.ts';
import type { Command } from './config.ts';
import { createAgentCore } from './core/agent.ts';
import { createDnsProbe } from './probes/dns.ts';
import { findGateway } from './probes/gateway.ts';
import { askPage } from './probes/http-204.ts';
import { choosePingMethod, type PingMethods } from './probes/ping-method.ts';
import { createPingProgram } from './probes/ping-program.ts';
import { createTcpProbe, hostPorts } from './probes/tcp.ts';
import { readBootId, systemClock } from './shell/boot-id.ts';
import { createLoadReader, readHostFacts } from './shell/host-facts.ts';
import { type Identity, loadIdentity, prepareStateDirectory } from './shell/identity.ts';
import type { Log } from './shell/log.ts';
import { createLoop, type Loop } from './shell/loop.ts';
import { createRunner } from './shell/runner.ts';
import { openSpool, type Spool } from './shell/spool.ts';
import { createStamp, readStamp, type Stamp } from './shell/stamp.ts';
import { readStopReason } from './shell/stop-reason.ts';
import { createUplink, type Uplink } from './shell/uplink.ts';
import { agentVersion } from './version.ts';

const stampFile = 'alive.json';
const spoolFile = 'spool.sqlite';

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
  const clock = systemClock(readBootId(previous?.clock.bootId));
  const spool = openSpool({ path: join(command.stateDirectory, spoolFile), clock, log });
  if (!spool.ok) return refused(log, spool.failure);
  const stamp = createStamp({ path: stampPath, clock, log });
  const tcp = createTcpProbe();
  const ways = { openIcmp, program: createPingProgram(), tcp };
  const [pings, facts] = await Promise.all([choosePingMethod(ways), readHostFacts()]);
  const parts: Parts = { log, identity: identity.value, spool: spool.value, stamp, pings, tcp, clock };
  const core = createAgentCore({
    agentVersion,
    facts,
    pingMethod: pings.method(),
    assignment: spool.value.assignment(),
    random: seededRandom(randomInt(2 ** 48 - 1)),
  });
  const running = start(parts, (input) => core.step(input));
  const { agent, customer, site, server } = identity.value.enrolment;
  log.info({ agent, customer, site, server, pingMethod: pings.method(), facts }, 'the agent watches');
  running.loop.push({
    kind: 'agent.started',
    clock: clock(),
    spool: spool.value.head(),
    offsets: spool.value.offsets(),
    previous,
  });
  const code = await running.ended;
  await takeDown(parts, running, code);
  log.info({ code, core: core.counters(), spool: spool.value.counters() }, 'the agent has stopped');
  return code;
}

interface Parts {
  readonly log: Log;
  readonly identity: Identity;
  readonly spool: Spool;
  readonly stamp: Stamp;
  readonly pings: PingMethods;
  readonly tcp: ReturnType<typeof createTcpProbe>;
  readonly clock: ReturnType<typeof systemClock>;
}

interface Running {
  readonly loop: Loop;
  readonly uplink: Uplink;
  readonly timers: readonly NodeJS.Timeout[];
  /** The exit code, once it is over. */
  readonly ended: Promise<number>;
}

type Step = Parameters<typeof createLoop>[0]['step'];

function start(parts: Parts, step: Step): Running {
  const { log, spool, clock, pings } = parts;
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  const broken = (error: unknown): void => {
    log.error({ error: error instanceof Error ? error.stack : String(error) }, 'a bug: the agent ends');
    end(1);
  };
  const uplink = createUplink({
    identity: parts.identity,
    log,
    events: {
      opened: (socket) => loop.push({ kind: 'socket.opened', clock: clock(), socket }),
      closed: (socket, code) => loop.push({ kind: 'socket.closed', clock: clock(), socket, code }),
      received: (socket, message) => loop.push({ kind: 'message.received', clock: clock(), socket, message }),
    },
  });
  const runner = createRunner({
    clock,
    ping: pings.ping,
    pingMethod: pings.method,
    anchorTcp: parts.tcp,
    hostTcp: createTcpProbe(hostPorts),
    dns: createDnsProbe(),
    page: askPage,
    gateway: findGateway,
    load: createLoadReader(),
  });
  const loop = createLoop({ step, clock, runner, spool, uplink, log, stopped: () => end(0), broken });
  const timers = [
    every(limits.stampEveryMs, () => tend(parts, loop)),
    every(limits.pingRetryMs, () => lookAgain(parts)),
  ];
  void parts.stamp.write(false);
  process.on('uncaughtException', broken);
  process.on('unhandledRejection', broken);
  listenForStop(parts, loop, () => end(0));
  return { loop, uplink, timers, ended };
}

function every(intervalMs: number, work: () => void): NodeJS.Timeout {
  return setInterval(work, intervalMs);
}

function tend({ stamp, spool, clock }: Parts, loop: Loop): void {
  void stamp.write(false);
  const dropped = spool.tend();
  if (dropped.changes + dropped.rollups > 0) loop.push({ kind: 'spool.dropped', clock: clock(), ...dropped });
}

function lookAgain({ pings, log }: Parts): void {
  void pings.lookAgain().then((changed) => {
    if (changed) log.info({ pingMethod: pings.method() }, 'another way to ping is in use');
  });
}

/**
 * The first signal asks for an orderly stop with a deadline. Later ones are ignored: one Ctrl+C comes twice to an agent
 * under an embedding server, from the terminal and from the server, and must not cut the goodbye off.
 */
function listenForStop({ log, clock }: Parts, loop: Loop, end: () => void): void {
  const signals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGBREAK'];
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
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
}

/** Only an orderly end may say so in the stamp: after a bug the machine's story must not read "planned". */
async function takeDown(parts: Parts, running: Running, code: number): Promise<void> {
  running.loop.end();
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
