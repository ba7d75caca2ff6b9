// Maintenance windows and silences in memory, for tests. Must behave as the sqlite store does; the contract holds them
// equal.
import type { Silence } from '../../core/planned.ts';
import type { PlannedStore, WindowDefinition } from '../../ports/planned.ts';

export function createMemoryPlannedStore(): PlannedStore {
  const windows = new Map<string, WindowDefinition>();
  const silences = new Map<string, Silence>();
  const hidden = new Map<string, Set<string>>();
  return {
    windows: () => byId(windows.values()),
    addWindow: (window) => add(windows, window),
    removeWindow: (id) => {
      hidden.delete(id);
      return windows.delete(id);
    },
    silences: () => byId(silences.values()),
    addSilence: (silence) => add(silences, silence),
    removeSilence: (id) => {
      hidden.delete(id);
      return silences.delete(id);
    },
    hidden: () =>
      [...hidden].sort().flatMap(([plan, causes]) => [...causes].sort().map((cause) => ({ plan, cause }))),
    noteHidden: (notes) => {
      for (const { plan, cause } of notes) {
        if (!windows.has(plan) && !silences.has(plan)) continue;
        const causes = hidden.get(plan) ?? new Set();
        hidden.set(plan, causes.add(cause));
      }
    },
    close: () => {},
  };
}

function add<T extends { readonly id: string }>(known: Map<string, T>, value: T): boolean {
  if (known.has(value.id)) return false;
  known.set(value.id, value);
  return true;
}

function byId<T extends { readonly id: string }>(items: Iterable<T>): T[] {
  return [...items].sort((a, b) => (a.id < b.id ? -1 : 1));
}
