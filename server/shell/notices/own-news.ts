// Vigia's own trouble as a notice: blind, desk away, a delivery that waits for a person. Pure; the words of the trouble
// itself are the alarm's.
import { assertNever } from '../../../shared/assert.ts';
import type { Priority } from '../../../shared/words.ts';
import { say } from '../../core/view/catalogue.ts';
import { cataloguePt } from '../../core/view/catalogue-pt.ts';
import type { AlarmNews } from '../../ports/alarm.ts';
import type { Notice } from '../../ports/channel.ts';

export function ownNotice(news: AlarmNews, url: string | undefined): Notice {
  const { key, kind, state, incident, text } = news;
  return {
    key: `own:${key}`,
    kind: kind === 'own-outage' ? 'own-outage' : 'desk-down',
    priority: priorityOf(kind, state),
    title: titleOf(news),
    text,
    to: [],
    incident,
    url,
  };
}

function priorityOf(kind: AlarmNews['kind'], state: AlarmNews['state']): Priority {
  if (state === 'cleared') return 'standard';
  return kind === 'own-outage' || kind === 'desk-down' ? 'critical' : 'priority';
}

function titleOf({ kind, state, late }: AlarmNews): string {
  const raised = state === 'raised';
  switch (kind) {
    case 'own-outage':
      return raised ? 'VIGIA SEM VISÃO' : 'Vigia voltou a ver';
    case 'desk-down':
      if (late === true) return say(cataloguePt, raised ? 'desk.late.title' : 'desk.in-time.title');
      return raised ? 'CENTRAL DE CHAMADOS FORA DO AR' : 'Central de chamados voltou';
    case 'desk-held':
      return raised ? 'Um envio à central espera por uma pessoa' : 'O envio à central não espera mais';
    case 'desk-refused':
      return 'A central recusou um envio';
    default:
      return assertNever(kind);
  }
}
