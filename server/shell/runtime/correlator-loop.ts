// The correlator's loop: the one place where the order of things stands. Route steps 7 to 14.
// Everything that may change the truth passes here, one input after the other, and comes out committed or not at all.
//
//   offer/submit -> inbox -> [ 1 drain  2 decide  3 evolve ]*n  4 COMMIT  5 receipt  6 publish  7 perform, hint
//                                     nothing leaves this room ^^^^^^^^ before this point
import { assert } from '../../../shared/assert.ts';
import { type Failure, failure } from '../../../shared/failure.ts';
import { limits } from '../../../shared/limits.ts';
import { fail, type Result } from '../../../shared/result.ts';
import { type Instant, later } from '../../../shared/time.ts';
import { type HintEffect, isTicketEffect } from '../../core/effect.ts';
import type { Input } from '../../core/input.ts';
import type { State } from '../../core/state.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Committed, Correlator } from '../../ports/correlator.ts';
import type { Journal, JournalEntry } from '../../ports/journal.ts';
import type { Core } from './core.ts';
import { createInbox, type InboxCounters, SubmissionRefused } from './inbox.ts';

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
  /** How the next turn is put off; `setImmediate` unless a simulation wants to call `drain` itself. */
  readonly schedule?: (turn: () => void) => void;
  /** Inputs that may wait; `limits.inboxInputsMax` unless a test wants fewer. */
  readonly inboxCapacity?: number;
}

export interface CorrelatorCounters {
  readonly inputs: number;
  readonly commits: number;
  readonly batchMax: number;
  readonly snapshots: number;
  /** Times the core still wanted an instant that had passed already. */
  readonly deadlinesStuck: number;
  readonly inbox: InboxCounters;
}

export interface CorrelatorLoop extends Correlator {
  /** Opens the inbox with `first` (`server.started`); resolves when that is committed. */
  start(first: Input): Promise<Committed>;
  /** `submit` for callers that wait for nothing. Failures: `limit.reached` (full), `unavailable` (not running). */
  offer(input: Input): Result<void>;
  /** Runs turns until the inbox is empty, in this call. For simulations and for the stop. */
  drain(): void;
  /** Refuses what is new, commits what waits, saves a snapshot. */
  stop(): void;
  counters(): CorrelatorCounters;
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
 * ARCHITECTURE.md says commit before evolve. Here 3 stands before 4 so that hundreds of inputs share one fsync, which
 * is safe for two reasons: steps 1 to 4 are one synchronous stretch, so nobody can read the state in between; and
 * when 2, 3 or 4 throws the loop is dead at once (`state()` fails, all waiting are refused, `onFatal` ends the
 * process), so a state ahead of the disk is never seen, receipted, published or performed.
 */
export function createCorrelatorLoop(options: CorrelatorOptions): CorrelatorLoop {
  const { core, journal, clock } = options;
  const schedule = options.schedule ?? ((turn) => void setImmediate(turn));
  const inbox = createInbox<Waiting>(options.inboxCapacity ?? limits.inboxInputsMax);
  const committedListeners = new Set<(committed: Committed) => void>();
  const hintListeners = new Set<(hint: HintEffect) => void>();
  let phase: 'idle' | 'running' | 'stopped' | 'failed' = 'idle';
  let state = options.state;
  let snapshotSeq = state.seq;
  let turnScheduled = false;
  let commits = 0;
  let inputs = 0;
  let batchMax = 0;
  let snapshots = 0;
  const timer = createDeadlineTimer({
    clock,
    deadline: () => (phase === 'running' ? core.nextDeadline(state) : undefined),
    tell: (at) => {
      inbox.offerReserved({ input: { kind: 'time.advanced', at, anchorsGoodAt: options.anchorsGoodAt() } });
      scheduleTurn();
    },
  });

  function offer(waiting: Waiting): Result<void> {
    if (phase !== 'running') return fail(failure('unavailable', phaseText[phase], { retryable: true }));
    const taken = inbox.offer(waiting);
    if (taken.ok) scheduleTurn();
    return taken;
  }

  function scheduleTurn(): void {
    if (turnScheduled) return;
    turnScheduled = true;
    schedule(turn);
  }

  function turn(): void {
    turnScheduled = false;
    if (phase === 'failed') return;
    const batch = inbox.take(limits.batchInputsMax);
    if (batch.length === 0) return;
    let committed: CommittedBatch;
    try {
      committed = decideAndCommit(batch);
    } catch (error) {
      die(error, batch);
      return;
    }
    announce(batch, committed);
    snapshotWhenDue(limits.snapshotEveryInputs);
    timer.arm();
    if (inbox.size() > 0) scheduleTurn();
  }

  /** Steps 2 to 4. Throws only what ends the process. */
  function decideAndCommit(batch: readonly Waiting[]): CommittedBatch {
    const entries: JournalEntry[] = [];
    const hints: HintEffect[] = [];
    for (const { input } of batch) {
      const numbered = { seq: state.seq + 1, input: inOrder(input, state.at) };
      const { changes, effects } = core.decide(state, numbered);
      state = core.evolve(state, numbered, changes);
      assert(state.seq === numbered.seq, 'evolve numbers the state by its input');
      for (const effect of effects) if (!isTicketEffect(effect)) hints.push(effect);
      entries.push({ input: numbered, changes, effects: effects.filter(isTicketEffect) });
    }
    journal.commit(entries);
    commits += 1;
    inputs += batch.length;
    batchMax = Math.max(batchMax, batch.length);
    return { entries, hints };
  }

  /** Steps 5 to 7. From here on everything is true. */
  function announce(batch: readonly Waiting[], { entries, hints }: CommittedBatch): void {
    const committed = entries.map(({ input, changes }): Committed => ({ seq: input.seq, changes }));
    for (const [index, one] of committed.entries()) batch[index]?.resolve?.(one);
    for (const { input } of entries) if (input.input.kind === 'time.advanced') timer.told(input.input.at);
    for (const one of committed) for (const listener of [...committedListeners]) listener(one);
    if (entries.some((entry) => entry.effects.length > 0)) options.wakeOutbox();
    for (const hint of hints) for (const listener of [...hintListeners]) listener(hint);
  }

  function snapshotWhenDue(everyInputs: number): void {
    if (state.seq - snapshotSeq < everyInputs) return;
    journal.saveSnapshot({ seq: state.seq, state });
    snapshotSeq = state.seq;
    snapshots += 1;
  }

  function die(error: unknown, batch: readonly Waiting[]): void {
    phase = 'failed';
    timer.cancel();
    options.onFatal(error);
    const reason = new SubmissionRefused(failure('storage.failed', phaseText.failed, { retryable: true }));
    for (const waiting of [...batch, ...inbox.take(Number.MAX_SAFE_INTEGER)]) waiting.reject?.(reason);
  }

  function drain(): void {
    while (inbox.size() > 0 && phase !== 'failed') turn();
  }

  function submit(input: Input): Promise<Committed> {
    const { promise, resolve, reject } = Promise.withResolvers<Committed>();
    const taken = offer({ input, resolve, reject });
    if (!taken.ok) reject(new SubmissionRefused(taken.failure));
    return promise;
  }

  return {
    start: (first) => {
      assert(phase === 'idle', 'the loop is started once');
      phase = 'running';
      return submit(first);
    },
    submit,
    offer: (input) => offer({ input }),
    drain,
    stop: () => {
      if (phase === 'failed' || phase === 'stopped') return;
      drain();
      if (isFailed()) return;
      phase = 'stopped';
      timer.cancel();
      snapshotWhenDue(1);
    },
    state: () => {
      assert(phase !== 'failed', 'nobody reads a state that was not committed');
      return state;
    },
    onCommitted: (listener) => listen(committedListeners, listener),
    onHint: (listener) => listen(hintListeners, listener),
    counters: () => ({
      inputs,
      commits,
      batchMax,
      snapshots,
      deadlinesStuck: timer.stuckCount(),
      inbox: inbox.counters(),
    }),
  };

  /** Asked anew, because a turn may have changed it since it was last looked at. */
  function isFailed(): boolean {
    return phase === 'failed';
  }
}

const phaseText: Readonly<Record<'idle' | 'running' | 'stopped' | 'failed', Failure['message']>> = {
  idle: 'the correlator has not started yet',
  running: 'the correlator runs',
  stopped: 'the correlator is stopping',
  failed: 'the correlator could not commit and the server is ending',
};

/** The journal's time never runs backwards, whatever order the doors read the clock in. */
function inOrder(input: Input, notBefore: Instant): Input {
  return input.at >= notBefore ? input : { ...input, at: later(input.at, notBefore) };
}

function listen<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

interface DeadlineTimerOptions {
  readonly clock: Clock;
  readonly deadline: () => Instant | undefined;
  /** Put the word on time behind everything that was learned before it. */
  readonly tell: (at: Instant) => void;
}

/**
 * Turns the core's next deadline into one `time.advanced`. At most one is under way; a deadline that stays in the
 * past after the core was told is asked about again only after `limits.deadlineFloorMs`, and counted.
 */
function createDeadlineTimer({ clock, deadline, tell }: DeadlineTimerOptions) {
  let armed: { readonly at: Instant; readonly cancel: () => void } | undefined;
  let underWay = false;
  let toldAt: Instant | undefined;
  let stuckCount = 0;

  function arm(): void {
    const at = deadline();
    if (underWay || armed?.at === at) return;
    cancel();
    if (at === undefined) return;
    const stuck = toldAt !== undefined && at <= toldAt;
    if (stuck) stuckCount += 1;
    const delayMs = Math.max(at - clock.now(), stuck ? limits.deadlineFloorMs : 0);
    armed = { at, cancel: clock.after(Math.min(delayMs, limits.timerMsMax), () => fire(at)) };
  }

  function fire(at: Instant): void {
    armed = undefined;
    const now = clock.now();
    if (now < at) {
      arm();
      return;
    }
    underWay = true;
    tell(now);
  }

  function cancel(): void {
    armed?.cancel();
    armed = undefined;
  }

  return {
    arm,
    cancel,
    told: (at: Instant) => {
      underWay = false;
      toldAt = at;
    },
    stuckCount: () => stuckCount,
  };
}
