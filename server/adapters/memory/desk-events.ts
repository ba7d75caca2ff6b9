// Events of a desk in memory, for tests. Must behave as the sqlite store does; the contract holds them equal.
import { limits } from '../../../shared/limits.ts';
import type { Instant } from '../../../shared/time.ts';
import type { DeskEvent, DeskEvents } from '../../ports/desk-events.ts';

interface Known {
  readonly at: Instant;
  /** Gone when it is done; a request never has one. */
  readonly event?: DeskEvent;
}

export function createMemoryDeskEvents(): DeskEvents {
  const known = new Map<string, Known>();
  let polledUntil: Instant | undefined;
  let forgotten = 0;
  const waiting = (): DeskEvent[] => [...known.values()].flatMap(({ event }) => event ?? []);
  return {
    take: ({ id, at, events }) => {
      for (const [each, entry] of known) {
        if (entry.event === undefined && entry.at < at - limits.deskEventsKeptMs) known.delete(each);
      }
      const request = `request ${id}`;
      const fresh = known.has(request) ? [] : events.filter((event) => !known.has(`event ${event.id}`));
      if (fresh.length === 0) return { kind: 'seen' };
      if (waiting().length + fresh.length > limits.deskEventsWaitingMax) return { kind: 'full' };
      known.set(request, { at });
      for (const event of fresh) known.set(`event ${event.id}`, { at, event });
      for (const [each, { event }] of known) {
        if (known.size <= limits.deskEventsKeptMax) break;
        if (event !== undefined) continue;
        known.delete(each);
        forgotten += 1;
      }
      return { kind: 'taken', events: fresh };
    },
    waiting,
    done: (...ids) => {
      for (const id of ids) {
        const entry = known.get(`event ${id}`);
        if (entry !== undefined) known.set(`event ${id}`, { at: entry.at });
      }
    },
    forgottenEarly: () => forgotten,
    polledUntil: () => polledUntil,
    keepPolledUntil: (at) => {
      polledUntil = at;
    },
    close: () => {},
  };
}
