// What every outbox promises. Each adapter runs this suite.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TicketEffect } from '../../server/core/effect.ts';
import { effectKey, incidentIdFrom } from '../../shared/ids.ts';
import { at, entry, noteEffect, openEffect } from './samples.ts';
import type { JournalStore, Kept } from './stores.ts';

export function outboxContract(name: string, make: () => Kept<JournalStore>): void {
  describe(`outbox on ${name}`, () => {
    let kept: Kept<JournalStore>;
    let store: JournalStore;
    let seq: number;

    beforeEach(() => {
      kept = make();
      store = kept.open();
      seq = 0;
    });
    afterEach(() => kept.remove());

    const commit = (...effects: TicketEffect[]): void => {
      seq += 1;
      store.journal.commit([entry(seq, { effects })]);
    };
    const claim = (ms: number, limit = 10): string[] =>
      store.outbox.claim(at(ms), limit).map(({ effect }) => effect.key);

    it('is empty at first', () => {
      expect(claim(0)).toEqual([]);
      expect(store.outbox.nextAttemptAt()).toBeUndefined();
      expect(store.outbox.waiting(10)).toEqual([]);
      expect(store.outbox.backlog()).toEqual({ waiting: 0, oldestAt: undefined });
      expect(store.outbox.row(effectKey('nobody'))).toBeUndefined();
    });

    it('hands out criticals first, then the oldest, and no more than asked for', () => {
      commit(openEffect('low', { priority: 'standard' }));
      commit(openEffect('middle', { priority: 'priority' }), openEffect('high'));
      commit(openEffect('high-later'));
      expect(claim(0, 0)).toEqual([]);
      expect(claim(0, 3)).toEqual(['high:open', 'high-later:open', 'middle:open']);
      expect(claim(0, 3)).toEqual(['low:open']);
    });

    it('treats a note as being as urgent as its ticket', () => {
      commit(openEffect('low', { priority: 'standard' }), openEffect('high'));
      for (const key of claim(0)) store.outbox.done(effectKey(key), at(0), 'P');
      commit(noteEffect('low', 1), noteEffect('high', 1));
      expect(claim(0)).toEqual(['high:note:1', 'low:note:1']);
    });

    it('hands out tickets before the notes of their class', () => {
      commit(openEffect('a'), noteEffect('a', 1));
      for (const key of claim(0)) store.outbox.done(effectKey(key), at(0), 'P');
      commit(openEffect('b'), openEffect('c', { priority: 'priority' }));
      expect(claim(0)).toEqual(['b:open', 'a:note:1', 'c:open']);
    });

    it('postpones a row without counting an attempt', () => {
      commit(openEffect('a'));
      claim(0);
      store.outbox.postpone(effectKey('a:open'), at(100), 'na fila');
      expect(claim(99)).toEqual([]);
      expect(store.outbox.row(effectKey('a:open'))).toMatchObject({ attempts: 0, lastError: 'na fila' });
      expect(claim(100)).toEqual(['a:open']);
    });

    it('does not hand out a row twice before it is reported back', () => {
      commit(openEffect('a'));
      expect(claim(0)).toEqual(['a:open']);
      expect(claim(0)).toEqual([]);
      expect(store.outbox.nextAttemptAt()).toBeUndefined();
    });

    it('hands out again after a restart what was not reported back', () => {
      commit(openEffect('a'));
      claim(0);
      store = kept.reopen();
      expect(claim(0)).toEqual(['a:open']);
    });

    it('keeps the order of one incident: the next row only when the one before is finished', () => {
      commit(openEffect('a'), noteEffect('a', 1), noteEffect('a', 2));
      expect(claim(0)).toEqual(['a:open']);
      expect(claim(0)).toEqual([]);
      store.outbox.done(effectKey('a:open'), at(1), 'P-1');
      expect(claim(1)).toEqual(['a:note:1']);
      store.outbox.retry(effectKey('a:note:1'), at(100), 'away');
      expect(claim(50)).toEqual([]);
      expect(claim(100)).toEqual(['a:note:1']);
      store.outbox.refused(effectKey('a:note:1'), at(101), 'no');
      expect(claim(101)).toEqual(['a:note:2']);
    });

    it('does not hand out before notBefore, nor before the next attempt', () => {
      commit(openEffect('a', { notBefore: at(1_000) }));
      expect(claim(999)).toEqual([]);
      expect(store.outbox.nextAttemptAt()).toBe(at(1_000));
      expect(claim(1_000)).toEqual(['a:open']);
      store.outbox.retry(effectKey('a:open'), at(5_000), 'away');
      expect(store.outbox.nextAttemptAt()).toBe(at(5_000));
      expect(claim(4_999)).toEqual([]);
      expect(claim(5_000)).toEqual(['a:open']);
    });

    it('says when the next row may be tried, not counting those behind another', () => {
      commit(openEffect('a', { notBefore: at(9_000) }), noteEffect('a', 1, at(1)));
      commit(openEffect('b', { notBefore: at(5_000) }));
      expect(store.outbox.nextAttemptAt()).toBe(at(5_000));
      claim(5_000);
      expect(store.outbox.nextAttemptAt()).toBe(at(9_000));
    });

    it('remembers attempts, error, protocol and instant over a restart', () => {
      commit(openEffect('a'), openEffect('b'));
      claim(0);
      store.outbox.retry(effectKey('a:open'), at(10), 'away');
      store.outbox.refused(effectKey('b:open'), at(20), 'no such queue');
      store = kept.reopen();
      expect(store.outbox.row(effectKey('a:open'))).toMatchObject({
        state: 'pending',
        attempts: 1,
        nextAttemptAt: at(10),
        lastError: 'away',
        effect: openEffect('a'),
      });
      expect(store.outbox.row(effectKey('b:open'))).toMatchObject({
        state: 'refused',
        attempts: 1,
        doneAt: at(20),
        lastError: 'no such queue',
      });
      store.outbox.done(effectKey('a:open'), at(30), 'P-7');
      const row = store.outbox.row(effectKey('a:open'));
      expect(row).toMatchObject({ state: 'done', attempts: 2, doneAt: at(30), protocol: 'P-7' });
      expect(row?.lastError).toBeUndefined();
    });

    it('takes a second report of a finished row without changing it', () => {
      commit(openEffect('a'));
      store.outbox.done(effectKey('a:open'), at(1), 'P-1');
      store.outbox.done(effectKey('a:open'), at(2), 'P-2');
      store.outbox.refused(effectKey('a:open'), at(3), 'no');
      store.outbox.retry(effectKey('a:open'), at(4), 'away');
      expect(store.outbox.row(effectKey('a:open'))).toMatchObject({
        state: 'done',
        attempts: 1,
        protocol: 'P-1',
        doneAt: at(1),
      });
      expect(claim(1_000)).toEqual([]);
    });

    it('refuses a report about an effect it does not know', () => {
      expect(() => store.outbox.done(effectKey('nobody'), at(1))).toThrow();
      expect(() => store.outbox.retry(effectKey('nobody'), at(1), 'x')).toThrow();
    });

    it('lists the pending openings of criticals by when they could be delivered, also those handed out', () => {
      commit(openEffect('later', { notBefore: at(900) }), openEffect('low', { priority: 'priority' }));
      commit(openEffect('first', { notBefore: at(100) }), noteEffect('first', 1), openEffect('gone'));
      expect(claim(500)).toContain('first:open');
      store.outbox.done(effectKey('gone:open'), at(500), 'P-1');
      store.outbox.retry(effectKey('first:open'), at(7_000), 'away');
      const first = { key: 'first:open', notBefore: at(100), nextAttemptAt: at(7_000) };
      const later = { key: 'later:open', notBefore: at(900), nextAttemptAt: at(900) };
      expect(store.outbox.criticalOpenings(10)).toEqual([first, later]);
      expect(store.outbox.criticalOpenings(1)).toEqual([first]);
      expect(store.outbox.criticalOpenings(0)).toEqual([]);
      expect(claim(900)).toContain('later:open');
      store = kept.reopen();
      expect(store.outbox.criticalOpenings(10)).toEqual([first, later]);
    });

    it('lists what waits, oldest first, and the rows of one incident', () => {
      commit(openEffect('a', { priority: 'standard', notBefore: at(700) }), noteEffect('a', 1, at(800)));
      commit(openEffect('b', { notBefore: at(900) }));
      claim(10_000);
      store.outbox.done(effectKey('a:open'), at(1), 'P-1');
      const keys = (rows: ReturnType<JournalStore['outbox']['waiting']>) =>
        rows.map(({ effect }) => effect.key);
      expect(keys(store.outbox.waiting(10))).toEqual(['a:note:1', 'b:open']);
      expect(keys(store.outbox.waiting(1))).toEqual(['a:note:1']);
      expect(keys(store.outbox.rowsOf(incidentIdFrom('a')))).toEqual(['a:open', 'a:note:1']);
      expect(store.outbox.backlog()).toEqual({ waiting: 2, oldestAt: at(800) });
    });
  });
}
