// What one session wants committed, in its order: a few items under way, the rest waiting, the socket unread meanwhile.
// The full inbox of the correlator thus reaches back to the one who fills it. Never drops or reorders an item.
import { limits } from '../../../shared/limits.ts';

export interface CommitLine<T> {
  /** False when too much waits already; the item is not taken then. */
  push(item: T): boolean;
  /** The socket is not being read. */
  isPaused(): boolean;
  /** What waits is forgotten; what is under way still ends, unheard. */
  stop(): void;
}

export interface CommitLineOptions<T> {
  /** Starts the item; resolves after its commit, rejects when it was refused. `undefined` = nothing to wait for. */
  readonly start: (item: T) => Promise<unknown> | undefined;
  readonly committed: (item: T) => void;
  readonly refused: () => void;
  readonly pause: () => void;
  readonly resume: () => void;
}

export function createCommitLine<T>(options: CommitLineOptions<T>): CommitLine<T> {
  const waiting: T[] = [];
  let inFlight = 0;
  let paused = false;
  let stopped = false;

  const pump = (): void => {
    while (!stopped && inFlight < limits.changesInFlightMax) {
      const item = waiting.shift();
      if (item === undefined) break;
      const started = options.start(item);
      if (started === undefined) continue;
      inFlight += 1;
      started.then(() => finish(item), refuse);
    }
    const full = inFlight >= limits.changesInFlightMax;
    if (stopped || full === paused) return;
    paused = full;
    if (full) options.pause();
    else options.resume();
  };
  const finish = (item: T): void => {
    inFlight -= 1;
    if (stopped) return;
    options.committed(item);
    pump();
  };
  const refuse = (): void => {
    if (!stopped) options.refused();
  };

  return {
    push(item) {
      if (stopped || waiting.length >= limits.messagesWaitingMax) return false;
      waiting.push(item);
      pump();
      return true;
    },
    isPaused: () => paused,
    stop() {
      stopped = true;
      waiting.length = 0;
    },
  };
}
