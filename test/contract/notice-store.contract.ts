// What every store of notices promises. Each adapter runs this suite.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Notice } from '../../server/ports/channel.ts';
import type { NoticeStore, PlannedDelivery } from '../../server/ports/notice-store.ts';
import { incidentIdFrom } from '../../shared/ids.ts';
import { at } from './samples.ts';
import type { Kept } from './stores.ts';

export function noticeStoreContract(name: string, make: () => Kept<NoticeStore>): void {
  describe(`notice store on ${name}`, () => {
    let kept: Kept<NoticeStore>;
    let store: NoticeStore;
    beforeEach(() => {
      kept = make();
      store = kept.open();
    });
    afterEach(() => kept.remove());

    it('remembers when it began over a restart', () => {
      expect(store.begin(at(5))).toBe(at(5));
      store = kept.reopen();
      expect(store.begin(at(9))).toBe(at(5));
    });

    it('takes a key once, also over a restart and when nobody is told', () => {
      expect(store.take(notice('a'), [], at(0))).toBe(true);
      store = kept.reopen();
      expect(store.take(notice('a'), [delivery()], at(1))).toBe(false);
      expect({ knows: store.knows('a'), other: store.knows('b'), waiting: store.waiting() }).toEqual({
        knows: true,
        other: false,
        waiting: 0,
      });
    });

    it('gives back every field of a waiting delivery', () => {
      const full: Notice = {
        ...notice('a'),
        text: 'São Paulo - ação, 3º andar\n<b>&',
        to: ['Ana', 'Beto'],
        incident: incidentIdFrom('inc-7-0'),
        url: 'https://vigia.example.com.br/incidents/inc-7-0',
      };
      store.take(full, [delivery()], at(0));
      store = kept.reopen();
      expect(store.due(at(10)).map(({ notice }) => notice)).toEqual([full]);
    });

    it('lists what is due, the most urgent first, then the oldest, and says when the next is', () => {
      store.take(notice('later'), [delivery({ dueAt: at(20) })], at(0));
      store.take(notice('standard', 'standard'), [delivery()], at(0));
      store.take(notice('second'), [delivery()], at(0));
      store.take(notice('third'), [delivery()], at(0));
      expect(store.due(at(9))).toEqual([]);
      expect(store.due(at(10)).map(({ notice }) => notice.key)).toEqual(['second', 'third', 'standard']);
      expect(store.nextDueAt(at(9))).toBe(at(10));
      expect(store.nextDueAt(at(10))).toBe(at(20));
      expect(store.nextDueAt(at(20))).toBeUndefined();
    });

    it('knows when a group of one recipient is due', () => {
      store.take(
        notice('a'),
        [delivery({ dueAt: at(20) }), delivery({ recipient: 'other', dueAt: at(5) })],
        at(0),
      );
      store.take(notice('b'), [delivery({ dueAt: at(15) })], at(0));
      expect(store.groupDueAt(delivery())).toBe(at(15));
      expect(store.groupDueAt(delivery({ group: 'site:x' }))).toBeUndefined();
    });

    it('puts deliveries into a message that stays until it is settled', () => {
      store.take(notice('a'), [delivery()], at(0));
      store.take(notice('b'), [delivery()], at(0));
      const tells = store.due(at(10)).map(({ id }) => id);
      const message = store.compose({
        channel: 'plantao',
        recipient: 'noc',
        notice: notice('group:a'),
        tells,
        at: at(10),
      });
      store = kept.reopen();
      expect({ waiting: store.waiting(), unsent: store.unsent('plantao') }).toEqual({
        waiting: 0,
        unsent: [message],
      });
      store.settle(message.id, 'sent', at(11));
      store = kept.reopen();
      expect(store.unsent('plantao')).toEqual([]);
    });

    it('tells a channel its own messages only, the most urgent first', () => {
      compose('a', { priority: 'standard' });
      compose('b', { priority: 'critical' });
      compose('c', { priority: 'critical', channel: 'sala' });
      expect(store.unsent('plantao').map(({ notice }) => notice.key)).toEqual(['b', 'a']);
    });

    it('counts messages of one recipient in a window, refused ones too', () => {
      const first = compose('a', { at: 10 });
      compose('b', { at: 12 });
      compose('c', { at: 12, recipient: 'other' });
      store.settle(first, 'refused', at(13));
      const of = { channel: 'plantao', recipient: 'noc' };
      expect(store.composedAfter(of, at(9))).toEqual([at(10), at(12)]);
      expect(store.composedAfter(of, at(10))).toEqual([at(12)]);
    });

    it('tells what was told lately, the newest first, with its outcome and why it was refused', () => {
      expect([store.recent(9), store.lastSentAt('plantao')]).toEqual([[], undefined]);
      const [sent, refused] = [compose('a', { at: 5 }), compose('b', { at: 6, channel: 'sala' })];
      const waiting = compose('c', { at: 7 });
      store.settle(sent, 'sent', at(8));
      store.settle(refused, 'refused', at(9), { refused: true, status: 410, message: 'sala refused it' });
      store = kept.reopen();
      const brief = store.recent(9).map(({ id, channel, outcome, settledAt, trouble }) => ({
        id,
        channel,
        outcome,
        settledAt,
        trouble,
      }));
      expect(brief).toEqual([
        { id: waiting, channel: 'plantao', outcome: 'waiting' },
        {
          id: refused,
          channel: 'sala',
          outcome: 'refused',
          settledAt: at(9),
          trouble: { refused: true, status: 410, message: 'sala refused it' },
        },
        { id: sent, channel: 'plantao', outcome: 'sent', settledAt: at(8) },
      ]);
      expect(store.recent(1).map(({ notice }) => notice.key)).toEqual(['c']);
      expect(Object.keys(store.recent(1)[0] ?? {})).not.toContain('recipient');
      expect([store.lastSentAt('plantao'), store.lastSentAt('sala')]).toEqual([at(8), undefined]);
    });

    it('drops what is told otherwise, and still knows it', () => {
      store.take(notice('a'), [delivery()], at(0));
      store.drop(store.due(at(10)).map(({ id }) => id));
      expect({ waiting: store.waiting(), knows: store.knows('a') }).toEqual({ waiting: 0, knows: true });
    });

    it('forgets what is older than asked, and nothing else', () => {
      store.take(notice('old'), [], at(0));
      store.take(notice('new'), [], at(20));
      compose('c', { at: 5 });
      compose('d', { at: 25 });
      expect(store.prune(at(10))).toBe(2);
      expect([store.knows('old'), store.knows('new')]).toEqual([false, true]);
      expect(store.unsent('plantao').map(({ notice }) => notice.key)).toEqual(['d']);
    });

    const compose = (
      key: string,
      more: {
        readonly priority?: Notice['priority'];
        readonly channel?: string;
        readonly recipient?: string;
        readonly at?: number;
      },
    ): number =>
      store.compose({
        channel: more.channel ?? 'plantao',
        recipient: more.recipient ?? 'noc',
        notice: notice(key, more.priority),
        tells: [],
        at: at(more.at ?? 10),
      }).id;
  });
}

function notice(key: string, priority: Notice['priority'] = 'critical'): Notice {
  return { key, kind: 'opened', priority, title: `título ${key}`, text: 'texto', to: [] };
}

function delivery(more: Partial<PlannedDelivery> = {}): PlannedDelivery {
  return { channel: 'plantao', recipient: 'noc', group: 'provider:vivo', dueAt: at(10), ...more };
}
