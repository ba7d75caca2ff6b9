// The browser behind connection.ts: EventSource, timers, clock. The only file that touches them.
// Must never decide anything: every event is handed on as it came.
import { wallEvents } from '../../shared/api/wall.ts';
import { seededRandom } from '../../shared/random.ts';
import type { ConnectionPorts, StreamHandlers } from './connection.ts';

const wallUrl = '/api/v1/wall';

export const browserPorts: ConnectionPorts = {
  openStream,
  askStatus,
  now: () => Date.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
  breathe,
  random: seededRandom(Date.now()),
};

// Not a timer: those wait 4 ms each when they follow one another, and a second in a tab behind others.
const breath = new MessageChannel();
const breathers: (() => void)[] = [];
breath.port1.onmessage = () => breathers.shift()?.();

function breathe(call: () => void): void {
  breathers.push(call);
  breath.port2.postMessage(undefined);
}

function openStream(handlers: StreamHandlers): { close(): void } {
  const source = new EventSource(wallUrl);
  for (const name of wallEvents) {
    source.addEventListener(name, (event: MessageEvent<unknown>) => {
      handlers.message(name, typeof event.data === 'string' ? event.data : '');
    });
  }
  source.addEventListener('error', () => {
    handlers.broken({ refused: source.readyState === EventSource.CLOSED });
  });
  return { close: () => source.close() };
}

/** EventSource hides the status of a refusal, so the same address is asked once with fetch and dropped. */
async function askStatus(): Promise<number | undefined> {
  const cut = new AbortController();
  try {
    const answer = await fetch(wallUrl, {
      headers: { accept: 'text/event-stream' },
      cache: 'no-store',
      signal: cut.signal,
    });
    return answer.status;
  } catch {
    return undefined;
  } finally {
    cut.abort();
  }
}
