// The channels over the API: how they fare, by which routes, who is on call, and the test of one. No address stands in any
// answer.
import { beforeEach, describe, expect, it } from 'vitest';
import { createCalendars } from '../../../../../server/core/sla/calendars.ts';
import type { ChannelFailure } from '../../../../../server/ports/channel.ts';
import type { NoticeBoard } from '../../../../../server/shell/notices/board.ts';
import { noticesSchema } from '../../../../../server/shell/notices/settings.ts';
import { channelListSchema } from '../../../../../shared/api/channels.ts';
import { failure } from '../../../../../shared/failure.ts';
import { incidentIdFrom } from '../../../../../shared/ids.ts';
import { limits } from '../../../../../shared/limits.ts';
import { fail } from '../../../../../shared/result.ts';
import { slaPoliciesSchema } from '../../../../../shared/sla-policy.ts';
import { minute, plus } from '../../../../../shared/time.ts';
import { createRecordedChannel, type RecordedChannel } from '../../../../fakes/channels/recorder.ts';
import { bearer, type Harness, startAt, startHarness } from './harness.ts';

const refusal: ChannelFailure = { ...failure('input.invalid', 'plantao refused it with 410'), status: 410 };
const news = { taken: 9, unrouted: 1, dropped: 0, quieted: 2, summarised: 3, waiting: 4 };

/** 2026-11-22, a Sunday, 09:00 in São Paulo. */
function boardOf(list: NoticeBoard['list'], more: Partial<NoticeBoard> = {}): NoticeBoard {
  const weekly = [
    { role: 'noc', days: ['sun'], from: '08:00', until: '12:00', people: ['Ana'] },
    { role: 'noc', days: ['mon'], from: '08:00', until: '12:00', people: ['Beto'] },
  ];
  return {
    list,
    stateOf: () => undefined,
    settings: noticesSchema.parse({}),
    calendars: createCalendars(slaPoliciesSchema.parse({ rota: { weekly } })),
    counters: () => news,
    recent: () => [],
    nextDueAt: () => undefined,
    ...more,
  };
}

describe('channels API', () => {
  let harness: Harness;
  let channel: RecordedChannel;
  const start = async (board: NoticeBoard): Promise<void> => {
    harness = await startHarness({ parts: { channels: board } });
  };
  beforeEach(async () => {
    channel = createRecordedChannel();
    const state = {
      sent: 3,
      retried: 2,
      refused: 1,
      givenUp: 0,
      waiting: 4,
      summarised: 5,
      lastSentAt: startAt,
      lastError: { at: plus(startAt, 1), message: 'plantao answered 503', status: 503, refused: false },
      nextTryAt: plus(startAt, 2 * minute),
    };
    await start(boardOf([channel], { stateOf: () => state }));
  });

  const get = (headers: Record<string, string> = bearer) =>
    harness.api.inject({ url: '/api/v1/channels', headers });
  const test = (name: string, headers: Record<string, string> = bearer) =>
    harness.api.inject({ method: 'POST', url: `/api/v1/channels/${name}/test`, headers });
  const answer = async () => channelListSchema.parse((await get()).json());

  it('are for people who are signed in', async () => {
    expect((await get({})).statusCode).toBe(401);
    expect((await test('plantao', {})).statusCode).toBe(401);
    expect(channel.told).toEqual([]);
  });

  it('are none where none is configured', async () => {
    harness = await startHarness();
    expect(await answer()).toMatchObject({ items: [], routes: [], rules: null, recent: [], onCall: null });
    await start(boardOf([], { counters: () => undefined }));
    const { onCall, ...rest } = await answer();
    expect(rest).toMatchObject({ items: [], routes: [], rules: null, news: null });
    expect(onCall?.roles[0]?.now.people).toEqual(['Ana']);
  });

  it('say how they fare', async () => {
    expect((await answer()).items).toEqual([
      {
        name: 'plantao',
        kind: 'webhook',
        recipients: 1,
        people: null,
        ownOutage: true,
        deskDown: true,
        sent: 3,
        retried: 2,
        refused: 1,
        givenUp: 0,
        waiting: 4,
        lastSentAt: '2026-11-22T12:00:00.000Z',
        lastError: {
          at: '2026-11-22T12:00:00.001Z',
          message: 'plantao answered 503',
          status: 503,
          refused: false,
        },
        nextTryAt: '2026-11-22T12:02:00.000Z',
        summarised: 5,
        heldUntil: null,
        lastTest: null,
      },
    ]);
  });

  it('say by which routes each is told, and which of them tells of own trouble', async () => {
    const routes = [
      { when: { kind: ['own-outage'] }, channels: ['plantao'] },
      { when: { kind: ['desk-down'], hours: 'support' } },
      { when: { priority: ['critical'], plan: ['PRO'], hours: 'outside' }, to: ['Ana'], continue: true },
      { when: { customers: ['aurora'] }, send: 'never' },
    ];
    await start(
      boardOf([channel, createRecordedChannel('sala')], { settings: noticesSchema.parse({ routes }) }),
    );
    const { items, routes: told, rules } = await answer();
    expect(items.map(({ name, ownOutage, deskDown }) => [name, ownOutage, deskDown])).toEqual([
      ['plantao', true, false],
      ['sala', false, false],
    ]);
    expect(told[2]).toEqual({
      priorities: ['critical'],
      plans: ['PRO'],
      kinds: null,
      customers: null,
      hours: 'outside',
      send: 'now',
      continue: true,
      channels: ['plantao', 'sala'],
      to: ['Ana'],
    });
    expect(told.map(({ send }) => send)).toEqual(['now', 'now', 'now', 'never']);
    expect(rules).toEqual({ groupMs: 10_000, stormMax: 20, stormWindowMs: 300_000, dailyAt: '08:00' });
  });

  it('say what was told lately, who is on call now and next, and when to look again', async () => {
    const notice = {
      key: 'inc-7-0:opened',
      kind: 'opened',
      priority: 'critical',
      title: 'CRÍTICO: queda na Matriz',
      text: 'texto',
      to: ['Ana'],
      incident: incidentIdFrom('inc-7-0'),
    } as const;
    const past = { id: 7, channel: 'plantao', at: startAt, notice } as const;
    const trouble = { refused: true, status: 410, message: 'plantao refused it with 410' };
    const recent = [{ ...past, outcome: 'refused', settledAt: plus(startAt, 5), trouble }] as const;
    await start(
      boardOf([channel], {
        recent: (limit) => recent.slice(0, limit),
        nextDueAt: () => plus(startAt, 3 * minute),
      }),
    );
    const told = await answer();
    expect(told.recent).toEqual([
      {
        id: 7,
        at: '2026-11-22T12:00:00.000Z',
        channel: 'plantao',
        kind: 'opened',
        priority: 'critical',
        title: 'CRÍTICO: queda na Matriz',
        incident: 'inc-7-0',
        to: ['Ana'],
        outcome: 'refused',
        settledAt: '2026-11-22T12:00:00.005Z',
        trouble,
      },
    ]);
    expect(told.news).toEqual(news);
    expect(told.onCall?.roles[0]).toEqual({
      role: 'noc',
      now: { from: '2026-11-22T12:00:00.000Z', until: '2026-11-22T15:00:00.000Z', people: ['Ana'] },
      next: { from: '2026-11-23T11:00:00.000Z', until: '2026-11-23T15:00:00.000Z', people: ['Beto'] },
    });
    expect(told.onCall?.plans[0]?.inside.callAgainMs).toBe(5 * minute);
    expect(told.changesAt).toBe('2026-11-22T12:03:00.000Z');
  });

  it('a test tells everybody of the channel now, by whom it was asked for, and is remembered', async () => {
    const tested = await test('plantao');
    expect(tested.json()).toEqual({ sent: 1, failed: 0, errors: [], troubles: [] });
    expect(channel.told[0]?.notice).toMatchObject({ kind: 'test', title: 'Teste do Vigia' });
    expect(channel.told[0]?.notice.text).toContain('administrador');
    const [item] = (await answer()).items;
    expect(item?.lastTest).toEqual({
      at: '2026-11-22T12:00:00.000Z',
      by: 'administrador',
      sent: 1,
      failed: 0,
    });
    const audit = await harness.api.inject({ url: '/api/v1/audit', headers: bearer });
    expect(audit.json().items[0]).toMatchObject({
      action: 'POST /api/v1/channels/:name/test',
      object: '/api/v1/channels/plantao/test',
    });
  });

  it('a test that fails says why', async () => {
    channel.answer(fail(refusal));
    expect((await test('plantao')).json()).toEqual({
      sent: 0,
      failed: 1,
      errors: ['plantao refused it with 410'],
      troubles: [{ refused: true, status: 410, message: 'plantao refused it with 410' }],
    });
  });

  it('one channel is not tested again at once, another is', async () => {
    const sala = createRecordedChannel('sala');
    await start(boardOf([channel, sala]));
    expect((await test('plantao')).statusCode).toBe(200);
    harness.clock.advance(limits.channelTestEveryMs - 1_500);
    const early = await test('plantao');
    expect([early.statusCode, early.headers['retry-after']]).toEqual([429, '2']);
    expect(early.json().error).toMatchObject({ code: 'limit.reached' });
    expect((await test('sala')).statusCode).toBe(200);
    harness.clock.advance(1_500);
    expect((await test('plantao')).statusCode).toBe(200);
    expect([channel.told.length, sala.told.length]).toEqual([2, 1]);
    expect(harness.parts.metrics.text()).toContain('vigia_channel_tests_refused_total 1');
  });

  it('who waits for a test does not wait for every silent recipient', async () => {
    const slow: NoticeBoard['list'][number] = {
      ...channel,
      recipients: () => ['a', 'b', 'c'],
      send: async () => {
        harness.clock.advance(limits.channelTestMs + 1);
        return fail(failure('unavailable', 'plantao did not answer (TimeoutError)', { retryable: true }));
      },
    };
    await start(boardOf([slow]));
    const { failed, errors } = (await test('plantao')).json();
    expect(failed).toBe(3);
    expect(errors.slice(1)).toEqual(
      Array.from({ length: 2 }, () => 'plantao: not tried, the ones before took too long'),
    );
  });

  it('a channel that is not there is not found', async () => {
    expect((await test('sala')).statusCode).toBe(404);
  });
});
