// The page of printed tickets, docs/tickets.md: what the desk gets for each kind of incident, made by the real core from
// the transcripts of this folder and a few of their variations. `node test/scenario/rewrite.ts` writes it.
import { readFileSync } from 'node:fs';
import type { TicketEffect } from '../../server/core/effect.ts';
import { templateNames } from '../../server/core/ticket-settings.ts';
import {
  incidentPlaceholders,
  outagePlaceholders,
  shippedTemplates,
} from '../../server/core/view/templates.ts';
import { play } from './transcript.ts';

interface PrintedCase {
  readonly heading: string;
  readonly transcript: string;
  readonly vary?: (text: string) => string;
}

const measure =
  (said: string) =>
  (text: string): string =>
    text.replaceAll('perda 23 %', said);

/** The same twelve hours later: support is closed. */
const atNight = (text: string): string =>
  text.replace(
    /\b(\d\d)(:\d\d:\d\d)/g,
    (_all, hours: string, rest: string) => `${Number(hours) + 12}${rest}`,
  );

/** The outage of a transcript once more, two hours later: the second ticket has a history. */
function again(text: string): string {
  const lines = text.split('\n').filter((line) => !line.startsWith('>') && !line.startsWith('#'));
  const from = lines.findIndex((line) => line.includes('fora do ar'));
  const later = lines
    .slice(from)
    .map((line) =>
      line.replace(
        /\b(\d\d)(:\d\d:\d\d)/g,
        (_all, hours: string, rest: string) => `${Number(hours) + 2}${rest}`,
      ),
    );
  return [...lines, ...later].join('\n');
}

const cases: readonly PrintedCase[] = [
  { heading: 'Link principal fora do ar', transcript: 'primary-link-lost' },
  { heading: 'Link principal fora do ar, segunda vez no mês', transcript: 'primary-link-lost', vary: again },
  { heading: 'Link principal fora do ar, de noite', transcript: 'primary-link-lost', vary: atNight },
  { heading: 'Link reserva fora do ar', transcript: 'backup-link-lost' },
  { heading: 'Os dois links fora do ar', transcript: 'both-links-lost' },
  { heading: 'Link degradado por perda', transcript: 'link-with-loss' },
  { heading: 'Link degradado por latência', transcript: 'link-with-loss', vary: measure('latência 420 ms') },
  {
    heading: 'Link degradado por variação (jitter)',
    transcript: 'link-with-loss',
    vary: measure('variação 90 ms'),
  },
  {
    heading: 'Link degradado: pacotes grandes não passam',
    transcript: 'link-with-loss',
    vary: measure('pacotes grandes 0 %'),
  },
  {
    heading: 'Link degradado, de noite',
    transcript: 'link-with-loss',
    vary: atNight,
  },
  { heading: 'Link degradado que cai', transcript: 'degraded-link-dies' },
  { heading: 'Link degradado que oscila', transcript: 'degraded-link-flaps' },
  { heading: 'Link que oscila', transcript: 'link-flaps-in-blips' },
  { heading: 'Unidade sem comunicação: era a energia', transcript: 'site-without-power' },
  { heading: 'Unidade sem comunicação: eram os links', transcript: 'links-known-after-closing' },
  {
    heading: 'O principal já estava fora; depois cai também o reserva',
    transcript: 'second-link-takes-the-site',
  },
  { heading: 'Servidor fora do ar, visto por um vizinho', transcript: 'server-lost-seen-by-neighbour' },
  { heading: 'Servidor fora do ar, sozinho na unidade', transcript: 'lone-server-lost' },
  { heading: 'Servidor fora do ar: travamento, contado pelo registro', transcript: 'server-crash-explained' },
  { heading: 'Servidor fora do ar: falta de memória', transcript: 'lone-server-out-of-memory' },
  { heading: 'Equipamento que oscila', transcript: 'host-flaps-seen-by-neighbour' },
  { heading: 'Hipervisor fora do ar', transcript: 'hypervisor-lost' },
  { heading: 'Máquina virtual primeiro, depois o hipervisor', transcript: 'guest-first-then-the-hypervisor' },
  { heading: 'Switch morto', transcript: 'core-switch-dead' },
  { heading: 'Impressora fora do ar', transcript: 'printer-lost' },
  {
    heading: 'Equipamento primeiro, depois a unidade inteira',
    transcript: 'printer-and-server-then-the-site',
  },
  { heading: 'Agente sem sinal', transcript: 'agent-killed-host-alive' },
  { heading: 'Desligada em ordem e não voltou', transcript: 'goodbye-and-not-back' },
  { heading: 'Voltou a falhar em quinze minutos', transcript: 'returns-within-fifteen-minutes' },
  { heading: 'A falha passou do fim da janela de manutenção', transcript: 'outage-outlives-its-window' },
  { heading: 'Janela com volta prometida e não cumprida', transcript: 'window-with-return-not-kept' },
  { heading: 'A falha começou enquanto o Vigia estava sem visão', transcript: 'true-start-after-blindness' },
  { heading: 'Falha da operadora em uma cidade', transcript: 'provider-outage-in-a-town' },
  {
    heading: 'Falha da operadora que alcança outra cidade',
    transcript: 'provider-outage-reaches-another-town',
  },
  {
    heading: 'Falha da operadora que termina, menos em um cliente',
    transcript: 'provider-outage-one-stays-down',
  },
  { heading: 'Chamado encerrado cedo demais na central', transcript: 'desk-closed-too-early' },
  { heading: 'Ninguém assume o chamado', transcript: 'nobody-takes-it' },
];

export const printedCases = cases.length;

export function ticketPage(): string {
  return [
    '# Chamados impressos',
    '',
    'O que a central de chamados recebe do Vigia em cada tipo de incidente: título, corpo e notas, com os modelos e as',
    'dicas que vêm com o programa. Esta página é escrita pelo próprio programa a partir das conversas de `test/scenario`',
    '(`node test/scenario/rewrite.ts`); um teste falha quando ela difere do que seria enviado. Como mudar os textos:',
    '[ticket-templates.md](ticket-templates.md).',
    '',
    ...cases.flatMap(printed),
  ].join('\n');
}

function printed({ heading, transcript, vary = (text) => text }: PrintedCase): string[] {
  const text = readFileSync(new URL(`${transcript}.txt`, import.meta.url), 'utf8');
  const effects: TicketEffect[] = [];
  play(vary(text), undefined, (effect) => void effects.push(effect));
  return [`## ${heading}`, '', ...effects.flatMap(printedEffect)];
}

function printedEffect(effect: TicketEffect): string[] {
  const block = (label: string, text: string): string[] => [`${label}:`, '', '```text', text, '```', ''];
  switch (effect.kind) {
    case 'ticket.open':
      return block(`**Abre** \`${effect.incident}\`: ${effect.text.title}`, effect.text.body);
    case 'ticket.note': {
      const title = effect.raise === undefined ? '' : `, o título passa a ser "${effect.raise.title}"`;
      return block(`Nota \`${effect.key}\`${title}`, effect.text);
    }
    case 'ticket.close':
      return block(`Fecha \`${effect.incident}\``, effect.text);
    case 'ticket.reopen':
      return block(`Reabre \`${effect.incident}\``, effect.text);
  }
}

/** docs/ticket-templates.md: every shipped text, and what may stand in it. */
export function templatesPage(): string {
  const names = (placeholders: Readonly<Record<string, string>>): string[] => [
    '| Nome | O que é |',
    '|---|---|',
    ...Object.entries(placeholders).map(([name, meaning]) => `| \`{{${name}}}\` | ${meaning} |`),
    '',
  ];
  return [
    ...introduction,
    '## Nomes para um incidente',
    '',
    ...names(incidentPlaceholders),
    '## Nomes para a falha de uma operadora',
    '',
    'Valem nos modelos `provider-title`, `provider-ticket` e nas notas dele.',
    '',
    ...names(outagePlaceholders),
    '## Modelos que vêm com o programa',
    '',
    ...templateNames.flatMap((name) => {
      const { text, own } = shippedTemplates[name];
      const more =
        own.length === 0 ? [] : [`Nomes só deste: ${own.map((each) => `\`{{${each}}}\``).join(', ')}.`, ''];
      return [`### ${name}.pt-BR.txt`, '', ...more, '```text', text.trimEnd(), '```', ''];
    }),
  ].join('\n');
}

const introduction = [
  '# Textos do chamado e dicas para o nível 1',
  '',
  'Página escrita por `node test/scenario/rewrite.ts`. Chamados prontos: [tickets.md](tickets.md).',
  '',
  '## Modelos',
  '',
  'No `vigia.yaml`, `ticketTemplates: PASTA` indica uma pasta (relativa ao próprio arquivo). Cada arquivo dela substitui o',
  'modelo de mesmo nome; o que não estiver na pasta continua como vem com o programa. Para mudar um, copie o texto abaixo.',
  '',
  '- Texto puro em UTF-8. `{{nome}}` é trocado pelo valor; não há código nem HTML.',
  '- Uma linha cujos nomes estão todos vazios desaparece.',
  '- Uma linha com uma lista aparece uma vez para cada item.',
  '- O que está entre `{{#nome}}` e `{{/nome}}` (cada um sozinho na linha) só aparece se o nome tiver valor.',
  '- `{{! comentário }}` sozinho na linha não é enviado. Nunca há duas linhas em branco seguidas.',
  '- Um nome desconhecido é um erro de configuração: o servidor não parte e mostra arquivo, linha e os nomes que existem.',
  '- Os arquivos são lidos de novo a cada 30 s. Com erro, vale o que valia antes e o registro do servidor diz por quê.',
  '- Chamados e notas já criados não mudam.',
  '',
  '## Dicas',
  '',
  'No `vigia.yaml`, `knowledge: PASTA` indica uma pasta com arquivos `.md`, um para cada dica. Elas se somam às que vêm com',
  'o programa (`server/knowledge`); uma dica com o mesmo `id` substitui a do programa. Exemplo:',
  '',
  '```markdown',
  '---',
  'id: vivo-empresas',
  "title: 'Vivo Empresas: pedir teste de linha'",
  'appliesTo:',
  '  kinds: [link-down]',
  '  providers: [vivo]',
  '---',
  '',
  '1. Ligar para o suporte e escolher "empresas", depois "sem conexão".',
  '2. Informar o circuito e pedir o teste de linha ainda na ligação.',
  '```',
  '',
  'Em `appliesTo`, o que não for dito vale para tudo: `kinds` (tipo), `causes` (causa), `layers` (onde falha),',
  '`providers` (operadora, pela chave do inventário), `roles` (`primary`, `backup`, `server`, `other`), `degradations`',
  '(`loss`, `latency`, `jitter`, `large-packets`), `flapping`, `overdue` (parada avisada: `true` não voltou no prazo, `false` ainda é',
  'esperada) e `partOfOutage`. Aparece primeiro a dica mais exata; entre iguais, a de maior `priority` (0 se não for dita) e depois a',
  'da sua pasta. O chamado mostra os passos da primeira e o título de até mais duas.',
  '',
];
