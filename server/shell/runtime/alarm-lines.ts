// The queues to the alarms: each alarm is told everything, in order, one piece of news at a time, tried again for as long as
// it takes. Used by whatever has news for the NOC beside the tickets.
// Must never let one alarm's trouble keep another from being told, nor grow without a limit.
import { backoffMs } from '../../../shared/backoff.ts';
import { limits } from '../../../shared/limits.ts';
import type { Random } from '../../../shared/random.ts';
import type { Result } from '../../../shared/result.ts';
import { minute, second } from '../../../shared/time.ts';
import type { Alarm, AlarmNews } from '../../ports/alarm.ts';
import type { Clock } from '../../ports/clock.ts';

const retryPolicy = { baseMs: 2 * second, capMs: minute, floorMs: 500 } as const;

export interface AlarmLinesOptions {
  readonly alarms: readonly Alarm[];
  readonly clock: Clock;
  readonly random: Random;
  /** What an alarm would not take; for the log. */
  readonly onRefused?: (alarm: string, key: string, message: string) => void;
}

export interface AlarmCounters {
  readonly told: number;
  readonly retried: number;
  readonly refused: number;
  /** News that fell out of a full queue. */
  readonly dropped: number;
  readonly waiting: number;
}

export interface AlarmLines {
  tell(news: AlarmNews): void;
  counters(): AlarmCounters;
  stop(): void;
}

export function createAlarmLines(options: AlarmLinesOptions): AlarmLines {
  const counts = { told: 0, retried: 0, refused: 0, dropped: 0 };
  const lines = options.alarms.map((alarm) => createLine({ ...options, alarm, counts }));
  return {
    tell: (news) => {
      for (const line of lines) line.add(news);
    },
    counters: () => ({ ...counts, waiting: lines.reduce((sum, line) => sum + line.waiting(), 0) }),
    stop: () => {
      for (const line of lines) line.stop();
    },
  };
}

interface LineOptions extends AlarmLinesOptions {
  readonly alarm: Alarm;
  readonly counts: { told: number; retried: number; refused: number; dropped: number };
}

interface Line {
  add(news: AlarmNews): void;
  waiting(): number;
  stop(): void;
}

/** One alarm's queue: in order, one at a time, tried again for as long as it takes. */
function createLine({ alarm, clock, random, counts, onRefused }: LineOptions): Line {
  const queue: AlarmNews[] = [];
  let busy = false;
  let stopped = false;
  let attempt = 0;
  let cancel = (): void => {};
  const next = (): void => {
    const news = queue[0];
    if (busy || stopped || news === undefined) return;
    busy = true;
    void alarm.tell(news).then((result) => settle(news, result));
  };
  const settle = (news: AlarmNews, result: Result<void>): void => {
    if (stopped) return;
    if (!result.ok && result.failure.retryable) {
      counts.retried += 1;
      cancel = clock.after(backoffMs(retryPolicy, attempt, random), () => {
        busy = false;
        next();
      });
      attempt += 1;
      return;
    }
    if (result.ok) counts.told += 1;
    else {
      counts.refused += 1;
      onRefused?.(alarm.name, news.key, result.failure.message);
    }
    attempt = 0;
    busy = false;
    if (queue[0] === news) queue.shift();
    next();
  };
  return {
    add: (news) => {
      queue.push(news);
      if (queue.length > limits.alarmsWaitingMax) {
        queue.splice(busy ? 1 : 0, 1);
        counts.dropped += 1;
      }
      next();
    },
    waiting: () => queue.length,
    stop: () => {
      stopped = true;
      cancel();
    },
  };
}
