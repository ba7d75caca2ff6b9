// What the NOC reads on a telephone at 3 a.m., in Portuguese, short: what, where, since when, under which protocol. The whole
// story stands in the ticket and on the wall. Sentences of titles come from `sentences.ts`, so all three say the same.
import { assertNever } from '../../../shared/assert.ts';
import { splitSiteId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import type { Instant } from '../../../shared/time.ts';
import type { Priority } from '../../../shared/words.ts';
import type { Incident } from '../incident.ts';
import type { Topology } from '../topology.ts';
import { sentenceOfDuration } from './duration.ts';
import { namesOf } from './names.ts';
import { portuguese, sentenceOfInstant, sentenceOfPriority, sentenceOfTitle } from './sentences.ts';

export type NewsKind =
  | 'opened'
  | 'escalated'
  | 'recovered'
  | 'reopened'
  | 'worsened'
  | 'desk-closed-early'
  | 'ticket-replaced';

export interface NoticeFacts {
  readonly kind: NewsKind;
  readonly at: Instant;
  readonly incident: Incident;
  readonly topology: Topology;
  readonly to: readonly string[];
  readonly step?: string;
  readonly by?: string;
}

export interface NoticeText {
  readonly title: string;
  readonly text: string;
}

export function noticeText(facts: NoticeFacts): NoticeText {
  const { incident, topology } = facts;
  const speech = portuguese(topology);
  const what = sentenceOfTitle(incident, speech);
  const title = `${headOf(facts, sentenceOfPriority(incident.priority, speech))}: ${what}`;
  const lines = [...happened(facts), ...affected(facts), protocolLine(incident)];
  return {
    title: clipped(title, limits.noticeTitleCharsMax),
    text: clipped(lines.join('\n'), limits.noticeTextCharsMax),
  };
}

/** One line about several notices: `3 abertos, 1 normalizado`. */
export function countsOf(kinds: readonly string[]): string {
  const words: readonly (readonly [string, string, string])[] = [
    ['opened', 'aberto', 'abertos'],
    ['worsened', 'agravado', 'agravados'],
    ['reopened', 'reaberto', 'reabertos'],
    ['escalated', 'escalonamento', 'escalonamentos'],
    ['recovered', 'normalizado', 'normalizados'],
    ['desk-closed-early', 'encerrado antes da hora', 'encerrados antes da hora'],
    ['ticket-replaced', 'chamado trocado', 'chamados trocados'],
    ['own-outage', 'aviso do próprio Vigia', 'avisos do próprio Vigia'],
    ['desk-down', 'aviso da central', 'avisos da central'],
  ];
  return words
    .flatMap(([kind, one, many]) => {
      const count = kinds.filter((each) => each === kind).length;
      return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
    })
    .join(', ');
}

/** Of several notices in one message. `summary`: too many at once, or the list of the day. */
export function listText(
  notices: readonly { readonly title: string; readonly kind: string; readonly priority: Priority }[],
  form: 'group' | 'summary',
): NoticeText {
  const [first] = notices;
  const critical = notices.filter(({ priority }) => priority === 'critical').length;
  const counts = countsOf(notices.map(({ kind }) => kind));
  const head = notices.slice(0, limits.noticeListMax).map(({ title }) => `- ${title}`);
  const rest = notices.length - head.length;
  const more = rest === 0 ? [] : [`e mais ${rest}, todos no painel do Vigia.`];
  const title =
    form === 'group'
      ? `${notices.length} avisos: ${first?.title ?? ''}`
      : `Resumo: ${notices.length} avisos${critical === 0 ? '' : ` (${critical} críticos)`}`;
  return {
    title: clipped(title, limits.noticeTitleCharsMax),
    text: clipped([`${counts}.`, ...head, ...more].join('\n'), limits.noticeTextCharsMax),
  };
}

/** Cut by whole characters (an emoji is one), with an ellipsis where something is missing. */
export function clipped(text: string, charsMax: number): string {
  const characters = [...text];
  return characters.length <= charsMax ? text : `${characters.slice(0, charsMax - 1).join('')}…`;
}

function headOf({ kind, step }: NoticeFacts, priority: string): string {
  switch (kind) {
    case 'opened':
      return priority.toUpperCase();
    case 'escalated':
      return stepHead(step);
    case 'recovered':
      return 'NORMALIZADO';
    case 'reopened':
      return 'VOLTOU A FALHAR';
    case 'worsened':
      return `AGRAVADO (${priority})`;
    case 'desk-closed-early':
      return 'CHAMADO ENCERRADO, FALHA CONTINUA';
    case 'ticket-replaced':
      return 'CHAMADO TROCADO NA CENTRAL';
    default:
      return assertNever(kind);
  }
}

function stepHead(step: string | undefined): string {
  switch (step) {
    case 'call.noc-again':
      return 'NINGUÉM ASSUMIU';
    case 'call.level2-lead':
      return 'NINGUÉM ASSUMIU, LÍDER DO NÍVEL 2';
    case 'move.level2':
      return 'PASSA AO NÍVEL 2';
    case 'move.level3':
      return 'PASSA AO NÍVEL 3';
    default:
      return 'ESCALONADO';
  }
}

function happened(facts: NoticeFacts): readonly string[] {
  const { kind, at, incident, by, to } = facts;
  const since = `Desde ${local(incident.outageSince ?? incident.detectedAt, facts)}.`;
  switch (kind) {
    case 'opened':
    case 'worsened':
      return [since];
    case 'escalated':
      return [
        since,
        to.length === 0 ? 'A escala não indica ninguém para este passo.' : `Na escala: ${to.join(', ')}.`,
      ];
    case 'recovered':
      return [
        `Em ${local(incident.recoveredAt ?? incident.resolvedAt ?? at, facts)}, após ${sentenceOfDuration(incident.downtimeMs)}.`,
      ];
    case 'reopened':
      return [`${since} Mesmo incidente, ${incident.reopenedCount + 1}ª ocorrência.`];
    case 'desk-closed-early':
      return [`${by ?? 'Alguém'} encerrou o chamado na central em ${local(at, facts)}. ${since}`];
    case 'ticket-replaced':
      return ['O chamado anterior sumiu da central ou era repetido. Vale agora o protocolo abaixo.', since];
    default:
      return assertNever(kind);
  }
}

/** Who else is hit: customers of a provider's outage, parts of a site. */
function affected({ incident, topology, kind }: NoticeFacts): readonly string[] {
  if (incident.symptoms.length === 0 || kind === 'recovered') return [];
  if (incident.kind !== 'provider-outage') {
    const count = incident.symptoms.length;
    return [count === 1 ? '1 outro item atingido junto.' : `${count} outros itens atingidos juntos.`];
  }
  const customers = [...new Set(incident.symptoms.map((effect) => customerOf(effect, topology)))];
  const head = customers.slice(0, limits.noticeListMax);
  const rest = customers.length - head.length;
  return [`Clientes atingidos: ${head.join(', ')}${rest === 0 ? '' : ` e mais ${rest}`}.`];
}

/** `aurora/matriz/link:vivo` -> `Padaria Aurora`. */
function customerOf(effect: string, topology: Topology): string {
  const [customer = effect, key = ''] = effect.split('/');
  for (const site of topology.sites.values()) {
    const keys = splitSiteId(site.id);
    if (keys.customer === customer && keys.site === key) return site.customerName;
  }
  return customer;
}

function protocolLine({ ticket, id }: Incident): string {
  if (ticket?.protocol !== undefined) return `Protocolo: ${ticket.protocol}. Incidente ${id}.`;
  return ticket?.state === 'refused'
    ? `Chamado recusado pela central: registrar à mão. Incidente ${id}.`
    : `Chamado ainda sem protocolo. Incidente ${id}.`;
}

function local(at: Instant, { incident, topology }: NoticeFacts): string {
  return sentenceOfInstant(at, namesOf(incident, { topology }).timeZone);
}
