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
  type Speech,
  sentenceOfCause,
  sentenceOfInstant,
  sentenceOfPriority,
  sentenceOfRefusal,
  sentenceOfTitle,
  sentenceOfUndecided,
  sentenceOfVerdict,
  sentenceOfWitness,
} from './sentences.ts';

export interface TicketFacts {
  readonly incident: Incident;
  readonly site: Site;
  readonly topology: Topology;
  readonly now: Instant;
}

interface OpeningFacts extends TicketFacts {
  readonly record: SiteState;
  /** Names the provider's outage that it is part of. */
  readonly regional?: string;
}

export function ticketText(facts: OpeningFacts): TicketText {
  const { incident, site, record, regional, topology, now } = facts;
  const speech = portuguese(topology);
  const title = sentenceOfTitle(incident, speech);
  const lines = [
    title,
    '',
    `Cliente: ${site.customerName} (plano ${site.plan})`,
    `Unidade: ${[site.name, sentenceOfTown(site)].filter((part) => part !== '').join(', ')}`,
    `Detectado em: ${sentenceOfInstant(incident.detectedAt, site.timeZone)} (hora local, ${site.timeZone})`,
    ...unseenLine(incident, site),
    `Prioridade: ${sentenceOfPriority(incident.priority, speech)}`,
    ...(incident.priority === 'critical' ? ['SLA crítico: o atendimento começa na detecção.'] : []),
    '',
    `Diagnóstico: ${sentenceOfVerdict(incident.verdict, speech)}`,
    ...(incident.cause === 'unknown' ? [] : [`Causa: ${sentenceOfCause(incident.cause, speech)}`]),
    ...(regional === undefined ? [] : [regional]),
    ...undecidedLines(incident, speech),
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

function undecidedLines(incident: Incident, speech: Speech): string[] {
  const sentence = sentenceOfUndecided(incident.verdict, speech);
  return sentence === undefined ? [] : [`${sentence}.`];
}

/** The beginning was not seen: said so that nobody takes the instant above for the whole truth. */
function unseenLine({ earliestAt }: Incident, site: Site): string[] {
  if (earliestAt === undefined) return [];
  const lost = sentenceOfInstant(earliestAt, site.timeZone);
  return [`Pode ter começado antes: o Vigia estava sem visão desde ${lost}.`];
}

/** `before`: from when it was counted until now. */
export function trueStartNote({ incident, site }: TicketFacts, before: Instant): string {
  const at = sentenceOfInstant(incident.detectedAt, site.timeZone);
  return `Início real da falha: ${at} (contada até aqui desde ${sentenceOfInstant(before, site.timeZone)}, quando o Vigia voltou a ver). SLA e tempo fora do ar foram corrigidos.`;
}

export function titleOf({ incident, topology }: TicketFacts): string {
  return sentenceOfTitle(incident, portuguese(topology));
}

/** Degraded before, down now. */
export function worsenedNote({ incident, site, topology }: TicketFacts): string {
  const speech = portuguese(topology);
  const flaps = incident.flap !== undefined && incident.flap.over === undefined;
  const since = flaps ? incident.flap.since : (incident.outageSince ?? incident.openedAt);
  const at = sentenceOfInstant(since, site.timeZone);
  const witnesses = incident.verdict.witnesses.map((each) => sentenceOfWitness(each, incident, speech));
  return [
    `AGRAVADO: ${sentenceOfTitle(incident, speech)}, desde ${at}. Prioridade agora: ${sentenceOfPriority(incident.priority, speech)}.`,
    ...witnesses.map((each) => `- ${each}`),
  ].join('\n');
}

/** At most two an hour while it lasts. */
export function flappingNote({ incident, site, topology }: TicketFacts): string {
  const speech = portuguese(topology);
  const since = sentenceOfInstant(incident.flap?.since ?? incident.detectedAt, site.timeZone);
  const now = incident.outageSince === undefined ? 'no ar neste momento' : 'fora do ar neste momento';
  const down = sentenceOfDuration(incident.downtimeMs);
  return `OSCILANDO: ${sentenceOfTitle(incident, speech)}, desde ${since}. ${sentenceOfDowns(incident)}, ${down} fora do ar até aqui; ${now}.`;
}

function sentenceOfDowns({ flap }: Incident): string {
  const downs = flap?.downs ?? 0;
  return `${downs} ${downs === 1 ? 'queda' : 'quedas'}`;
}

/** Down before; carries again, but badly. */
export function easedNote({ incident, topology }: TicketFacts): string {
  const speech = portuguese(topology);
  const told = incident.verdict.witnesses.find((each) => each.source === 'link-verdict');
  const how = told === undefined ? '' : ` ${sentenceOfWitness(told, incident, speech)}.`;
  return `O link voltou, mas degradado: ${sentenceOfDuration(incident.downtimeMs)} fora do ar até aqui.${how}`;
}

/** The first sign was part of something larger, which this ticket is about from now on. */
export function becameParentNote({ incident, site, topology }: TicketFacts): string {
  const speech = portuguese(topology);
  const at = sentenceOfInstant(incident.detectedAt, site.timeZone);
  const witnesses = incident.verdict.witnesses.map((each) => sentenceOfWitness(each, incident, speech));
  return [
    `A CAUSA É MAIOR: ${sentenceOfTitle(incident, speech)}, desde ${at}. Prioridade agora: ${sentenceOfPriority(incident.priority, speech)}.`,
    ...witnesses.map((each) => `- ${each}`),
    `Primeiro passo (nível 1): ${firstStep(incident)}`,
  ].join('\n');
}

/** On the ticket of what proved to be a symptom. */
export function joinedParentNote({ topology }: TicketFacts, parent: Incident): string {
  const title = sentenceOfTitle(parent, portuguese(topology));
  const protocol = parent.ticket?.protocol;
  const where = protocol === undefined ? `incidente ${parent.id}` : `protocolo ${protocol}`;
  return `É efeito de outro incidente: ${title} (${where}). Atender por aquele chamado.`;
}

/** A device that nobody missed at first has servers behind it that are stopped now. */
export function raisedNote({ incident, topology }: TicketFacts): string {
  const speech = portuguese(topology);
  return `AGRAVADO: servidores atrás deste equipamento pararam de responder. Prioridade agora: ${sentenceOfPriority(incident.priority, speech)}.`;
}

/** What became known later: `Causa identificada: falta de energia.` */
export function causeNote({ incident, site, topology }: TicketFacts): string {
  const cause = sentenceOfCause(incident.cause, portuguese(topology));
  const told = incident.verdict.witnesses.find((each) => each.says === 'run-ended');
  if (told !== undefined && told.facts?.cause === incident.cause) {
    return `Causa identificada: ${cause}. ${sentenceOfWitness(told, incident, portuguese(topology))}.`;
  }
  if (incident.cause !== 'links') return `Causa identificada: ${cause}.`;
  const names = site.links.map((link) => topology.providers.get(link.provider)?.name ?? link.provider);
  return `Causa identificada: ${cause} (${[...new Set(names)].join(', ')}).`;
}

export function recoveredNote({ incident, site }: TicketFacts): string {
  const at = incident.recoveredAt ?? incident.openedAt;
  return `Normalizado: ${sentenceOfInstant(at, site.timeZone)}, estável desde então. ${sentenceOfTotals(incident)}.`;
}

export function reopenedNote({ incident, site }: TicketFacts): string {
  const at = incident.outageSince ?? incident.openedAt;
  const before = sentenceOfDuration(incident.downtimeMs);
  return `Voltou a falhar: ${sentenceOfInstant(at, site.timeZone)}. Mesmo incidente, ${incident.reopenedCount + 1}ª ocorrência; ${before} fora do ar até aqui.`;
}

export function outageLastsNote(by: string): string {
  return `Atenção: ${by} encerrou este chamado, mas a falha continua. O Vigia segue acompanhando e não abre outro chamado.`;
}

export function escalatedNote(level: number, to: string): string {
  return `Escalonado para o nível ${level} (${to}).`;
}

export function closedNote({ incident, site, now }: TicketFacts): string {
  return `Encerrado pelo Vigia: ${sentenceOfInstant(now, site.timeZone)}. ${sentenceOfTotals(incident)} no total.`;
}

/** `7 quedas. Tempo fora do ar: 3 min 10 s` when it flapped. */
function sentenceOfTotals(incident: Incident): string {
  const downtime = sentenceOfDowntime(incident);
  return incident.flap === undefined ? downtime : `Oscilou: ${sentenceOfDowns(incident)}. ${downtime}`;
}

/** An incident that was never an outage has no time without service. */
function sentenceOfDowntime(incident: Incident): string {
  const outage = incident.kind !== 'link-degraded' || incident.timeline.some(({ kind }) => kind === 'eased');
  const words = outage ? 'Tempo fora do ar' : 'Tempo degradado';
  return `${words}: ${sentenceOfDuration(incident.downtimeMs)}`;
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
