// What every view may read: the store, the tick, and "open the stream again". Handed down once by main.tsx.
// Views select the smallest piece they need, so that a tick or a delta draws only what it changed.
import { createContext, useCallback, useContext, useSyncExternalStore } from 'react';
import type { SiteRow } from '../../../shared/api/wall.ts';
import { present } from '../../../shared/assert.ts';
import type { Alerts, AlertsState } from '../alerts/alerts.ts';
import type { WallStore } from '../live.ts';
import { type Freshness, freshness, type WallState } from '../store.ts';
import type { Ticker } from '../ticker.ts';

export interface Wall {
  readonly store: WallStore;
  readonly ticker: Ticker;
  readonly alerts: Alerts;
  readonly openAgain: () => void;
}

export const WallContext = createContext<Wall | undefined>(undefined);

export function useWallContext(): Wall {
  return present(useContext(WallContext), 'the wall context around every view');
}

/** `select` must answer the same (by identity) while what it reads is the same. */
export function useWall<T>(select: (state: WallState) => T): T {
  const { store } = useWallContext();
  return useSyncExternalStore(store.subscribe, () => select(store.read()));
}

/** Draws again only when what `select` makes of browser time (ms) changes: give it texts or flags, not numbers. */
export function useTick<T extends string | number | boolean>(select: (now: number) => T): T {
  const { ticker } = useWallContext();
  return useSyncExternalStore(ticker.subscribe, () => select(ticker.now()));
}

/** The same in server time, which is what every instant of a row is in. */
export function useServerTick<T extends string | number | boolean>(select: (serverNow: number) => T): T {
  const { store, ticker } = useWallContext();
  // Hundreds of ages stand on a wall: they listen to the tick alone, and a corrected clock reaches them with the next one.
  return useSyncExternalStore(ticker.subscribe, () => select(ticker.now() + store.read().clockOffsetMs));
}

/** The site's row as it is now; draws again only when that row changes. */
export function useSite(id: string | undefined): SiteRow | undefined {
  return useWall((state) => (id === undefined ? undefined : state.view?.sites.get(id)));
}

export function useFreshness(): Freshness {
  const { store, ticker } = useWallContext();
  const listen = useCallback(
    (listener: () => void) => {
      const ends = [store.subscribe(listener), ticker.subscribe(listener)];
      return () => {
        for (const end of ends) end();
      };
    },
    [store, ticker],
  );
  return useSyncExternalStore(listen, () => freshness(store.read(), ticker.now()));
}

export function useAlerts(): AlertsState {
  const { alerts } = useWallContext();
  return useSyncExternalStore(alerts.subscribe, alerts.read);
}
