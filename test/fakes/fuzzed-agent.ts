// An agent in the hands of a hostile server: the real codec and the real core on virtual time, with probes and a spool
// that answer, late or not at all. Throws when the core does, when it would send what a server refuses, or when it
// keeps what its own spool could not read back.
import { type AgentCore, createAgentCore } from '../../agent/core/agent.ts';
import type { AgentInput, Clock, SavedOffset, TargetResult } from '../../agent/core/input.ts';
import type { AgentOutput } from '../../agent/core/output.ts';
import type { StoredRecord } from '../../agent/core/record.ts';
import { parseAssignment, parseRecord } from '../../agent/shell/record-schema.ts';
import { assertNever } from '../../shared/assert.ts';
import { type Random, seededRandom } from '../../shared/random.ts';
import { instant } from '../../shared/time.ts';
import type { Assignment } from '../../shared/wire/assignment.ts';
import { decodeAgentMessage, decodeServerMessage, encodeMessage } from '../../shared/wire/codec.ts';
import { type AgentMessage, wireMinor } from '../../shared/wire/messages.ts';
import { findings } from './agent-side.ts';

/** Records that this spool holds; past it the oldest go. */
const recordsMax = 2_000;
const inputsPerTextMax = 5_000;

export class FuzzedAgent {
  readonly counts = { texts: 0, messages: 0, sessions: 0, sent: 0, restarts: 0, outputsMost: 0 };
  readonly #random: Random;
  #core: AgentCore;
  #monoMs = 1_000_000;
  #wakeMs = Number.POSITIVE_INFINITY;
  #socket = 0;
  #inputs: AgentInput[] = [];
  #records: StoredRecord[] = [];
  #lastSeq = { changes: 0, rollups: 0 };
  #assignment: Assignment | undefined;
  #offsets: SavedOffset[] = [];

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    this.#core = this.#start();
  }

  get held(): number {
    return this.#records.length;
  }

  /** One frame of the server. */
  hear(text: string): void {
    this.counts.texts += 1;
    this.#pass();
    if (this.#chance(3_000)) this.#core = this.#start();
    if (this.#chance(100)) this.#core.view(this.#clock());
    if (this.#chance(50)) this.#examine();
    const message = decodeServerMessage(text);
    const clock = this.#clock();
    // Sometimes of a socket that was given up long ago.
    const socket = this.#chance(20) ? this.#socket - 1 : this.#socket;
    if (message.ok) {
      this.counts.messages += 1;
      this.#inputs.push({ kind: 'message.received', clock, socket, message: message.value });
    } else if (message.failure.code !== 'wire.unknown-kind' && this.#chance(4)) {
      this.#inputs.push({ kind: 'socket.closed', clock, socket, code: 4003 });
    }
    this.#drain();
  }

  /** Sometimes long ago, as after a machine's sleep. */
  #examine(): void {
    const { kind: _kind, examinedAt: _at, ...examination } = findings();
    const clock = this.#clock();
    const at = { ...clock, monoMs: this.#chance(5) ? 0 : clock.monoMs };
    this.#inputs.push({ kind: 'self.examined', clock, at, examination });
  }

  #start(): AgentCore {
    this.counts.restarts += 1;
    this.#inputs = [];
    const core = createAgentCore({
      agentVersion: '0',
      facts: {
        hostName: 'h',
        platform: 'linux',
        osName: '',
        osVersion: '',
        arch: '',
        cpuCount: 1,
        memoryBytes: 1,
      },
      pingMethod: 'icmp',
      assignment: this.#assignment,
      random: this.#random,
    });
    const count = (queue: StoredRecord['queue']): number =>
      this.#records.filter((record) => record.queue === queue).length;
    this.#take(
      core.step({
        kind: 'agent.started',
        clock: this.#clock(),
        spool: {
          epoch: 1,
          lastChangeSeq: this.#lastSeq.changes,
          lastRollupSeq: this.#lastSeq.rollups,
          changes: count('changes'),
          rollups: count('rollups'),
        },
        offsets: this.#offsets,
      }),
    );
    return core;
  }

  #clock(): Clock {
    const wallMs = this.#chance(50) ? -1e15 : 1_800_000_000_000 + this.#monoMs;
    return { bootId: 'boot-1', monoMs: this.#monoMs, wallMs };
  }

  #chance(oneIn: number): boolean {
    return this.#random.below(oneIn) === 0;
  }

  /** Some time, mostly little; what is due in it comes when it is due. */
  #pass(): void {
    const endMs = this.#monoMs + (this.#chance(30) ? this.#random.below(20_000) : this.#random.below(400));
    for (let turns = 0; this.#wakeMs <= endMs && turns < 100; turns += 1) {
      this.#monoMs = Math.max(this.#monoMs, this.#wakeMs);
      this.#inputs.push({ kind: 'time.advanced', clock: this.#clock() });
      this.#drain();
    }
    this.#monoMs = endMs;
  }

  #drain(): void {
    for (let taken = 0; this.#inputs.length > 0; taken += 1) {
      if (taken > inputsPerTextMax) throw new Error('the core never comes to rest');
      const [input] = this.#inputs.splice(this.#random.below(Math.min(3, this.#inputs.length)), 1);
      if (input === undefined) return;
      this.#take(this.#core.step({ ...input, clock: this.#clock() }));
    }
  }

  #take(outputs: readonly AgentOutput[]): void {
    this.counts.outputsMost = Math.max(this.counts.outputsMost, outputs.length);
    for (const output of outputs) this.#perform(output);
  }

  #perform(output: AgentOutput): void {
    const clock = this.#clock();
    switch (output.kind) {
      case 'round.start': {
        if (this.#chance(10)) return;
        const targets = output.targets.map(({ target, role }): TargetResult => {
          const lost = this.#chance(4) ? 1 : 0;
          return { target, role, method: 'icmp', sent: 1, lost, ...(lost === 0 && { rttMs: 20 }) };
        });
        const { round } = output;
        this.#inputs.push({
          kind: 'round.measured',
          clock,
          link: output.link.key,
          round,
          sentAt: clock,
          targets,
        });
        return;
      }
      case 'path.start':
        this.#inputs.push({
          kind: 'path.measured',
          clock,
          link: output.link.key,
          trace: output.trace,
          target: output.target,
          reached: this.#chance(2),
          hops: [{ ttl: 1, address: '10.0.0.1', rttMs: 1 }, { ttl: 2 }],
        });
        return;
      case 'neighbours.start':
        if (this.#chance(10)) return;
        this.#inputs.push({
          kind: 'neighbours.measured',
          clock,
          round: output.round,
          sentAt: clock,
          hosts: output.hosts.slice(0, 20).map(({ key }) => {
            const lost = this.#chance(4) ? 1 : 0;
            return { host: key, evidence: [{ target: key, role: 'host', method: 'icmp', sent: 1, lost }] };
          }),
        });
        return;
      case 'load.start':
        this.#inputs.push({ kind: 'load.measured', clock, load: { uptimeMs: 1, disks: [] } });
        return;
      case 'spool.append':
        return this.#append(output.record);
      case 'spool.trim':
        this.#records = this.#records.filter(
          ({ queue, seq }) => seq > (queue === 'changes' ? output.changesUpTo : output.rollupsUpTo),
        );
        return;
      case 'spool.read': {
        const records = this.#records
          .filter(({ queue, seq }) => queue === output.queue && seq > output.after)
          .slice(0, output.limit);
        this.#inputs.push({ kind: 'spool.gave', clock, records });
        return;
      }
      case 'socket.open':
        this.#socket = output.socket;
        if (!this.#chance(10)) this.#inputs.push({ kind: 'socket.opened', clock, socket: output.socket });
        return;
      case 'socket.send':
        return this.#sent(output.socket, output.message);
      case 'offset.save':
        this.#offsets = [...this.#offsets, output.offset].slice(-16);
        return;
      case 'assignment.save':
        if (parseAssignment(JSON.stringify(output.assignment)) === undefined)
          throw new Error('an assignment nobody can read');
        this.#assignment = output.assignment;
        return;
      case 'wake.at':
        this.#wakeMs = output.monoMs;
        return;
      case 'socket.close':
      case 'stopped':
        return;
      default:
        return assertNever(output);
    }
  }

  #append(record: StoredRecord): void {
    if (parseRecord(JSON.stringify(record)) === undefined) {
      throw new Error(`a record that the spool could not read back: ${JSON.stringify(record)}`);
    }
    if (record.seq <= this.#lastSeq[record.queue]) throw new Error('a number given twice');
    this.#lastSeq[record.queue] = record.seq;
    this.#records.push(record);
    if (this.#records.length <= recordsMax) return;
    const gone = this.#records.shift();
    const rollups = gone?.queue === 'rollups' ? 1 : 0;
    this.#inputs.push({ kind: 'spool.dropped', clock: this.#clock(), rollups, changes: 1 - rollups });
  }

  /** A right server would take it. It greets every other agent as it should, so that sessions get past their start. */
  #sent(socket: number, message: AgentMessage): void {
    this.counts.sent += 1;
    const decoded = decodeAgentMessage(encodeMessage(message));
    if (!decoded.ok)
      throw new Error(`the agent sent what a server refuses: ${JSON.stringify(decoded.failure)}`);
    if (message.kind !== 'hello' || this.#chance(2)) return;
    this.counts.sessions += 1;
    this.#inputs.push({
      kind: 'message.received',
      clock: this.#clock(),
      socket,
      message: {
        kind: 'welcome',
        session: 's',
        minor: this.#chance(2) ? 0 : wireMinor,
        serverAt: instant(1_800_000_000_000 + this.#monoMs),
        agentClockMs: 0,
        egress: '198.51.100.7',
        heartbeatMs: 10_000,
        epoch: 1,
        changesUpTo: 0,
        rollupsUpTo: 0,
      },
    });
  }
}
