// Tells the alarms of Vigia's own outage: once when it opened, once when sight is back. Driven by committed changes and
// by the state at the start, so that a crash between commit and call loses nothing: the same key is told again.
// Must never wait for an alarm in the correlator's turn, nor let one alarm's trouble keep another from being told.
import { backoffMs } from '../../../shared/backoff.ts';
import { limits } from '../../../shared/limits.ts';
import type { Random } from '../../../shared/random.ts';
import type { Result } from '../../../shared/result.ts';
import { minute, second } from '../../../shared/time.ts';
import { isIncidentChange } from '../../core/change.ts';
import type { Incident } from '../../core/incident.ts';
import { portuguese, sentenceOfInstant, sentenceOfTitle } from '../../core/view/sentences.ts';
import type { Alarm, AlarmNews } from '../../ports/alarm.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Correlator } from '../../ports/correlator.ts';

const retryPolicy = { baseMs: 2 * second, capMs: minute, floorMs: 500 } as const;

export interface OwnAlarmOptions {
  readonly alarms: readonly Alarm[];
  readonly correlator: Pick<Correlator, 'state' | 'onCommitted'>;
  readonly clock: Clock;
  readonly random: Random;
  /** What an alarm would not take; for the log. */
  readonly onRefused?: (alarm: string, key: string, message: string) => void;
}

export interface AlarmCounters {
  readonly told: number;
  readonly retried: number;
  readonly refused: number;
  /** News that fell out of a full queue. */
  readonly dropped: number;
  readonly waiting: number;
}

export interface OwnAlarm {
  counters(): AlarmCounters;
  stop(): void;
}

export function startOwnAlarm(options: OwnAlarmOptions): OwnAlarm {
  const { alarms, correlator } = options;
  const counts = { told: 0, retried: 0, refused: 0, dropped: 0 };
  const lines = alarms.map((alarm) => createLine({ ...options, alarm, counts }));
  /** The last news of the one own-outage incident, so that its other changes say nothing twice. */
  let lastKey: string | undefined;
  const look = (incident: Incident): void => {
    if (incident.kind !== 'own-outage') return;
    const news = newsOf(incident, correlator);
    // A start in the middle of a recovery has nobody to calm: that outage was told, and ended, by the run before.
    if (news.key === lastKey || (lastKey === undefined && news.state === 'cleared')) return;
    lastKey = news.key;
    for (const line of lines) line.add(news);
  };
  const { ownIncident } = correlator.state().server;
  const standing = ownIncident === undefined ? undefined : correlator.state().incidents.get(ownIncident);
  if (standing !== undefined) look(standing);
  const stopListening = correlator.onCommitted(({ changes }) => {
    for (const change of changes) if (isIncidentChange(change)) look(change.incident);
  });
  return {
    counters: () => ({ ...counts, waiting: lines.reduce((sum, line) => sum + line.waiting(), 0) }),
    stop: () => {
      stopListening();
      for (const line of lines) line.stop();
    },
  };
}

/** Each stretch of blindness has its own pair of keys. */
function newsOf(incident: Incident, correlator: Pick<Correlator, 'state'>): AlarmNews {
  const { id, recoveredAt, outageSince, detectedAt, reopenedCount } = incident;
  const state = recoveredAt === undefined ? 'raised' : 'cleared';
  const fellBack = incident.timeline.filter((entry) => entry.kind === 'fell-back').length;
  const since = recoveredAt ?? outageSince ?? detectedAt;
  const at = sentenceOfInstant(since, 'America/Sao_Paulo');
  const title = sentenceOfTitle(incident, portuguese(correlator.state().topology));
  const text =
    state === 'raised'
      ? `${title}. Desde ${at} (Brasília). Verificar a internet e a energia da central do Vigia.`
      : `Vigia voltou a ver: ${at} (Brasília). O que caiu durante a falta de visão é aberto em até um minuto.`;
  const stretch = reopenedCount + fellBack + 1;
  return { key: `${id}:${state}:${stretch}`, kind: 'own-outage', state, incident: id, since, text };
}

interface LineOptions extends OwnAlarmOptions {
  readonly alarm: Alarm;
  readonly counts: { told: number; retried: number; refused: number; dropped: number };
}

interface Line {
  add(news: AlarmNews): void;
  waiting(): number;
  stop(): void;
}

/** One alarm's queue: in order, one at a time, tried again for as long as it takes. */
function createLine({ alarm, clock, random, counts, onRefused }: LineOptions): Line {
  const queue: AlarmNews[] = [];
  let busy = false;
  let stopped = false;
  let attempt = 0;
  let cancel = (): void => {};
  const next = (): void => {
    const news = queue[0];
    if (busy || stopped || news === undefined) return;
    busy = true;
    void alarm.tell(news).then((result) => settle(news, result));
  };
  const settle = (news: AlarmNews, result: Result<void>): void => {
    if (stopped) return;
    if (!result.ok && result.failure.retryable) {
      counts.retried += 1;
      cancel = clock.after(backoffMs(retryPolicy, attempt, random), () => {
        busy = false;
        next();
      });
      attempt += 1;
      return;
    }
    if (result.ok) counts.told += 1;
    else {
      counts.refused += 1;
      onRefused?.(alarm.name, news.key, result.failure.message);
    }
    attempt = 0;
    busy = false;
    if (queue[0] === news) queue.shift();
    next();
  };
  return {
    add: (news) => {
      queue.push(news);
      if (queue.length > limits.alarmsWaitingMax) {
        queue.splice(busy ? 1 : 0, 1);
        counts.dropped += 1;
      }
      next();
    },
    waiting: () => queue.length,
    stop: () => {
      stopped = true;
      cancel();
    },
  };
}
