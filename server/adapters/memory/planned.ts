// Maintenance windows and silences in memory, for tests. Must behave as the sqlite store does; the contract holds them
// equal.
import type { Silence } from '../../core/planned.ts';
import type { PlannedStore, WindowDefinition } from '../../ports/planned.ts';

export function createMemoryPlannedStore(): PlannedStore {
  const windows = new Map<string, WindowDefinition>();
  const silences = new Map<string, Silence>();
  return {
    windows: () => byId(windows.values()),
    addWindow: (window) => add(windows, window),
    removeWindow: (id) => windows.delete(id),
    silences: () => byId(silences.values()),
    addSilence: (silence) => add(silences, silence),
    removeSilence: (id) => silences.delete(id),
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
