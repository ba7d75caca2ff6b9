// The words of a dossier, in Portuguese first and in English: its page, one sentence for each kind of evidence, and what an
// agent reported. The wire's own words stay beside them, in the evidence's data.
import type { HostStatus, LinkStatus, RunEnding } from '../../../shared/words.ts';
import type { InputKind } from '../input.ts';
import type { ToldInput } from './evidence.ts';

export interface DossierWords {
  readonly language: 'pt-BR' | 'en';
  readonly title: string;
  readonly facts: Readonly<
    Record<
      | 'customer'
      | 'cnpj'
      | 'site'
      | 'link'
      | 'host'
      | 'provider'
      | 'circuit'
      | 'publicAddress'
      | 'phone'
      | 'what'
      | 'cause'
      | 'protocol'
      | 'detectedAt'
      | 'confirmedAt'
      | 'registeredAt'
      | 'recoveredAt'
      | 'resolvedAt'
      | 'down'
      | 'generated'
      | 'zone',
      string
    >
  >;
  readonly tables: Readonly<Record<'outages' | 'evidence' | 'witnesses' | 'refused' | 'proof', string>>;
  readonly columns: Readonly<
    Record<'number' | 'at' | 'who' | 'what' | 'hash' | 'from' | 'to' | 'length', string>
  >;
  readonly nothing: string;
  readonly incomplete: string;
  readonly shared: string;
  readonly proof: readonly string[];
  readonly fingerprint: string;
  readonly finalHash: string;
  readonly signature: string;
  readonly evidence: Readonly<Partial<Record<InputKind, string>>>;
  readonly other: string;
  readonly values: Readonly<Record<string, string>>;
  readonly reported: ReportedWords;
  /** Of an incident that took several links down: one dossier for each of their providers. */
  readonly perLink: string;
}

/** What an agent reported: `{name}`, `{status}`, `{ending}`, and `{at}` in the site's local time. */
export interface ReportedWords {
  readonly link: string;
  readonly linkRecovering: string;
  readonly host: string;
  readonly hostRecovering: string;
  readonly runStarted: string;
  readonly runExplained: string;
  readonly spoolLost: string;
  readonly linkStatus: Readonly<Record<LinkStatus, string>>;
  readonly hostStatus: Readonly<Record<HostStatus, string>>;
  readonly ending: Readonly<Record<RunEnding, string>>;
}

export const dossierWordsPt: DossierWords = {
  language: 'pt-BR',
  title: 'Dossiê de indisponibilidade',
  facts: {
    customer: 'Cliente',
    cnpj: 'CNPJ',
    site: 'Unidade',
    link: 'Link',
    host: 'Servidor / equipamento',
    provider: 'Operadora',
    circuit: 'Circuito',
    publicAddress: 'IP público',
    phone: 'Suporte da operadora',
    what: 'Ocorrência',
    cause: 'Causa',
    protocol: 'Protocolo do chamado',
    detectedAt: 'Primeira evidência',
    confirmedAt: 'Diagnóstico confirmado',
    registeredAt: 'Chamado registrado',
    recoveredAt: 'Voltou',
    resolvedAt: 'Normalizado',
    down: 'Tempo fora do ar',
    generated: 'Emitido em',
    zone: 'Fuso horário',
  },
  tables: {
    outages: 'Períodos fora do ar',
    evidence: 'Evidências, na ordem em que o servidor as recebeu',
    witnesses: 'Testemunhas do diagnóstico',
    refused: 'Hipóteses recusadas',
    proof: 'Como conferir este dossiê',
  },
  columns: {
    number: 'Nº',
    at: 'Recebida em',
    who: 'Quem',
    what: 'O que disse',
    hash: 'Resumo SHA-256 encadeado',
    from: 'Início',
    to: 'Fim',
    length: 'Duração',
  },
  nothing: 'Nenhuma.',
  incomplete:
    'Há mais registros neste período do que um dossiê lê, ou parte deles já foi removida pela idade: faltam evidências aqui.',
  shared: 'total de quedas dentro deste período',
  proof: [
    'O arquivo JSON deste dossiê contém tudo o que está aqui. Cada evidência traz o resumo SHA-256 dela junto com o da anterior; o último resumo é assinado com a chave Ed25519 do servidor.',
    'Para conferir: node server/main.ts dossier verify ARQUIVO. Um único byte alterado é recusado.',
    'Para saber quem assinou, compare a impressão digital da chave com a que o prestador publicou (opção --fingerprint).',
  ],
  fingerprint: 'Impressão digital da chave',
  finalHash: 'Resumo final',
  signature: 'Assinatura',
  evidence: {
    'server.started': 'O servidor do Vigia iniciou',
    'anchors.measured': 'O próprio Vigia tem acesso à internet: {answer}',
    'address.measured': 'O endereço público do link {link} responde de fora: {answer}',
    'session.opened': 'O agente em {host} conectou',
    'session.closed': 'A conexão do agente em {host} terminou',
    'goodbye.said': 'O agente em {host} avisou que ia parar',
    'agent.suspected': 'O agente em {host} deixou de responder',
    'agent.silent': 'O agente em {host} está em silêncio',
    'agent.heard': 'O agente em {host} voltou a dar sinal de vida',
    'changes.received': 'O agente em {host} informou: {said}',
    'ticket.reported': 'Resposta da central de chamados: {outcome}',
    'incident.acknowledged': 'Reconhecido',
    'incident.noted': 'Anotação',
    'incident.resolvedByPerson': 'Resolvido manualmente',
    'incident.reopenedByPerson': 'Reaberto manualmente',
    'incident.assigned': 'Atribuído',
    'incident.paused': 'Prazo do SLA em pausa',
    'incident.resumed': 'Prazo do SLA retomado',
    'incident.escalated': 'Escalonado para {to}',
    'desk.told': 'Informação da central de chamados',
    'time.advanced': 'Um prazo passou e o Vigia reavaliou',
  },
  other: 'O Vigia reavaliou',
  values: { yes: 'sim', no: 'não', registered: 'chamado registrado', noted: 'anotado', refused: 'recusado' },
  reported: {
    link: 'link {name} {status} desde {at}',
    linkRecovering: 'link {name} {status} desde {at}, com sinais de volta',
    host: '{name} {status} desde {at}',
    hostRecovering: '{name} {status} desde {at}, com sinais de volta',
    runStarted: 'o programa do agente iniciou em {at}',
    runExplained: 'a máquina tinha parado em {at}: {ending}',
    spoolLost: 'parte das medições guardadas se perdeu, em {at}',
    linkStatus: { up: 'no ar', degraded: 'degradado', down: 'fora do ar', unknown: 'em estado desconhecido' },
    hostStatus: { up: 'responde', down: 'não responde', unknown: 'em estado desconhecido' },
    ending: {
      planned: 'parada planejada',
      power: 'falta de energia',
      crash: 'travamento do sistema',
      button: 'desligada pelo botão',
      hang: 'sistema congelado',
      'out-of-memory': 'falta de memória',
      'virtual-machine-killed': 'máquina virtual encerrada',
      unknown: 'causa desconhecida',
    },
  },
  perLink: 'Dossiê de cada link, para a operadora dele',
};

export const dossierWordsEn: DossierWords = {
  language: 'en',
  title: 'Outage dossier',
  facts: {
    customer: 'Customer',
    cnpj: 'CNPJ',
    site: 'Site',
    link: 'Link',
    host: 'Server / device',
    provider: 'Provider',
    circuit: 'Circuit',
    publicAddress: 'Public address',
    phone: "Provider's support",
    what: 'Occurrence',
    cause: 'Cause',
    protocol: 'Ticket protocol',
    detectedAt: 'First evidence',
    confirmedAt: 'Verdict confirmed',
    registeredAt: 'Ticket registered',
    recoveredAt: 'Back',
    resolvedAt: 'Resolved',
    down: 'Time down',
    generated: 'Issued on',
    zone: 'Time zone',
  },
  tables: {
    outages: 'Stretches down',
    evidence: 'Evidence, in the order in which the server received it',
    witnesses: 'Witnesses of the verdict',
    refused: 'Refused hypotheses',
    proof: 'How to check this dossier',
  },
  columns: {
    number: 'No.',
    at: 'Received at',
    who: 'Who',
    what: 'What was said',
    hash: 'Chained SHA-256',
    from: 'Begin',
    to: 'End',
    length: 'Length',
  },
  nothing: 'None.',
  incomplete:
    'There are more records in this period than a dossier reads, or some were removed by their age: evidence is missing here.',
  shared: 'sum of the downs within this period',
  proof: [
    'The JSON file of this dossier holds all that stands here. Each piece of evidence carries its SHA-256 together with the one before it; the last one is signed with the Ed25519 key of the server.',
    'To check it: node server/main.ts dossier verify FILE. A single changed byte is refused.',
    'To know who signed it, compare the fingerprint of the key with the one that the service provider has published (option --fingerprint).',
  ],
  fingerprint: 'Fingerprint of the key',
  finalHash: 'Final hash',
  signature: 'Signature',
  evidence: {
    'server.started': 'The Vigia server started',
    'anchors.measured': 'Vigia itself reaches the internet: {answer}',
    'address.measured': 'The public address of link {link} answers from outside: {answer}',
    'session.opened': 'The agent on {host} connected',
    'session.closed': 'The connection of the agent on {host} ended',
    'goodbye.said': 'The agent on {host} said that it would stop',
    'agent.suspected': 'The agent on {host} stopped answering',
    'agent.silent': 'The agent on {host} is silent',
    'agent.heard': 'The agent on {host} shows signs of life again',
    'changes.received': 'The agent on {host} reported: {said}',
    'ticket.reported': 'Answer of the ticket desk: {outcome}',
    'incident.acknowledged': 'Acknowledged',
    'incident.noted': 'Note',
    'incident.resolvedByPerson': 'Resolved by a person',
    'incident.reopenedByPerson': 'Reopened by a person',
    'incident.assigned': 'Assigned',
    'incident.paused': 'SLA clock paused',
    'incident.resumed': 'SLA clock runs again',
    'incident.escalated': 'Escalated to {to}',
    'desk.told': 'Word from the ticket desk',
    'time.advanced': 'A deadline passed and Vigia looked again',
  },
  other: 'Vigia looked again',
  values: { yes: 'yes', no: 'no', registered: 'ticket registered', noted: 'noted', refused: 'refused' },
  reported: {
    link: 'link {name} {status} since {at}',
    linkRecovering: 'link {name} {status} since {at}, showing signs of recovery',
    host: '{name} {status} since {at}',
    hostRecovering: '{name} {status} since {at}, showing signs of recovery',
    runStarted: 'the agent program started at {at}',
    runExplained: 'the machine had stopped at {at}: {ending}',
    spoolLost: 'some stored measurements were lost, at {at}',
    linkStatus: { up: 'up', degraded: 'degraded', down: 'down', unknown: 'in an unknown state' },
    hostStatus: { up: 'answering', down: 'not answering', unknown: 'in an unknown state' },
    ending: {
      planned: 'planned stop',
      power: 'power failure',
      crash: 'system crash',
      button: 'switched off by its button',
      hang: 'system hang',
      'out-of-memory': 'out of memory',
      'virtual-machine-killed': 'virtual machine killed',
      unknown: 'unknown cause',
    },
  },
  perLink: 'Dossier of each link, for its provider',
};

export function dossierWords(language: DossierWords['language']): DossierWords {
  return language === 'en' ? dossierWordsEn : dossierWordsPt;
}

/** At most as long as a dossier's text may be. */
export function dossierSentence(kind: InputKind, { names = {} }: ToldInput, words: DossierWords): string {
  const pattern = words.evidence[kind] ?? words.other;
  const sentence = pattern.replace(/\{([a-z]+)\}/g, (whole, name: string) => {
    const value = names[name];
    return value === undefined ? whole : (words.values[value] ?? value);
  });
  return sentence.slice(0, 4_000);
}
