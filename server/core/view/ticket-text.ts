// The ticket as a technician reads it at 3 a.m., in Portuguese, plain text: what, where, since when, how it is known,
// whom to call, what to try first. All sentences of evidence come from `sentences.ts`, so wall and ticket say the same.
import { type Instant, minute } from '../../../shared/time.ts';
import type { TicketText } from '../effect.ts';
import type { Incident } from '../incident.ts';
import { pastTotals } from '../rules/past.ts';
import type { SiteState } from '../state.ts';
import type { Site, SiteLink, Topology } from '../topology.ts';
import { firstStep } from './first-step.ts';
import {
  portuguese,
  sentenceOfCause,
  sentenceOfInstant,
  sentenceOfPriority,
  sentenceOfRefusal,
  sentenceOfTitle,
  sentenceOfVerdict,
  sentenceOfWitness,
} from './sentences.ts';

export interface TicketFacts {
  readonly incident: Incident;
  readonly site: Site;
  readonly topology: Topology;
  readonly now: Instant;
}

export function ticketText(facts: TicketFacts & { readonly record: SiteState }): TicketText {
  const { incident, site, record, topology, now } = facts;
  const speech = portuguese(topology);
  const title = sentenceOfTitle(incident, speech);
  const lines = [
    title,
    '',
    `Cliente: ${site.customerName} (plano ${site.plan})`,
    `Unidade: ${[site.name, sentenceOfTown(site)].filter((part) => part !== '').join(', ')}`,
    `Detectado em: ${sentenceOfInstant(incident.detectedAt, site.timeZone)} (hora local, ${site.timeZone})`,
    `Prioridade: ${sentenceOfPriority(incident.priority, speech)}`,
    ...(incident.priority === 'critical' ? ['SLA crítico: o atendimento começa na detecção.'] : []),
    '',
    `Diagnóstico: ${sentenceOfVerdict(incident.verdict, speech)}`,
    ...(incident.cause === 'unknown' ? [] : [`Causa: ${sentenceOfCause(incident.cause, speech)}`]),
    'Testemunhas:',
    ...incident.verdict.witnesses.map((witness) => `- ${sentenceOfWitness(witness, incident, speech)}`),
    ...(incident.verdict.refused.length === 0 ? [] : ['Hipóteses descartadas:']),
    ...incident.verdict.refused.map((refused) => `- ${sentenceOfRefusal(refused, speech)}`),
    '',
    ...contactLines(incident, site, topology),
    historyLine(record, incident, now),
    '',
    `Primeiro passo (nível 1): ${firstStep(incident)}`,
    '',
    `Incidente Vigia: ${incident.id}`,
  ];
  return { title, body: lines.join('\n') };
}

/** What became known later: `Causa identificada: falta de energia.` */
export function causeNote({ incident, site, topology }: TicketFacts): string {
  const cause = sentenceOfCause(incident.cause, portuguese(topology));
  if (incident.cause !== 'links') return `Causa identificada: ${cause}.`;
  const names = site.links.map((link) => topology.providers.get(link.provider)?.name ?? link.provider);
  return `Causa identificada: ${cause} (${[...new Set(names)].join(', ')}).`;
}

export function recoveredNote({ incident, site }: TicketFacts): string {
  const at = incident.recoveredAt ?? incident.openedAt;
  return `Normalizado: ${sentenceOfInstant(at, site.timeZone)}, estável desde então. Tempo fora do ar: ${sentenceOfDuration(incident.downtimeMs)}.`;
}

export function reopenedNote({ incident, site }: TicketFacts): string {
  const at = incident.outageSince ?? incident.openedAt;
  const before = sentenceOfDuration(incident.downtimeMs);
  return `Voltou a falhar: ${sentenceOfInstant(at, site.timeZone)}. Mesmo incidente, ${incident.reopenedCount + 1}ª ocorrência; ${before} fora do ar até aqui.`;
}

export function closedNote({ incident, site, now }: TicketFacts): string {
  return `Encerrado pelo Vigia: ${sentenceOfInstant(now, site.timeZone)}. Tempo total fora do ar: ${sentenceOfDuration(incident.downtimeMs)}.`;
}

/** `2 h 05 min`, `3 min 10 s`, `45 s`. Input in ms. */
export function sentenceOfDuration(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (durationMs < 60 * minute) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** `Campinas/SP`; empty for this computer's own site. */
function sentenceOfTown(site: Site): string {
  return [site.city, site.state].filter((part) => part !== '').join('/');
}

function contactLines(incident: Incident, site: Site, topology: Topology): string[] {
  const links =
    incident.link === undefined ? site.links : site.links.filter((link) => link.key === incident.link);
  if (incident.kind === 'host-down' || incident.kind === 'agent-lost') return [];
  return links.map((link) => contactLine(link, topology));
}

function contactLine(link: SiteLink, topology: Topology): string {
  const provider = topology.providers.get(link.provider);
  const parts = [`Operadora: ${provider?.name ?? link.provider}`];
  if (link.circuit !== undefined) parts.push(`circuito ${link.circuit}`);
  if (provider?.supportPhone !== undefined) parts.push(`suporte ${provider.supportPhone}`);
  if (link.publicAddress !== undefined) parts.push(`IP ${link.publicAddress}`);
  return parts.join(', ');
}

function historyLine(record: SiteState, incident: Incident, now: Instant): string {
  const { count, downtimeMs } = pastTotals(record, incident.causeKey, now);
  if (count === 0) return 'Últimos 30 dias: nenhuma outra ocorrência.';
  const word = count === 1 ? 'ocorrência' : 'ocorrências';
  return `Últimos 30 dias: ${count} ${word}, ${sentenceOfDuration(downtimeMs)} fora do ar.`;
}
