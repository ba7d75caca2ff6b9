// The agent of the random-kill test: the real core, spool, loop, uplink and identity, put together as `agent/app.ts`
// does, with two differences. Its probes answer by a seed, so that links and hosts change many times a second; and it
// writes an independent log of what the spool accepted, and tells its parent when changes leave. Arguments: state directory, log file, seed, flap | drain.
// `drain`: everything is up, and it ends by itself, with code 0, as soon as its spool holds no change any more.
import { join } from 'node:path';
import { createAgentCore } from '../../../agent/core/agent.ts';
import type { StoredRecord } from '../../../agent/core/record.ts';
import { readBootId, systemClock } from '../../../agent/shell/boot-id.ts';
import { readHostFacts } from '../../../agent/shell/host-facts.ts';
import { loadIdentity } from '../../../agent/shell/identity.ts';
import { createLoop, type Loop, type LoopSpool } from '../../../agent/shell/loop.ts';
import type { Runner } from '../../../agent/shell/runner.ts';
import { openSpool, type Spool } from '../../../agent/shell/spool.ts';
import { createStamp, readStamp } from '../../../agent/shell/stamp.ts';
import { createUplink } from '../../../agent/shell/uplink.ts';
import { seededRandom } from '../../../shared/random.ts';
import { defaultTiming, type Timing } from '../../../shared/wire/assignment.ts';
import type { ServerMessage } from '../../../shared/wire/messages.ts';
import { appendLog, contentOf } from './spool-log.ts';

const [state = '', logFile = '', seedText = '1', mode = 'flap'] = process.argv.slice(2);
const random = seededRandom(Number(seedText));
const silent = (): void => undefined;
const quiet = { debug: silent, info: silent, warn: console.error, error: console.error };
/** As quick as the wire's schema allows, so that a short life holds many changes. */
const timing: Timing = {
  ...defaultTiming,
  roundMs: 500,
  burstMs: 200,
  roundTimeoutMs: 100,
  burstTimeoutMs: 100,
  downRounds: 1,
  upRounds: 1,
};
const goodRatio = 0.6;
const drainEveryMs = 50;

/** Short backoffs, because no server of this test lives long. The judges draw from the seed itself. */
const impatient = { ...random, next: () => random.next() / 5 };

const answers = (): boolean => mode === 'drain' || random.chance(goodRatio);

function scriptedRunner(clock: ReturnType<typeof systemClock>): Runner {
  return {
    round: async ({ link, round, targets }) => {
      const sentAt = clock();
      const good = answers();
      const measured = targets.map((target) => ({
        ...target,
        method: 'icmp' as const,
        sent: 1,
        lost: good || target.role === 'gateway' ? 0 : 1,
        ...(target.role === 'http' ? { http: good ? ('no-content' as const) : ('failed' as const) } : {}),
      }));
      return { kind: 'round.measured', clock: clock(), link: link.key, round, sentAt, targets: measured };
    },
    path: async ({ link, trace, target }) => ({
      kind: 'path.measured',
      clock: clock(),
      link: link.key,
      trace,
      target,
      reached: false,
      hops: [],
    }),
    neighbours: async ({ round, hosts }) => {
      const sentAt = clock();
      const measured = hosts.flatMap(({ key, address, self }) => {
        if (address === undefined || self) return [];
        const answered = answers();
        const lost = answered ? 0 : 1;
        const evidence = { target: address, role: 'host', method: 'icmp', sent: 1, lost } as const;
        return [{ host: key, evidence: [evidence] }];
      });
      return { kind: 'neighbours.measured', clock: clock(), round, sentAt, hosts: measured };
    },
    load: async () => ({ kind: 'load.measured', clock: clock(), load: { uptimeMs: 1, disks: [] } }),
  };
}

/** The real spool; beside each append two lines in the independent log. */
function watched(spool: Spool): LoopSpool {
  const write = (step: 'intent' | 'accepted', records: readonly StoredRecord[]): void => {
    const { epoch } = spool.head();
    for (const record of records) {
      if (record.queue !== 'changes') continue;
      appendLog(logFile, { step, epoch, seq: record.seq, content: contentOf({ ...record.change.body }) });
    }
  };
  return {
    append: (records) => {
      write('intent', records);
      const dropped = spool.append(records);
      // The test is far below every limit of the spool; if one bites, its promise is not the one tested here.
      if (dropped.changes > 0) broken(new Error(`the spool dropped ${dropped.changes} changes`));
      write('accepted', records);
      return dropped;
    },
    read: (queue, after, limit) => spool.read(queue, after, limit),
    trim: (receipt) => spool.trim(receipt),
    saveOffset: (offset) => spool.saveOffset(offset),
    saveAssignment: (assignment) => spool.saveAssignment(assignment),
  };
}

function broken(error: unknown): never {
  console.error(error);
  process.exit(3);
}

/** The server's assignment with the test's timing. */
function hastened(message: ServerMessage): ServerMessage {
  return message.kind === 'assignment' ? { ...message, timing } : message;
}

async function main(): Promise<void> {
  const identity = loadIdentity(state);
  if (!identity.ok) broken(identity.failure);
  const previous = readStamp(join(state, 'alive.json'));
  const clock = systemClock(readBootId(previous?.clock));
  const spool = openSpool({ path: join(state, 'spool.sqlite'), clock, log: quiet });
  if (!spool.ok) broken(spool.failure);
  const held = spool.value;
  void createStamp({ path: join(state, 'alive.json'), clock, log: quiet }).write(false);
  const core = createAgentCore({
    agentVersion: 'lab',
    facts: await readHostFacts(),
    pingMethod: 'icmp',
    assignment: held.assignment(),
    random: impatient,
  });
  const uplink = createUplink({
    identity: identity.value,
    log: quiet,
    events: {
      opened: (socket) => loop.push({ kind: 'socket.opened', clock: clock(), socket }),
      closed: (socket, code) => loop.push({ kind: 'socket.closed', clock: clock(), socket, code }),
      received: (socket, message) =>
        loop.push({ kind: 'message.received', clock: clock(), socket, message: hastened(message) }),
    },
  });
  const tellingUplink: typeof uplink = {
    ...uplink,
    send: (socket, message) => {
      uplink.send(socket, message);
      if (message.kind === 'changes') process.send?.('sent');
    },
  };
  const parts = { clock, uplink: tellingUplink, log: quiet, stopped: () => undefined, broken };
  const loop: Loop = createLoop({
    ...parts,
    step: (input) => core.step(input),
    runner: scriptedRunner(clock),
    spool: watched(held),
  });
  process.on('uncaughtException', broken);
  process.on('unhandledRejection', broken);
  const started = { clock: clock(), spool: held.head(), offsets: held.offsets(), previous };
  loop.push({ kind: 'agent.started', ...started });
  console.log('ready');
  if (mode === 'drain') setInterval(() => held.head().changes === 0 && process.exit(0), drainEveryMs);
}

await main();
