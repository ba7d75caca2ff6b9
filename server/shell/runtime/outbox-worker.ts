// Performs committed ticket effects at the desk, as often as it takes. Route step 15.
// Must never perform what is not committed, never give up on a desk that is away, and never forget an answer: the
// answer is committed as an input first, only then is the row done.

import { backoffMs } from '../../../shared/backoff.ts';
import type { Failure } from '../../../shared/failure.ts';
import type { EffectKey } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import type { Random } from '../../../shared/random.ts';
import type { Result } from '../../../shared/result.ts';
import { type Instant, later, plus, second } from '../../../shared/time.ts';
import type { TicketEffect } from '../../core/effect.ts';
import type { Input } from '../../core/input.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Desk } from '../../ports/desk.ts';
import type { Outbox, OutboxRow } from '../../ports/journal.ts';
import {
  createDeskCondition,
  type DeskCondition,
  type DeskNews,
  type HeldDelivery,
} from './desk-condition.ts';
import { createDeskProbe, type DeskProbe } from './desk-probe.ts';
import { createLateWatch, type LateWatch } from './late-watch.ts';
import { performInTime } from './perform-in-time.ts';

/** Full jitter: after a desk's outage its tickets do not come back in step. */
const retryPolicy = { baseMs: 1 * second, capMs: 60 * second, floorMs: 200 } as const;

export interface OutboxWorkerOptions {
  readonly outbox: Outbox;
  readonly desk: Desk;
  readonly clock: Clock;
  readonly random: Random;
  /** The correlator's `submit`: resolves after commit. */
  readonly submit: (input: Input) => Promise<unknown>;
  /** The outbox itself failed (disk): the process must end. */
  readonly onFatal: (error: unknown) => void;
  readonly onDesk?: (news: DeskNews) => void;
}

export interface OutboxCounters {
  /** Rows not yet done, and the age of the oldest in ms. */
  readonly waiting: number;
  readonly oldestAgeMs: number;
  readonly underWay: number;
  readonly attempts: number;
  readonly delivered: number;
  readonly refused: number;
  readonly retried: number;
  /** Times a row waited without having been attempted: the desk's rate, a `Retry-After`, another delivery. */
  readonly postponed: number;
  /** Deliveries that wait for a person. */
  readonly held: number;
  readonly deskUnreachableSince?: Instant;
  /** An opening of a critical has waited longer than `limits.deskLateToldMs`, since then. */
  readonly lateSince?: Instant;
}

/**
 * Per row, in this order:
 *
 * 1. claim: the oldest pending row of its incident, criticals first;
 * 2. perform at the desk, within `limits.outboxCallMs`;
 * 3. report: the answer goes through the correlator as `ticket.reported` and is committed;
 * 4. done (or refused) in the outbox; what waited behind it in its incident is next.
 *
 * A crash after 2 or 3 repeats the row from 1: the desk answers the same key with the same protocol, and the core is
 * told the same again. A desk that is away is tried again with backoff, for as long as it takes.
 *
 * A row that fails waits longer each time. When `limits.deskFailuresMax` deliveries failed in a row, it is the desk that
 * is away: then one row at a time asks, so that thousands of waiting rows neither hold the desk down nor keep this
 * process busy; and since few of them have failed often, all are due at once when the desk is back.
 */
export class OutboxWorker {
  readonly #options: OutboxWorkerOptions;
  readonly #condition: DeskCondition;
  readonly #underWay = new Map<EffectKey, Promise<void>>();
  readonly #counts = { attempts: 0, delivered: 0, refused: 0, retried: 0, postponed: 0 };
  #stopping = false;
  /** After the wait of a stop is over: the stores may be closed, a late answer touches nothing. */
  #abandoned = false;
  #cancelTimer: (() => void) | undefined;
  readonly #probe: DeskProbe;
  readonly #late: LateWatch;

  constructor(options: OutboxWorkerOptions) {
    this.#options = options;
    const { outbox, clock, random, desk, onDesk, onFatal } = options;
    this.#condition = createDeskCondition({ clock, random, placesMax: desk.placesMax, onDesk });
    this.#late = createLateWatch({ outbox, clock, condition: this.#condition, onDesk });
    this.#probe = createDeskProbe({
      desk,
      clock,
      onFatal,
      idle: () => this.#underWay.size === 0,
      hear: (answer) => this.#hearProbe(answer),
    });
  }

  /** Takes what may be performed now; the desk's calls begin within this call. Cheap when there is nothing. */
  wake(): void {
    if (this.#stopping) return;
    const { outbox, clock } = this.#options;
    this.#late.look();
    const now = clock.now();
    const paused = now < this.#condition.pausedUntil();
    const free = paused ? 0 : this.#condition.placesMax() - this.#underWay.size;
    for (const row of outbox.claim(now, free)) this.#begin(row);
    this.#armTimer();
    this.#probe.arm();
  }

  /** A person acted on what was held, or wants a waiting row tried now. False: there is no such waiting row. */
  nudge(key: EffectKey): boolean {
    const { outbox, clock } = this.#options;
    if (this.#stopping || this.#underWay.has(key)) return false;
    if (outbox.row(key)?.state !== 'pending') return false;
    outbox.postpone(key, clock.now(), 'tentar agora');
    this.wake();
    return true;
  }

  /** Deliveries that wait for a person, oldest first. */
  held(): readonly HeldDelivery[] {
    return this.#condition.waitingForPerson();
  }

  /** No new deliveries; waits for those under way, at most `limits.outboxStopMs`. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#cancelTimer?.();
    this.#probe.stop();
    this.#late.stop();
    if (this.#underWay.size > 0) {
      const patience = Promise.withResolvers<void>();
      const cancel = this.#options.clock.after(limits.outboxStopMs, patience.resolve);
      await Promise.race([Promise.all(this.#underWay.values()), patience.promise]);
      cancel();
    }
    this.#abandoned = true;
  }

  counters(): OutboxCounters {
    const { waiting, oldestAt } = this.#options.outbox.backlog();
    const now = this.#options.clock.now();
    return {
      waiting,
      oldestAgeMs: oldestAt === undefined ? 0 : Math.max(0, now - oldestAt),
      underWay: this.#underWay.size,
      ...this.#counts,
      held: this.#condition.waitingForPerson().length,
      deskUnreachableSince: this.#condition.unreachableSince(),
      lateSince: this.#late.since(),
    };
  }

  #begin(row: OutboxRow): void {
    const fatal = (error: unknown): void => {
      this.#stopping = true;
      this.#options.onFatal(error);
    };
    const delivery = this.#deliver(row)
      .catch(fatal)
      .then(() => {
        this.#underWay.delete(row.effect.key);
        this.wake();
      })
      .catch(fatal);
    this.#underWay.set(row.effect.key, delivery);
  }

  async #deliver(row: OutboxRow): Promise<void> {
    this.#counts.attempts += 1;
    const { desk, clock } = this.#options;
    const answer = await performInTime(desk, row.effect, clock);
    if (this.#abandoned) return;
    if (answer.ok || answer.failure.code === 'desk.refused') {
      this.#condition.answered(row.effect);
      await this.#conclude(row, answer);
      return;
    }
    this.#putBack(row, answer.failure);
  }

  /** Whose trouble it is: the desk's (away), this row's (a person, another delivery), or nobody's (our own rate). */
  #putBack(row: OutboxRow, error: Failure): void {
    const { effect } = row;
    switch (error.code) {
      case 'desk.held':
        this.#condition.held(effect, error.message);
        return this.#postpone(row, error, limits.deskHeldAskMs);
      case 'conflict':
        return this.#postpone(row, error, error.retryAfterMs ?? second);
      case 'limit.reached': {
        // Asked again soon, not when there is room for this row: one that is more urgent may come meanwhile.
        const waitMs = Math.min(error.retryAfterMs ?? second, limits.deskRateAskMs);
        this.#condition.leaveAlone(waitMs, 'own-rate');
        return this.#postpone(row, error, waitMs);
      }
      case 'desk.limited': {
        const waitMs = error.retryAfterMs ?? limits.deskLimitedMs;
        this.#condition.there();
        this.#condition.leaveAlone(waitMs, 'desk');
        return this.#postpone(row, error, Math.min(waitMs, limits.deskRetryAfterMsMax));
      }
      default:
        this.#condition.away(error, effect);
        return this.#retryLater(row, error.message);
    }
  }

  #postpone({ effect }: OutboxRow, error: Failure, waitMs: number): void {
    const { outbox, clock } = this.#options;
    outbox.postpone(effect.key, plus(clock.now(), waitMs), error.message);
    this.#counts.postponed += 1;
  }

  /** Steps 3 and 4. A report that the correlator cannot take now leaves the row as it was: the desk is asked again. */
  async #conclude(row: OutboxRow, answer: Result<{ readonly protocol: string }>): Promise<void> {
    const { outbox, clock, desk, submit } = this.#options;
    const { key, incident } = row.effect;
    const report: Input = {
      kind: 'ticket.reported',
      at: clock.now(),
      effect: key,
      incident,
      desk: desk.name,
      outcome: this.#outcomeOf(row.effect, answer),
    };
    const refused = await submit(report).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (this.#abandoned) return;
    if (refused !== undefined) {
      this.#retryLater(row, refused instanceof Error ? refused.message : 'the report was not taken');
    } else if (answer.ok) {
      outbox.done(key, clock.now(), answer.value.protocol);
      this.#counts.delivered += 1;
      this.#condition.settled(row.effect);
    } else {
      outbox.refused(key, clock.now(), answer.failure.message);
      this.#counts.refused += 1;
      this.#condition.refused(row.effect, answer.failure.message);
      this.#condition.settled(row.effect);
    }
  }

  #retryLater(row: OutboxRow, error: string): void {
    const { outbox, clock, random } = this.#options;
    const waitMs = backoffMs(retryPolicy, row.attempts, random);
    outbox.retry(row.effect.key, plus(clock.now(), waitMs), error);
    this.#counts.retried += 1;
  }

  /** A note may land on another ticket than the one that was registered: its own had vanished and was made anew. */
  #outcomeOf(effect: TicketEffect, answer: Result<{ readonly protocol: string }>) {
    if (!answer.ok) return { kind: 'refused', reason: answer.failure.message } as const;
    const { protocol } = answer.value;
    if (effect.kind === 'ticket.open') return { kind: 'registered', protocol } as const;
    const rows = this.#options.outbox.rowsOf(effect.incident);
    const before = rows.find((row) => row.effect.kind === 'ticket.open')?.protocol;
    if (before === undefined || before === protocol) return { kind: 'noted' } as const;
    return { kind: 'registered', protocol } as const;
  }

  #hearProbe(answer: Result<void>): void {
    if (answer.ok || answer.failure.code === 'desk.limited') this.#condition.there();
    else if (answer.failure.code.startsWith('desk.')) this.#condition.away(answer.failure);
    this.wake();
  }

  /** One timer to the next row that may be tried. With all places taken, the next answer wakes instead. */
  #armTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#underWay.size >= this.#condition.placesMax()) return;
    const { outbox, clock } = this.#options;
    const next = outbox.nextAttemptAt();
    if (next === undefined) return;
    const delayMs = later(next, this.#condition.pausedUntil()) - clock.now();
    this.#cancelTimer = clock.after(Math.min(Math.max(1, delayMs), limits.timerMsMax), () => this.wake());
  }
}
