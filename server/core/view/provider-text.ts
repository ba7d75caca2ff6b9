// A provider's outage as a technician reads it, in Portuguese: the parent's ticket with the circuits to name to the
// provider, its notes, and the notes on the customers' tickets. Sentences of evidence come from `sentences.ts`.
import type { SiteId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import { stateTimeZones } from '../../../shared/states.ts';
import type { Instant } from '../../../shared/time.ts';
import type { TicketText } from '../effect.ts';
import type { Incident } from '../incident.ts';
import type { RegionalOutage } from '../state.ts';
import type { Topology } from '../topology.ts';
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
import { sentenceOfDuration } from './ticket-text.ts';

/** One line of the list. `link` absent: the whole site. */
export interface AffectedLink {
  readonly site: SiteId;
  readonly link?: string;
  readonly since: Instant;
}

export function outageText(
  incident: Incident,
  affected: readonly AffectedLink[],
  topology: Topology,
): TicketText {
  const speech = portuguese(topology);
  const title = sentenceOfTitle(incident, speech);
  const timeZone = timeZoneOf(incident);
  const provider = topology.providers.get(incident.provider ?? '');
  const support = provider?.supportPhone === undefined ? '' : `, suporte ${provider.supportPhone}`;
  const lines = [
    title,
    '',
    `Operadora: ${provider?.name ?? incident.provider ?? ''}${support}`,
    `Região: ${incident.region ?? 'várias cidades'}`,
    `Detectado em: ${sentenceOfInstant(incident.detectedAt, timeZone)} (hora local, ${timeZone})`,
    `Prioridade: ${sentenceOfPriority(incident.priority, speech)}`,
    'SLA crítico: o atendimento começa na detecção.',
    '',
    `Diagnóstico: ${sentenceOfVerdict(incident.verdict, speech)}`,
    `Causa: ${sentenceOfCause(incident.cause, speech)}`,
    'Testemunhas:',
    ...incident.verdict.witnesses.map(
      (witness) =>
        `- ${sentenceOfWitness({ ...witness, since: undefined }, incident, speech)}, desde ${sentenceOfInstant(witness.since ?? incident.detectedAt, timeZone)}`,
    ),
    'Hipóteses descartadas:',
    ...incident.verdict.refused.map((refused) => `- ${sentenceOfRefusal(refused, speech)}`),
    '',
    'Atingidos até agora (cada cliente tem o seu próprio chamado):',
    ...listOf(affected, topology),
    '',
    `Primeiro passo (nível 1): ${firstStep(incident)}`,
    '',
    `Incidente Vigia: ${incident.id}`,
  ];
  return { title, body: lines.join('\n') };
}

/** `Falha regional: Falha da operadora Vivo Empresas em Campinas/SP (incidente inc-7-0), desde 22/11/2026 10:10:03.` */
export function regionalLine(parent: Incident, topology: Topology): string {
  const title = sentenceOfTitle(parent, portuguese(topology));
  const since = sentenceOfInstant(parent.outageSince ?? parent.detectedAt, timeZoneOf(parent));
  return `Falha regional: ${title} (incidente ${parent.id}), desde ${since}.`;
}

export function joinedNote(child: Incident, parent: Incident, topology: Topology): string {
  const cause = sentenceOfCause(child.cause, portuguese(topology));
  return `${regionalLine(parent, topology)} Este chamado faz parte dela; causa: ${cause}.`;
}

export function leftAloneNote(parent: Incident, topology: Topology): string {
  const title = sentenceOfTitle(parent, portuguese(topology));
  const at = sentenceOfInstant(parent.recoveredAt ?? parent.openedAt, timeZoneOf(parent));
  return `A falha regional terminou (${title}, ${at}), mas aqui o problema continua: tratar à parte com a operadora.`;
}

export function widenedNote(region: string | undefined): string {
  const where = region === undefined ? 'outras cidades' : region;
  return `A falha alcança também ${where}: tratar como falha da operadora em várias cidades.`;
}

export function moreNote(
  affected: readonly AffectedLink[],
  { joined, told }: Pick<RegionalOutage, 'joined' | 'told'>,
  topology: Topology,
): string {
  const more = joined - told - affected.length;
  return [
    `Atingidos desde o último aviso: ${joined - told} (${joined} no total).`,
    ...listOf(affected, topology),
    ...(more > 0 ? [`- e mais ${more}`] : []),
  ].join('\n');
}

export function outageReopenedNote(incident: Incident): string {
  const at = sentenceOfInstant(incident.outageSince ?? incident.openedAt, timeZoneOf(incident));
  return `A falha regional voltou: ${at}. Mesmo incidente, ${incident.reopenedCount + 1}ª ocorrência.`;
}

export function outageResolvedNote(incident: Incident, stillDown: number): string {
  const at = sentenceOfInstant(incident.recoveredAt ?? incident.openedAt, timeZoneOf(incident));
  const rest =
    stillDown === 0
      ? 'Todos os atingidos voltaram.'
      : `${stillDown} ainda fora do ar: seguem cada um no seu chamado.`;
  return `Falha regional normalizada: ${at}, estável desde então. Duração: ${sentenceOfDuration(incident.downtimeMs)}. ${rest}`;
}

export function outageClosedNote(incident: Incident, now: Instant): string {
  const at = sentenceOfInstant(now, timeZoneOf(incident));
  return `Encerrado pelo Vigia: ${at}. Duração total da falha: ${sentenceOfDuration(incident.downtimeMs)}.`;
}

function listOf(affected: readonly AffectedLink[], topology: Topology): string[] {
  const lines = affected.slice(0, limits.outageLinesMax).map((each) => `- ${affectedLine(each, topology)}`);
  const more = affected.length - lines.length;
  return more > 0 ? [...lines, `- e mais ${more}`] : lines;
}

/** `Boreal Calçados, Loja: link Vivo, circuito CPS-7, desde 22/11/2026 10:10:03`. */
function affectedLine({ site: id, link: key, since }: AffectedLink, topology: Topology): string {
  const site = topology.sites.get(id);
  if (site === undefined) return id;
  const links = site.links
    .filter((link) => key === undefined || link.key === key)
    .map((link) => (link.circuit === undefined ? link.name : `${link.name} (circuito ${link.circuit})`));
  const at = sentenceOfInstant(since, site.timeZone);
  return `${site.customerName}, ${site.name}: link ${links.join(', ')}, desde ${at}`;
}

/** The region's own; an outage of several towns is told in Brasília's time. */
function timeZoneOf({ region }: Incident): string {
  const state = region?.slice(region.lastIndexOf('/') + 1);
  const zones: Readonly<Record<string, string>> = stateTimeZones;
  return (state === undefined ? undefined : zones[state]) ?? stateTimeZones.SP;
}
