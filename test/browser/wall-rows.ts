// Rows for the wall's tests: a small MSP's fleet with plausible Brazilian names. Builders with every field set, so
// that a test names only what it is about. All instants are relative to a `now` the test gives.
import type { IncidentDetail, IncidentRow, Ticket } from '../../shared/api/incidents.ts';
import type { HostRow, LinkRow, SiteRow, WallSnapshot, WallTicket } from '../../shared/api/wall.ts';
import { second } from '../../shared/time.ts';

export function isoAgo(now: number, agoMs: number): string {
  return new Date(now - agoMs).toISOString();
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
    ticket: {
      desk: 'local',
      protocol: 'VIG-2031',
      registeredAt: isoAgo(now, detectedAgoMs - 10 * second),
      state: 'registered',
    },
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
    symptoms: [],
    sla: { priority: row.priority, startsAt: row.detectedAt, plan: 'PREMIUM' },
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
    notes: [{ at: isoAgo(now, 60 * second), text: 'Unidade segue operando pela Claro.' }],
    deliveries: [],
  };
}
