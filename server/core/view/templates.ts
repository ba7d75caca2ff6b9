// The shipped texts of ticket and notes, and which placeholders each may use. An operator's folder replaces any of them,
// file by file. Most important first, short lines, plain text: read at 3 a.m. on a telephone. No logic here.
import type { TemplateName } from '../ticket-settings.ts';
import type { CommonName } from './ticket-values.ts';

export interface ShippedTemplate {
  readonly text: string;
  /** Beside those of every template of its family. */
  readonly own: readonly string[];
  /** `outage`: of a provider's outage, which has no customer and no site. */
  readonly family: 'incident' | 'outage';
}

/** What the placeholders of a family hold, for the operator. */
export const incidentPlaceholders: Readonly<Record<CommonName, string>> = {
  title: 'o que aconteceu, onde: "Link Vivo (principal) fora do ar — Padaria Aurora, Matriz"',
  plainTitle: 'o mesmo, sem "(oscilando)"',
  customer: 'nome do cliente',
  plan: 'plano do contrato',
  site: 'nome da unidade',
  town: 'cidade/UF',
  place: 'unidade e cidade/UF',
  detectedAt: 'primeira evidência da falha, hora local',
  outageSince: 'começo da queda em andamento, hora local',
  zone: 'fuso da hora local: "hora local, UTC-3"',
  unseenSince: 'desde quando o Vigia estava sem visão; só quando o começo não foi visto',
  priority: 'classe de SLA: crítico, prioritário, padrão',
  deadline: 'prazo de atendimento em uma frase',
  supportHours: 'fora do horário de suporte: quando ele abre',
  measures: 'medidas de um link degradado',
  verdict: 'diagnóstico e confiança',
  cause: 'causa, quando conhecida',
  undecided: 'as causas que ainda não se distinguem',
  regional: 'a falha de uma operadora de que este incidente faz parte',
  witnesses: 'lista: testemunhas',
  linkWitness: 'o que o agente diz do link',
  refused: 'lista: hipóteses descartadas',
  contacts: 'lista: operadora, telefone de suporte, circuito e IP de cada link afetado',
  provider: 'operadora do link',
  supportPhone: 'telefone de suporte da operadora',
  circuit: 'circuito do link',
  publicAddress: 'IP público do link',
  history: 'ocorrências dos últimos 30 dias',
  hint: 'título da dica da base de conhecimento',
  steps: 'lista: passos numerados da dica',
  otherHints: 'lista: títulos de outras dicas que servem',
  downtime: 'tempo fora do ar até aqui',
  totals: 'tempo total e, se oscilou, o número de quedas',
  incident: 'número do incidente no Vigia',
  incidentUrl: 'endereço do incidente no console; só com publicUrl na configuração',
};

export const outagePlaceholders = {
  title: 'operadora e região',
  provider: 'operadora',
  supportPhone: 'telefone de suporte da operadora',
  region: 'cidade/UF, ou "várias cidades"',
  detectedAt: 'primeira evidência da falha',
  zone: 'fuso da hora',
  priority: 'classe de SLA',
  deadline: 'prazo de atendimento em uma frase',
  verdict: 'diagnóstico e confiança',
  cause: 'causa',
  witnesses: 'lista: testemunhas',
  refused: 'lista: hipóteses descartadas',
  affected: 'lista: clientes, links e circuitos atingidos',
  hint: 'título da dica da base de conhecimento',
  steps: 'lista: passos numerados da dica',
  duration: 'duração até aqui',
  incident: 'número do incidente no Vigia',
  incidentUrl: 'endereço do incidente no console; só com publicUrl na configuração',
} as const;
export type OutageName = keyof typeof outagePlaceholders;

/** All that a template may use, in the order in which it is named to the operator. */
export function placeholdersOf(name: TemplateName): readonly string[] {
  const { own, family } = shippedTemplates[name];
  return [...own, ...Object.keys(family === 'incident' ? incidentPlaceholders : outagePlaceholders)];
}

function of(family: ShippedTemplate['family'], own: readonly string[], lines: readonly string[]) {
  return { family, own, text: `${lines.join('\n')}\n` };
}

const firstStep = ['{{#hint}}', 'Primeiro passo (nível 1): {{hint}}', '{{steps}}', '{{/hint}}'];
const slaNow = ['SLA agora: {{priority}}. {{deadline}}', '{{supportHours}}'];

export const shippedTemplates: Readonly<Record<TemplateName, ShippedTemplate>> = {
  title: of('incident', [], ['{{title}}']),
  ticket: of(
    'incident',
    [],
    [
      '{{title}}',
      'Medidas: {{measures}}',
      'Desde: {{detectedAt}} ({{zone}})',
      'Pode ter começado antes: o Vigia estava sem visão desde {{unseenSince}}.',
      'Causa: {{cause}}',
      '{{undecided}}.',
      '{{regional}}',
      '',
      'Cliente: {{customer}} (plano {{plan}})',
      'Unidade: {{place}}',
      'SLA: {{priority}}. {{deadline}}',
      '{{supportHours}}',
      '{{#contacts}}',
      '',
      'Operadora: {{contacts}}',
      '{{/contacts}}',
      '',
      ...firstStep,
      '{{#otherHints}}',
      'Veja também: {{otherHints}}',
      '{{/otherHints}}',
      '',
      'Diagnóstico: {{verdict}}',
      '{{#witnesses}}',
      'Testemunhas:',
      '- {{witnesses}}',
      '{{/witnesses}}',
      '{{#refused}}',
      'Hipóteses descartadas:',
      '- {{refused}}',
      '{{/refused}}',
      '',
      '{{history}}',
      '',
      'Incidente Vigia: {{incident}}',
      '{{incidentUrl}}',
    ],
  ),
  'provider-title': of('outage', [], ['{{title}}']),
  'provider-ticket': of(
    'outage',
    [],
    [
      '{{title}}',
      'Desde: {{detectedAt}} ({{zone}})',
      'Causa: {{cause}}',
      '',
      'Operadora: {{provider}}',
      'Suporte da operadora: {{supportPhone}}',
      'Região: {{region}}',
      'SLA: {{priority}}. {{deadline}}',
      '',
      ...firstStep,
      '',
      '{{#affected}}',
      'Atingidos até agora (cada cliente tem o seu próprio chamado):',
      '- {{affected}}',
      '{{/affected}}',
      '',
      'Diagnóstico: {{verdict}}',
      '{{#witnesses}}',
      'Testemunhas:',
      '- {{witnesses}}',
      '{{/witnesses}}',
      '{{#refused}}',
      'Hipóteses descartadas:',
      '- {{refused}}',
      '{{/refused}}',
      '',
      'Incidente Vigia: {{incident}}',
      '{{incidentUrl}}',
    ],
  ),
  'note-cause-known': of(
    'incident',
    ['causeWitness'],
    ['Causa identificada: {{cause}}.', '{{causeWitness}}.', ...firstStep],
  ),
  'note-worsened': of(
    'incident',
    [],
    ['AGRAVADO: {{title}}, desde {{outageSince}}.', ...slaNow, '- {{witnesses}}', ...firstStep],
  ),
  'note-eased': of(
    'incident',
    [],
    ['O link voltou, mas degradado: {{downtime}} fora do ar até aqui.', '{{linkWitness}}.'],
  ),
  'note-flapping': of(
    'incident',
    ['flapSince', 'downs', 'now'],
    [
      'OSCILANDO: {{plainTitle}}, desde {{flapSince}}.',
      '{{downs}}, {{downtime}} fora do ar até aqui; {{now}}.',
    ],
  ),
  'note-became-parent': of(
    'incident',
    [],
    ['A CAUSA É MAIOR: {{title}}, desde {{detectedAt}}.', ...slaNow, '- {{witnesses}}', ...firstStep],
  ),
  'note-joined-parent': of(
    'incident',
    ['parentTitle', 'parentReference'],
    ['É efeito de outro incidente: {{parentTitle}} ({{parentReference}}).', 'Atender por aquele chamado.'],
  ),
  'note-raised': of(
    'incident',
    [],
    ['AGRAVADO: servidores atrás deste equipamento pararam de responder.', ...slaNow],
  ),
  'note-true-start': of(
    'incident',
    ['before'],
    [
      'Início real da falha: {{detectedAt}} (contada até aqui desde {{before}}, quando o Vigia voltou a ver).',
      'SLA e tempo fora do ar foram corrigidos.',
    ],
  ),
  'note-recovered': of(
    'incident',
    ['recoveredAt'],
    ['Normalizado: {{recoveredAt}}, estável desde então.', '{{totals}}.'],
  ),
  'note-reopened': of(
    'incident',
    ['times', 'badly'],
    [
      'Voltou a falhar: {{outageSince}}.',
      'Mesmo incidente, {{times}}ª ocorrência; {{downtime}} {{badly}} até aqui.',
    ],
  ),
  'note-closed': of(
    'incident',
    ['closedAt'],
    ['Encerrado pelo Vigia: {{closedAt}}.', '{{totals}} no total.'],
  ),
  'note-over': of(
    'incident',
    ['closedAt'],
    [
      'Sem novas falhas; incidente encerrado no Vigia: {{closedAt}}.',
      '{{totals}} no total.',
      'Este chamado fica aberto até uma pessoa o encerrar.',
    ],
  ),
  'note-closed-too-early': of(
    'incident',
    ['by'],
    [
      'Atenção: {{by}} encerrou este chamado, mas a falha continua.',
      'O Vigia segue acompanhando e não abre outro chamado.',
    ],
  ),
  'note-escalated': of('incident', ['level', 'to'], ['Escalonado para o nível {{level}} ({{to}}).']),
  'note-provider-joined': of('incident', [], ['{{regional}}', 'Causa: {{cause}}.', ...firstStep]),
  'note-provider-left': of(
    'incident',
    ['parentTitle', 'parentRecoveredAt'],
    [
      'A falha da operadora terminou em {{parentRecoveredAt}}, mas aqui o problema continua.',
      'Tratar à parte com a operadora.',
      ...firstStep,
    ],
  ),
  'note-provider-widened': of(
    'outage',
    ['where'],
    ['A falha já alcança também {{where}}: tratar como falha geral da operadora.'],
  ),
  'note-provider-more': of(
    'outage',
    ['fresh', 'total'],
    ['Atingidos desde o último aviso: {{fresh}} ({{total}} no total).', '- {{affected}}'],
  ),
  'note-provider-recovered': of(
    'outage',
    ['recoveredAt', 'rest'],
    ['Falha regional normalizada: {{recoveredAt}}, estável desde então.', 'Duração: {{duration}}. {{rest}}'],
  ),
  'note-provider-reopened': of(
    'outage',
    ['outageSince', 'times'],
    ['A falha regional voltou: {{outageSince}}.', 'Mesmo incidente, {{times}}ª ocorrência.'],
  ),
  'note-provider-closed': of(
    'outage',
    ['closedAt'],
    ['Encerrado pelo Vigia: {{closedAt}}.', 'Duração total da falha: {{duration}}.'],
  ),
  'note-provider-over': of(
    'outage',
    ['closedAt'],
    [
      'Sem novas falhas; incidente encerrado no Vigia: {{closedAt}}.',
      'Duração total da falha: {{duration}}.',
      'Este chamado fica aberto até uma pessoa o encerrar.',
    ],
  ),
};
