// A machine on virtual time with the real core and the real spool on a real file: two links that flap, a server behind
// a line of a given speed, or none. What week-offline.test.ts measures. Nothing here waits.
import { createAgentCore } from '../../../../agent/core/agent.ts';
import type { AgentInput, Clock, TargetResult } from '../../../../agent/core/input.ts';
import type { AgentOutput, RoundTarget } from '../../../../agent/core/output.ts';
import { openSpool, type Spool } from '../../../../agent/shell/spool.ts';
import { limits } from '../../../../shared/limits.ts';
import { seededRandom } from '../../../../shared/random.ts';
import { instant } from '../../../../shared/time.ts';
import type { Assignment } from '../../../../shared/wire/assignment.ts';
import { defaultTiming } from '../../../../shared/wire/assignment.ts';
import { encodeMessage } from '../../../../shared/wire/codec.ts';
import type { AgentMessage, ServerMessage } from '../../../../shared/wire/messages.ts';
import { createHeardLog } from '../../../fakes/agent-records.ts';

export interface Line {
  /** Bytes a second from the agent to the server. */
  readonly bytesPerSecond: number;
  readonly roundTripMs: number;
}

const assignment: Assignment = {
  revision: 1,
  links: [
    { key: 'vivo', role: 'primary', gateway: '192.168.10.1', source: '192.168.10.20' },
    { key: 'claro', role: 'backup', gateway: '192.168.10.2', source: '192.168.10.21' },
  ],
  hosts: [{ key: 'self', address: '192.168.10.4', self: true }],
  anchors: ['1.1.1.1', '8.8.8.8', '9.9.9.9'],
  dns: ['1.1.1.1'],
  captivePortalUrl: 'http://connectivitycheck.example/generate_204',
  timing: defaultTiming,
};
const serverOffsetMs = 1_800_000_000_000;
const commitMs = 5;

interface Event {
  readonly atMs: number;
  readonly run: () => void;
}

export class OfflineMachine {
  readonly spool: Spool;
  readonly log = createHeardLog();
  /** `undefined`: nobody answers a dial. */
  line: Line | undefined;
  /** Does this link carry at this moment? */
  carries: (link: string, nowMs: number) => boolean = () => true;
  nowMs: number;
  /** By seq: when the change was recorded, and when the server had it. */
  readonly recordedAt = new Map<number, number>();
  readonly committedAt = new Map<number, number>();
  readonly rollupsAt = new Map<number, number>();
  readonly dropped = { rollups: 0, changes: 0 };
  bytesSent = 0;
  messages = 0;
  #socket: number | undefined;
  #lineFreeMs = 0;
  #events: Event[] = [];
  #wakeMs = Number.POSITIVE_INFINITY;
  #tendMs: number;
  readonly #core: ReturnType<typeof createAgentCore>;

  constructor(options: { readonly path: string; readonly startMs: number; readonly bytesMax?: number }) {
    this.nowMs = options.startMs;
    this.#tendMs = this.nowMs;
    const { path, bytesMax } = options;
    const spool = openSpool({ path, bytesMax, clock: () => this.clock(), log: this.log });
    if (!spool.ok) throw new Error(spool.failure.message);
    this.spool = spool.value;
    this.#core = createAgentCore({
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
      assignment,
      random: seededRandom(3),
    });
    const clock = this.clock();
    this.#feed({ kind: 'agent.started', clock, spool: this.spool.head(), offsets: this.spool.offsets() });
  }

  get counters() {
    return this.#core.counters();
  }

  clock(): Clock {
    return { bootId: 'boot-1', monoMs: this.nowMs, wallMs: this.nowMs + serverOffsetMs };
  }

  run(untilMs: number): void {
    while (true) {
      const event = this.#events[0];
      const nextMs = Math.min(event?.atMs ?? Number.POSITIVE_INFINITY, this.#wakeMs, this.#tendMs);
      if (nextMs > untilMs) break;
      this.nowMs = Math.max(this.nowMs, nextMs);
      if (nextMs === this.#tendMs) {
        this.#tendMs += limits.stampEveryMs;
        this.#lost(this.spool.tend());
      } else if (event !== undefined && event.atMs === nextMs) {
        this.#events.shift();
        event.run();
      } else this.#feed({ kind: 'time.advanced', clock: this.clock() });
    }
    this.nowMs = untilMs;
  }

  #after(delayMs: number, run: () => void): void {
    const atMs = this.nowMs + delayMs;
    const index = this.#events.findIndex((each) => each.atMs > atMs);
    this.#events.splice(index === -1 ? this.#events.length : index, 0, { atMs, run });
  }

  #feed(input: AgentInput): void {
    for (const output of this.#core.step(input)) this.#perform(output);
  }

  #lost(dropped: { readonly rollups: number; readonly changes: number }): void {
    if (dropped.rollups + dropped.changes === 0) return;
    this.dropped.rollups += dropped.rollups;
    this.dropped.changes += dropped.changes;
    this.#after(0, () => this.#feed({ kind: 'spool.dropped', clock: this.clock(), ...dropped }));
  }

  #perform(output: AgentOutput): void {
    switch (output.kind) {
      case 'round.start':
        return this.#measure(output);
      case 'spool.append':
        if (output.record.queue === 'changes') this.recordedAt.set(output.record.seq, this.nowMs);
        return this.#lost(this.spool.append([output.record]));
      case 'spool.trim':
        return this.spool.trim(output);
      case 'spool.read': {
        const { records } = this.spool.read(output.queue, output.after, output.limit);
        return this.#after(1, () => this.#feed({ kind: 'spool.gave', clock: this.clock(), records }));
      }
      case 'socket.open': {
        const { socket } = output;
        const isOpen = this.line !== undefined;
        if (isOpen) this.#socket = socket;
        const kind = isOpen ? 'socket.opened' : 'socket.closed';
        return this.#after(20, () => this.#feed({ kind, clock: this.clock(), socket }));
      }
      case 'socket.send':
        return this.#send(output.socket, output.message);
      case 'socket.close':
        this.#socket = undefined;
        return;
      case 'offset.save':
        return this.spool.saveOffset(output.offset);
      case 'wake.at':
        this.#wakeMs = output.monoMs;
        return;
      default:
        return;
    }
  }

  #measure({ link, round, targets, timeoutMs }: Extract<AgentOutput, { kind: 'round.start' }>): void {
    const sentAt = this.clock();
    const alive = this.carries(link.key, this.nowMs);
    const results = targets.map((target) => resultOf(target, alive || target.role === 'gateway'));
    this.#after(alive ? 20 : timeoutMs, () =>
      this.#feed({
        kind: 'round.measured',
        clock: this.clock(),
        link: link.key,
        round,
        sentAt,
        targets: results,
      }),
    );
  }

  /** First in, first out: what is sent stands in line behind what was sent before. */
  #send(socket: number, message: AgentMessage): void {
    const { line } = this;
    if (line === undefined || socket !== this.#socket) return;
    const bytes = encodeMessage(message).length + 60;
    this.bytesSent += bytes;
    this.messages += 1;
    this.#lineFreeMs = Math.max(this.#lineFreeMs, this.nowMs) + (1_000 * bytes) / line.bytesPerSecond;
    const arrivesInMs = this.#lineFreeMs - this.nowMs + line.roundTripMs / 2;
    this.#after(arrivesInMs + commitMs, () => {
      if (socket !== this.#socket) return;
      const answer = this.#answer(message);
      if (answer === undefined) return;
      this.#after(line.roundTripMs / 2, () => {
        if (socket === this.#socket)
          this.#feed({ kind: 'message.received', clock: this.clock(), socket, message: answer });
      });
    });
  }

  #answer(message: AgentMessage): ServerMessage | undefined {
    const { epoch } = this.spool.head();
    const serverAt = instant(this.nowMs + serverOffsetMs);
    const upTo = () => ({
      epoch,
      changesUpTo: [...this.committedAt.keys()].at(-1) ?? 0,
      rollupsUpTo: [...this.rollupsAt.keys()].at(-1) ?? 0,
    });
    switch (message.kind) {
      case 'hello': {
        const { agentClockMs } = message;
        const fixed = { session: 's', minor: 0, egress: '198.51.100.10', heartbeatMs: 10_000 };
        return { kind: 'welcome', serverAt, agentClockMs, ...fixed, ...upTo() };
      }
      case 'beat':
        return { kind: 'beat.reply', n: message.n, agentClockMs: message.agentClockMs, serverAt };
      case 'changes':
        for (const { seq } of message.items)
          if (!this.committedAt.has(seq)) this.committedAt.set(seq, this.nowMs);
        return { kind: 'receipt', ...upTo() };
      case 'rollups':
        for (const { seq } of message.items)
          if (!this.rollupsAt.has(seq)) this.rollupsAt.set(seq, this.nowMs);
        return { kind: 'receipt', ...upTo() };
      case 'findings':
      case 'goodbye':
        return undefined;
    }
  }
}

function resultOf({ target, role }: RoundTarget, answers: boolean): TargetResult {
  const page = role === 'http' ? { http: answers ? ('no-content' as const) : ('failed' as const) } : {};
  const rtt = answers ? { rttMs: 20 } : {};
  return { target, role, method: 'icmp', sent: 1, lost: answers ? 0 : 1, ...rtt, ...page };
}
