// The words of `vigia-agent doctor` in Brazilian Portuguese: per check what was found and what to do about it. The other
// language has exactly these entries. Sentences only; nothing is concluded here.

/** What was found, and what a person should do about it. */
export interface Said {
  readonly text: string;
  readonly advice?: string;
}

const said = (text: string, advice?: string): Said => (advice === undefined ? { text } : { text, advice });
const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

export const doctorPt = {
  levels: { ok: 'ok', warning: 'atenção', error: 'ERRO' },
  detail: (text: string) => `detalhe: ${text}`,
  todo: (text: string) => `o que fazer: ${text}`,
  allWell: 'Nenhum problema encontrado.',
  summary: (errors: number, warnings: number) =>
    `${plural(errors, 'erro', 'erros')}, ${plural(warnings, 'ponto de atenção', 'pontos de atenção')}.`,
  late: (seconds: number) => said(`esta verificação não terminou em ${seconds} s`, 'rode de novo'),

  checks: {
    'state-directory': 'pasta de estado',
    'free-space': 'espaço em disco',
    identity: 'identidade',
    service: 'serviço',
    agent: 'agente',
    spool: 'fila em disco',
    clone: 'imagem clonada',
    clock: 'relógio',
    'ping-native': 'ICMP nativo',
    'ping-program': 'programa ping',
    'ping-tcp': 'TCP',
    source: 'endereço do link',
    gateway: 'roteador',
    anchors: 'âncoras na internet',
    dns: 'DNS',
    page: 'página 204',
    'server-name': 'nome do servidor',
    'server-way': 'caminho até o servidor',
    'server-tls': 'TLS',
    'server-answer': 'resposta do servidor',
  },

  directory: {
    good: (path: string) => said(`${path} só é acessível ao agente`),
    missing: (path: string) =>
      said(`${path} não existe`, 'confira --state; se o agente nunca foi inscrito, use "vigia-agent enrol"'),
    forbidden: (path: string) => said(`este usuário não pode ler ${path}`, 'rode como administrador (sudo)'),
    open: (path: string, mode: string) =>
      said(
        `${path} pode ser lido por outros usuários (modo ${mode})`,
        `chmod 700 na pasta e chmod 600 nos arquivos; reinicie o agente`,
      ),
    readOnly: (path: string) =>
      said(`${path} está em um disco somente leitura`, 'remonte o disco com escrita'),
    elsewhere: said('no Windows os direitos da pasta são os que o instalador deu'),
  },
  space: {
    good: (megabytes: string) => said(`${megabytes} MB livres`),
    low: (megabytes: string) =>
      said(`só ${megabytes} MB livres; a fila pode precisar de mais`, 'libere espaço no disco'),
    none: (megabytes: string) =>
      said(`disco cheio (${megabytes} MB livres): o agente não consegue guardar nada`, 'libere espaço já'),
    unknown: said('não foi possível medir'),
  },
  identity: {
    good: (agent: string, site: string) => said(`agente ${agent} da unidade ${site}, chave presente`),
    missing: said('nenhum agente inscrito nesta pasta', 'inscreva com "vigia-agent enrol"'),
    bad: (why: string) =>
      said(`os arquivos da inscrição não servem: ${why}`, 'apague a pasta de estado e inscreva de novo'),
    skipped: said(
      'não lida, porque os direitos dos arquivos estão abertos demais',
      'corrija os direitos e rode de novo',
    ),
  },
  service: {
    good: (path: string) => said(`instalado (${path})`),
    container: said('em contêiner: quem reinicia o agente é o contêiner'),
    none: said(
      'nenhum serviço instalado: o agente não volta sozinho quando a máquina reinicia',
      'instale com o install.sh ou install.ps1 do pacote',
    ),
  },
  agent: {
    running: (version: string, pid: number, age: string) =>
      said(`rodando (versão ${version}, processo ${pid}, status de há ${age})`),
    never: said('nunca rodou nesta pasta', 'inicie o serviço'),
    unreadable: said(
      'o arquivo de status não pode ser lido',
      'rode como administrador; ou reinicie o agente',
    ),
    stopped: (age: string) => said(`parado em ordem há ${age}`, 'inicie o serviço'),
    gone: (age: string) =>
      said(`o processo sumiu; última notícia há ${age}`, 'inicie o serviço e veja o log dele'),
    hangs: (age: string) => said(`o processo existe, mas não dá notícia há ${age}`, 'reinicie o serviço'),
  },
  spool: {
    inUse: (changes: number, rollups: number) =>
      said(
        `em uso pelo agente: ${plural(changes, 'mudança', 'mudanças')} e ${plural(rollups, 'resumo', 'resumos')} por entregar`,
      ),
    refusing: (records: number) =>
      said(
        `o disco recusa gravar: ${plural(records, 'registro', 'registros')} só na memória`,
        'libere espaço no disco e confira se ele não está somente leitura',
      ),
    good: (records: number) => said(`íntegra, com ${plural(records, 'registro', 'registros')}`),
    damaged: said(
      'danificada',
      'nada a fazer: ao iniciar, o agente a guarda de lado e começa outra; avise o suporte do Vigia',
    ),
    none: said('ainda não existe'),
    unchecked: (why: string) => said(`não verificada: ${why}`),
    movedAside: said(
      'foi achada danificada no início: está guardada de lado, e o que só ela continha se perdeu',
      'verifique o disco; avise o suporte do Vigia',
    ),
    lost: (records: number) =>
      said(
        `${plural(records, 'mudança perdida', 'mudanças perdidas')} desde o início, por falta de espaço`,
        'libere espaço no disco',
      ),
  },
  clone: {
    good: said('esta máquina é a que o servidor conhece'),
    unknown: said('esta máquina não se identifica (contêiner?); clones só se notam pela conexão'),
    refused: said(
      'o servidor recusou esta máquina: outra já é este agente',
      'apague a pasta de estado DESTA máquina e inscreva-a de novo com um token novo',
    ),
    moved: said(
      'a pasta de estado foi usada por último em OUTRA máquina: disco clonado, restaurado ou trocado',
      'se a outra máquina ainda existe, apague esta pasta e inscreva esta máquina de novo',
    ),
  },
  clock: {
    good: (off: string) => said(`certo (${off})`),
    off: (off: string) =>
      said(
        `este relógio está ${off} em relação ao servidor`,
        'acerte o relógio (NTP); os horários do Vigia não dependem dele, os certificados sim',
      ),
    unknown: said('não foi possível comparar com o servidor'),
    exact: 'menos de 2 s de diferença',
    ahead: (duration: string) => `${duration} adiantado`,
    behind: (duration: string) => `${duration} atrasado`,
  },
  ping: {
    good: (user: string) => said(`funciona para o usuário ${user}`),
    chosen: (method: string) => `o agente em execução usa: ${method}`,
    nativeNot: (user: string, why: string) =>
      said(
        `não funciona para o usuário ${user}: ${why}`,
        'dê ao serviço a capacidade CAP_NET_RAW, ou ajuste net.ipv4.ping_group_range; sem isso o agente usa o programa ping',
      ),
    programNot: said('não funciona ou não está instalado', 'só é preciso onde o ICMP nativo não funciona'),
    inUse: (method: string) => said(`o agente usa: ${method}`),
    secondBest: (method: string, why: string | undefined) =>
      said(
        `o agente usa: ${method}${why === undefined ? '' : `, porque o ICMP nativo não funciona (${why})`}`,
        'dê ao serviço a capacidade CAP_NET_RAW, ou ajuste net.ipv4.ping_group_range',
      ),
    silent: 'não respondeu na própria máquina',
    tcp: said('sempre possível'),
    none: said(
      'nem ICMP nativo nem o programa ping funcionam; resta TCP, que muitos roteadores não respondem',
      'dê ao serviço a capacidade CAP_NET_RAW',
    ),
  },
  link: {
    defaultWay: 'rota padrão',
    sourceGood: (source: string) => said(`${source} está nesta máquina`),
    sourceGone: (source: string) =>
      said(
        `${source} não está nesta máquina agora`,
        'normal se outro servidor observa este link; senão, veja cabo, placa e configuração de rede',
      ),
    gatewayGood: (address: string, ms: string) => said(`${address} responde (${ms} ms)`),
    gatewaySilent: (address: string) =>
      said(
        `${address} não responde`,
        'veja se o roteador está ligado; alguns não respondem a ping, então compare com as âncoras',
      ),
    ownRouter: 'o roteador da rota padrão',
    unjudged: said(
      'não há como saber se as sondas saem por este link',
      'cadastre o endereço de origem, a interface ou o endereço público dele',
    ),
    seenFew: (answered: number, asked: number) => said(`só ${answered} de ${asked} respondem`),
    gatewayNone: said('nenhum roteador encontrado para este link', 'cadastre o endereço dele (gateway)'),
    some: (answered: number, asked: number, ms: string | undefined) =>
      said(`${answered} de ${asked} respondem${ms === undefined ? '' : ` (${ms} ms)`}`),
    few: (answered: number, asked: number, silent: string) =>
      said(`só ${answered} de ${asked} respondem; mudos: ${silent}`),
    noAnchors: (asked: number) =>
      said(
        `nenhuma de ${asked} responde`,
        'sem saída para a internet por aqui, ou o firewall barra ICMP e TCP 443/80/53',
      ),
    noDns: (asked: number) =>
      said(`nenhum de ${asked} responde`, 'veja o firewall (UDP 53) e o servidor de DNS da unidade'),
    local: {
      'no-address': 'o endereço de origem não existe nesta máquina',
      'no-route': 'não há rota',
      'interface-down': 'a interface está desligada',
    },
    unsendable: (why: string) => said(`não foi possível enviar: ${why}`, 'veja a rede desta máquina'),
    pageGood: said('respondeu 204: internet sem página de login no caminho'),
    pageOther: said(
      'outra página respondeu no lugar dela',
      'há uma página de login (captive portal) ou um filtro no caminho',
    ),
    pageSilent: said('não respondeu', 'veja DNS e HTTP (porta 80) para fora'),
  },
  server: {
    nameGood: (name: string, addresses: string) => said(`${name} → ${addresses}`),
    nameLiteral: (address: string) => said(`${address} (endereço, sem DNS)`),
    wayGood: (address: string, proxy: string | undefined, ms: string) =>
      said(`conectado a ${address}${proxy === undefined ? '' : ` pelo proxy ${proxy}`} em ${ms} ms`),
    tlsGood: (issuer: string, days: number) =>
      said(`certificado confiável, emitido por "${issuer}", vale mais ${plural(days, 'dia', 'dias')}`),
    tlsEnding: (issuer: string, days: number) =>
      said(
        `o certificado do servidor vence em ${plural(days, 'dia', 'dias')} (emitido por "${issuer}")`,
        'avise quem cuida do servidor Vigia',
      ),
    tlsNone: said('sem TLS: HTTP simples foi permitido na inscrição'),
    tlsNotNeeded: said('sem TLS: o servidor está nesta máquina'),
    answerGood: (ms: string) => said(`o servidor respondeu como um servidor Vigia em ${ms} ms`),
    answerOther: (status: number) =>
      said(
        `algo respondeu ${status}, mas não como um servidor Vigia`,
        'confira o endereço do servidor; pode ser um proxy ou outra página no lugar dele',
      ),
    unused: (why: Said) => said(`${why.text} (outro endereço do servidor funciona)`, why.advice),
  },
  /** By the reason with which an attempt failed. */
  trouble: {
    'address-refused': said(
      'o endereço do servidor não é aceito',
      'inscreva de novo com um endereço https://',
    ),
    'name-unknown': said('o nome do servidor não resolve', 'veja o DNS desta máquina'),
    'family-missing': said('o nome não tem endereço da família pedida (IPv4/IPv6)', 'veja o DNS do servidor'),
    unreachable: said(
      'ninguém atende neste endereço e porta',
      'veja a rota e o firewall de saída; confira se o servidor está no ar',
    ),
    'too-slow': said(
      'a conexão não se completou a tempo',
      'o firewall pode descartar em silêncio; teste de outra rede',
    ),
    'proxy-unreachable': said('o proxy não atende', 'confira o endereço do proxy e se ele está no ar'),
    'proxy-garbage': said(
      'o endereço do proxy não responde como um proxy HTTP',
      'confira endereço e porta do proxy',
    ),
    'proxy-credentials': said(
      'o proxy quer ou recusa usuário e senha',
      'inscreva de novo com --proxy-credentials-file',
    ),
    'proxy-scheme': said(
      'o proxy exige uma autenticação que não é possível (só Basic)',
      'peça no proxy uma exceção para o endereço do servidor Vigia',
    ),
    'proxy-forbids': said(
      'o proxy proíbe o caminho até o servidor',
      'peça a liberação de CONNECT para o servidor Vigia',
    ),
    'proxy-failed': said('o proxy não alcança o servidor', 'veja o log do proxy'),
    'tls-failed': said('TLS não foi possível', 'algo no caminho corta ou não fala TLS 1.2'),
    'tls-untrusted': said(
      'o certificado apresentado não é confiável: algo no caminho abre a criptografia (proxy, antivírus, página de login), ou o servidor tem CA própria',
      'libere o servidor Vigia da inspeção de TLS; ou inscreva de novo com --ca-file se a CA é do servidor',
    ),
    'tls-wrong-name': said(
      'o certificado apresentado é de outro nome',
      'endereço errado, ou uma página de login responde no lugar do servidor',
    ),
    'tls-time': said(
      'o certificado está fora do prazo, ou o relógio desta máquina está errado',
      'acerte o relógio; se estiver certo, o certificado do servidor precisa ser renovado',
    ),
    'door-failed': said(
      'o servidor aceitou a conexão, mas não respondeu direito',
      'tente de novo; veja o servidor',
    ),
  },
};

export type DoctorWords = typeof doctorPt;
