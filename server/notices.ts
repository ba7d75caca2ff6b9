// How the NOC's people are told, put together: channels, their store, the dispatcher and the escalation runner. `app.ts` opens
// this before the runtime, so that a bad file stops the start, and starts it after. Without channels nothing is kept;
// escalation runs all the same, because the tickets climb by it.
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import { seededRandom } from '../shared/random.ts';
import { ok, type Result } from '../shared/result.ts';
import type { Instant } from '../shared/time.ts';
import { openDatabase } from './adapters/sqlite/database.ts';
import { createSqliteNoticeStore, noticeMigrations } from './adapters/sqlite/notices.ts';
import type { Config } from './config.ts';
import type { Calendars } from './core/sla/calendars.ts';
import type { Alarm } from './ports/alarm.ts';
import type { Clock } from './ports/clock.ts';
import type { Correlator } from './ports/correlator.ts';
import type { NoticeStore } from './ports/notice-store.ts';
import { submit } from './shell/http/submit.ts';
import type { NoticeBoard, NoticeCounters } from './shell/notices/board.ts';
import { Dispatcher } from './shell/notices/dispatcher.ts';
import { EscalationRunner } from './shell/notices/escalation-runner.ts';

export interface OpenedNotices {
  start(given: NoticesGiven): Notices;
  close(): void;
}

export interface NoticesGiven {
  readonly correlator: Correlator;
  readonly calendars: Calendars;
  readonly clock: Clock;
  /** As `Retention.agedAt`. */
  readonly agedAt: () => Instant | undefined;
  readonly log: FastifyBaseLogger;
  readonly onFatal: (error: unknown) => void;
}

export interface Notices {
  /** Hear of Vigia's own trouble; none without channels. */
  readonly alarms: readonly Alarm[];
  /** For the API. */
  readonly channels: NoticeBoard;
  counters(): NoticeCounters | undefined;
  escalation(): { readonly taken: number; readonly refused: number };
  stop(): void;
}

type NoticesConfig = Pick<Config, 'data' | 'channels' | 'notices' | 'publicUrl'>;

/** Failures: `conflict` (a file of a newer release), `storage.failed`. */
export function openNotices(config: NoticesConfig): Result<OpenedNotices> {
  if (config.channels.length === 0)
    return ok({ start: (given) => running(config, given, undefined), close: () => {} });
  const database = openDatabase({ path: join(config.data, 'notices.sqlite'), migrations: noticeMigrations });
  if (!database.ok) return database;
  const store = createSqliteNoticeStore(database.value);
  return ok({ start: (given) => running(config, given, store), close: () => store.close() });
}

function running(config: NoticesConfig, given: NoticesGiven, store: NoticeStore | undefined): Notices {
  const { correlator, calendars, clock, agedAt, log, onFatal } = given;
  const channels = config.channels.map((plan) => plan.open({ clock }));
  const dispatcher =
    store &&
    new Dispatcher({
      channels,
      store,
      settings: config.notices,
      calendars,
      correlator,
      clock,
      agedAt,
      random: seededRandom(randomInt(2 ** 48 - 1)),
      publicUrl: config.publicUrl,
      onFatal,
      onRefused: (channel, key, message) => log.warn({ channel, key }, message),
    });
  const escalation = new EscalationRunner({
    correlator,
    submit: (input) => submit(correlator, input),
    calendars,
    clock,
    onFatal,
  });
  return {
    alarms: dispatcher === undefined ? [] : [dispatcher.alarm],
    channels: {
      list: channels,
      stateOf: (name) => dispatcher?.channelState(name),
      settings: config.notices,
      calendars,
      counters: () => dispatcher?.counters(),
      recent: (limit) => dispatcher?.recent(limit) ?? [],
      nextDueAt: () => dispatcher?.nextDueAt(),
    },
    counters: () => dispatcher?.counters(),
    escalation: () => escalation.counters(),
    stop: () => {
      escalation.stop();
      dispatcher?.stop();
    },
  };
}
