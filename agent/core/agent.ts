// The agent's core as one function: each input goes to the part it concerns, then everything that has become due is
// done, then what was recorded is sent (route of one datum, rooms 1, 3 and 5). Synchronous; touches nothing.
import { assert, assertNever } from '../../shared/assert.ts';
import type { Random } from '../../shared/random.ts';
import type { Assignment } from '../../shared/wire/assignment.ts';
import type { HostFacts } from '../../shared/wire/messages.ts';
import type { ProbeMethod } from '../../shared/words.ts';
import { planOf } from './assignment-plan.ts';
import { ServerClock } from './clock.ts';
import { type CounterName, Counters, type CounterValues } from './counters.ts';
import type { AgentInput, Clock, TargetResult } from './input.ts';
import { runExplained, runStarted } from './judge-boot.ts';
import { Neighbours } from './judge-host.ts';
import { Links } from './link/links.ts';
import type { Surroundings } from './link/may-judge.ts';
import { Rollups } from './link/rollup.ts';
import type { AgentOutput } from './output.ts';
import type { StoredChange, StoredRecord } from './record.ts';
import { Ledger } from './session/ledger.ts';
import { Losses } from './session/losses.ts';
import { Session } from './session.ts';
import type { Sink } from './sink.ts';
import { type AgentView, agentView, LastRounds } from './view.ts';

export interface AgentOptions {
  readonly agentVersion: string;
  readonly facts: HostFacts;
  readonly pingMethod: ProbeMethod;
  /** Why that method, when it is not the best one. */
  readonly pingReason?: string;
  /** Which machine this is, as `hello` tells it. */
  readonly machine?: string;
  /** Where the server is: see `DialParts`. */
  readonly servers?: readonly string[];
  readonly lastServer?: string;
  readonly allowInsecureHttp?: boolean;
  /** The last assignment known, so that a start without a server still watches. */
  readonly assignment?: Assignment;
  readonly random: Random;
}

export interface AgentCore {
  /**
   * One input in, the outputs it causes in order, `wake.at` last. The first input is `agent.started`. Synchronous;
   * touches nothing. After `stopped` it answers nothing more.
   */
  step(input: AgentInput): readonly AgentOutput[];
  /** How often each limit has bitten since the start. */
  counters(): CounterValues;
  /** What is watched and seen at `now`, for people; undefined before the start. */
  view(now: Clock): AgentView | undefined;
}

export function createAgentCore(options: AgentOptions): AgentCore {
  const counters = new Counters();
  let running: Running | undefined;
  return {
    step(input) {
      if (input.kind === 'agent.started') {
        assert(running === undefined, 'an agent starts once');
        running = new Running(options, input, counters);
        return running.begin(input);
      }
      assert(running !== undefined, 'an agent is started before anything else reaches it');
      return running.step(input);
    },
    counters: () => counters.values(),
    view: (now) => running?.view(now),
  };
}

type Started = Extract<AgentInput, { readonly kind: 'agent.started' }>;
type Later = Exclude<AgentInput, Started>;
type ChangeRecord = Extract<StoredRecord, { readonly queue: 'changes' }>;
type Course = 'running' | 'stopping' | 'stopped';

class Running implements Sink {
  readonly #counters: Counters;
  readonly #links: Links;
  readonly #neighbours: Neighbours;
  readonly #rollups = new Rollups();
  readonly #losses = new Losses();
  readonly #rounds = new LastRounds();
  readonly #ledger: Ledger;
  readonly #clock: ServerClock;
  readonly #session: Session;
  #now: Clock;
  #course: Course = 'running';
  #outputs: AgentOutput[] = [];
  #appended: ChangeRecord[] = [];
  #assignment: Assignment | undefined;
  #suspicious = false;
  #wayIsBack = false;

  constructor(options: AgentOptions, started: Started, counters: Counters) {
    this.#counters = counters;
    this.#now = started.clock;
    this.#links = new Links(options.random);
    this.#neighbours = new Neighbours(options.random);
    this.#ledger = new Ledger(started.spool);
    this.#clock = new ServerClock(started.clock.bootId, started.offsets);
    this.#session = new Session({ ...options, ledger: this.#ledger, clock: this.#clock, sink: this });
    if (options.assignment !== undefined) this.#assign(options.assignment);
  }

  begin(started: Started): readonly AgentOutput[] {
    this.record((seq) => runStarted(seq, started.clock, started.previous));
    return this.#finish();
  }

  step(input: Later): readonly AgentOutput[] {
    if (this.#course === 'stopped') return [];
    assert(input.clock.bootId === this.#now.bootId, 'a run lives within one boot');
    // The monotonic clock of a virtual machine may stand still or be read out of order; it never runs back here.
    const ahead = input.clock.monoMs >= this.#now.monoMs;
    this.#now = ahead ? input.clock : { ...input.clock, monoMs: this.#now.monoMs };
    const sane = ahead ? input : { ...input, clock: this.#now };
    if (this.#course === 'running') this.#take(sane);
    else this.#takeWhileStopping(sane);
    return this.#finish();
  }

  emit(output: AgentOutput): void {
    this.#outputs.push(output);
  }

  record(make: (seq: number) => StoredChange): void {
    const change = make(this.#ledger.take('changes'));
    const { seq } = change.body;
    assert(
      change.since.bootId !== change.at.bootId || change.since.monoMs <= change.at.monoMs,
      'a change begins before it is confirmed',
    );
    const record: ChangeRecord = { queue: 'changes', seq, change };
    this.emit({ kind: 'spool.append', record });
    this.#appended.push(record);
  }

  wayBack(): void {
    this.#wayIsBack = true;
  }

  suspect(): void {
    this.#suspicious = true;
  }

  view(now: Clock): AgentView {
    return agentView({
      now,
      clock: this.#clock,
      assignment: this.#assignment,
      links: this.#links.look(),
      rounds: this.#rounds,
      hosts: this.#neighbours.look(),
      session: this.#session.look(),
      waiting: { changes: this.#ledger.depth('changes'), rollups: this.#ledger.depth('rollups') },
    });
  }

  counted(link: string, targets: readonly TargetResult[]): void {
    this.#rounds.counted(link, this.#now);
    this.#rollups.add(link, targets, this.#now, this.#clock.offsetMs);
  }

  bite(name: CounterName): void {
    this.#counters.bite(name);
  }

  #take(input: Later): void {
    const now = this.#now;
    switch (input.kind) {
      case 'round.measured':
        this.#rounds.add(input.link, now, input.targets);
        return this.#links.measured(input, this.#around(), this);
      case 'path.measured':
        return this.#links.traced(input, this.#around(), this);
      case 'ending.found':
        return this.record((seq) =>
          runExplained(seq, now, input.ending, this.#assignment?.tellAccounts === true),
        );
      case 'neighbours.measured':
        return this.#neighbours.measured(input, this.#links, this);
      case 'probing.chosen':
        return this.#session.probes(input);
      case 'load.measured':
        return this.#session.loaded(input.load);
      case 'self.examined':
        return this.#session.examined(input);
      case 'time.advanced':
        return;
      case 'socket.opened':
        return this.#session.opened(input.socket, now);
      case 'socket.closed':
        return this.#session.closed(input.socket, input.code, now);
      case 'message.received':
        return this.#receive(input);
      case 'spool.gave':
        return this.#session.stream.gave(input.records, now);
      case 'spool.dropped':
        return this.#losses.add(input, now);
      case 'stop.requested':
        return this.#stop(input.reason);
      default:
        return assertNever(input);
    }
  }

  #receive(input: Extract<Later, { readonly kind: 'message.received' }>): void {
    const { message } = input;
    if (!this.#session.owns(input.socket)) return this.bite('messagesStray');
    if (message.kind === 'welcome') {
      this.#links.recheckDown(this.#now.monoMs);
      this.#neighbours.recheckDown(this.#now.monoMs);
    }
    if (message.kind !== 'assignment') return this.#session.received(message, this.#now);
    const { kind: _kind, ...assignment } = message;
    this.#assign(assignment);
    this.emit({ kind: 'assignment.save', assignment });
  }

  #assign(assignment: Assignment): void {
    this.#assignment = assignment;
    this.#session.announced(assignment.servers ?? []);
    const plan = planOf(assignment);
    this.#links.assign(assignment, plan, this.#now.monoMs);
    this.#neighbours.assign(assignment, plan, this.#now.monoMs);
  }

  #stop(reason: Extract<Later, { readonly kind: 'stop.requested' }>['reason']): void {
    this.#closeMinute();
    this.#session.leave(reason, this.#now);
    this.#course = 'stopping';
  }

  /** Between goodbye and the end: receipts and a fresh session's welcome still count, measurements no more. */
  #takeWhileStopping(input: Later): void {
    if (input.kind === 'socket.opened') this.#session.opened(input.socket, this.#now);
    if (input.kind === 'socket.closed') this.#session.closed(input.socket, input.code, this.#now);
    if (input.kind !== 'message.received') return;
    const { message, socket } = input;
    if (message.kind === 'receipt') this.#receive(input);
    if (message.kind === 'welcome' && this.#session.owns(socket)) this.#session.received(message, this.#now);
  }

  #finish(): readonly AgentOutput[] {
    const now = this.#now;
    if (this.#suspicious) this.#neighbours.hasten(now.monoMs);
    if (this.#course === 'running') this.#tick(now);
    // Before the session looks at the spool, so that news needs no way over the disk.
    this.#session.stream.appended(this.#appended, now);
    if (this.#appended.length > 0) this.#appended = [];
    this.#session.tick(now, this.#links);
    if (this.#suspicious) this.#session.suspect(now);
    this.#suspicious = false;
    if (this.#wayIsBack) this.#session.wayBack(now);
    this.#wayIsBack = false;
    if (this.#session.hasLeft) {
      this.emit({ kind: 'stopped' });
      this.#course = 'stopped';
    } else {
      this.emit({ kind: 'wake.at', monoMs: this.#nextMs() });
    }
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }

  #tick(now: Clock): void {
    this.#links.tick(now, this.#around(), this);
    this.#neighbours.tick(now, this);
    if (now.monoMs >= this.#rollups.nextMs) this.#closeMinute();
    this.#losses.tick(now, this);
  }

  #around(): Surroundings {
    return {
      egress: this.#session.egressAt(this.#now.monoMs),
      answeredSentMs: this.#session.answeredSentMs,
      silentSinceMs: this.#session.silentSinceMs,
      lanSilent: this.#neighbours.allSilent,
    };
  }

  #closeMinute(): void {
    for (const { at, link, sums } of this.#rollups.close()) {
      const seq = this.#ledger.take('rollups');
      this.emit({
        kind: 'spool.append',
        record: { queue: 'rollups', seq, rollup: { at, body: { seq, link, ...sums } } },
      });
    }
  }

  /** The earliest thing due. All that was due now is done, so it lies ahead. */
  #nextMs(): number {
    if (this.#course !== 'running') return this.#session.nextMs;
    return Math.min(
      this.#session.nextMs,
      this.#links.nextMs,
      this.#neighbours.nextMs,
      this.#rollups.nextMs,
      this.#losses.nextMs,
    );
  }
}
