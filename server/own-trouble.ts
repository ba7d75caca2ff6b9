// How others learn that Vigia itself is in trouble: alarms while it is blind, and a ping outwards that stops when it dies.
// Names the alarms' adapters; `app.ts` starts it after the runtime and stops it before.
import { randomInt } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import { seededRandom } from '../shared/random.ts';
import { createLogAlarm } from './adapters/alarms/log/alarm.ts';
import { createWebhookAlarm } from './adapters/alarms/webhook/alarm.ts';
import type { Config } from './config.ts';
import type { Alarm } from './ports/alarm.ts';
import type { Clock } from './ports/clock.ts';
import type { Correlator } from './ports/correlator.ts';
import { type DeadManCounters, startDeadMan } from './shell/dead-man.ts';
import { type AlarmCounters, createAlarmLines } from './shell/runtime/alarm-lines.ts';
import { createDeskAlarm } from './shell/runtime/desk-alarm.ts';
import type { DeskNews } from './shell/runtime/desk-condition.ts';
import { startOwnAlarm } from './shell/runtime/own-alarm.ts';

export interface OwnTroubleOptions {
  readonly config: Pick<Config, 'alarms' | 'deadMan'>;
  readonly log: FastifyBaseLogger;
  readonly clock: Clock;
  readonly correlator: Correlator;
  readonly ready: () => boolean;
  /** Beside log and webhook: the NOC's channels. */
  readonly more: readonly Alarm[];
  readonly desk: { readonly name: string; readonly waiting: () => number };
}

export interface OwnTrouble {
  /** News of the desk from the outbox worker. */
  hearDesk(news: DeskNews): void;
  alarm(): AlarmCounters;
  /** Undefined: no ping is configured. */
  deadMan(): DeadManCounters | undefined;
  stop(): void;
}

export function watchOwnTrouble(options: OwnTroubleOptions): OwnTrouble {
  const { config, log, clock, correlator, ready, desk } = options;
  const { webhook } = config.alarms;
  const alarms = [
    createLogAlarm(log),
    ...options.more,
    ...(webhook === undefined ? [] : [createWebhookAlarm({ ...webhook, clock })]),
  ];
  const lines = createAlarmLines({
    alarms,
    clock,
    random: seededRandom(randomInt(2 ** 48 - 1)),
    onRefused: (name, key, message) => log.warn({ alarm: name, key }, message),
  });
  const ownAlarm = startOwnAlarm({ lines, correlator });
  const deskAlarm = createDeskAlarm({ lines, clock, desk: desk.name, waiting: desk.waiting });
  const deadMan = config.deadMan && startDeadMan({ ...config.deadMan, clock, ready });
  return {
    hearDesk: (news) => deskAlarm.hear(news),
    alarm: () => lines.counters(),
    deadMan: () => deadMan?.counters(),
    stop: () => {
      ownAlarm.stop();
      deskAlarm.stop();
      lines.stop();
      deadMan?.stop();
    },
  };
}
