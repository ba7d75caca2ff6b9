// What every store of attempts at a desk promises. Each adapter runs this suite.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeskAttempt, DeskAttempts, DeskCase, DeskLease } from '../../server/ports/desk-attempts.ts';
import { effectKey, incidentIdFrom } from '../../shared/ids.ts';
import { minute, second } from '../../shared/time.ts';
import { draftOf } from './desk-client.contract.ts';
import { at } from './samples.ts';
import type { Kept } from './stores.ts';

const inc = incidentIdFrom('inc-1-0');
const forMs = 30 * second;

export function deskAttemptsContract(name: string, make: () => Kept<DeskAttempts>): void {
  describe(`attempts at a desk on ${name}`, () => {
    let kept: Kept<DeskAttempts>;
    let store: DeskAttempts;

    beforeEach(() => {
      kept = make();
      store = kept.open();
    });
    afterEach(() => kept.remove());

    const acquire = (owner: string, ms: number): DeskLease | undefined =>
      store.acquire(inc, { owner, now: at(ms), forMs });
    const mustAcquire = (owner: string, ms: number): DeskLease => {
      const lease = acquire(owner, ms);
      if (lease === undefined) throw new Error(`${owner} got no lease`);
      return lease;
    };
    const attempt = (more: Partial<DeskAttempt> = {}): DeskAttempt => ({
      key: effectKey('inc-1-0:open'),
      incident: inc,
      state: { kind: 'sending' },
      at: at(0),
      sent: 1,
      lies: 0,
      ...more,
    });
    const whole: DeskCase = {
      incident: inc,
      draft: draftOf('inc-1-0'),
      protocol: '7',
      assignedAtOpening: 'Fila N1',
      renewals: 1,
      history: [
        { key: effectKey('inc-1-0:note:1'), kind: 'ticket.note', text: 'São Paulo - ação', again: 0 },
        {
          key: effectKey('inc-1-0:note:2'),
          kind: 'ticket.note',
          text: 'pior',
          raise: { priority: 'critical', title: 'AGRAVADO' },
          again: 1,
        },
      ],
    };

    it('knows nothing at first', () => {
      expect(store.attempt(effectKey('inc-1-0:open'))).toBeUndefined();
      expect(store.caseOf(inc)).toBeUndefined();
      expect(store.doubts(inc)).toBe(0);
      store.doubt(inc);
    });

    it('gives an incident to one at a time, until the time is over or it is given back', () => {
      const first = mustAcquire('a', 0);
      expect(acquire('b', forMs - 1)).toBeUndefined();
      const second = mustAcquire('b', forMs);
      expect(second.fence).toBeGreaterThan(first.fence);
      store.release(second);
      store.release(second);
      expect(mustAcquire('a', forMs).fence).toBeGreaterThan(second.fence);
      expect(store.acquire(incidentIdFrom('inc-2-0'), { owner: 'b', now: at(0), forMs })).toBeDefined();
    });

    it('gives the same owner a new fence, so that its own forgotten run cannot write either', () => {
      const first = mustAcquire('a', 0);
      const second = mustAcquire('a', 1);
      expect(store.keepAttempt(first, attempt())).toBe(false);
      expect(store.keepAttempt(second, attempt())).toBe(true);
    });

    it('takes no word from one whose lease went to another', () => {
      const first = mustAcquire('a', 0);
      const second = mustAcquire('b', forMs);
      expect(store.keepAttempt(first, attempt())).toBe(false);
      expect(store.keepCase(first, whole)).toBe(false);
      expect(store.renew(first, { now: at(forMs), forMs })).toBe(false);
      store.release(first);
      expect(store.attempt(attempt().key)).toBeUndefined();
      expect(store.caseOf(inc)).toBeUndefined();
      expect(store.keepAttempt(second, attempt())).toBe(true);
    });

    it('lengthens a lease only while it stands', () => {
      const lease = mustAcquire('a', 0);
      expect(store.renew(lease, { now: at(20_000), forMs })).toBe(true);
      expect(acquire('b', forMs)).toBeUndefined();
      expect(store.renew(lease, { now: at(20_000 + forMs), forMs })).toBe(false);
    });

    it('ends all leases for the next run, and those of the run before write no more', () => {
      const dead = mustAcquire('a', 0);
      store = kept.reopen();
      store.endAllLeases();
      expect(store.keepAttempt(dead, attempt())).toBe(false);
      expect(mustAcquire('b', 1).fence).toBeGreaterThan(dead.fence);
    });

    it('keeps attempts and cases over a restart, the newest word of each', () => {
      const lease = mustAcquire('a', 0);
      store.keepAttempt(lease, attempt());
      store.keepAttempt(lease, attempt({ state: { kind: 'uncertain' }, at: at(8_000), sent: 2, lies: 1 }));
      const note = attempt({ key: effectKey('inc-1-0:note:1'), state: { kind: 'written', protocol: '7' } });
      store.keepAttempt(lease, note);
      store.keepCase(lease, { ...whole, protocol: undefined });
      store.keepCase(lease, whole);
      store = kept.reopen();
      expect(store.attempt(attempt().key)).toEqual(
        attempt({ state: { kind: 'uncertain' }, at: at(8_000), sent: 2, lies: 1 }),
      );
      expect(store.attempt(note.key)).toEqual(note);
      expect(store.caseOf(inc)).toEqual(whole);
    });

    it('counts doubts from anybody and forgets only those that were looked into', () => {
      const lease = mustAcquire('a', 0);
      store.doubt(inc);
      store.doubt(inc);
      const seen = store.doubts(inc);
      expect(seen).toBe(2);
      store.doubt(inc);
      store.settleDoubts(lease, seen);
      expect(store.doubts(inc)).toBe(1);
      store = kept.reopen();
      const next = store.acquire(inc, { owner: 'b', now: at(forMs), forMs });
      expect(next).toBeDefined();
      store.settleDoubts(lease, 1);
      expect(store.doubts(inc)).toBe(1);
    });

    it('forgets incidents of which nothing was heard for long, whole', () => {
      const old = mustAcquire('a', 0);
      store.keepAttempt(old, attempt());
      store.keepCase(old, whole);
      const lease = store.acquire(incidentIdFrom('inc-2-0'), { owner: 'a', now: at(minute), forMs });
      expect(lease).toBeDefined();
      expect(store.prune(at(minute), 10)).toMatchObject({ value: 1 });
      expect(store.attempt(attempt().key)).toBeUndefined();
      expect(store.caseOf(inc)).toBeUndefined();
      expect(store.prune(at(minute), 10)).toMatchObject({ value: 0 });
    });
  });
}
