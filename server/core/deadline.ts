// When the core wants to be asked again although nothing came in. (The loop sends `time.advanced` then.)
import type { Instant } from '../../shared/time.ts';
import type { State } from './state.ts';

/** Earliest wake of all sites, of all providers and of the server; undefined = only news can change anything. */
export function nextDeadline(state: State): Instant | undefined {
  let next: Instant | undefined = state.server.wakeAt;
  for (const site of state.sites.values()) {
    if (site.wakeAt !== undefined && (next === undefined || site.wakeAt < next)) next = site.wakeAt;
  }
  for (const provider of state.providers.values()) {
    const { wakeAt } = provider;
    if (wakeAt !== undefined && (next === undefined || wakeAt < next)) next = wakeAt;
  }
  return next;
}
