// Notices from committed changes to channels, on the real core and a manual clock: what is told, once, by which key; what
// is grouped, held back, or told otherwise; and what a kill between any two steps may cost.
import { describe, expect, it } from 'vitest';
import { createMemoryNoticeStore } from '../../../../../server/adapters/memory/notices.ts';
import { createSqliteNoticeStore, noticeMigrations } from '../../../../../server/adapters/sqlite/notices.ts';
import { createCalendars } from '../../../../../server/core/sla/calendars.ts';
import type { AlarmNews } from '../../../../../server/ports/alarm.ts';
import type { Channel } from '../../../../../server/ports/channel.ts';
import type { NoticeStore } from '../../../../../server/ports/notice-store.ts';
import { Dispatcher } from '../../../../../server/shell/notices/dispatcher.ts';
import { noticesSchema } from '../../../../../server/shell/notices/settings.ts';
import { failure } from '../../../../../shared/failure.ts';
import { limits } from '../../../../../shared/limits.ts';
import { seededRandom } from '../../../../../shared/random.ts';
import { fail } from '../../../../../shared/result.ts';
import { defaultSlaPolicies } from '../../../../../shared/sla-policy.ts';
import { day, hour, instant, minute, second } from '../../../../../shared/time.ts';
import { keptFile } from '../../../../contract/stores.ts';
import { createRecordedChannel } from '../../../../fakes/channels/recorder.ts';
import { createLiveCore } from '../../../../fakes/live-core.ts';
import { createManualClock } from '../../../../fakes/manual-clock.ts';

/** Monday 23 November 2026, 10:00 in São Paulo. */
const monday = instant(Date.parse('2026-11-23T13:00:00Z'));
const calendars = createCalendars(defaultSlaPolicies);
const away = fail(failure('unavailable', 'plantao answered 503', { retryable: true }));
const limited = fail(
  failure('unavailable', 'plantao answered 429', { retryable: true, retryAfterMs: 90 * second }),
);
const refused = fail(failure('input.invalid', 'plantao refused it with 410'));

interface StartOptions {
  readonly store?: NoticeStore;
  readonly channels?: readonly Channel[];
  readonly settings?: unknown;
  readonly onFatal?: (error: unknown) => void;
}

function createBench(start = monday) {
  const clock = createManualClock(start);
  const core = createLiveCore(clock);
  const store = createMemoryNoticeStore();
  const channel = createRecordedChannel();
  const dispatcher = (more: StartOptions = {}) =>
    new Dispatcher({
      store,
      channels: [channel],
      calendars,
      correlator: core.correlator,
      clock,
      agedAt: () => clock.now(),
      random: seededRandom(7),
      publicUrl: 'https://vigia.example.com.br',
      onFatal: (error) => {
        throw error;
      },
      ...more,
      settings: noticesSchema.parse(more.settings ?? {}),
    });
  return { clock, core, store, channel, dispatcher };
}

describe('notices: what is told', () => {
  it('an outage is told once when it opens and once when it is over, with where, since when and where to look', async () => {
    const { core, channel, dispatcher } = createBench();
    dispatcher();
    await core.pass(minute);
    core.link('down');
    await core.pass(minute);
    const [{ id } = { id: '' }] = core.standing();
    expect(channel.keys()).toEqual([`${id}:opened`]);
    expect(channel.told[0]?.notice).toEqual({
      key: `${id}:opened`,
      kind: 'opened',
      priority: 'critical',
      title: 'CRÍTICO: Link Vivo (principal) fora do ar — Padaria Aurora, Matriz',
      text: `Desde 23/11/2026 10:01:00.\nChamado ainda sem protocolo. Incidente ${id}.`,
      to: [],
      incident: id,
      url: `https://vigia.example.com.br/incidents/${id}`,
    });
    core.link('up');
    await core.pass(15 * minute);
    expect(channel.told.map(({ notice }) => notice.kind)).toEqual(['opened', 'recovered']);
    expect(channel.told[1]?.notice.title).toMatch(/^NORMALIZADO: /);
  });

  it('the protocol that became known while the notice waited stands in it', async () => {
    const { core, channel, clock, dispatcher } = createBench();
    dispatcher({ settings: { groupMs: 30 * second } });
    core.link('down');
    await core.pass(15 * second);
    const [incident] = core.standing();
    core.apply({
      kind: 'ticket.reported',
      at: clock.now(),
      effect: incident?.ticket?.effect ?? (() => expect.unreachable())(),
      incident: incident?.id ?? (() => expect.unreachable())(),
      desk: 'local',
      outcome: { kind: 'registered', protocol: 'V-77' },
    });
    await core.pass(minute);
    expect(channel.told[0]?.notice.text).toContain('Protocolo: V-77.');
  });

  it('what happened before the first start of notices is nobody’s news', async () => {
    const { core, channel, dispatcher } = createBench();
    core.link('down');
    await core.pass(minute);
    dispatcher();
    await core.pass(minute);
    expect(channel.keys()).toEqual([]);
  });

  it('news of one provider within ten seconds go as one message', async () => {
    const { core, channel, dispatcher } = createBench();
    dispatcher({ settings: { groupMs: minute } });
    core.link('down');
    await core.pass(20 * second);
    core.link('down', { link: 'claro' });
    await core.pass(5 * minute);
    expect(channel.told.map(({ notice }) => notice.title.split(':')[0])).toEqual(['CRÍTICO', 'CRÍTICO']);
    core.link('up');
    core.link('up', { link: 'claro' });
    await core.pass(15 * minute);
    // Two incidents end in one moment: the provider's and the site's, each in its own group.
    expect(channel.told).toHaveLength(4);
  });

  it('a trouble of Vigia itself waits for no others and is told once by its key', async () => {
    const { core, channel, clock, dispatcher } = createBench();
    const { alarm } = dispatcher();
    const news: AlarmNews = {
      key: 'desk-down:rt:1:raised',
      kind: 'desk-down',
      state: 'raised',
      since: clock.now(),
      text: 'A central de chamados (rt) não responde.',
    };
    await alarm.tell(news);
    await alarm.tell(news);
    await core.pass(second);
    expect(channel.told.map(({ notice }) => [notice.key, notice.kind, notice.priority, notice.text])).toEqual(
      [['own:desk-down:rt:1:raised', 'desk-down', 'critical', 'A central de chamados (rt) não responde.']],
    );
  });
});

describe('notices: routes', () => {
  it('a route that wants nothing of it leaves it to the wall, counted', async () => {
    const { core, channel, dispatcher } = createBench();
    const running = dispatcher({ settings: { routes: [{ when: { priority: ['standard'] } }] } });
    core.link('down');
    await core.pass(5 * minute);
    expect(channel.keys()).toEqual([]);
    expect(running.counters()).toMatchObject({ taken: 1, unrouted: 1 });
  });

  it('outside support hours a route may wait for the opening', async () => {
    // Monday 21:00 in São Paulo; PREMIUM opens on Tuesday at 08:00.
    const { core, channel, clock, dispatcher } = createBench(instant(monday + 11 * hour));
    dispatcher({ settings: { routes: [{ when: { hours: 'outside' }, send: 'at-opening' }] } });
    core.link('down');
    await core.pass(10 * hour);
    expect(channel.keys()).toEqual([]);
    await core.pass(hour);
    expect(channel.keys()).toHaveLength(1);
    expect(clock.now()).toBe(monday + 22 * hour);
  });

  it('the list of the day comes at its time as one summary', async () => {
    const { core, channel, dispatcher } = createBench();
    dispatcher({ settings: { routes: [{ send: 'daily' }], dailyAt: '18:30' } });
    core.link('down');
    await core.pass(minute);
    core.link('up');
    await core.pass(8 * hour);
    expect(channel.keys()).toEqual([]);
    await core.pass(hour);
    expect(channel.told.map(({ notice }) => [notice.kind, notice.title])).toEqual([
      ['summary', 'Resumo: 2 avisos (2 críticos)'],
    ]);
    expect(channel.told[0]?.notice.text).toContain('1 aberto, 1 normalizado.');
  });

  it('whom a route names is told where the channel knows them, once', async () => {
    const { core, dispatcher } = createBench();
    const channel = createRecordedChannel('plantao', { Ana: 'ana@x', Beto: 'beto@x' });
    dispatcher({
      channels: [channel],
      settings: { routes: [{ to: ['Ana'], continue: true }, { to: ['Ana', 'Beto'] }] },
    });
    core.link('down');
    await core.pass(minute);
    expect(channel.told.map(({ recipient }) => recipient)).toEqual(['ana@x', 'beto@x']);
  });
});

describe('notices: a channel in trouble', () => {
  it('is tried again until it takes the message, which then counts once', async () => {
    const { core, channel, dispatcher } = createBench();
    const running = dispatcher();
    channel.answer(away, away, away);
    core.link('down');
    await core.pass(10 * minute);
    expect(channel.told).toHaveLength(1);
    expect(running.channelState('plantao')).toMatchObject({ sent: 1, retried: 3, lastError: undefined });
  });

  it('is left alone as long as it asks', async () => {
    const { core, channel, dispatcher } = createBench();
    dispatcher();
    channel.answer(limited);
    core.link('down');
    await core.pass(100 * second);
    expect(channel.told).toHaveLength(0);
    await core.pass(20 * second);
    expect(channel.told).toHaveLength(1);
  });

  it('that refuses is not asked again; what comes later still goes out', async () => {
    const { core, channel, dispatcher } = createBench();
    const running = dispatcher();
    channel.answer(refused);
    core.link('down');
    await core.pass(minute);
    expect(running.channelState('plantao')).toMatchObject({ sent: 0, refused: 1, waiting: 0 });
    expect(running.channelState('plantao')?.lastError?.message).toBe('plantao refused it with 410');
    core.link('up');
    await core.pass(15 * minute);
    expect(channel.told.map(({ notice }) => notice.kind)).toEqual(['recovered']);
  });

  it('for a day is given up with what waited, counted', async () => {
    const { core, channel, dispatcher } = createBench();
    const running = dispatcher();
    channel.answer(...Array.from({ length: 2_000 }, () => away));
    core.link('down');
    await core.pass(minute + limits.noticeTriesMsMax + 10 * minute);
    expect(running.channelState('plantao')).toMatchObject({ givenUp: 1, waiting: 0 });
    expect(channel.told).toEqual([]);
  });

  it('says when it is asked again, and what was told is told with its reason, also after a restart', async () => {
    const { clock, core, channel, dispatcher, store } = createBench();
    const running = dispatcher();
    channel.answer(limited, refused);
    core.link('down');
    await core.pass(30 * second);
    const { nextTryAt, waiting } = running.channelState('plantao') ?? {};
    expect([waiting, (nextTryAt ?? 0) > clock.now()]).toEqual([1, true]);
    await core.pass(15 * minute);
    expect(running.channelState('plantao')?.nextTryAt).toBeUndefined();
    core.link('up');
    await core.pass(15 * minute);
    expect(running.recent(9).map(({ outcome, trouble }) => [outcome, trouble?.message])).toEqual([
      ['sent', undefined],
      ['refused', 'plantao refused it with 410'],
    ]);
    running.stop();
    const again = dispatcher();
    expect(again.channelState('plantao')).toMatchObject({
      sent: 0,
      lastSentAt: store.recent(1)[0]?.settledAt,
    });
  });

  it('does not keep another one waiting', async () => {
    const { core, channel, dispatcher } = createBench();
    const other = createRecordedChannel('sala');
    dispatcher({ channels: [channel, other] });
    channel.answer(limited);
    core.link('down');
    await core.pass(minute);
    expect([channel.told.length, other.told.length]).toEqual([0, 1]);
  });
});

describe('notices: a kill between any two steps', () => {
  /** Every write to the store and every send counts; the run dies before step `dieAt`, the next starts 5 s later. */
  async function run(dieAt: number): Promise<{ readonly keys: readonly string[]; readonly steps: number }> {
    const bench = createBench();
    const { core, channel } = bench;
    const kept = keptFile('notices.sqlite', noticeMigrations, createSqliteNoticeStore);
    const store = kept.open();
    let steps = 0;
    let dead = false;
    const mortal =
      <A extends readonly unknown[], T>(perform: (...given: A) => T) =>
      (...given: A): T => {
        steps += 1;
        if (steps === dieAt) dead = true;
        if (dead) throw new Error('killed');
        return perform(...given);
      };
    const { take, compose, settle, drop } = store;
    const dying: NoticeStore = {
      ...store,
      take: mortal(take),
      compose: mortal(compose),
      settle: mortal(settle),
      drop: mortal(drop),
    };
    const frail: Channel = { ...channel, send: async (...given) => mortal(channel.send)(...given) };
    let running = bench.dispatcher({ store: dying, channels: [frail], onFatal: () => {} });
    let restarted = false;
    const pass = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 5 * second) {
        await core.pass(5 * second);
        if (!dead || restarted) continue;
        running.stop();
        running = bench.dispatcher({ store: kept.reopen() });
        restarted = true;
      }
    };
    core.link('down');
    await pass(2 * minute);
    core.link('up');
    await pass(15 * minute);
    running.stop();
    kept.remove();
    return { keys: channel.keys(), steps };
  }

  it('loses nothing; without one each key is told exactly once', async () => {
    const whole = await run(0);
    expect(whole.keys).toHaveLength(2);
    expect(whole.steps).toBeGreaterThanOrEqual(8);
    for (let dieAt = 1; dieAt <= whole.steps; dieAt += 1) {
      const { keys } = await run(dieAt);
      expect(new Set(keys), `killed before step ${dieAt}`).toEqual(new Set(whole.keys));
      // One message may have been on its way.
      expect(keys.length, `killed before step ${dieAt}`).toBeLessThanOrEqual(whole.keys.length + 1);
    }
  });

  it('what is older than a week is not told by a late start', async () => {
    const { core, channel, store, dispatcher } = createBench();
    store.begin(instant(monday - 30 * day));
    core.link('down');
    await core.pass(8 * day);
    dispatcher();
    await core.pass(minute);
    expect(channel.keys()).toEqual([]);
  });
});
