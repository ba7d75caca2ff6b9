// The store as the views read it: one state, a reducer, and listeners told at most ten times a second.
// A mass outage brings hundreds of deltas in a second; each is applied at once, but drawing waits for a breath.
import { reduceWall, type WallAction, type WallState, wallAtStart } from './store.ts';

/** Between two drawings, ms. Below what a person notices, above what a burst of deltas needs. */
const breathMs = 100;

export interface WallStore {
  read(): WallState;
  dispatch(action: WallAction): WallState;
  /** The returned function ends the subscription. */
  subscribe(listener: () => void): () => void;
}

export function createWallStore(): WallStore {
  let state = wallAtStart;
  let shown = state;
  let breathing = false;
  const listeners = new Set<() => void>();
  const show = (): void => {
    breathing = false;
    if (shown === state) return;
    shown = state;
    breathing = true;
    setTimeout(show, breathMs);
    for (const listener of listeners) listener();
  };
  return {
    read: () => shown,
    dispatch: (action) => {
      state = reduceWall(state, action);
      if (!breathing) show();
      return state;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
