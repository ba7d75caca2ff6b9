// A replay's result as a person reads it, in Portuguese, plain text. Speaks through the sentences of the wall and the
// ticket, so that an incident reads the same here. Decides nothing.
import { assertNever } from '../../../shared/assert.ts';
import { type Instant, toIso } from '../../../shared/time.ts';
import type { Policy } from '../policy.ts';
import type { Topology } from '../topology.ts';
import { sentenceOfDuration } from '../view/duration.ts';
import { namesOf } from '../view/names.ts';
import {
  portuguese,
  type Speech,
  sentenceOfCause,
  sentenceOfInstant,
  sentenceOfKind,
  sentenceOfPriority,
  sentenceOfTitle,
} from '../view/sentences.ts';
import type { ChangedIncident, ComparedField, IncidentDifference } from './difference.ts';
import type { IncidentFacts } from './ledger.ts';
import type { DataDifference } from './same-data.ts';

export interface StretchFacts {
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly fromAt: Instant;
  readonly toAt: Instant;
  readonly inputs: number;
  /** Releases that decided the stretch then, in order. */
  readonly releases: readonly string[];
  /** The one that decides now. */
  readonly release: string;
}

export interface VerificationFacts extends StretchFacts {
  readonly digest: string;
  readonly decidedDigest: string;
  /** Inputs that were decided otherwise now. */
  readonly otherwise: number;
  readonly first?: {
    readonly seq: number;
    readonly at: Instant;
    readonly kind: string;
    readonly differences: readonly DataDifference[];
  };
}

export function verificationText(facts: VerificationFacts): string {
  const { first, otherwise, inputs } = facts;
  if (first === undefined) {
    return [
      ...stretchLines(facts),
      '',
      `Idêntico: as ${inputs} decisões foram refeitas e são as mesmas que foram gravadas.`,
      `Resumo (SHA-256): ${facts.digest}`,
    ].join('\n');
  }
  const others = facts.releases.filter((release) => release !== facts.release);
  return [
    ...stretchLines(facts),
    '',
    `DIFERENTE: ${otherwise} de ${inputs} decisões não são as que foram gravadas.`,
    ...(others.length === 0
      ? []
      : [`(gravadas pela versão ${others.join(', ')}; refeitas pela ${facts.release})`]),
    `Resumo gravado (SHA-256): ${facts.digest}`,
    `Resumo refeito (SHA-256): ${facts.decidedDigest}`,
    '',
    `Primeira diferença: entrada ${first.seq} (${first.kind}), ${toIso(first.at)}`,
    ...first.differences.flatMap(({ path, recorded, decided }) => [
      `  ${path === '' ? '(tudo)' : path}`,
      `    gravado: ${short(recorded)}`,
      `    refeito: ${short(decided)}`,
    ]),
  ].join('\n');
}

export interface WhatIfFacts extends StretchFacts {
  readonly policies: readonly {
    readonly name: keyof Policy;
    readonly before: Policy[keyof Policy];
    readonly now: Policy[keyof Policy];
  }[];
  /** Of these, the ones that this replay cannot show (fully). */
  readonly outside: readonly (keyof Policy)[];
  readonly difference: IncidentDifference;
  readonly tickets: { readonly before: number; readonly now: number };
  readonly unanswered: number;
  readonly cut: number;
  /** For names; that of the end of the stretch. */
  readonly topology: Topology;
}

export function whatIfText(facts: WhatIfFacts): string {
  const speech = portuguese(facts.topology);
  const { onlyBefore, onlyNow, changed, unchanged } = facts.difference;
  const same = onlyBefore.length + onlyNow.length + changed.length === 0;
  return [
    ...stretchLines(facts),
    '',
    'Políticas alteradas:',
    ...facts.policies.map(
      ({ name, before, now }) => `  ${name}: ${JSON.stringify(before)} -> ${JSON.stringify(now)}`,
    ),
    ...facts.outside.map(
      (name) => `  atenção: ${name} é aplicada antes da gravação; os silêncios continuam como foram gravados`,
    ),
    '',
    `Chamados: ${facts.tickets.before} antes, ${facts.tickets.now} agora`,
    `Incidentes: ${unchanged} iguais, ${changed.length} alterados, ${onlyBefore.length} só antes, ${onlyNow.length} só agora`,
    ...(same ? ['', 'Nenhuma diferença em incidentes ou chamados.'] : []),
    ...section(
      'Abertos só antes (com as políticas novas não existiriam):',
      onlyBefore.flatMap((each) => lonely(each, speech)),
    ),
    ...section(
      'Abertos só agora (com as políticas novas):',
      onlyNow.flatMap((each) => lonely(each, speech)),
    ),
    ...section(
      'Alterados (antes -> agora):',
      changed.flatMap((each) => changedLines(each, speech)),
    ),
    ...(facts.unanswered === 0
      ? []
      : [
          '',
          facts.unanswered === 1
            ? '1 ação (de pessoa, central ou escalonamento) era sobre um incidente que não existiria e ficou de fora.'
            : `${facts.unanswered} ações (de pessoas, central ou escalonamento) eram sobre incidentes que não existiriam e ficaram de fora.`,
        ]),
    ...(facts.cut === 0
      ? []
      : ['', `Em ${facts.cut} intervalos sem entradas o relógio simulado foi interrompido no limite.`]),
  ].join('\n');
}

function stretchLines(facts: StretchFacts): string[] {
  const { fromSeq, toSeq, fromAt, toAt, inputs } = facts;
  return [`Entradas ${fromSeq} a ${toSeq} (${inputs}), de ${toIso(fromAt)} a ${toIso(toAt)}`];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

function lonely(facts: IncidentFacts, speech: Speech): string[] {
  const zone = namesOf(facts, speech).timeZone;
  const end =
    facts.resolvedAt === undefined
      ? 'não resolvido'
      : `resolvido ${sentenceOfInstant(facts.resolvedAt, zone)}`;
  return [
    `  - ${sentenceOfTitle(facts, speech)}`,
    `    detectado ${sentenceOfInstant(facts.detectedAt, zone)}, ${ticketWord(facts)}, prioridade ${sentenceOfPriority(facts.priority, speech)}, ${end}`,
  ];
}

function ticketWord({ ticketAt, retro }: IncidentFacts): string {
  if (retro) return 'só histórico';
  return ticketAt === undefined ? 'sem chamado' : 'com chamado';
}

function changedLines({ before, now, fields }: ChangedIncident, speech: Speech): string[] {
  const zone = namesOf(before, speech).timeZone;
  return [
    `  - ${sentenceOfTitle(before, speech)}, detectado ${sentenceOfInstant(before.detectedAt, zone)}`,
    ...fields.map((field) => {
      const [a, b] = [textOfField(field, before, speech), textOfField(field, now, speech)];
      return `    ${fieldNames[field]}: ${a} -> ${b}`;
    }),
  ];
}

const fieldNames: Readonly<Record<ComparedField, string>> = {
  kind: 'diagnóstico',
  cause: 'causa',
  priority: 'prioridade',
  retro: 'registro',
  detectedAt: 'detectado',
  openedAt: 'aberto',
  ticketAt: 'chamado',
  resolvedAt: 'resolvido',
  closedAt: 'encerrado',
  reopenedCount: 'reaberturas',
  downtimeMs: 'tempo fora do ar',
};

function textOfField(field: ComparedField, facts: IncidentFacts, speech: Speech): string {
  switch (field) {
    case 'kind':
      return sentenceOfKind(facts.kind, speech);
    case 'cause':
      return sentenceOfCause(facts.cause, speech);
    case 'priority':
      return sentenceOfPriority(facts.priority, speech);
    case 'retro':
      return facts.retro ? 'só histórico' : 'incidente';
    case 'reopenedCount':
      return String(facts.reopenedCount);
    case 'downtimeMs':
      return sentenceOfDuration(facts.downtimeMs);
    case 'ticketAt':
    case 'detectedAt':
    case 'openedAt':
    case 'resolvedAt':
    case 'closedAt': {
      const at = facts[field];
      if (at === undefined) return field === 'ticketAt' ? 'sem chamado' : 'não';
      return sentenceOfInstant(at, namesOf(facts, speech).timeZone);
    }
    default:
      return assertNever(field);
  }
}

const shownCharsMax = 400;

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? '(ausente)';
  return text.length > shownCharsMax ? `${text.slice(0, shownCharsMax)}…` : text;
}
