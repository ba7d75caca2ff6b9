// The correlator's loop: the one place where the order of things stands. Route steps 7 to 14.
// Everything that may change the truth passes here, one input after the other, and comes out committed or not at all.
//
//   submit -> inbox -> [ 1 drain  (2 decide  3 evolve) each  4 COMMIT ]  5 receipt  6 publish  7 perform
//                        nothing leaves the room between the brackets
import { assert } from '../../../shared/assert.ts';
import { failure } from '../../../shared/failure.ts';
import { limits } from '../../../shared/limits.ts';
import { fail, type Result } from '../../../shared/result.ts';
import type { Instant } from '../../../shared/time.ts';
import { type HintEffect, isTicketEffect } from '../../core/effect.ts';
import type { Input } from '../../core/input.ts';
import type { State } from '../../core/state.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Committed, Correlator } from '../../ports/correlator.ts';
import type { Journal, JournalEntry } from '../../ports/journal.ts';
import type { Core } from './core.ts';
import { createDeadlineTimer, type DeadlineTimer } from './deadline-timer.ts';
import { createInbox, type Inbox, type InboxCounters, SubmissionRefused } from './inbox.ts';

export interface CorrelatorOptions {
  readonly core: Core;
  readonly journal: Journal;
  readonly clock: Clock;
  /** As `recover` gave it. The loop owns it from here on. */
  readonly state: State;
  /** When the server last proved its own internet; told to the core with each `time.advanced`. */
  readonly anchorsGoodAt: () => Instant | undefined;
  /** New outbox rows are committed: start to perform them now. */
  readonly wakeOutbox: () => void;
  /** The batch could not be decided or committed. The process must end: memory is ahead of the disk. */
  readonly onFatal: (error: unknown) => void;
  /** How the next turn is put off: `setImmediate`, or nothing where a simulation calls `drain` itself. */
  readonly schedule?: (turn: () => void) => void;
  /** Inputs that may wait; `limits.inboxInputsMax` unless a test wants fewer. */
  readonly inboxCapacity?: number;
}

export interface CorrelatorCounters {
  readonly inputs: number;
  readonly commits: number;
  readonly batchMax: number;
  readonly snapshots: number;
  /** Times the core still wanted an instant that it had been told had passed. */
  readonly deadlinesStuck: number;
  readonly inbox: InboxCounters;
}

interface Waiting {
  readonly input: Input;
  readonly resolve?: (committed: Committed) => void;
  readonly reject?: (reason: SubmissionRefused) => void;
}

/** One batch, decided and committed: what the steps after the commit work on. */
interface CommittedBatch {
  readonly entries: readonly JournalEntry[];
  readonly hints: readonly HintEffect[];
}

type Phase = 'idle' | 'running' | 'stopped' | 'failed';

/**
 * A turn, in this order and no other:
 *
 * 1. drain: a bounded batch, oldest first; `at` is raised where it would run backwards;
 * 2. decide: each input against the state with the inputs before it applied;
 * 3. evolve: its changes are applied at once, because input n+1 must be decided with n known;
 * 4. commit: inputs, changes, outbox rows and incidents of the whole batch, one transaction, fsynced;
 * 5. receipt: those who submitted learn that it is true;
 * 6. publish: listeners get each input's changes in order;
 * 7. perform: the outbox worker starts in this same turn, then hints go out; then, when due, a snapshot.
 *
 * The design says commit before evolve. Here 3 stands before 4 so that hundreds of inputs share one fsync, which is
 * safe for two reasons: steps 1 to 4 are one synchronous stretch, so nobody can read the state in between; and when
 * 2, 3 or 4 throws the loop is dead at once (`state()` fails, all waiting are refused, `onFatal` ends the process),
 * so a state ahead of the disk is never seen, receipted, published or performed.
 */
export class CorrelatorLoop implements Correlator {
  readonly #options: CorrelatorOptions;
  readonly #inbox: Inbox<Waiting>;
  readonly #timer: DeadlineTimer;
  readonly #schedule: (turn: () => void) => void;
  readonly #committedListeners = new Set<(committed: Committed) => void>();
  readonly #hintListeners = new Set<(hint: HintEffect) => void>();
  readonly #counts = { inputs: 0, commits: 0, batchMax: 0, snapshots: 0 };
  #phase: Phase = 'idle';
  #state: State;
  #snapshotSeq: number;
  #turnScheduled = false;

  constructor(options: CorrelatorOptions) {
    this.#options = options;
    this.#state = options.state;
    this.#snapshotSeq = options.state.seq;
    this.#schedule = options.schedule ?? ((turn) => void setImmediate(turn));
    this.#inbox = createInbox(options.inboxCapacity ?? limits.inboxInputsMax);
    this.#timer = createDeadlineTimer({
      clock: options.clock,
      deadline: () => (this.#phase === 'running' ? options.core.nextDeadline(this.#state) : undefined),
      tell: (at) => this.#tellTime(at),
    });
  }

  /** Opens the inbox with `first` (`server.started`); resolves when that is committed. */
  start(first: Input): Promise<Committed> {
    assert(this.#phase === 'idle', 'the loop is started once');
    this.#phase = 'running';
    return this.submit(first);
  }

  /** Rejects with `SubmissionRefused`, a Failure: see `offer`; or `storage.failed` when its commit failed. */
  submit(input: Input): Promise<Committed> {
    const { promise, resolve, reject } = Promise.withResolvers<Committed>();
    const taken = this.#take({ input, resolve, reject });
    if (!taken.ok) reject(new SubmissionRefused(taken.failure));
    return promise;
  }

  /** `submit` for callers that wait for nothing. Failures: `limit.reached` (full), `unavailable` (not running). */
  offer(input: Input): Result<void> {
    return this.#take({ input });
  }

  /** Runs turns until the inbox is empty, in this call. For simulations and for the stop. */
  drain(): void {
    while (this.#inbox.size() > 0 && this.#phase === 'running') this.#turn();
  }

  /** 1. commits what waits; 2. refuses what is new; 3. saves a snapshot, so that the next start replays nothing. */
  stop(): void {
    this.drain();
    if (this.#phase !== 'running') return;
    this.#phase = 'stopped';
    this.#timer.cancel();
    this.#snapshotWhenDue(1);
  }

  state(): State {
    assert(this.#phase !== 'failed', 'nobody reads a state that was not committed');
    return this.#state;
  }

  onCommitted(listener: (committed: Committed) => void): () => void {
    return listen(this.#committedListeners, listener);
  }

  onHint(listener: (hint: HintEffect) => void): () => void {
    return listen(this.#hintListeners, listener);
  }

  counters(): CorrelatorCounters {
    return {
      ...this.#counts,
      deadlinesStuck: this.#timer.stuckCount(),
      inbox: this.#inbox.counters(),
    };
  }

  #turn(): void {
    this.#turnScheduled = false;
    if (this.#phase !== 'running') return;
    const batch = this.#inbox.take(limits.batchInputsMax); // 1
    if (batch.length === 0) return;
    const committed = this.#decideAndCommit(batch); // 2, 3, 4
    if (committed === undefined) return;
    this.#announce(batch, committed); // 5, 6, 7
    this.#snapshotWhenDue(limits.snapshotEveryInputs);
    this.#timer.arm();
    if (this.#inbox.size() > 0) this.#scheduleTurn();
  }

  /** Steps 2 to 4; undefined when the loop died of it. Catches everything, because whatever it was must end the process. */
  #decideAndCommit(batch: readonly Waiting[]): CommittedBatch | undefined {
    const { core, journal } = this.#options;
    const entries: JournalEntry[] = [];
    const hints: HintEffect[] = [];
    try {
      for (const { input } of batch) {
        const numbered = { seq: this.#state.seq + 1, input: inOrder(input, this.#state.at) };
        const { changes, effects } = core.decide(this.#state, numbered);
        this.#state = core.evolve(this.#state, numbered, changes);
        assert(this.#state.seq === numbered.seq, 'evolve numbers the state by its input');
        entries.push({ input: numbered, changes, effects: effects.filter(isTicketEffect) });
        for (const effect of effects) if (!isTicketEffect(effect)) hints.push(effect);
      }
      journal.commit(entries);
    } catch (error) {
      this.#die(error, batch);
      return undefined;
    }
    this.#counts.commits += 1;
    this.#counts.inputs += batch.length;
    this.#counts.batchMax = Math.max(this.#counts.batchMax, batch.length);
    return { entries, hints };
  }

  /** Steps 5 to 7. From here on everything in the batch is true. */
  #announce(batch: readonly Waiting[], { entries, hints }: CommittedBatch): void {
    const committed = entries.map(({ input, changes }): Committed => ({ seq: input.seq, changes }));
    for (const [index, one] of committed.entries()) batch[index]?.resolve?.(one);
    for (const { input } of entries) {
      if (input.input.kind === 'time.advanced') this.#timer.told(input.input.at);
    }
    for (const one of committed) {
      for (const listener of [...this.#committedListeners]) listener(one);
    }
    if (entries.some((entry) => entry.effects.length > 0)) this.#options.wakeOutbox();
    for (const hint of hints) {
      for (const listener of [...this.#hintListeners]) listener(hint);
    }
  }

  #snapshotWhenDue(everyInputs: number): void {
    if (this.#state.seq - this.#snapshotSeq < everyInputs) return;
    this.#options.journal.saveSnapshot({ seq: this.#state.seq, state: this.#state });
    this.#snapshotSeq = this.#state.seq;
    this.#counts.snapshots += 1;
  }

  /** `onFatal` first: where it ends the process, nothing else happens any more. */
  #die(error: unknown, batch: readonly Waiting[]): void {
    this.#phase = 'failed';
    this.#timer.cancel();
    this.#options.onFatal(error);
    const left = this.#inbox.take(this.#inbox.size());
    const reason = failure('storage.failed', phaseText.failed, { retryable: true });
    for (const waiting of [...batch, ...left]) waiting.reject?.(new SubmissionRefused(reason));
  }

  #take(waiting: Waiting): Result<void> {
    if (this.#phase !== 'running') {
      return fail(failure('unavailable', phaseText[this.#phase], { retryable: true }));
    }
    const taken = this.#inbox.offer(waiting);
    if (taken.ok) this.#scheduleTurn();
    return taken;
  }

  /** Behind everything learned before `at`, and past the inbox's limit: a full inbox must not stop time. */
  #tellTime(at: Instant): void {
    const anchorsGoodAt = this.#options.anchorsGoodAt();
    this.#inbox.offerReserved({ input: { kind: 'time.advanced', at, anchorsGoodAt } });
    this.#scheduleTurn();
  }

  #scheduleTurn(): void {
    if (this.#turnScheduled) return;
    this.#turnScheduled = true;
    this.#schedule(() => this.#turn());
  }
}

const phaseText: Readonly<Record<Phase, string>> = {
  idle: 'the correlator has not started yet',
  running: 'the correlator runs',
  stopped: 'the correlator is stopping',
  failed: 'the correlator could not commit; the server is ending',
};

/** The journal's time never runs backwards, whatever order the doors read the clock in. */
function inOrder(input: Input, notBefore: Instant): Input {
  return input.at >= notBefore ? input : { ...input, at: notBefore };
}

function listen<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
