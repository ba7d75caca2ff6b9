// The words about service: the contract's clock, who is called, the ticket's way to the desk, what a person does. Part of
// `pt.ts`; `en-service.ts` has the same keys.

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

export const ptService = {
  sla: {
    heading: 'Prazo de atendimento (SLA)',
    short: 'SLA',
    reading: {
      'at-once': (age: string) => `atender já · há ${age}`,
      running: (left: string) => `faltam ${left}`,
      'outside-hours': (left: string) => `parado · restam ${left}`,
      paused: (left: string) => `pausado · restam ${left}`,
      held: (age: string) => `pausado · contou ${age}`,
      missed: (late: string) => `vencido há ${late}`,
      attended: (took: string) => `atendido em ${took}`,
      'attended-late': (took: string) => `atendido fora do prazo, em ${took}`,
      untaken: (age: string) => `sem atendimento há ${age}`,
    },
    opens: (when: string) => `fora do horário, suporte abre ${when}`,
    now: 'Agora',
    plan: 'Classe e plano',
    starts: 'Conta desde',
    due: 'Vence',
    target: 'Meta',
    atOnce: 'imediata',
    businessTime: (duration: string) => `${duration} úteis`,
    wallTime: (duration: string) => `${duration} corridas`,
    supportOpens: 'Suporte abre',
    why: 'Como se chega a este prazo',
    basis: {
      evidence: 'primeira evidência da falha',
      registration: 'registro do chamado',
      'evidence-unregistered': 'primeira evidência; o chamado ainda não foi registrado',
    },
  },
  escalation: {
    heading: 'Escalonamento',
    level: (level: number) => `nível ${level}`,
    called: (who: string) => `chamado: ${who}`,
    step: {
      'call.noc-again': 'chamar o NOC de novo',
      'call.level2-lead': 'chamar a liderança do nível 2',
      'move.level2': 'passar ao nível 2',
      'move.level3': 'passar ao nível 3',
    },
    in: (step: string, left: string) => `${step} em ${left}`,
    due: (step: string) => `${step} agora`,
    next: 'Se ninguém agir',
    sofar: 'Até aqui',
    onCall: (who: string) => `de plantão: ${who}`,
    nobodyOnCall: 'a escala não nomeia ninguém',
    nothing: 'não há mais ninguém a chamar',
  },
  desk: {
    heading: 'Chamado',
    waiting: 'aguardando central',
    held: 'em espera: uma pessoa precisa agir',
    refused: 'recusado pela central: registrar à mão',
    more: (count: number) => `${plural(count, 'envio aguarda', 'envios aguardam')} a central`,
    closedEarly: (who: string) => `encerrado na central por ${who}, mas a falha continua`,
    closedEarlyMeaning:
      'O Vigia não abre um segundo chamado. Reabra o chamado na central, ou resolva o incidente aqui se a falha não existe mais.',
    closed: (who: string) => `encerrado na central por ${who}`,
    delivery: {
      delivered: 'entregue',
      waiting: 'aguardando central',
      held: 'em espera: uma pessoa precisa agir',
      refused: 'recusado pela central',
    },
    task: {
      'ticket.open': 'abertura',
      'ticket.note': 'anotação',
      'ticket.close': 'encerramento',
      'ticket.reopen': 'reabertura',
    },
    nextTry: (left: string) => `nova tentativa em ${left}`,
    trying: 'tentando agora',
    toQueue: 'Abrir fila manual',
    filter: 'Mostrar',
    show: {
      all: 'todos',
      open: 'abertos',
      waiting: 'aguardando central',
      held: 'em espera de uma pessoa',
      refused: 'recusados',
      closed: 'encerrados',
    },
    noneShown: 'Nenhum chamado assim.',
    down: (name: string, instant: string, age: string) =>
      `A central de chamados (${name}) não responde desde ${instant} (há ${age}).`,
    downMeaning: (count: number) =>
      count === 0
        ? 'Nenhum envio aguarda. O monitoramento continua; acompanhe os incidentes por este mural.'
        : `${plural(count, 'envio aguarda e será entregue', 'envios aguardam e serão entregues em ordem')} quando ela voltar. Acompanhe os incidentes por este mural.`,
    late: (name: string, instant: string, age: string) =>
      `Um chamado crítico espera pelo registro na central (${name}) desde ${instant} (há ${age}).`,
    lateMeaning: (count: number) =>
      `A central segura o chamado ou não o confirma. ${plural(count, 'envio aguarda', 'envios aguardam')}. Acompanhe os incidentes por este mural.`,
    heldBanner: (count: number) =>
      `${plural(count, 'envio espera', 'envios esperam')} por uma pessoa na central.`,
  },
  act: {
    heading: 'Ações',
    take: 'Assumir',
    assign: 'Atribuir',
    note: 'Comentar',
    resolve: 'Resolver',
    close: 'Encerrar chamado',
    reopen: 'Reabrir',
    assignedTo: 'Atribuído a',
    with: (who: string) => `com ${who}`,
    assigned: (who: string) => `atribuído a ${who}`,
    label: {
      assign: 'Quem vai trabalhar nisto',
      note: 'Comentário',
      resolve: 'O que resolveu (opcional)',
      close: 'O que resolveu (opcional)',
      reopen: 'Por que reabrir (opcional)',
    },
    hint: {
      assign: 'Uma pessoa ou equipe. O nome entra no chamado.',
      note: 'Entra na linha do tempo e no chamado.',
      resolve: 'O incidente fica resolvido e o chamado é encerrado na central.',
      close: 'O chamado é encerrado na central.',
      reopen: 'O mesmo chamado é reaberto na central.',
    },
    send: {
      assign: 'Salvar atribuição',
      note: 'Salvar comentário',
      resolve: 'Marcar como resolvido',
      close: 'Encerrar chamado',
      reopen: 'Reabrir incidente',
    },
    done: {
      take: 'Assumido.',
      assign: 'Atribuído.',
      note: 'Comentário salvo.',
      resolve: 'Marcado como resolvido.',
      close: 'Chamado encerrado.',
      reopen: 'Reaberto.',
    },
    level: { label: 'Passar ao', same: 'mesmo nível' },
    sending: 'Enviando…',
    cancel: 'Cancelar',
  },
  hints: { heading: 'Primeiros passos (nível 1)' },
  manual: {
    title: 'Fila manual',
    intro: 'O que uma pessoa precisa fazer na central. O prazo e os avisos continuam correndo.',
    nothing: 'Nada espera por uma pessoa.',
    nothingMore: 'Os demais envios seguem sozinhos.',
    more: (count: number) => `e mais ${count}, que aparecem aqui quando estes terminarem`,
    task: {
      'ticket.open': (desk: string) => `Registrar chamado: ${desk}`,
      'ticket.note': (desk: string) => `Anotar no chamado: ${desk}`,
      'ticket.close': (desk: string) => `Encerrar o chamado: ${desk}`,
      'ticket.reopen': (desk: string) => `Reabrir o chamado: ${desk}`,
    },
    exists: 'Existe na central?',
    uncertain: {
      'ticket.open':
        'Este chamado foi enviado e a resposta se perdeu. Procure na central pelo título antes de responder.',
      'ticket.note':
        'Esta anotação foi enviada e a resposta se perdeu. Procure no chamado antes de responder.',
      'ticket.close':
        'O encerramento foi enviado e a resposta se perdeu. Veja na central se o chamado está encerrado.',
      'ticket.reopen':
        'A reabertura foi enviada e a resposta se perdeu. Veja na central se o chamado está aberto.',
    },
    waitingSince: 'espera desde',
    under: (protocol: string) => `no chamado ${protocol}`,
    raise: (priority: string, title: string) =>
      `Mudar também a prioridade para ${priority} e o título para: ${title}`,
    copyTitle: 'Copiar título',
    copyBody: 'Copiar texto',
    copied: 'Copiado.',
    copyFailed: 'O navegador não deixou copiar: selecione o texto.',
    protocol: 'Protocolo que a central deu',
    register: 'Registrar protocolo',
    yesProtocol: 'Sim, com este protocolo',
    yes: 'Sim, já está lá',
    no: 'Não existe: enviar de novo',
    done: 'Feito',
    saved: 'Salvo.',
    failure: {
      protocol: 'Escreva o protocolo em uma linha.',
      taken: 'Este protocolo já é de outro incidente, ou este incidente já tem outro.',
      gone: 'Isto não espera mais: alguém já respondeu.',
    },
    openIncident: 'ver incidente',
  },
} as const;
