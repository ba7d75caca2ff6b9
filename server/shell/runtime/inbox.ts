// The bounded queue in front of the correlator. Route step 7. First in, first out.
// Must never grow without limit and never drop what it took: what does not fit is refused to the one who brought it.
import { type Failure, failure } from '../../../shared/failure.ts';
import { limits } from '../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';

export interface InboxCounters {
  readonly waiting: number;
  readonly waitingMax: number;
  readonly refused: number;
}

export interface Inbox<T> {
  /** Failure: `limit.reached` when full; try again later. */
  offer(item: T): Result<void>;
  /** Beyond the limit, for the loop's own word on time: at most one at once, so the queue stays bounded. */
  offerReserved(item: T): void;
  /** The oldest, at most `max`, removed. */
  take(max: number): T[];
  size(): number;
  counters(): InboxCounters;
}

export function createInbox<T>(capacity: number = limits.inboxInputsMax): Inbox<T> {
  let items: T[] = [];
  let head = 0;
  let waitingMax = 0;
  let refused = 0;
  const size = (): number => items.length - head;
  const push = (item: T): void => {
    items.push(item);
    waitingMax = Math.max(waitingMax, size());
  };
  return {
    offer: (item) => {
      if (size() >= capacity) {
        refused += 1;
        return fail(
          failure('limit.reached', `the inbox holds ${capacity} inputs and is full`, { retryable: true }),
        );
      }
      push(item);
      return ok(undefined);
    },
    offerReserved: push,
    take: (max) => {
      const taken = items.slice(head, head + max);
      head += taken.length;
      // Compacted rarely, so that taking stays cheap however long the queue is.
      if (head * 2 >= items.length) {
        items = items.slice(head);
        head = 0;
      }
      return taken;
    },
    size,
    counters: () => ({ waiting: size(), waitingMax, refused }),
  };
}

/** What a refused `submit` rejects with: a Failure that is also an Error, so that awaiting callers see where. */
export class SubmissionRefused extends Error implements Failure {
  override name = 'SubmissionRefused';
  readonly code: Failure['code'];
  readonly retryable: boolean;

  constructor(reason: Failure) {
    super(reason.message);
    this.code = reason.code;
    this.retryable = reason.retryable;
  }
}
