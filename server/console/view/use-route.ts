// The open panel as a hook over the address's fragment. Opening is an ordinary link; closing goes through `closePanel`.
import { useMemo, useSyncExternalStore } from 'react';
import { type Route, routeOf } from '../route.ts';

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  return useMemo(() => routeOf(hash), [hash]);
}

/** Takes the fragment away. pushState, because setting an empty fragment would scroll to the top of the wall. */
export function closePanel(): void {
  if (location.hash === '') return;
  history.pushState(null, '', `${location.pathname}${location.search}`);
  dispatchEvent(new PopStateEvent('popstate'));
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  addEventListener('popstate', listener);
  return () => {
    removeEventListener('hashchange', listener);
    removeEventListener('popstate', listener);
  };
}
