// A machine around one agent core: virtual clocks, a spool in memory, probes that answer what the test says, a socket to
// a fake server. Stands in for agent/shell; nothing here waits in real time.
import { type AgentCore, createAgentCore } from '../../../../agent/core/agent.ts';
import type { AgentInput, Clock, SavedOffset, TargetResult } from '../../../../agent/core/input.ts';
import type { AgentOutput, RoundTarget } from '../../../../agent/core/output.ts';
import type { StoredChange, StoredRecord } from '../../../../agent/core/record.ts';
import type { DialParts } from '../../../../agent/core/session/dial.ts';
import { limits } from '../../../../shared/limits.ts';
import { seededRandom } from '../../../../shared/random.ts';
import { type Assignment, defaultTiming } from '../../../../shared/wire/assignment.ts';
import type { PathHop, TargetEvidence } from '../../../../shared/wire/evidence.ts';
import { FakeServer } from './fake-server.ts';

export interface Answer {
  readonly rttMs?: number;
  readonly http?: TargetResult['http'];
  readonly local?: TargetResult['local'];
}

export const anchors = ['1.1.1.1', '8.8.8.8', '9.9.9.9'];
export const portalUrl = 'http://connectivitycheck.example/generate_204';

export function assignmentOf(parts: Partial<Assignment> = {}): Assignment {
  return {
    revision: 1,
    links: [{ key: 'vivo', role: 'primary', gateway: '192.168.10.1', publicAddress: '198.51.100.10' }],
    hosts: [{ key: 'self', address: '192.168.10.4', self: true }],
    anchors,
    dns: ['1.1.1.1'],
    captivePortalUrl: portalUrl,
    timing: defaultTiming,
    ...parts,
  };
}

export interface RigOptions {
  readonly assignment?: Assignment;
  readonly monoMs?: number;
  readonly wallErrorMs?: number;
  readonly bootId?: string;
  readonly offsets?: readonly SavedOffset[];
  readonly spool?: { readonly changes: StoredRecord[]; readonly lastChangeSeq: number };
  readonly previous?: { readonly clock: Clock; readonly stoppedInOrder: boolean };
  readonly server?: FakeServer;
  readonly seed?: number;
  /** Where the server is, as the enrolment says. */
  readonly dial?: Omit<DialParts, 'random'>;
  /** From the first dial on, which is part of the start. */
  readonly serverAlive?: (server: string | undefined) => boolean;
}

type ChangeRecord = Extract<StoredRecord, { readonly queue: 'changes' }>;
interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

export class Rig {
  readonly server: FakeServer;
  readonly core: AgentCore;
  readonly bootId: string;
  nowMs: number;
  /** Wall clock minus server time. */
  wallErrorMs: number;
  /** What a target answers; by link key and target. */
  world: (link: string, target: RoundTarget) => Answer | undefined = () => ({ rttMs: 20 });
  neighbour: (host: string) => boolean = () => true;
  /** By which router a link's anchors are left, and which hops answer a question for its path. */
  ways: ((link: string, target: RoundTarget) => string | undefined) | undefined;
  hops: (link: string) => { readonly reached: boolean; readonly hops: readonly PathHop[] } = () => ({
    reached: false,
    hops: [],
  });
  /** What a round says of a neighbour, where one ping's answer is not enough. */
  hostEvidence: ((host: string, address: string) => TargetEvidence[]) | undefined;
  /** Rounds are never answered. */
  shellHung = false;
  /** Way of a dial: false = nothing comes back. */
  routeAlive: (source: string | undefined) => boolean = () => true;
  serverAlive: (server: string | undefined) => boolean;
  /** A socket whose packets vanish in both directions while new ones get through: the router moved to its backup. */
  hungSocket: number | undefined;
  /** From asking for a socket until it is open. */
  dialMs = 20;
  spool: StoredRecord[] = [];
  readonly outputs: { readonly atMs: number; readonly output: AgentOutput }[] = [];
  readonly changes: ChangeRecord[] = [];
  stopped = false;
  #events: Event[] = [];
  #order = 0;
  #wakeMs = Number.POSITIVE_INFINITY;
  #openSocket: number | undefined;

  constructor(options: RigOptions = {}) {
    this.server = options.server ?? new FakeServer();
    this.serverAlive = options.serverAlive ?? (() => true);
    this.nowMs = options.monoMs ?? 1_000_000;
    this.wallErrorMs = options.wallErrorMs ?? 0;
    this.bootId = options.bootId ?? 'boot-1';
    this.spool = [...(options.spool?.changes ?? [])];
    this.core = createAgentCore({
      agentVersion: '0.1.0',
      facts: {
        hostName: 'SRV-AD01',
        platform: 'linux',
        osName: 'Debian',
        osVersion: '13',
        arch: 'x64',
        cpuCount: 4,
        memoryBytes: 8e9,
      },
      pingMethod: 'icmp',
      assignment: options.assignment ?? assignmentOf(),
      random: seededRandom(options.seed ?? 7),
      ...options.dial,
    });
    this.feed({
      kind: 'agent.started',
      clock: this.clock(),
      spool: {
        epoch: 1,
        lastChangeSeq: options.spool?.lastChangeSeq ?? 0,
        lastRollupSeq: 0,
        changes: options.spool?.changes.length ?? 0,
        rollups: 0,
      },
      previous: options.previous,
      offsets: options.offsets ?? [],
    });
  }

  clock(): Clock {
    const wallMs = this.nowMs + this.server.offsetMs + this.wallErrorMs;
    return { bootId: this.bootId, monoMs: this.nowMs, wallMs };
  }

  /** Lets virtual time pass. */
  run(durationMs: number): void {
    const end = this.nowMs + durationMs;
    for (let guard = 0; guard < 2_000_000; guard += 1) {
      const event = this.#events[0];
      const nextMs = Math.min(event?.atMs ?? Number.POSITIVE_INFINITY, this.#wakeMs);
      if (nextMs > end || this.stopped) {
        this.nowMs = end;
        return;
      }
      this.nowMs = Math.max(this.nowMs, nextMs);
      if (event !== undefined && event.atMs <= this.#wakeMs) {
        this.#events.shift();
        event.run();
      } else {
        this.feed({ kind: 'time.advanced', clock: this.clock() });
      }
    }
    throw new Error('a run that never ends');
  }

  feed(input: AgentInput): readonly AgentOutput[] {
    this.#wakeMs = Number.POSITIVE_INFINITY;
    const outputs = this.core.step(input);
    for (const output of outputs) {
      this.outputs.push({ atMs: this.nowMs, output });
      this.#perform(output);
    }
    return outputs;
  }

  assign(assignment: Assignment): void {
    const socket = this.#openSocket ?? 0;
    this.feed({
      kind: 'message.received',
      clock: this.clock(),
      socket,
      message: { kind: 'assignment', ...assignment },
    });
  }

  get openSocket(): number | undefined {
    return this.#openSocket;
  }

  /** The server's end closes the socket. */
  cut(code?: number): void {
    const socket = this.#openSocket;
    this.#openSocket = undefined;
    if (socket !== undefined) this.feed({ kind: 'socket.closed', clock: this.clock(), socket, code });
  }

  after(delayMs: number, run: () => void): void {
    this.#order += 1;
    this.#events.push({ atMs: this.nowMs + delayMs, order: this.#order, run });
    this.#events.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
  }

  of<K extends AgentOutput['kind']>(kind: K): { atMs: number; output: Extract<AgentOutput, { kind: K }> }[] {
    const isKind = (output: AgentOutput): output is Extract<AgentOutput, { kind: K }> => output.kind === kind;
    return this.outputs.flatMap(({ atMs, output }) => (isKind(output) ? [{ atMs, output }] : []));
  }

  linkChanges(link = 'vivo'): StoredChange[] {
    return this.changes
      .map(({ change }) => change)
      .filter(({ body }) => body.kind === 'link.changed' && body.link === link);
  }

  hostChanges(host: string): StoredChange[] {
    return this.changes
      .map(({ change }) => change)
      .filter(({ body }) => body.kind === 'host.changed' && body.host === host);
  }

  #perform(output: AgentOutput): void {
    switch (output.kind) {
      case 'round.start':
        return this.#measure(output);
      case 'path.start': {
        const { link, trace, target } = output;
        const found = this.hops(link.key);
        return this.after(found.reached ? 20 : output.timeoutMs, () =>
          this.feed({ kind: 'path.measured', clock: this.clock(), link: link.key, trace, target, ...found }),
        );
      }
      case 'neighbours.start':
        return this.#measureNeighbours(output);
      case 'load.start':
        return this.after(5, () =>
          this.feed({ kind: 'load.measured', clock: this.clock(), load: { uptimeMs: 1, disks: [] } }),
        );
      case 'spool.append':
        this.spool.push(output.record);
        if (output.record.queue === 'changes') this.changes.push(output.record);
        return;
      case 'spool.trim':
        this.spool = this.spool.filter(
          ({ queue, seq }) => seq > (queue === 'changes' ? output.changesUpTo : output.rollupsUpTo),
        );
        return;
      case 'spool.read': {
        const records = this.spool
          .filter(({ queue, seq }) => queue === output.queue && seq > output.after)
          .slice(0, output.limit);
        return this.after(1, () => this.feed({ kind: 'spool.gave', clock: this.clock(), records }));
      }
      case 'socket.open':
        return this.#dial(output);
      case 'socket.send':
        return this.#carry(output);
      case 'socket.close':
        return this.#close(output);
      case 'wake.at':
        this.#wakeMs = output.monoMs;
        return;
      case 'stopped':
        this.stopped = true;
        return;
      case 'offset.save':
      case 'assignment.save':
        return;
    }
  }

  /** A peer that is reached confirms with the same code; else the shell cuts the socket after a while. */
  #close({ socket, code }: Extract<AgentOutput, { kind: 'socket.close' }>): void {
    const wasOpen = this.#openSocket === socket;
    if (wasOpen) this.#openSocket = undefined;
    const reached = !wasOpen || !(this.server.hung || socket === this.hungSocket);
    const said = reached ? { code } : {};
    this.after(reached ? 10 : limits.uplinkCloseMs, () =>
      this.feed({ kind: 'socket.closed', clock: this.clock(), socket, ...said }),
    );
  }

  #dial({ socket, source, server }: Extract<AgentOutput, { kind: 'socket.open' }>): void {
    if (this.server.dials === 'hang' || !this.routeAlive(source) || !this.serverAlive(server)) return;
    const refused = this.server.dials === 'refuse';
    this.after(this.dialMs, () => {
      if (!refused) this.#openSocket = socket;
      this.feed({ kind: refused ? 'socket.closed' : 'socket.opened', clock: this.clock(), socket });
    });
  }

  #carry({ socket, message }: Extract<AgentOutput, { kind: 'socket.send' }>): void {
    if (this.server.hung || socket !== this.#openSocket || socket === this.hungSocket) return;
    this.after(10, () => {
      if (this.server.hung || socket === this.hungSocket) return;
      for (const answer of this.server.receive(message, this.nowMs)) {
        this.after(10, () => {
          if (this.server.hung || socket !== this.#openSocket || socket === this.hungSocket) return;
          this.feed({ kind: 'message.received', clock: this.clock(), socket, message: answer });
        });
      }
    });
  }

  #measure({ link, round, targets, timeoutMs }: Extract<AgentOutput, { kind: 'round.start' }>): void {
    if (this.shellHung) return;
    const sentAt = this.clock();
    const results = targets.map((target): TargetResult => {
      const result = resultOf(target, this.world(link.key, target));
      if (target.wayTtl === undefined) return result;
      return { ...result, wayTtl: target.wayTtl, way: this.ways?.(link.key, target) };
    });
    const allAnswer = results.every(({ lost }) => lost === 0);
    this.after(allAnswer ? 20 : timeoutMs, () =>
      this.feed({
        kind: 'round.measured',
        clock: this.clock(),
        link: link.key,
        round,
        sentAt,
        targets: results,
      }),
    );
  }

  #measureNeighbours({ round, hosts, timeoutMs }: Extract<AgentOutput, { kind: 'neighbours.start' }>): void {
    if (this.shellHung) return;
    const sentAt = this.clock();
    const measured = hosts.map(({ key, address }) => {
      if (this.hostEvidence !== undefined) {
        return { host: key, evidence: this.hostEvidence(key, address ?? key) };
      }
      const answered = this.neighbour(key);
      const evidence = {
        target: address ?? key,
        role: 'host',
        method: 'icmp',
        sent: 1,
        lost: answered ? 0 : 1,
      } as const;
      return { host: key, evidence: [evidence] };
    });
    this.after(
      measured.every(({ evidence }) => evidence.every(({ lost }) => lost === 0)) ? 20 : timeoutMs,
      () => this.feed({ kind: 'neighbours.measured', clock: this.clock(), round, sentAt, hosts: measured }),
    );
  }
}

function resultOf(target: RoundTarget, answer: Answer | undefined): TargetResult {
  const lost = answer === undefined || answer.local !== undefined || answer.http === 'failed';
  return {
    target: target.target,
    role: target.role,
    large: target.large,
    method: target.role === 'dns' ? 'dns' : target.role === 'http' ? 'http' : 'icmp',
    sent: 1,
    lost: lost ? 1 : 0,
    rttMs: lost ? undefined : answer.rttMs,
    http:
      target.role === 'http' ? (answer?.http ?? (answer === undefined ? 'failed' : 'no-content')) : undefined,
    local: answer?.local,
  };
}
