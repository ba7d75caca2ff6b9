// The language of the transcripts: one line of Portuguese a technician can read <-> one input of the core.
// `HH:MM:SS <what came in>`; the time is that of one day, in the site's zone. Every line must match or the file is wrong.

import type { Input } from '../../server/core/input.ts';
import type { PlannedWindow, Scope, Silence } from '../../server/core/planned.ts';
import { defaultPolicy } from '../../server/core/policy.ts';
import type { TicketSettings } from '../../server/core/ticket-settings.ts';
import { assert } from '../../shared/assert.ts';
import {
  agentId,
  customerKey,
  effectKey,
  type IncidentId,
  incidentIdFrom,
  sessionId,
  siteIdFrom,
} from '../../shared/ids.ts';
import type { SlaPolicies } from '../../shared/sla-policy.ts';
import { hour, type Instant, instant, minute, second } from '../../shared/time.ts';
import type { StateChange } from '../../shared/wire/messages.ts';
import {
  type Degradation,
  type HostStatus,
  type Layer,
  type LinkStatus,
  type Priority,
  runEndings,
} from '../../shared/words.ts';
import { transcriptTickets, transcriptTopology } from './fleet.ts';

/** 2026-11-23 00:00 in São Paulo, a Monday. */
const dayStart = Date.parse('2026-11-23T03:00:00.000Z');

export function clockToInstant(text: string): Instant {
  const [hours, minutes, seconds] = text.split(':').map(Number);
  assert(hours !== undefined && minutes !== undefined && seconds !== undefined, `time ${text}`);
  return instant(dayStart + hours * hour + minutes * minute + seconds * second);
}

export function instantToClock(at: Instant): string {
  const total = Math.floor((at - dayStart) / second);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${two(total / 3600)}:${two((total % 3600) / 60)}:${two(total % 60)}`;
}

/** Per transcript: numbers the agents' changes and remembers how many wait. */
export interface Speaker {
  readonly seqs: Map<string, number>;
  /** Incidents in the order in which they opened: the first is `#1`. */
  readonly opened: IncidentId[];
  /** What people have planned and silenced so far; told as a whole each time. */
  windows: PlannedWindow[];
  silences: Silence[];
  /** What the configuration says so far. */
  settings: TicketSettings;
}

export function newSpeaker(): Speaker {
  return { seqs: new Map(), opened: [], windows: [], silences: [], settings: transcriptTickets };
}

type Make = (parts: readonly string[], at: Instant, speaker: Speaker) => Input;

const host = '([\\w-]+)';
const site = '([\\w-]+/[\\w-]+)';
/** `aurora`, `aurora/matriz`, `aurora/matriz link vivo`, `aurora/matriz máquina srv-ad`. */
const scope = '([\\w-]+)(?:/([\\w-]+))?(?: (link|máquina) ([\\w-]+))?';
const time = '(\\d\\d:\\d\\d:\\d\\d)';
const number = '#(\\d+)';

const linkWords: Readonly<Record<string, LinkStatus>> = {
  'no ar': 'up',
  degradado: 'degraded',
  'fora do ar': 'down',
};
const hostWords: Readonly<Record<string, HostStatus>> = { responde: 'up', 'não responde': 'down' };
const roads: Readonly<Record<string, 'peer' | 'timeout' | 'local'>> = {
  'pela máquina': 'peer',
  'por silêncio': 'timeout',
  'pelo Vigia': 'local',
};

const deskActions: Readonly<Record<string, 'acknowledged' | 'note' | 'closed' | 'reopened'>> = {
  assume: 'acknowledged',
  anota: 'note',
  encerra: 'closed',
  reabre: 'reopened',
};

const classes: Readonly<Record<string, Priority>> = {
  crítico: 'critical',
  prioritário: 'priority',
  padrão: 'standard',
};

const lines: readonly (readonly [RegExp, Make])[] = [
  [
    /^Vigia inicia$/,
    (_p, at) => ({ kind: 'server.started', at, release: 'transcript', policy: defaultPolicy }),
  ],
  [
    /^inventário importado$/,
    (_p, at) => ({ kind: 'inventory.imported', at, topology: transcriptTopology, by: 'ana' }),
  ],
  [
    /^contrato de ([\w-]+): link principal caído é (crítico|prioritário|padrão), link reserva caído é (crítico|prioritário|padrão)$/,
    ([customer = '', primary = '', backup = ''], at, speaker) => {
      const priorities = { linkDownPrimary: classes[primary], linkDownBackup: classes[backup] };
      const customers = { ...speaker.settings.sla.customers, [customer]: { priorities } };
      return configured(at, speaker, { customers });
    },
  ],
  [
    /^chamados são encerrados só por pessoas$/,
    (_p, at, speaker) => configured(at, speaker, { closing: 'note' }),
  ],
  [
    new RegExp(`^agente ${host} é inscrito em ${site}$`),
    ([agent = '', where = ''], at) => ({
      kind: 'agent.enrolled',
      at,
      agent: agentId(agent),
      site: siteIdFrom(where),
      host: agent,
    }),
  ],
  [
    new RegExp(`^agente ${host} conecta por ([\\d.]+)(?: com (\\d+) mudanças? guardadas?)?$`),
    ([agent = '', egress = '', depth], at) => ({
      kind: 'session.opened',
      at,
      agent: agentId(agent),
      session: sessionId(`${agent}@${at}`),
      egress,
      bootId: `boot-${agent}`,
      version: '0',
      spoolDepth: Number(depth ?? 0),
    }),
  ],
  [
    new RegExp(
      `^conexão do agente ${host} aberta às ${time} é encerrada (pela máquina|por silêncio|pelo Vigia)$`,
    ),
    ([agent = '', opened = '', by = ''], at) => ({
      kind: 'session.closed',
      at,
      agent: agentId(agent),
      session: sessionId(`${agent}@${clockToInstant(opened)}`),
      by: roads[by] ?? 'timeout',
    }),
  ],
  [
    new RegExp(`^agente ${host} avisa que vai (desligar|reiniciar|parar o serviço|sair)$`),
    ([agent = '', what], at) => ({
      kind: 'goodbye.said',
      at,
      agent: agentId(agent),
      reason:
        what === 'desligar'
          ? 'shutdown'
          : what === 'reiniciar'
            ? 'restart'
            : what === 'sair'
              ? 'unknown'
              : 'service-stop',
    }),
  ],
  [
    new RegExp(`^agente ${host} em dúvida, ouvido por último às ${time}$`),
    ([agent = '', heard = ''], at) => ({
      kind: 'agent.suspected',
      at,
      agent: agentId(agent),
      lastHeardAt: clockToInstant(heard),
    }),
  ],
  [
    new RegExp(`^agente ${host} em silêncio, ouvido por último às ${time}$`),
    ([agent = '', heard = ''], at) => ({
      kind: 'agent.silent',
      at,
      agent: agentId(agent),
      lastHeardAt: clockToInstant(heard),
    }),
  ],
  [
    new RegExp(`^agente ${host} é ouvido de novo$`),
    ([agent = ''], at) => ({ kind: 'agent.heard', at, agent: agentId(agent) }),
  ],
  [
    new RegExp(`^endereço público de ${site} ${host} (responde|não responde) desde ${time}$`),
    ([where = '', link = '', word, since = ''], at) => ({
      kind: 'address.measured',
      at,
      site: siteIdFrom(where),
      link,
      answers: word === 'responde',
      since: clockToInstant(since),
    }),
  ],
  [
    new RegExp(`^âncoras do Vigia (respondem|não respondem) desde ${time}$`),
    ([word, since = ''], at) => ({
      kind: 'anchors.measured',
      at,
      reachable: word === 'respondem',
      since: clockToInstant(since),
    }),
  ],
  [
    new RegExp(`^central registra ${number} com protocolo ([\\w-]+)$`),
    ([nth, protocol = ''], at, speaker) => ({
      kind: 'ticket.reported',
      at,
      effect: effectKey(`${incidentOf(speaker, nth)}:open`),
      incident: incidentOf(speaker, nth),
      desk: 'local',
      outcome: { kind: 'registered', protocol },
    }),
  ],
  [
    new RegExp(`^(\\w+) (assume|encerra|reabre|anota) ${number} na central(?:: (.+))?$`),
    ([by = '', word = '', nth, text], at, speaker) => ({
      kind: 'desk.told',
      at,
      incident: incidentOf(speaker, nth),
      action: deskActions[word] ?? 'note',
      by,
      text,
    }),
  ],
  [
    new RegExp(`^${number} passa ao nível ([123]), chama (.+)$`),
    ([nth, level, to = ''], at, speaker) => ({
      kind: 'incident.escalated',
      at,
      incident: incidentOf(speaker, nth),
      step: `${level}:${to}`,
      level: level === '3' ? 3 : level === '2' ? 2 : 1,
      to,
    }),
  ],
  [
    new RegExp(`^(\\w+) pausa o prazo de ${number}(?: até ${time})?: (.+)$`),
    ([by = '', nth, until, text = ''], at, speaker) => ({
      kind: 'incident.paused',
      at,
      incident: incidentOf(speaker, nth),
      by,
      text,
      ...(until === undefined ? {} : { until: clockToInstant(until) }),
    }),
  ],
  [
    new RegExp(`^(\\w+) retoma o prazo de ${number}$`),
    ([by = '', nth], at, speaker) => ({
      kind: 'incident.resumed',
      at,
      incident: incidentOf(speaker, nth),
      by,
    }),
  ],
  [
    new RegExp(`^(\\w+) (assume|resolve|reabre) ${number}$`),
    ([by = '', word, nth], at, speaker) => {
      const common = { at, incident: incidentOf(speaker, nth), by };
      if (word === 'assume') return { kind: 'incident.acknowledged', ...common };
      return word === 'resolve'
        ? { kind: 'incident.resolvedByPerson', ...common }
        : { kind: 'incident.reopenedByPerson', ...common };
    },
  ],
  [
    new RegExp(`^\\w+ planeja manutenção em ${scope} das ${time} às ${time}(?:, volta até ${time})?: (.+)$`),
    ([customer, site, kind, name, from = '', to = '', back, reason = ''], at, speaker) => {
      const returnBy = back === undefined ? {} : { returnBy: clockToInstant(back) };
      const occurrence = { startsAt: clockToInstant(from), endsAt: clockToInstant(to), ...returnBy };
      const id = `window-${speaker.windows.length + 1}`;
      speaker.windows = [
        ...speaker.windows,
        { id, scope: scopeOf(customer, site, kind, name), reason, occurrences: [occurrence] },
      ];
      return plans(at, speaker);
    },
  ],
  [
    /^\w+ cancela as janelas de manutenção$/,
    (_parts, at, speaker) => {
      speaker.windows = [];
      return plans(at, speaker);
    },
  ],
  [
    new RegExp(`^(\\w+) silencia ${scope} até ${time}: (.+)$`),
    ([by = '', customer, site, kind, name, until = '', reason = ''], at, speaker) => {
      const id = `silence-${speaker.silences.length + 1}`;
      const what = { id, by, reason, startsAt: at, until: clockToInstant(until) };
      speaker.silences = [...speaker.silences, { ...what, scope: scopeOf(customer, site, kind, name) }];
      return plans(at, speaker);
    },
  ],
  [
    /^\w+ encerra os silêncios$/,
    (_parts, at, speaker) => {
      speaker.silences = [];
      return plans(at, speaker);
    },
  ],
  [new RegExp(`^agente ${host} (?:conta|repete)(?: \\(faltam (\\d+)\\))?: (.+)$`), changes],
];

function scopeOf(customer = '', site?: string, kind?: string, name?: string): Scope {
  const where = site === undefined ? {} : { site };
  const what = name === undefined ? {} : kind === 'link' ? { link: name } : { host: name };
  return { customer: customerKey(customer), ...where, ...what };
}

/** The configuration with these contract's words over those of before. */
function configured(at: Instant, speaker: Speaker, words: Partial<SlaPolicies>): Input {
  speaker.settings = { ...speaker.settings, sla: { ...speaker.settings.sla, ...words } };
  return { kind: 'tickets.configured', at, settings: speaker.settings };
}

function plans(at: Instant, { windows, silences }: Speaker): Input {
  return { kind: 'planned.told', at, windows, silences };
}

function incidentOf(speaker: Speaker, nth: string | undefined): IncidentId {
  return speaker.opened[Number(nth) - 1] ?? incidentIdFrom('inc-0-0');
}

/** `agente srv-ad conta: link vivo fora do ar (provider) desde 10:00:03; ...`. `repete` sends the last numbers again. */
function changes(
  [agent = '', remaining, text = '']: readonly string[],
  at: Instant,
  speaker: Speaker,
): Input {
  const repeated = text.startsWith('de novo ');
  const parts = text.replace(/^de novo /, '').split('; ');
  let seq = speaker.seqs.get(agent) ?? 0;
  if (repeated) seq -= parts.length;
  const items = parts.map((part) => {
    seq += 1;
    return changeOf(part, { seq, at, atErrorMs: 5 });
  });
  speaker.seqs.set(agent, seq);
  return {
    kind: 'changes.received',
    at,
    agent: agentId(agent),
    epoch: 1,
    remaining: Number(remaining ?? 0),
    items,
  };
}

interface Numbered {
  readonly seq: number;
  readonly at: Instant;
  readonly atErrorMs: number;
}

function changeOf(text: string, numbered: Numbered): StateChange {
  const link = new RegExp(
    `^link ${host} (no ar|degradado|fora do ar)(?: \\((\\w[\\w-]*)\\))? desde ${time}(, voltando)?(?:, visto às ${time})?$`,
  ).exec(text);
  if (link !== null) {
    return {
      kind: 'link.changed',
      ...numbered,
      at: link[6] === undefined ? numbered.at : clockToInstant(link[6]),
      link: link[1] ?? '',
      status: linkWords[link[2] ?? ''] ?? 'unknown',
      layer: link[3] as Layer | undefined,
      since: clockToInstant(link[4] ?? ''),
      recovering: link[5] !== undefined,
      evidence: [],
    };
  }
  const neighbour = new RegExp(`^vizinho ${host} (responde|não responde) desde ${time}(, voltando)?$`).exec(
    text,
  );
  if (neighbour !== null) {
    return {
      kind: 'host.changed',
      ...numbered,
      host: neighbour[1] ?? '',
      status: hostWords[neighbour[2] ?? ''] ?? 'unknown',
      since: clockToInstant(neighbour[3] ?? ''),
      recovering: neighbour[4] !== undefined,
      evidence: [],
    };
  }
  const quality = new RegExp(
    `^link ${host} ruim: (perda|latência|variação|pacotes grandes) (\\d+) (?:%|ms) desde ${time}$`,
  ).exec(text);
  if (quality !== null) return qualityOf(quality, numbered);
  const ended = new RegExp(`^registro da máquina: parou às ${time} por ([\\w-]+)(?: \\(([^)]+)\\))?$`).exec(
    text,
  );
  if (ended !== null) {
    return {
      kind: 'run.explained',
      ...numbered,
      bootId: 'boot-before',
      ending: runEndings.find((each) => each === ended[2]) ?? 'unknown',
      endedAt: clockToInstant(ended[1] ?? ''),
      endedAtErrorMs: 10_000,
      code: ended[3],
      evidence: [],
    };
  }
  const boot = new RegExp(
    `^máquina ligada às ${time}, vista viva por último às ${time}(, desligada em ordem)?$`,
  ).exec(text);
  assert(boot !== null, `a change the language knows: ${text}`);
  return {
    kind: 'run.started',
    ...numbered,
    bootId: `boot-at-${boot[1]}`,
    bootAt: clockToInstant(boot[1] ?? ''),
    previous: {
      bootId: 'boot-before',
      lastAliveAt: clockToInstant(boot[2] ?? ''),
      stoppedInOrder: boot[3] !== undefined,
    },
  };
}

const qualityWords: Readonly<Record<string, Degradation>> = {
  perda: 'loss',
  latência: 'latency',
  variação: 'jitter',
  'pacotes grandes': 'large-packets',
};

function qualityOf(
  [, link = '', what = '', much = '0', since = '']: RegExpExecArray,
  numbered: Numbered,
): StateChange {
  const by = qualityWords[what] ?? 'loss';
  const value = Number(much);
  return {
    kind: 'link.changed',
    ...numbered,
    link,
    status: 'degraded',
    layer: by === 'large-packets' ? 'provider' : undefined,
    since: clockToInstant(since),
    recovering: false,
    evidence: [],
    quality: {
      by: [by],
      windowMs: 120_000,
      lossRatio: by === 'loss' ? value / 100 : 0,
      rttMs: by === 'latency' ? value : 20,
      jitterMs: by === 'jitter' ? value : 2,
    },
  };
}

/** One line to one input. */
export function inputOf(line: string, speaker: Speaker): Input {
  const at = clockToInstant(line.slice(0, 8));
  const rest = line.slice(9);
  for (const [pattern, make] of lines) {
    const match = pattern.exec(rest);
    if (match !== null) return make(match.slice(1), at, speaker);
  }
  assert(false, `a line the language knows: ${line}`);
}
