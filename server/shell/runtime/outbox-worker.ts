// Performs committed ticket effects at the desk, as often as it takes. Route step 15.
// Must never perform what is not committed, never give up on a desk that is away, and never forget an answer: the
// answer is committed as an input first, only then is the row done.

import { backoffMs } from '../../../shared/backoff.ts';
import type { Failure } from '../../../shared/failure.ts';
import { failure } from '../../../shared/failure.ts';
import { limits } from '../../../shared/limits.ts';
import type { Random } from '../../../shared/random.ts';
import { fail, type Result } from '../../../shared/result.ts';
import { type Instant, instant, later, plus, second } from '../../../shared/time.ts';
import type { Input } from '../../core/input.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Desk } from '../../ports/desk.ts';
import type { Outbox, OutboxRow } from '../../ports/journal.ts';

/** Full jitter: after a desk's outage its tickets do not come back in step. */
const retryPolicy = { baseMs: 1 * second, capMs: 60 * second, floorMs: 200 } as const;

/** The same for the desk as a whole, once it looks as if it were away. */
const probePolicy = { baseMs: 1 * second, capMs: limits.deskProbeMsMax, floorMs: 200 } as const;

/** Of the desk as a whole, for the NOC: told when it changes. */
export type DeskNews =
  | { readonly kind: 'desk.unreachable'; readonly at: Instant; readonly error: Failure }
  | { readonly kind: 'desk.reached'; readonly at: Instant; readonly unreachableSince: Instant };

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
  readonly deskUnreachableSince?: Instant;
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
  readonly #underWay = new Set<Promise<void>>();
  readonly #counts = { attempts: 0, delivered: 0, refused: 0, retried: 0 };
  #stopping = false;
  /** After the wait of a stop is over: the stores may be closed, a late answer touches nothing. */
  #abandoned = false;
  #cancelTimer: (() => void) | undefined;
  #unreachableSince: Instant | undefined;
  #failuresInRow = 0;
  #pausedUntil: Instant = instant(0);

  constructor(options: OutboxWorkerOptions) {
    this.#options = options;
  }

  /** Takes what may be performed now; the desk's calls begin within this call. Cheap when there is nothing. */
  wake(): void {
    if (this.#stopping) return;
    const { outbox, clock } = this.#options;
    const now = clock.now();
    const free = now < this.#pausedUntil ? 0 : this.#placesMax() - this.#underWay.size;
    for (const row of outbox.claim(now, free)) this.#begin(row);
    this.#armTimer();
  }

  /** No new deliveries; waits for those under way, at most `limits.outboxStopMs`. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#cancelTimer?.();
    if (this.#underWay.size > 0) {
      const patience = Promise.withResolvers<void>();
      const cancel = this.#options.clock.after(limits.outboxStopMs, patience.resolve);
      await Promise.race([Promise.all(this.#underWay), patience.promise]);
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
      deskUnreachableSince: this.#unreachableSince,
    };
  }

  #begin(row: OutboxRow): void {
    const delivery = this.#deliver(row)
      .catch((error: unknown) => {
        this.#stopping = true;
        this.#options.onFatal(error);
      })
      .finally(() => {
        this.#underWay.delete(delivery);
        this.wake();
      });
    this.#underWay.add(delivery);
  }

  async #deliver(row: OutboxRow): Promise<void> {
    this.#counts.attempts += 1;
    const answer = await this.#perform(row);
    if (this.#abandoned) return;
    if (answer.ok || answer.failure.code === 'desk.refused') {
      this.#noteAnswered();
      await this.#conclude(row, answer);
      return;
    }
    this.#noteAway(answer.failure);
    this.#retryLater(row, answer.failure.message);
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
      outcome: outcomeOf(row, answer),
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
    } else {
      outbox.refused(key, clock.now(), answer.failure.message);
      this.#counts.refused += 1;
    }
  }

  #retryLater(row: OutboxRow, error: string): void {
    const { outbox, clock, random } = this.#options;
    const waitMs = backoffMs(retryPolicy, row.attempts, random);
    outbox.retry(row.effect.key, plus(clock.now(), waitMs), error);
    this.#counts.retried += 1;
  }

  /**
   * One call, bounded in time. A desk adapter answers with a Result; one that throws has a bug, but a ticket must not
   * be lost to it, so it counts as away: it is seen in the row's last error and tried again.
   */
  async #perform(row: OutboxRow): Promise<Result<{ readonly protocol: string }>> {
    const late = Promise.withResolvers<Result<{ readonly protocol: string }>>();
    const cancel = this.#options.clock.after(limits.outboxCallMs, () =>
      late.resolve(away('no answer in time')),
    );
    try {
      return await Promise.race([this.#options.desk.perform(row.effect), late.promise]);
    } catch (error) {
      return away(error instanceof Error ? error.message : String(error));
    } finally {
      cancel();
    }
  }

  #placesMax(): number {
    return this.#failuresInRow >= limits.deskFailuresMax ? 1 : limits.outboxConcurrencyMax;
  }

  #noteAnswered(): void {
    const at = this.#options.clock.now();
    const since = this.#unreachableSince;
    this.#failuresInRow = 0;
    this.#pausedUntil = at;
    if (since === undefined) return;
    this.#unreachableSince = undefined;
    this.#options.onDesk?.({ kind: 'desk.reached', at, unreachableSince: since });
  }

  #noteAway(error: Failure): void {
    const { clock, random, onDesk } = this.#options;
    const at = clock.now();
    this.#failuresInRow += 1;
    const over = this.#failuresInRow - limits.deskFailuresMax;
    if (over >= 0) this.#pausedUntil = plus(at, backoffMs(probePolicy, over, random));
    if (this.#unreachableSince !== undefined) return;
    this.#unreachableSince = at;
    onDesk?.({ kind: 'desk.unreachable', at, error });
  }

  /** One timer to the next row that may be tried. With all places taken, the next answer wakes instead. */
  #armTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#underWay.size >= this.#placesMax()) return;
    const { outbox, clock } = this.#options;
    const next = outbox.nextAttemptAt();
    if (next === undefined) return;
    const delayMs = later(next, this.#pausedUntil) - clock.now();
    this.#cancelTimer = clock.after(Math.min(Math.max(1, delayMs), limits.timerMsMax), () => this.wake());
  }
}

function outcomeOf(row: OutboxRow, answer: Result<{ readonly protocol: string }>) {
  if (!answer.ok) return { kind: 'refused', reason: answer.failure.message } as const;
  if (row.effect.kind === 'ticket.open')
    return { kind: 'registered', protocol: answer.value.protocol } as const;
  return { kind: 'noted' } as const;
}

function away(message: string): Result<never> {
  return fail(failure('desk.unavailable', message, { retryable: true }));
}
