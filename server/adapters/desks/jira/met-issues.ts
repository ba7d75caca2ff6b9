// The issues that this client met last. Jira's search lags behind its records, but shows issues that are named to it as they
// are now (`reconcileIssues`). Beside the client; a memory of one process, bounded, never a record of anything.
import { limits } from '../../../../shared/limits.ts';

export interface MetIssues {
  /** `id`: digits, as Jira writes it. */
  add(id: string): void;
  /** Newest last; at most `deskFoundMax`, which is also the most that Jira takes. */
  list(): readonly number[];
  forget(): void;
}

export function createMetIssues(): MetIssues {
  const ids = new Set<number>();
  return {
    add: (text) => {
      const id = Number(text);
      ids.delete(id);
      ids.add(id);
      const [oldest] = ids;
      if (ids.size > limits.deskFoundMax && oldest !== undefined) ids.delete(oldest);
    },
    list: () => [...ids],
    forget: () => ids.clear(),
  };
}
