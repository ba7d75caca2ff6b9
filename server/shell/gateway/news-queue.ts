// The way into the correlator for news that must not be lost when its inbox is full: kept in order, offered again.
// Used by the liveness driver, the sessions' ends and the outside-in probes. It never invents or reorders an input.
import { limits } from '../../../shared/limits.ts';
import type { Input } from '../../core/input.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Correlator } from '../../ports/correlator.ts';
import type { GatewayCounters } from './counters.ts';

export interface NewsQueue {
  /** At once when nothing waits; else behind what waits. */
  submit(input: Input): void;
  waiting(): number;
  /** Nothing is offered again after this. */
  stop(): void;
}

export interface NewsQueueOptions {
  readonly correlator: Correlator;
  readonly clock: Clock;
  readonly counters: GatewayCounters;
  readonly waitingMax?: number;
}

export function createNewsQueue(options: NewsQueueOptions): NewsQueue {
  const { correlator, clock, counters } = options;
  const waitingMax = options.waitingMax ?? limits.newsWaitingMax;
  let refused: Input[] = [];
  let cancelRetry: (() => void) | undefined;
  let stopped = false;

  const offer = (input: Input): void => {
    correlator.submit(input).then(ignoreCommit, () => keep(input));
  };
  const keep = (input: Input): void => {
    if (stopped) return;
    if (refused.length >= waitingMax) {
      refused.shift();
      counters.count('news.dropped');
    }
    refused.push(input);
    cancelRetry ??= clock.after(limits.newsRetryMs, retry);
  };
  const retry = (): void => {
    cancelRetry = undefined;
    counters.count('news.retried');
    const again = refused;
    refused = [];
    // Refusals come back in the order of the offers, so what is refused again waits in its old order.
    for (const input of again) offer(input);
  };

  return {
    submit(input) {
      if (stopped) return;
      if (refused.length > 0) keep(input);
      else offer(input);
    },
    waiting: () => refused.length,
    stop() {
      stopped = true;
      cancelRetry?.();
    },
  };
}

function ignoreCommit(): void {}
