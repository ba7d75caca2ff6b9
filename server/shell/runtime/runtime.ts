// Puts loop and outbox worker together and starts and stops them in order. `app.ts` makes one of these.
// Must never perform before the start is committed, nor close the inbox while a desk's answer is still on its way.
import type { EffectKey } from '../../../shared/ids.ts';
import type { Random } from '../../../shared/random.ts';
import type { Instant } from '../../../shared/time.ts';
import type { Policy } from '../../core/policy.ts';
import type { State } from '../../core/state.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Committed, Correlator } from '../../ports/correlator.ts';
import type { Desk } from '../../ports/desk.ts';
import type { Journal, Outbox } from '../../ports/journal.ts';
import { type Core, serverCore } from './core.ts';
import { type CorrelatorCounters, CorrelatorLoop } from './correlator-loop.ts';
import type { DeskNews, HeldDelivery } from './desk-condition.ts';
import { type OutboxCounters, OutboxWorker } from './outbox-worker.ts';

export interface RuntimeOptions {
  readonly journal: Journal;
  readonly outbox: Outbox;
  readonly desk: Desk;
  readonly clock: Clock;
  readonly random: Random;
  /** From `recover(journal)`. The clock must have been made with `notBefore: state.at`. */
  readonly state: State;
  readonly release: string;
  readonly policy: Policy;
  readonly anchorsGoodAt: () => Instant | undefined;
  /** Must end the process: what is in memory may be ahead of the disk. */
  readonly onFatal: (error: unknown) => void;
  readonly onDesk?: (news: DeskNews) => void;
  readonly core?: Core;
}

export interface Runtime {
  readonly correlator: Correlator;
  /** 1. commits `server.started`; 2. performs what a run before left in the outbox. */
  start(): Promise<Committed>;
  /** 1. no new deliveries, those under way are waited for (<= 3 s); 2. the inbox is drained and closed; 3. snapshot. */
  stop(): Promise<void>;
  /** A person acted: this delivery is tried now. False: there is no such waiting delivery. */
  nudge(key: EffectKey): boolean;
  /** Deliveries that wait for a person, oldest first. */
  heldDeliveries(): readonly HeldDelivery[];
  counters(): { readonly correlator: CorrelatorCounters; readonly outbox: OutboxCounters };
}

export function createRuntime(options: RuntimeOptions): Runtime {
  const { journal, outbox, desk, clock, random, state, anchorsGoodAt, onFatal, onDesk } = options;
  const loop = new CorrelatorLoop({
    core: options.core ?? serverCore,
    journal,
    clock,
    state,
    anchorsGoodAt,
    wakeOutbox: () => worker.wake(),
    onFatal,
  });
  const worker = new OutboxWorker({
    outbox,
    desk,
    clock,
    random,
    submit: (input) => loop.submit(input),
    onFatal,
    onDesk,
  });
  return {
    // Plain functions: whoever takes one of them apart from the others must not lose the loop.
    correlator: {
      submit: (input) => loop.submit(input),
      state: () => loop.state(),
      onCommitted: (listener) => loop.onCommitted(listener),
      onHint: (listener) => loop.onHint(listener),
    },
    start: async () => {
      const { release, policy } = options;
      const started = await loop.start({ kind: 'server.started', at: clock.now(), release, policy });
      worker.wake();
      return started;
    },
    stop: async () => {
      await worker.stop();
      loop.stop();
    },
    nudge: (key) => worker.nudge(key),
    heldDeliveries: () => worker.held(),
    counters: () => ({ correlator: loop.counters(), outbox: worker.counters() }),
  };
}
