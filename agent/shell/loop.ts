// The imperative shell around the core: inputs wait in one queue, the core takes them one by one, what it asks for is
// performed in order. A record is on disk before anything after it is performed. Nothing here is reentrant: whatever
// comes in while outputs are performed waits its turn. It decides nothing.
import { assertNever } from '../../shared/assert.ts';
import { limits } from '../../shared/limits.ts';
import type { AgentInput, Clock } from '../core/input.ts';
import type { AgentOutput } from '../core/output.ts';
import type { StoredRecord } from '../core/record.ts';
import type { Log } from './log.ts';
import type { Dropped } from './memory-queue.ts';
import type { Runner } from './runner.ts';
import type { Spool } from './spool.ts';
import type { Uplink } from './uplink.ts';

export type LoopSpool = Pick<Spool, 'append' | 'read' | 'trim' | 'saveOffset' | 'saveAssignment'>;

export interface LoopOptions {
  readonly step: (input: AgentInput) => readonly AgentOutput[];
  readonly clock: () => Clock;
  readonly runner: Runner;
  readonly spool: LoopSpool;
  readonly uplink: Pick<Uplink, 'open' | 'send' | 'close'>;
  readonly log: Log;
  /** The core has said all it had to say. */
  readonly stopped: () => void;
  /** A bug: the core asserted, or a probe rejected. The program must end; its supervisor starts it again. */
  readonly broken: (error: unknown) => void;
}

export interface Loop {
  push(input: AgentInput): void;
  counters(): { readonly inputs: number; readonly droppedInputs: number };
  /** No timer, no further input. */
  end(): void;
}

/** Inputs taken in one turn of the event loop, so that a backlog cannot keep sockets and probes from being heard. */
const inputsPerTurnMax = 64;
/** setTimeout's own ceiling, far above any wait of the core. */
const timerMsMax = 2 ** 31 - 1;

type Append = Extract<AgentOutput, { readonly kind: 'spool.append' }>;
type Other = Exclude<AgentOutput, Append>;

export function createLoop(options: LoopOptions): Loop {
  return new AgentLoop(options);
}

class AgentLoop implements Loop {
  readonly #options: LoopOptions;
  #queue: AgentInput[] = [];
  #turn: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;
  #inputs = 0;
  #droppedInputs = 0;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  push(input: AgentInput): void {
    if (this.#ended) return;
    // Measurements come again, and the core writes off a round without an answer; all else must arrive.
    if (this.#queue.length >= limits.agentInputsMax && input.kind.endsWith('.measured')) {
      this.#droppedInputs += 1;
      return;
    }
    this.#queue.push(input);
    this.#turn ??= setImmediate(() => this.#take());
  }

  counters(): { readonly inputs: number; readonly droppedInputs: number } {
    return { inputs: this.#inputs, droppedInputs: this.#droppedInputs };
  }

  end(): void {
    this.#ended = true;
    this.#queue = [];
    clearImmediate(this.#turn);
    clearTimeout(this.#timer);
  }

  #take(): void {
    this.#turn = undefined;
    const batch = this.#queue.splice(0, inputsPerTurnMax);
    try {
      for (const input of batch) {
        if (this.#ended) return;
        this.#inputs += 1;
        this.#performAll(this.#options.step(input));
      }
    } catch (error) {
      this.end();
      this.#options.broken(error);
      return;
    }
    if (this.#queue.length > 0) this.#turn = setImmediate(() => this.#take());
  }

  /** Neighbouring records share one commit; nothing overtakes them. */
  #performAll(outputs: readonly AgentOutput[]): void {
    let records: StoredRecord[] = [];
    const commit = (): void => {
      if (records.length > 0) this.#dropped(this.#options.spool.append(records));
      for (const record of records) this.#tell(record);
      records = [];
    };
    for (const output of outputs) {
      if (output.kind === 'spool.append') records.push(output.record);
      else {
        commit();
        this.#perform(output);
      }
    }
    commit();
  }

  /** What is judged, for whoever reads this machine's log; the evidence goes to the server. */
  #tell(record: StoredRecord): void {
    if (record.queue !== 'changes') return;
    const { evidence: _evidence, ...change } = { evidence: undefined, ...record.change.body };
    this.#options.log.info({ change }, 'a state change');
  }

  #perform(output: Other): void {
    const { runner, spool, uplink } = this.#options;
    switch (output.kind) {
      case 'round.start':
        return this.#pushLater(runner.round(output));
      case 'path.start':
        return this.#pushLater(runner.path(output));
      case 'neighbours.start':
        return this.#pushLater(runner.neighbours(output));
      case 'load.start':
        return this.#pushLater(runner.load());
      case 'spool.trim':
        return spool.trim(output);
      case 'spool.read':
        return this.#read(output);
      case 'socket.open':
        return uplink.open(output.socket, { source: output.source, server: output.server });
      case 'socket.send':
        return uplink.send(output.socket, output.message);
      case 'socket.close':
        return uplink.close(output.socket, output.code, output.reason);
      case 'offset.save':
        return spool.saveOffset(output.offset);
      case 'assignment.save':
        return spool.saveAssignment(output.assignment);
      case 'wake.at':
        return this.#wakeAt(output.monoMs);
      case 'stopped':
        return this.#options.stopped();
      default:
        return assertNever(output);
    }
  }

  #read(wish: Extract<AgentOutput, { readonly kind: 'spool.read' }>): void {
    const { records, dropped } = this.#options.spool.read(wish.queue, wish.after, wish.limit);
    this.push({ kind: 'spool.gave', clock: this.#options.clock(), records });
    this.#dropped(dropped);
  }

  #dropped(dropped: Dropped): void {
    if (dropped.changes === 0 && dropped.rollups === 0) return;
    this.#options.log.warn({ dropped }, 'the spool had to drop records');
    this.push({ kind: 'spool.dropped', clock: this.#options.clock(), ...dropped });
  }

  #pushLater(answer: Promise<AgentInput>): void {
    answer.then(
      (input) => this.push(input),
      (error: unknown) => {
        this.end();
        this.#options.broken(error);
      },
    );
  }

  #wakeAt(monoMs: number): void {
    clearTimeout(this.#timer);
    const waitMs = Math.min(timerMsMax, Math.max(0, Math.ceil(monoMs - this.#options.clock().monoMs)));
    this.#timer = setTimeout(() => {
      this.push({ kind: 'time.advanced', clock: this.#options.clock() });
    }, waitMs);
  }
}
