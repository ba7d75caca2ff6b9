// Rows for the wall's tests: a small MSP's fleet with plausible Brazilian names. Builders with every field set, so
// that a test names only what it is about. All instants are relative to a `now` the test gives.
import type { IncidentDetail, IncidentRow, Ticket } from '../../shared/api/incidents.ts';
import type { EscalationRow, SlaRow } from '../../shared/api/sla.ts';
import type { HostRow, LinkRow, SiteRow, WallSnapshot, WallTicket } from '../../shared/api/wall.ts';
import { minute, second } from '../../shared/time.ts';

export function isoAgo(now: number, agoMs: number): string {
  return new Date(now - agoMs).toISOString();
}

export type TicketReference = NonNullable<IncidentRow['ticket']>;

export function ticketReference(more: Partial<TicketReference> = {}): TicketReference {
  return {
    desk: 'local',
    protocol: 'VIG-2031',
    registeredAt: null,
    state: 'registered',
    closedAtDesk: null,
    closed: false,
    ...more,
  };
}

/** A critical that nobody has taken, detected so long ago, unless told otherwise. */
export function slaRow(now: number, agoMs: number, more: Partial<SlaRow> = {}): SlaRow {
  return {
    priority: 'critical',
    plan: 'PREMIUM',
    state: 'at-once',
    clock: '24x7',
    basis: 'evidence',
    detectedAt: isoAgo(now, agoMs),
    startsAt: isoAgo(now, agoMs),
    targetMs: 0,
    dueAt: isoAgo(now, agoMs),
    attendedAt: null,
    at: isoAgo(now, 0),
    elapsedMs: agoMs,
    remainingMs: -agoMs,
    counting: true,
    countsUntil: null,
    supportOpensAt: null,
    validUntil: null,
    ...more,
  };
}

export function escalationRow(now: number, more: Partial<EscalationRow> = {}): EscalationRow {
  return {
    level: 1,
    to: null,
    at: null,
    next: { step: 'call.noc-again', at: isoAgo(now, -100 * second), to: 'Ana Ribeiro' },
    ...more,
  };
}

export function incidentRow(now: number, more: Partial<IncidentRow> = {}): IncidentRow {
  const detectedAgoMs = 200 * second;
  return {
    id: 'inc-7-0',
    kind: 'link-down',
    cause: 'provider',
    layer: 'provider',
    customer: 'aurora',
    customerName: 'Padaria Aurora Ltda',
    site: 'matriz',
    siteName: 'Matriz',
    link: 'vivo',
    host: null,
    provider: 'vivo',
    severity: 'redundancy-lost',
    priority: 'critical',
    state: 'open',
    title: 'Link Vivo Empresas (principal) fora do ar; unidade opera pela reserva',
    detectedAt: isoAgo(now, detectedAgoMs),
    confirmedAt: isoAgo(now, detectedAgoMs - 9 * second),
    openedAt: isoAgo(now, detectedAgoMs - 9 * second),
    recoveredAt: null,
    resolvedAt: null,
    closedAt: null,
    downtimeMs: 0,
    outageSince: isoAgo(now, detectedAgoMs),
    reopenedCount: 0,
    parent: null,
    flapping: false,
    retro: false,
    acknowledgedBy: null,
    acknowledgedAt: null,
    assignedTo: null,
    pause: null,
    ticket: ticketReference({ registeredAt: isoAgo(now, detectedAgoMs - 10 * second) }),
    sla: slaRow(now, detectedAgoMs),
    escalation: escalationRow(now),
    ...more,
  };
}

export function linkRow(more: Partial<LinkRow> = {}): LinkRow {
  return {
    key: 'vivo',
    name: 'vivo',
    provider: 'vivo',
    providerName: 'Vivo Empresas',
    role: 'primary',
    status: 'up',
    layer: null,
    since: null,
    recovering: false,
    carries: true,
    answersFromOutside: true,
    ...more,
  };
}

export function backupRow(more: Partial<LinkRow> = {}): LinkRow {
  return linkRow({
    key: 'claro',
    name: 'claro',
    provider: 'claro',
    providerName: 'Claro',
    role: 'backup',
    carries: false,
    ...more,
  });
}

export function hostRow(more: Partial<HostRow> = {}): HostRow {
  return { key: 'srv-ad', name: 'SRV-AD01', role: 'server', status: 'up', since: null, agent: null, ...more };
}

export function siteRow(more: Partial<SiteRow> = {}): SiteRow {
  return {
    quiet: [],
    id: 'aurora/matriz',
    customer: 'aurora',
    customerName: 'Padaria Aurora Ltda',
    name: 'Matriz',
    city: 'São Paulo',
    state: 'SP',
    timeZone: 'America/Sao_Paulo',
    plan: 'PREMIUM',
    status: 'up',
    links: [linkRow(), backupRow()],
    hosts: [
      hostRow({ agent: { id: 'agt-1', presence: 'live', since: null } }),
      hostRow({ key: 'srv-erp', name: 'SRV-ERP' }),
    ],
    ...more,
  };
}

export function ticketRow(now: number, more: Partial<WallTicket> = {}): WallTicket {
  return {
    incident: 'inc-7-0',
    protocol: 'VIG-2031',
    title: 'Padaria Aurora Ltda, Matriz: link Vivo Empresas (principal) fora do ar',
    state: 'open',
    openedAt: isoAgo(now, 190 * second),
    delivery: 'delivered',
    waiting: 0,
    attempts: 0,
    closedAtDeskAt: null,
    ...more,
  };
}

export function snapshot(now: number, more: Partial<WallSnapshot> = {}): WallSnapshot {
  return {
    at: isoAgo(now, 0),
    server: {
      startedAt: isoAgo(now, 86_400 * second),
      release: '0.1.0',
      blindSince: null,
      blindBecause: null,
      outboxWaiting: 0,
      desk: { name: 'local', downSince: null, lateSince: null, held: 0 },
    },
    incidents: [],
    sites: [siteRow()],
    tickets: [],
    ...more,
  };
}

export function incidentDetail(row: IncidentRow): IncidentDetail {
  return {
    ...row,
    verdict: {
      kind: row.kind,
      confidence: 'confirmed',
      witnesses: [
        {
          source: 'link-verdict',
          who: 'srv-ad',
          says: 'link-down',
          since: row.detectedAt,
          text: 'O agente em SRV-AD01 mede o link Vivo Empresas fora do ar, na rede da operadora',
        },
        {
          source: 'outside-in',
          who: 'vivo',
          says: 'address-silent',
          since: row.detectedAt,
          text: 'O endereço público 198.51.100.10 não responde ao Vigia',
        },
        {
          source: 'session',
          who: 'srv-ad',
          says: 'egress-moved',
          since: row.confirmedAt,
          text: 'A sessão do agente passou a sair pela Claro',
        },
      ],
      undecided: { causes: [], text: null },
      refused: [
        {
          kind: 'site-offline',
          cause: null,
          because: 'agent-is-alive',
          text: 'Unidade fora do ar: descartada, o agente em SRV-AD01 está conectado',
        },
        {
          kind: 'own-outage',
          cause: null,
          because: 'own-anchors-answer',
          text: 'Vigia sem visão: descartada, as âncoras do servidor respondem',
        },
      ],
    },
    timeline: [
      { at: row.detectedAt, kind: 'first-evidence', by: null, text: 'Primeira evidência de falha' },
      { at: row.confirmedAt, kind: 'confirmed', by: null, text: 'Diagnóstico confirmado' },
      { at: row.openedAt, kind: 'opened', by: null, text: 'Incidente aberto com prioridade crítica' },
      { at: row.openedAt, kind: 'ticket-registered', by: null, text: 'Chamado VIG-2031 registrado' },
    ],
    stretches: [
      {
        kind: row.kind === 'link-degraded' || row.kind === 'host-degraded' ? 'degraded' : 'down',
        from: row.detectedAt,
        to: row.recoveredAt,
        share: 1,
      },
    ],
    symptoms: [],
    sla: {
      ...row.sla,
      why: 'sexta 17:30 → segunda 09:30: 0 h 30 na sexta até 18:00, sábado e domingo fora, 1 h 30 na segunda (desde a primeira evidência)',
    },
    hints: [
      {
        id: 'reiniciar-modem',
        title: 'Reiniciar o modem da operadora',
        steps: [
          'Ligar para a unidade e pedir para ver as luzes do modem.',
          'Desligar da tomada por 30 segundos e ligar de novo.',
          'Se em 5 minutos não voltar, abrir chamado na operadora com o circuito.',
        ],
      },
      { id: 'energia', title: 'Há energia na unidade?', steps: ['Perguntar se as luzes estão acesas.'] },
    ],
    contacts: [
      {
        ...{ provider: 'vivo', providerName: 'Vivo Empresas', phone: '+55 11 0000-0000' },
        ...{ circuit: 'SPO-1', publicAddress: '198.51.100.10', link: 'vivo', linkName: 'Vivo Empresas' },
        ...{ customer: 'aurora', customerName: 'Padaria Aurora Ltda', site: 'matriz', siteName: 'Matriz' },
      },
    ],
    contactsMore: 0,
  };
}

export function ticketDetail(now: number): Ticket {
  return {
    id: 'VIG-2031',
    incident: 'inc-7-0',
    desk: 'local',
    protocol: 'VIG-2031',
    title: 'Padaria Aurora Ltda, Matriz: link Vivo Empresas (principal) fora do ar',
    body: [
      'Detectado às 14:32:07 (horário de São Paulo).',
      'Link: Vivo Empresas, principal, circuito SPO-1.',
      'Suporte da operadora: +55 11 0000-0000.',
      '',
      'Primeiro passo: confirme com o cliente se o modem da Vivo está ligado e reinicie-o.',
    ].join('\n'),
    priority: 'critical',
    customer: 'aurora',
    site: 'matriz',
    state: 'open',
    openedAt: isoAgo(now, 190 * second),
    closedAtDesk: null,
    delivery: 'waiting',
    notes: [{ at: isoAgo(now, 60 * second), text: 'Unidade segue operando pela Claro.' }],
    deliveries: [
      delivery({ kind: 'ticket.open', state: 'done', doneAt: isoAgo(now, 190 * second) }),
      delivery({ key: 'inc-7-0:note:1', state: 'done', doneAt: isoAgo(now, 60 * second) }),
      delivery({
        key: 'inc-7-0:note:2',
        attempts: 3,
        nextAttemptAt: isoAgo(now, -2 * minute),
        lastError: 'a central não respondeu a tempo',
      }),
    ],
  };
}

type Delivery = Ticket['deliveries'][number];

export function delivery(more: Partial<Delivery> = {}): Delivery {
  return {
    key: 'inc-7-0:open',
    kind: 'ticket.note',
    state: 'pending',
    attempts: 1,
    nextAttemptAt: null,
    lastError: null,
    doneAt: null,
    heldSince: null,
    ...more,
  };
}
