// Tells the alarms of Vigia's own outage: once when it opened, once when sight is back. Driven by committed changes and
// by the state at the start, so that a crash between commit and call loses nothing: the same key is told again.
// Must never wait for an alarm in the correlator's turn: `alarm-lines.ts` has the queues.
import { isIncidentChange } from '../../core/change.ts';
import type { Incident } from '../../core/incident.ts';
import { portuguese, sentenceOfInstant, sentenceOfTitle } from '../../core/view/sentences.ts';
import type { AlarmNews } from '../../ports/alarm.ts';
import type { Correlator } from '../../ports/correlator.ts';
import type { AlarmLines } from './alarm-lines.ts';

export interface OwnAlarmOptions {
  readonly lines: Pick<AlarmLines, 'tell'>;
  readonly correlator: Pick<Correlator, 'state' | 'onCommitted'>;
}

export interface OwnAlarm {
  stop(): void;
}

export function startOwnAlarm(options: OwnAlarmOptions): OwnAlarm {
  const { correlator, lines } = options;
  /** The last news of the one own-outage incident, so that its other changes say nothing twice. */
  let lastKey: string | undefined;
  const look = (incident: Incident): void => {
    if (incident.kind !== 'own-outage') return;
    const news = newsOf(incident, correlator);
    // A start in the middle of a recovery has nobody to calm: that outage was told, and ended, by the run before.
    if (news.key === lastKey || (lastKey === undefined && news.state === 'cleared')) return;
    lastKey = news.key;
    lines.tell(news);
  };
  const { ownIncident } = correlator.state().server;
  const standing = ownIncident === undefined ? undefined : correlator.state().incidents.get(ownIncident);
  if (standing !== undefined) look(standing);
  const stopListening = correlator.onCommitted(({ changes }) => {
    for (const change of changes) if (isIncidentChange(change)) look(change.incident);
  });
  return { stop: stopListening };
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
