// The story of the demonstration: what happens when, to whom, what to look at on the wall, and what Vigia must conclude.
// The timetable that the terminal prints, the player that plays it and the test that checks it all read this one list.
import { minute, plus, second } from '../../shared/time.ts';
import type { Cause, IncidentKind } from '../../shared/words.ts';
import type { Stage } from './stage.ts';

/** What must stand in the list of incidents once the scene is played. */
export interface Expected {
  readonly kind: IncidentKind;
  /** Absent for what has no customer: a provider's outage, Vigia's own blindness. */
  readonly customer?: string;
  /** As it is known in the end. */
  readonly cause?: Cause;
  readonly flapping?: true;
  /** Incidents of this kind and cause that belong to this one as its parent. */
  readonly children?: number;
}

export interface Scene {
  /** Seconds of the story after its beginning, in the first act. */
  readonly at: number;
  readonly what: string;
  readonly look: string;
  /** Absent: nothing may open. */
  readonly expects?: Expected;
  /** Whom nothing may be opened for, where nothing may open. */
  readonly quiet?: string;
  readonly play: (stage: Stage, desk: Planner) => void;
}

/** What a person would do on the wall: planned work is entered before it begins. */
export interface Planner {
  planWork(work: {
    readonly customer: string;
    readonly site: string;
    readonly link: string;
    readonly forMs: number;
    readonly reason: string;
  }): void;
}

const campinas = ['dalia', 'estrela', 'horizonte', 'figo'] as const;

/** In the order of their beginning. All but the last are over before it begins. */
export const scenes: readonly Scene[] = [
  {
    at: 4,
    what: 'cai o link principal da Padaria Aurora (Claro, São Paulo); o reserva assume',
    look: 'um chamado só, do link; a unidade continua no ar pela TIM',
    expects: { kind: 'link-down', customer: 'aurora', cause: 'provider' },
    play: (stage) => {
      stage.site('aurora').linkFalls('claro');
      stage.after(72, () => stage.site('aurora').linkReturns('claro'));
    },
  },
  {
    at: 7,
    what: 'o link da Metalúrgica Serra (TIM, Caxias do Sul) cai e volta, cai e volta',
    look: 'nenhuma queda sozinha abre chamado; a quarta abre um só, marcado "oscilando"',
    expects: { kind: 'link-down', customer: 'serra', flapping: true },
    play: (stage) => {
      for (let fall = 0; fall < 5; fall += 1) {
        stage.after(fall * 13.5, () => stage.site('serra').linkBlinks('tim'));
      }
    },
  },
  {
    at: 12,
    what: 'a Vivo cai em Campinas, para quatro clientes ao mesmo tempo',
    look: 'um incidente da operadora no alto, com os quatro clientes dentro dele',
    expects: { kind: 'provider-outage', cause: 'provider', children: campinas.length },
    play: (stage) => {
      campinas.forEach((customer, index) => {
        stage.after(index * 0.7, () => stage.site(customer).linkFalls('vivo'));
        stage.after(66 + index, () => stage.site(customer).linkReturns('vivo'));
      });
    },
  },
  {
    at: 18,
    what: 'falta energia na Clínica Vida (Belo Horizonte): tudo se cala',
    look: 'um chamado da unidade; a causa "energia" aparece quando as máquinas religam e contam',
    expects: { kind: 'site-offline', customer: 'vida', cause: 'power' },
    play: (stage) => {
      const { clock } = stage;
      const lastAliveAt = clock.now();
      const agents = stage.site('vida').agents();
      for (const agent of agents) agent.mute();
      agents.forEach((agent, index) => {
        stage.after(60 + index * 2, () => agent.boot({ lastAliveAt, stoppedInOrder: false }));
      });
    },
  },
  {
    at: 24,
    what: 'os dois links do Supermercado Bom Preço (Fortaleza) são cortados juntos',
    look: 'um chamado da unidade, nenhum por link; na volta, a causa: "queda dos links"',
    expects: { kind: 'site-offline', customer: 'preco', cause: 'links' },
    play: (stage) => {
      const site = stage.site('preco');
      const since = stage.clock.now();
      site.watcher().mute();
      stage.after(58, () => {
        site.tellLinksWereDead(since);
        site.watcher().turnOn();
      });
    },
  },
  {
    at: 28,
    what: 'alguém encerra o agente no SRV-NOTA da Farmácia Mais Saúde (Recife)',
    look: 'chamado padrão, "agente sem sinal": o vizinho ainda alcança o servidor',
    expects: { kind: 'agent-lost', customer: 'saude' },
    play: (stage) => {
      const agent = stage.site('saude').agent('srv-nota');
      agent.turnOff();
      stage.after(60, () => agent.turnOn());
    },
  },
  {
    at: 32,
    what: 'o hipervisor da Cedro Advogados (Curitiba) trava, com duas máquinas virtuais',
    look: 'um chamado do HIPER; as máquinas virtuais são efeito dele; depois, o código da tela azul',
    expects: { kind: 'host-down', customer: 'cedro', cause: 'crash' },
    play: playCrash,
  },
  {
    at: 38,
    what: 'o link do Hotel Maré Alta (Claro, Salvador) perde um pacote em cada cinco',
    look: 'um chamado prioritário, não crítico: o link está no ar, mas ruim',
    expects: { kind: 'link-degraded', customer: 'mare' },
    play: (stage) => {
      stage.site('mare').linkWorsens('claro');
      stage.after(50, () => stage.site('mare').linkRecovers('claro'));
    },
  },
  {
    at: 44,
    what: 'o SRV-ARQ da Construtora Ipê (Goiânia) reinicia como planejado, e volta',
    look: 'nada: o agente avisou que ia sair e voltou no prazo',
    quiet: 'ipe',
    play: (stage) => {
      const site = stage.site('ipe');
      const agent = site.agent('srv-arq');
      const lastAliveAt = stage.clock.now();
      agent.sayGoodbye();
      site.neighbour('srv-arq', 'down');
      stage.after(34, () => {
        agent.boot({ lastAliveAt, stoppedInOrder: true });
        site.neighbour('srv-arq', 'up');
      });
    },
  },
  {
    at: 48,
    what: 'o link da Escola Saber (Claro, Manaus) cai dentro de uma janela de manutenção',
    look: 'nada abre; a janela está em Manutenções',
    quiet: 'saber',
    play: (stage, desk) => {
      const { site } = stage.site('saber').site;
      const reason = 'Troca do roteador pela operadora';
      const forMs = stage.real(2 * minute);
      desk.planWork({ customer: 'saber', site, link: 'claro', forMs, reason });
      stage.after(4, () => stage.site('saber').linkFalls('claro'));
      stage.after(32, () => stage.site('saber').linkReturns('claro'));
    },
  },
  {
    at: 94,
    what: 'a internet do próprio NOC cai: todas as unidades se calam de uma vez',
    look: '"Vigia sem visão": nenhum chamado de cliente é aberto por silêncio',
    expects: { kind: 'own-outage' },
    play: (stage) => {
      const agents = stage.sites().flatMap((site) => site.agents());
      for (const agent of agents) agent.mute();
      stage.after(30, () => {
        for (const agent of agents) agent.turnOn();
      });
    },
  },
];

/** From the last scene's beginning to the moment when all is well again, in seconds of the story. */
export const settleSeconds = 60;

function playCrash(stage: Stage): void {
  const site = stage.site('cedro');
  const lastAliveAt = stage.clock.now();
  const [host, guest] = [site.agent('hiper'), site.agent('vm-arq')];
  const machines = ['hiper', 'vm-arq', 'vm-sql'] as const;
  for (const agent of [host, guest]) agent.mute();
  for (const machine of machines) site.neighbour(machine, 'down');
  stage.after(44, () => {
    host.boot({ lastAliveAt, stoppedInOrder: false });
    for (const machine of machines) site.neighbour(machine, 'up');
  });
  stage.after(47, () => {
    host.explain({
      ending: 'crash',
      endedAt: plus(lastAliveAt, stage.real(second)),
      endedAtErrorMs: second,
      code: '0x00000124',
      evidence: [{ source: 'windows-event', text: 'BugCheck 1001: 0x00000124 (WHEA_UNCORRECTABLE_ERROR)' }],
    });
    guest.boot({ lastAliveAt, stoppedInOrder: false });
  });
}
