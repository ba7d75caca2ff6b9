// The words of `vigia-agent status` in Brazilian Portuguese: what a technician reads at 3 a.m. on the customer's server.
// The other language has exactly these entries. Sentences only; nothing is concluded here.
import type { Degradation, HostStatus, Layer, LinkRole, LinkStatus } from '../../../shared/words.ts';
import type { Answers } from '../view.ts';

const layer: Readonly<Record<Layer, string>> = {
  lan: 'rede local',
  gateway: 'roteador',
  provider: 'operadora',
  internet: 'internet',
  dns: 'DNS',
  'captive-portal': 'página de login no caminho',
};
const degradation: Readonly<Record<Degradation, string>> = {
  loss: 'perda',
  latency: 'latência',
  jitter: 'variação',
  'large-packets': 'pacotes grandes somem (MTU)',
};
const linkStatus: Readonly<Record<LinkStatus, string>> = {
  up: 'no ar',
  degraded: 'degradado',
  down: 'FORA DO AR',
  unknown: 'desconhecido',
};
const hostStatus: Readonly<Record<HostStatus, string>> = {
  up: 'responde',
  down: 'NÃO RESPONDE',
  unknown: 'desconhecido',
};
const linkRole: Readonly<Record<LinkRole, string>> = { primary: 'principal', backup: 'reserva' };

const comma = (value: number, digits: number): string => value.toFixed(digits).replace('.', ',');
const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
const inLayer = (at: Layer | undefined): string => (at === undefined ? '' : ` (${layer[at]})`);
const forAge = (age: string | undefined): string => (age === undefined ? '' : ` há ${age}`);

export const pt = {
  decimal: comma,
  layer,
  degradation,
  linkStatus,
  hostStatus,
  linkRole,

  fine: 'Tudo certo',
  attention: 'Atenção',
  wellNow: (links: number, hosts: number) =>
    `${plural(links, 'link observado', 'links observados')}, ${plural(hosts, 'equipamento', 'equipamentos')}, conectado ao servidor.`,
  problem: {
    'not-enrolled':
      'não há agente inscrito nesta pasta; confira --state ou inscreva com "vigia-agent enrol".',
    none: 'o agente está inscrito, mas nunca rodou aqui (ou é de versão sem status). Inicie o serviço.',
    forbidden: 'este usuário não pode ler os arquivos do agente; rode de novo como administrador (sudo).',
    damaged:
      'o arquivo de status não pode ser lido (danificado ou de outra versão); confira se o serviço está rodando.',
    stopped: (age: string) => `o agente está parado: foi encerrado em ordem há ${age}. Inicie o serviço.`,
    gone: (age: string) =>
      `o agente NÃO está rodando: o processo sumiu; última notícia há ${age}. Inicie o serviço e veja o log.`,
    hangs: (age: string) =>
      `o agente está travado ou o disco não grava: o processo existe, mas não dá notícia há ${age}. Reinicie o serviço.`,
    cloned:
      'imagem clonada: outra máquina já é este agente no servidor, e esta foi recusada. Apague a pasta de estado DESTA máquina e inscreva-a de novo.',
    revoked: 'o servidor revogou este agente; inscreva esta máquina de novo.',
    'nothing-to-watch':
      'o servidor ainda não deu nada para observar (ou a unidade não tem links nem equipamentos cadastrados).',
    noSession: (age: string | undefined) =>
      age === undefined
        ? 'sem contato com o servidor desde que o agente iniciou. Rode "vigia-agent doctor".'
        : `sem contato com o servidor há ${age}. O agente continua observando e guarda tudo.`,
    linkDown: (link: string, at: Layer | undefined, age: string | undefined) =>
      `link ${link} fora do ar${forAge(age)}${inLayer(at)}.`,
    linkDegraded: (link: string, at: Layer | undefined, by: readonly Degradation[]) =>
      `link ${link} degradado${by.length > 0 ? `: ${by.map((each) => degradation[each]).join(', ')}` : inLayer(at)}.`,
    linkUnjudged: (link: string) =>
      `link ${link} não pode ser avaliado daqui: cadastre o endereço de origem (source) ou o endereço público dele.`,
    linkUnmeasured: (link: string) =>
      `link ${link} ainda sem medida; se o agente acabou de iniciar, espere alguns segundos.`,
    hostDown: (host: string, age: string | undefined) => `equipamento ${host} não responde${forAge(age)}.`,
    clockOff: (off: string) => `o relógio desta máquina está ${off}. Os horários do Vigia não dependem dele.`,
    diskRefuses: (records: number) =>
      `o disco recusa gravar: ${plural(records, 'registro está', 'registros estão')} só na memória. Libere espaço.`,
    changesLost: (records: number) =>
      `${plural(records, 'mudança de estado foi perdida', 'mudanças de estado foram perdidas')} por falta de disco.`,
  },

  headings: {
    agent: 'Agente',
    links: 'Links',
    hosts: 'Equipamentos',
    server: 'Servidor',
    clock: 'Relógio',
    spool: 'Fila',
    ping: 'Ping',
  },
  history: (age: string) => `O que segue é de há ${age}, não de agora:`,
  agentIs: (customer: string, site: string, host: string) =>
    `cliente ${customer}, unidade ${site}, equipamento ${host}`,
  program: (version: string, pid: number, age: string) =>
    `versão ${version}, processo ${pid}, rodando há ${age}`,
  memory: (megabytes: string) => `${megabytes} MB de memória`,
  written: (age: string) => `status de há ${age}`,
  noLinks: 'nenhum link nesta unidade',
  noHosts: 'nenhum outro equipamento nesta unidade',
  since: (age: string) => `há ${age}`,
  recovering: 'voltando',
  inDoubt: 'em dúvida, medindo de perto',
  mode: {
    free: 'único link da unidade',
    bound: (by: string) => `sondas presas a ${by}`,
    egress: (address: string) => `avaliado quando a saída é ${address}`,
    never: 'não pode ser avaliado daqui',
  },
  notSeen: {
    bound: 'este endereço não está nesta máquina ou ainda não houve medida',
    egress: 'a saída agora é por outro link, ou ainda não há sessão',
    other: 'ainda sem medida',
  },
  local: {
    'no-address': 'o endereço de origem não existe nesta máquina',
    'no-route': 'sem rota',
    'interface-down': 'interface desligada',
  },
  target: {
    gateway: 'roteador',
    hop: 'saltos',
    anchor: 'âncoras',
    dns: 'DNS',
    http: 'página 204',
    host: 'equipamentos',
  },
  answers: ({ answered, asked, rttMs }: Answers) =>
    `${answered} de ${asked}${rttMs === undefined ? '' : ` (${comma(rttMs, rttMs < 10 ? 1 : 0)} ms)`}`,
  hops: (hops: string) => `caminho: ${hops}`,
  page: { 'no-content': 'ok', redirected: 'outra página respondeu', failed: 'não respondeu' },
  quality: (loss: string, rtt: string | undefined, jitter: string | undefined) =>
    [`perda ${loss} %`, rtt && `latência ${rtt} ms`, jitter && `variação ${jitter} ms`]
      .filter(Boolean)
      .join(', '),
  uncounted: 'a última rodada não contou: saiu por outro link ou sem prova',
  session: {
    open: (server: string, age: string) => `conectado a ${server} há ${age}`,
    closed: (server: string) => `sem sessão; tentando ${server}`,
    opening: (server: string) => `abrindo sessão com ${server}`,
  },
  firstServer: 'o servidor da inscrição',
  bySource: (source: string) => `saindo por ${source}`,
  egress: (address: string) => `o servidor vê esta unidade em ${address}`,
  confirmed: (age: string) => `última resposta há ${age}`,
  receipt: (age: string) => `último recibo há ${age}`,
  proxy: (address: string) => `pelo proxy ${address}`,
  clockUnknown: 'sem medida (nenhuma sessão desde que a máquina ligou)',
  clockGood: (off: string) => `certo, ${off} em relação ao servidor`,
  ahead: (duration: string) => `${duration} adiantado`,
  behind: (duration: string) => `${duration} atrasado`,
  exact: 'menos de 1 s de diferença',
  spool: (changes: number, rollups: number, megabytes: string) =>
    `${plural(changes, 'mudança', 'mudanças')} e ${plural(rollups, 'resumo', 'resumos')} por entregar, ${megabytes} MB em disco`,
  spoolRefused: (times: number) => `o disco recusou ${plural(times, 'gravação', 'gravações')} desde o início`,
  spoolState: {
    refused: 'o disco não aceita gravações: o que é novo só está na memória',
    removed: 'o arquivo da fila foi removido e não pode ser refeito: o que é novo só está na memória',
    memory: 'não foi possível abrir a fila em disco ao iniciar: tudo só está na memória',
  },
  spoolMovedAside: (path: string) =>
    `a fila estava danificada ao iniciar e foi guardada em ${path}; uma nova começou`,
  spoolDropped: (rollups: number) =>
    plural(rollups, 'resumo antigo descartado', 'resumos antigos descartados'),
  method: {
    icmp: 'ICMP nativo',
    ping: 'programa ping',
    tcp: 'conexões TCP',
    dns: 'DNS',
    http: 'HTTP',
    arp: 'ARP',
  },
  because: (reason: string) => `porque ${reason}`,
  duration: { days: 'd', hours: 'h', minutes: 'min', seconds: 's' },
};

export type Words = typeof pt;
