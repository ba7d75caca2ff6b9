// What every store of the desk's events promises. Each adapter runs this suite.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeskEvent, DeskEvents } from '../../server/ports/desk-events.ts';
import { incidentIdFrom } from '../../shared/ids.ts';
import { limits } from '../../shared/limits.ts';
import { at } from './samples.ts';
import type { Kept } from './stores.ts';

function event(id: string, more: Partial<DeskEvent> = {}): DeskEvent {
  return { id, incident: incidentIdFrom('inc-1-0'), action: 'closed', ...more };
}

export function deskEventsContract(name: string, make: () => Kept<DeskEvents>): void {
  describe(`desk events on ${name}`, () => {
    let kept: Kept<DeskEvents>;
    let events: DeskEvents;
    const take = (id: string, ...given: readonly DeskEvent[]) =>
      events.take({ id, at: at(0), events: given });

    beforeEach(() => {
      kept = make();
      events = kept.open();
    });
    afterEach(() => kept.remove());

    it('the same request again is seen, also with new events in it, and over a restart', () => {
      expect(take('r1', event('a')).kind).toBe('taken');
      expect(take('r1', event('a')).kind).toBe('seen');
      expect(take('r1', event('b')).kind).toBe('seen');
      events = kept.reopen();
      expect(take('r1', event('c')).kind).toBe('seen');
    });

    it('an event that came before, in another request, is seen; beside a new one it is left out', () => {
      take('r1', event('a'));
      events.done('a');
      expect(take('r2', event('a')).kind).toBe('seen');
      expect(take('r3', event('a'), event('b'))).toEqual({ kind: 'taken', events: [event('b')] });
    });

    it('what nobody has looked at waits over a restart, with all it says, in its order', () => {
      const full = event('a', { action: 'note', by: 'João', at: at(5), text: 'São Paulo - ação, 3º andar' });
      take('r1', full, event('b'));
      take('r2', event('c'));
      events = kept.reopen();
      expect(events.waiting()).toEqual([full, event('b'), event('c')]);
      events.done('b');
      events.done('b');
      events.done('nothing');
      expect(events.waiting().map(({ id }) => id)).toEqual(['a', 'c']);
    });

    it('with no room nothing is kept: the same may come again later', () => {
      take('many', ...Array.from({ length: limits.deskEventsWaitingMax }, (_, each) => event(`e${each}`)));
      expect(take('late', event('late')).kind).toBe('full');
      events.done('e0');
      expect(take('late', event('late')).kind).toBe('taken');
    });

    it('ids are forgotten after their time, but not what still waits', () => {
      take('r1', event('done'), event('waits'));
      events.done('done');
      const later = at(limits.deskEventsKeptMs + 1);
      expect(events.take({ id: 'r2', at: later, events: [event('done'), event('waits')] })).toEqual({
        kind: 'taken',
        events: [event('done')],
      });
      expect(events.waiting().map(({ id }) => id)).toEqual(['waits', 'done']);
      expect(events.forgottenEarly()).toBe(0);
    });

    it('keeps how far the poll has looked', () => {
      expect(events.polledUntil()).toBeUndefined();
      events.keepPolledUntil(at(1));
      events.keepPolledUntil(at(7));
      events = kept.reopen();
      expect(events.polledUntil()).toBe(at(7));
    });

    it('too many ids push out the oldest that are done, counted', () => {
      take('r-first', event('first'));
      take('r-second', event('second'));
      events.done('first');
      for (let each = 0; each * 500 < limits.deskEventsKeptMax; each += 1) {
        const batch = Array.from({ length: 500 }, (_, at) => event(`${each}/${at}`));
        take(`r${each}`, ...batch);
        events.done(...batch.map(({ id }) => id));
      }
      expect(events.forgottenEarly()).toBeGreaterThan(0);
      expect(take('again', event('first')).kind).toBe('taken');
      expect(take('again-2', event('second')).kind).toBe('seen');
    });
  });
}
