// What every store of the manual queue promises. Each adapter runs this suite.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ManualItem, ManualQueue } from '../../server/ports/manual-queue.ts';
import { effectKey, incidentIdFrom } from '../../shared/ids.ts';
import { limits } from '../../shared/limits.ts';
import { at } from './samples.ts';
import type { Kept } from './stores.ts';

export function manualQueueContract(name: string, make: () => Kept<ManualQueue>): void {
  describe(`manual queue on ${name}`, () => {
    let kept: Kept<ManualQueue>;
    let queue: ManualQueue;
    const one = incidentIdFrom('inc-1-0');
    const two = incidentIdFrom('inc-2-0');
    const keys = () => queue.waiting().items.map(({ key }) => key);

    beforeEach(() => {
      kept = make();
      queue = kept.open();
    });
    afterEach(() => kept.remove());

    it('starts empty', () => {
      expect(queue.waiting()).toEqual({ items: [], total: 0 });
      expect(queue.ticket(one)).toBeUndefined();
      expect(queue.answer(effectKey('inc-1-0:open'))).toBeUndefined();
      expect(queue.history(one)).toEqual([]);
    });

    it('keeps the first words of a key and all its fields over a restart', () => {
      const full = opening('inc-1-0', { protocol: '7', raise: { priority: 'critical', title: 'São Paulo' } });
      queue.wait(full);
      queue.wait(opening('inc-1-0', { title: 'outro' }));
      queue = kept.reopen();
      expect(queue.waiting()).toEqual({ items: [full], total: 1 });
      expect(queue.item(full.key)).toEqual(full);
    });

    it('lists the most urgent first, then the oldest', () => {
      queue.wait(opening('inc-1-0', { priority: 'standard', since: at(0) }));
      queue.wait(opening('inc-2-0', { priority: 'critical', since: at(200) }));
      queue.wait(opening('inc-3-0', { priority: 'critical', since: at(100) }));
      queue.wait(opening('inc-4-0', { priority: 'priority', since: at(0) }));
      expect(keys()).toEqual(['inc-3-0:open', 'inc-2-0:open', 'inc-4-0:open', 'inc-1-0:open']);
    });

    it('lists a page and counts all', () => {
      for (let number = 0; number < limits.manualQueuePageMax + 2; number += 1)
        queue.wait(opening(`inc-${number}-0`));
      const { items, total } = queue.waiting();
      expect({ listed: items.length, total }).toEqual({
        listed: limits.manualQueuePageMax,
        total: limits.manualQueuePageMax + 2,
      });
    });

    it('refuses a protocol for an incident of which nothing waits', () => {
      queue.wait(note('inc-1-0', 1));
      const answer = queue.register(one, { protocol: '7', by: 'ana', at: at(1) });
      expect(answer).toMatchObject({ ok: false, failure: { code: 'not-found' } });
    });

    it('registers once, keeps who said so, and answers the same again alike', () => {
      queue.wait(opening('inc-1-0'));
      const first = queue.register(one, { protocol: '4711', by: 'ana', at: at(1) });
      expect(first).toEqual({
        ok: true,
        value: {
          key: 'inc-1-0:open',
          incident: one,
          kind: 'registered',
          protocol: '4711',
          by: 'ana',
          at: at(1),
        },
      });
      expect(queue.register(one, { protocol: '4711', by: 'bia', at: at(2) })).toEqual(first);
      queue = kept.reopen();
      expect(queue.waiting().total).toBe(0);
      expect(queue.ticket(one)).toEqual({
        incident: one,
        protocol: '4711',
        title: opening('inc-1-0').title,
        open: true,
      });
      expect(queue.history(one)).toEqual(first.ok ? [first.value] : []);
      expect(queue.answer(effectKey('inc-1-0:open'))).toEqual(first.ok ? first.value : undefined);
    });

    it('refuses a second protocol, and a protocol of another incident', () => {
      queue.wait(opening('inc-1-0'));
      queue.wait(opening('inc-2-0'));
      queue.register(one, { protocol: '4711', by: 'ana', at: at(1) });
      const conflict = { ok: false, failure: { code: 'conflict' } };
      expect(queue.register(one, { protocol: '4712', by: 'ana', at: at(2) })).toMatchObject(conflict);
      expect(queue.register(two, { protocol: '4711', by: 'ana', at: at(2) })).toMatchObject(conflict);
      expect(keys()).toEqual(['inc-2-0:open']);
      expect(queue.history(two)).toEqual([]);
    });

    it('lets no manual key wait again once it is answered', () => {
      queue.wait(opening('inc-1-0'));
      queue.register(one, { protocol: '4711', by: 'ana', at: at(1) });
      queue.wait(opening('inc-1-0'));
      expect(queue.waiting().total).toBe(0);
    });

    it('takes done for notes and never for an opening', () => {
      queue.wait(opening('inc-1-0'));
      queue.wait(note('inc-1-0', 1));
      const said = { by: 'ana', at: at(1) };
      expect(queue.done(effectKey('inc-1-0:open'), said)).toBeUndefined();
      expect(queue.done(effectKey('inc-1-0:note:1'), said)).toMatchObject({ kind: 'done', by: 'ana' });
      expect(queue.done(effectKey('inc-1-0:note:1'), said)).toBeUndefined();
      expect(keys()).toEqual(['inc-1-0:open']);
    });

    it('follows the ticket: raised, closed, reopened', () => {
      queue.wait(opening('inc-1-0'));
      queue.register(one, { protocol: '4711', by: 'ana', at: at(1) });
      const perform = (item: ManualItem) => {
        queue.wait(item);
        queue.done(item.key, { by: 'ana', at: at(2) });
        return queue.ticket(one);
      };
      const raise = { priority: 'critical', title: 'AGRAVADO' } as const;
      expect(perform(note('inc-1-0', 1, { raise }))).toMatchObject({ title: 'AGRAVADO', open: true });
      expect(perform(note('inc-1-0', 2, { task: 'ticket.close' }))).toMatchObject({ open: false });
      expect(perform(note('inc-1-0', 3))).toMatchObject({ open: false });
      expect(perform(note('inc-1-0', 4, { task: 'ticket.reopen' }))).toMatchObject({ open: true });
      queue = kept.reopen();
      expect(queue.ticket(one)).toMatchObject({ title: 'AGRAVADO', open: true });
      expect(queue.history(one).map(({ kind }) => kind)).toEqual([
        'registered',
        'done',
        'done',
        'done',
        'done',
      ]);
    });

    it('takes "send again" only of what is uncertain, and lets that wait anew', () => {
      queue.wait(opening('inc-1-0'));
      queue.wait(opening('inc-2-0', { reason: 'uncertain' }));
      const said = { by: 'ana', at: at(1) };
      expect(queue.sendAgain(effectKey('inc-1-0:open'), said)).toBeUndefined();
      expect(queue.sendAgain(effectKey('inc-2-0:open'), said)).toMatchObject({ kind: 'send-again' });
      expect(queue.answer(effectKey('inc-2-0:open'))).toMatchObject({ kind: 'send-again', by: 'ana' });
      queue.wait(opening('inc-2-0', { reason: 'uncertain' }));
      expect(queue.item(effectKey('inc-2-0:open'))).toBeDefined();
    });

    it('gives the answer to an uncertain delivery until it is heard, over a restart too', () => {
      queue.wait(opening('inc-1-0', { reason: 'uncertain' }));
      queue.wait(opening('inc-2-0'));
      const [uncertain, manual] = [effectKey('inc-1-0:open'), effectKey('inc-2-0:open')];
      expect(queue.unheard(uncertain)).toBeUndefined();
      queue.sendAgain(uncertain, { by: 'ana', at: at(1) });
      queue.register(two, { protocol: '1', by: 'ana', at: at(1) });
      queue = kept.reopen();
      expect(queue.unheard(uncertain)).toMatchObject({ kind: 'send-again' });
      expect(queue.unheard(manual)).toBeUndefined();
      queue.heard(uncertain);
      queue.heard(uncertain);
      expect(queue.unheard(uncertain)).toBeUndefined();
      expect(queue.answer(uncertain)).toMatchObject({ kind: 'send-again' });
    });

    it('lets an uncertain opening correct a mistyped protocol', () => {
      queue.wait(opening('inc-1-0', { reason: 'uncertain' }));
      queue.register(one, { protocol: '4711', by: 'ana', at: at(1) });
      queue.wait(opening('inc-1-0', { reason: 'uncertain' }));
      expect(queue.register(one, { protocol: '4117', by: 'ana', at: at(2) })).toMatchObject({ ok: true });
      expect(queue.ticket(one)?.protocol).toBe('4117');
      expect(queue.history(one).map(({ protocol }) => protocol)).toEqual(['4711', '4117']);
    });

    it('forgets what settled by itself, once', () => {
      queue.wait(opening('inc-1-0', { reason: 'uncertain' }));
      expect(queue.withdraw(effectKey('inc-1-0:open'))).toBe(true);
      expect(queue.withdraw(effectKey('inc-1-0:open'))).toBe(false);
      expect(queue.waiting().total).toBe(0);
    });
  });
}

function opening(id: string, more: Partial<ManualItem> = {}): ManualItem {
  return {
    key: effectKey(`${id}:open`),
    incident: incidentIdFrom(id),
    task: 'ticket.open',
    reason: 'manual',
    desk: 'MySuite',
    title: 'Padaria Aurora, Matriz (São Paulo): sem internet',
    text: 'São Paulo - ação, 3º andar',
    priority: 'critical',
    since: at(0),
    ...more,
  };
}

function note(id: string, number: number, more: Partial<ManualItem> = {}): ManualItem {
  return opening(id, { key: effectKey(`${id}:note:${number}`), task: 'ticket.note', ...more });
}
