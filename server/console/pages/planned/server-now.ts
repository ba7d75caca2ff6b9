// The server's time, asked for in the moment of an action: the browser's clock may be wrong, a window must not be. Draws nothing.
import { useCallback } from 'react';
import { minute } from '../../../../shared/time.ts';
import { useServerTick, useWallContext } from '../../view/wall-context.ts';

export function useServerNow(): () => number {
  const { store, ticker } = useWallContext();
  return useCallback(() => ticker.now() + store.read().clockOffsetMs, [store, ticker]);
}

/** Server time in whole minutes, ms: draws again once a minute. */
export function useServerMinute(): number {
  return useServerTick((now) => Math.floor(now / minute)) * minute;
}
