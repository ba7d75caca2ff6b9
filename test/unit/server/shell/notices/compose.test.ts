// From due deliveries to messages: groups, the storm cap, and what a list says.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Notice } from '../../../../../server/ports/channel.ts';
import type { Delivery } from '../../../../../server/ports/notice-store.ts';
import { compose } from '../../../../../server/shell/notices/compose.ts';
import { limits } from '../../../../../shared/limits.ts';
import { instant, plus, second } from '../../../../../shared/time.ts';

const now = instant(1_795_438_800_000);

function delivery(id: number, more: Partial<Delivery> = {}, notice: Partial<Notice> = {}): Delivery {
  return {
    id,
    channel: 'plantao',
    recipient: 'noc',
    group: `site:${id}`,
    dueAt: now,
    notice: {
      key: `inc-${id}-0:opened`,
      kind: 'opened',
      priority: 'critical',
      title: `CRÍTICO: queda ${id}`,
      text: 'Desde 23/11/2026 10:00:00.',
      to: [],
      ...notice,
    },
    ...more,
  };
}

const fresh = (notice: Notice): Notice => notice;
const options = { now, stormMax: 20, lately: () => [], fresh, url: 'https://vigia.example.com.br' };
const many = (count: number): readonly Delivery[] =>
  Array.from({ length: count }, (_, index) => delivery(index + 1));

describe('composing notices', () => {
  it('one alone goes as it is, under its own key', () => {
    const one = delivery(1);
    expect(compose([one], options).messages).toEqual([
      { channel: 'plantao', recipient: 'noc', at: now, tells: [1], notice: one.notice },
    ]);
  });

  it('those of a group go as one: the most urgent class, all titles, all people', () => {
    const { messages } = compose(
      [
        delivery(1, { group: 'provider:vivo' }, { to: ['Ana'] }),
        delivery(
          2,
          { group: 'provider:vivo' },
          { kind: 'recovered', priority: 'standard', title: 'NORMALIZADO: queda 2', to: ['Beto'] },
        ),
      ],
      options,
    );
    expect(messages).toEqual([
      {
        channel: 'plantao',
        recipient: 'noc',
        at: now,
        tells: [1, 2],
        notice: {
          key: 'group:inc-1-0:opened',
          kind: 'opened',
          priority: 'critical',
          title: '2 avisos: CRÍTICO: queda 1',
          text: '1 aberto, 1 normalizado.\n- CRÍTICO: queda 1\n- NORMALIZADO: queda 2',
          to: ['Ana', 'Beto'],
          url: 'https://vigia.example.com.br',
        },
      },
    ]);
  });

  it('more than the cap go as one summary with counts and the head of the list', () => {
    const { messages, summarised } = compose(many(45), options);
    expect(messages).toHaveLength(20);
    const last = messages[19];
    expect(last?.notice).toMatchObject({
      key: 'summary:inc-20-0:opened',
      kind: 'summary',
      title: 'Resumo: 26 avisos (26 críticos)',
    });
    expect(last?.notice.text.split('\n')).toEqual([
      '26 abertos.',
      ...Array.from({ length: limits.noticeListMax }, (_, index) => `- CRÍTICO: queda ${index + 20}`),
      'e mais 16, todos no painel do Vigia.',
    ]);
    expect(summarised).toBe(26);
  });

  it('nothing goes while the window is full, and it says when to look again', () => {
    const lately = Array.from({ length: 20 }, (_, index) => plus(now, (index - 100) * second));
    const composition = compose(many(3), { ...options, lately: () => lately });
    expect(composition.messages).toEqual([]);
    expect(composition.againAt).toBe(plus(now, limits.noticeStormWindowMs - 100 * second));
  });

  it('a trouble of Vigia itself goes past the cap, alone', () => {
    const lately = Array.from({ length: 20 }, () => plus(now, -second));
    const own = delivery(9, { group: 'own:desk-down' }, { kind: 'desk-down', key: 'own:desk-down' });
    const { messages } = compose([...many(3), own], { ...options, lately: () => lately });
    expect(messages.map(({ notice }) => notice.key)).toEqual(['own:desk-down']);
  });

  it('what is composed and what waits are together all that was due, each once, within the cap', () => {
    const parts = fc.record({
      recipient: fc.constantFrom('noc', 'ana', 'beto'),
      group: fc.constantFrom('provider:vivo', 'site:a', 'site:b', 'site:c', 'daily'),
    });
    const given = fc.record({
      items: fc.array(parts, { maxLength: 60 }),
      stormMax: fc.integer({ min: 2, max: 6 }),
      sent: fc.integer({ min: 0, max: 8 }),
    });
    fc.assert(
      fc.property(given, ({ items, stormMax, sent }) => {
        const due = items.map((item, index) => delivery(index + 1, item));
        const lately = () => Array.from({ length: sent }, (_, index) => plus(now, -1_000 * (8 - index)));
        const { messages, againAt } = compose(due, { now, stormMax, lately, fresh });
        const told = messages.flatMap(({ tells }) => tells);
        expect(new Set(told).size).toBe(told.length);
        for (const name of new Set(due.map(({ recipient }) => recipient))) {
          const own = messages.filter(({ recipient }) => recipient === name);
          expect(own.length).toBeLessThanOrEqual(Math.max(0, stormMax - sent));
        }
        if (sent < stormMax) expect(told).toHaveLength(due.length);
        else if (due.length > 0) expect(againAt).toBeGreaterThan(now);
      }),
      { numRuns: 200 },
    );
  });
});
