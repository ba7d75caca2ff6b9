// The dead-man ping: as long as this server is ready it asks an address outside to note that it lives (healthchecks.io
// and its like raise the alarm when the pings stop). Silence is the message, so a server that is not ready sends none.
// Must never block anything, follow the service elsewhere, or write its URL (a secret) into a log.
import { limits } from '../../shared/limits.ts';
import type { Clock } from '../ports/clock.ts';

export interface DeadManOptions {
  readonly url: string;
  readonly everyMs: number;
  readonly clock: Clock;
  /** As /readyz says. */
  readonly ready: () => boolean;
  readonly fetch?: typeof globalThis.fetch;
}

export interface DeadManCounters {
  readonly sent: number;
  readonly failed: number;
  /** Times this server was not ready, so nothing was sent. */
  readonly withheld: number;
  /** Times the ping before was still under way. */
  readonly skipped: number;
}

export interface DeadMan {
  counters(): DeadManCounters;
  stop(): void;
}

/** The first ping goes out at once. One at a time, each within `limits.deadManCallMs`. */
export function startDeadMan(options: DeadManOptions): DeadMan {
  const { everyMs, clock, ready } = options;
  const counts = { sent: 0, failed: 0, withheld: 0, skipped: 0 };
  const stopping = new AbortController();
  let underWay = false;
  let cancel = (): void => {};
  const send = async (): Promise<void> => {
    underWay = true;
    const done = await ping(options, stopping.signal);
    underWay = false;
    if (stopping.signal.aborted) return;
    if (done) counts.sent += 1;
    else counts.failed += 1;
  };
  const turn = (): void => {
    cancel = clock.after(everyMs, turn);
    if (!ready()) counts.withheld += 1;
    else if (underWay) counts.skipped += 1;
    else void send();
  };
  turn();
  return {
    counters: () => ({ ...counts }),
    stop: () => {
      cancel();
      stopping.abort();
    },
  };
}

/** True = the service took it. Every trouble of the network is an answer here, never an exception. */
async function ping(
  { url, fetch = globalThis.fetch }: DeadManOptions,
  stopped: AbortSignal,
): Promise<boolean> {
  try {
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(limits.deadManCallMs)]);
    const answer = await fetch(url, { method: 'GET', signal, redirect: 'error' });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    // Refused, timed out, no name, no way: all the same, the service will notice.
    return false;
  }
}
