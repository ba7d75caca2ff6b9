// One channel's messages on their way: one at a time, criticals first, tried again with growing pauses or as the channel
// asks, given up after a day. The queue's truth is the store; this holds only the order and what is under way.
// Must never mark as sent what was not answered, nor let one bad recipient keep the others waiting.
import { backoffMs } from '../../../shared/backoff.ts';
import { limits } from '../../../shared/limits.ts';
import type { Random } from '../../../shared/random.ts';
import type { Result } from '../../../shared/result.ts';
import { type Instant, minute, plus, second } from '../../../shared/time.ts';
import { priorities } from '../../../shared/words.ts';
import type { Channel, ChannelFailure } from '../../ports/channel.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Message, NoticeStore, NoticeTrouble } from '../../ports/notice-store.ts';

const retryPolicy = { baseMs: 2 * second, capMs: 2 * minute, floorMs: 500 } as const;

export interface ChannelLineOptions {
  readonly channel: Channel;
  readonly store: Pick<NoticeStore, 'unsent' | 'settle' | 'lastSentAt'>;
  readonly clock: Clock;
  readonly random: Random;
  /** The disk refused: the process must end. */
  readonly onFatal: (error: unknown) => void;
  /** Refused or given up; for the log. */
  readonly onRefused?: (channel: string, key: string, message: string) => void;
}

export interface ChannelState {
  readonly sent: number;
  readonly retried: number;
  readonly refused: number;
  /** Tried for a day in vain. */
  readonly givenUp: number;
  readonly waiting: number;
  /** Kept over restarts, unlike the figures. */
  readonly lastSentAt?: Instant;
  /** Gone with the next message that is sent. */
  readonly lastError?: NoticeTrouble & { readonly at: Instant };
  /** It did not answer: when it is asked again. */
  readonly nextTryAt?: Instant;
}

interface Waiting {
  readonly message: Message;
  attempts: number;
}

/** Begins with what a run before left unsent. */
export class ChannelLine {
  readonly #options: ChannelLineOptions;
  readonly #queue = new Map<number, Waiting>();
  readonly #counts = { sent: 0, retried: 0, refused: 0, givenUp: 0 };
  #lastSentAt: Instant | undefined;
  #lastError: ChannelState['lastError'];
  #nextTryAt: Instant | undefined;
  #failuresInRow = 0;
  #busy = false;
  #stopped = false;
  #cancel: () => void;

  constructor(options: ChannelLineOptions) {
    this.#options = options;
    this.#lastSentAt = options.store.lastSentAt(options.channel.name);
    for (const message of options.store.unsent(options.channel.name)) this.#keep(message);
    // Not in the caller's turn: a channel must not speak before its maker has finished.
    this.#cancel = options.clock.after(0, () => this.#next());
  }

  add(message: Message): void {
    this.#keep(message);
    this.#next();
  }

  state(): ChannelState {
    const waiting = this.#queue.size;
    return {
      ...this.#counts,
      waiting,
      lastSentAt: this.#lastSentAt,
      lastError: this.#lastError,
      nextTryAt: this.#nextTryAt,
    };
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #keep(message: Message): void {
    this.#queue.set(message.id, { message, attempts: 0 });
  }

  #next(): void {
    if (this.#busy || this.#stopped) return;
    const chosen = mostUrgent(this.#queue.values());
    if (chosen === undefined) return;
    this.#busy = true;
    const { notice, recipient } = chosen.message;
    const { channel, onFatal } = this.#options;
    channel
      .send(notice, recipient)
      .then((result) => {
        if (!this.#stopped) this.#settle(chosen, result);
      })
      .catch(onFatal);
  }

  #settle(waiting: Waiting, result: Result<void, ChannelFailure>): void {
    const { store, clock, channel, onRefused } = this.#options;
    const { message } = waiting;
    const now = clock.now();
    if (result.ok) {
      store.settle(message.id, 'sent', now);
      this.#counts.sent += 1;
      this.#lastSentAt = now;
      this.#lastError = undefined;
      return this.#free(message);
    }
    const { failure } = result;
    const trouble = troubleOf(failure);
    this.#lastError = { at: now, ...trouble };
    const tooOld = now - message.at > limits.noticeTriesMsMax;
    if (failure.retryable && !tooOld) return this.#again(waiting, failure);
    store.settle(message.id, 'refused', now, trouble);
    this.#counts[failure.retryable ? 'givenUp' : 'refused'] += 1;
    onRefused?.(channel.name, message.notice.key, failure.message);
    this.#free(message);
  }

  #free({ id }: Message): void {
    this.#queue.delete(id);
    this.#failuresInRow = 0;
    this.#busy = false;
    this.#next();
  }

  #again(waiting: Waiting, failure: ChannelFailure): void {
    const { clock, random } = this.#options;
    waiting.attempts += 1;
    this.#counts.retried += 1;
    const pauseMs = Math.max(backoffMs(retryPolicy, this.#failuresInRow, random), failure.retryAfterMs ?? 0);
    this.#failuresInRow += 1;
    this.#nextTryAt = plus(clock.now(), Math.round(pauseMs));
    this.#cancel = clock.after(pauseMs, () => {
      this.#nextTryAt = undefined;
      this.#busy = false;
      this.#next();
    });
  }
}

/** What of a failure is kept and shown. */
export function troubleOf({ message, status, retryable }: ChannelFailure): NoticeTrouble {
  return { message, status, refused: !retryable };
}

/** What failed before waits behind what was not tried yet. */
function mostUrgent(queue: Iterable<Waiting>): Waiting | undefined {
  let found: Waiting | undefined;
  for (const each of queue) if (found === undefined || isBefore(each, found)) found = each;
  return found;
}

function isBefore(a: Waiting, b: Waiting): boolean {
  if (a.attempts !== b.attempts) return a.attempts < b.attempts;
  const urgency =
    priorities.indexOf(a.message.notice.priority) - priorities.indexOf(b.message.notice.priority);
  return urgency !== 0 ? urgency < 0 : a.message.id < b.message.id;
}
