// One tick a second for every age and clock on the wall, aligned to the second so that they change together.
// Views read the tick's instant, not the clock, so that one drawing never shows two different nows.
import { second } from '../../shared/time.ts';

export interface Ticker {
  /** Browser time of the last tick, ms. */
  now(): number;
  /** The returned function ends the subscription. */
  subscribe(listener: () => void): () => void;
}

/** Ticks for as long as the page lives. */
export function startTicker(): Ticker {
  let now = Date.now();
  const listeners = new Set<() => void>();
  const tick = (): void => {
    now = Date.now();
    for (const listener of listeners) listener();
    setTimeout(tick, second - (now % second));
  };
  setTimeout(tick, second - (now % second));
  return {
    now: () => now,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
