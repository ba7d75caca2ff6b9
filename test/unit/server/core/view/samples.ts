// One small customer, its agent and an incident: what the view tests speak about.
import type { TicketEffect } from '../../../../../server/core/effect.ts';
import { initialState } from '../../../../../server/core/evolve.ts';
import type { Incident } from '../../../../../server/core/incident.ts';
import type { AgentState, SiteState, State } from '../../../../../server/core/state.ts';
import type { Site, Topology } from '../../../../../server/core/topology.ts';
import { agentId, customerKey, effectKey, incidentId, siteId } from '../../../../../shared/ids.ts';
import { instant, plus } from '../../../../../shared/time.ts';

export const at = instant(Date.UTC(2026, 10, 22, 12, 0, 0));
export const matriz = siteId('aurora', 'matriz');
export const agentOne = agentId('agent-1');

export const site: Site = {
  id: matriz,
  key: 'matriz',
  name: 'Matriz',
  customer: customerKey('aurora'),
  customerName: 'Padaria Aurora',
  plan: 'PREMIUM',
  city: 'São Paulo',
  state: 'SP',
  timeZone: 'America/Sao_Paulo',
  origin: 'document',
  links: [
    { key: 'vivo', name: 'Vivo Empresas', provider: 'vivo', role: 'primary', publicAddress: '198.51.100.10' },
    { key: 'claro', name: 'Claro', provider: 'claro', role: 'backup', publicAddress: '203.0.113.10' },
  ],
  hosts: [
    { key: 'srv-ad', name: 'SRV-AD01', address: '192.168.10.5', role: 'server' },
    { key: 'camera', name: 'Câmera 1', role: 'other' },
  ],
};

export const topology: Topology = {
  revision: 1,
  providers: new Map([
    ['vivo', { key: 'vivo', name: 'Vivo Empresas' }],
    ['claro', { key: 'claro', name: 'Claro' }],
  ]),
  sites: new Map([[site.id, site]]),
};

export function agent(fields: Partial<AgentState> = {}): AgentState {
  return {
    id: agentOne,
    site: matriz,
    host: 'srv-ad',
    presence: 'live',
    presenceSince: at,
    closedByPeer: false,
    remaining: 0,
    receipts: [],
    ...fields,
  };
}

export function report(fields: Partial<SiteState> = {}): SiteState {
  return { id: matriz, agents: [], incidents: [], links: [], hosts: [], addresses: [], past: [], ...fields };
}

export function incident(fields: Partial<Incident> = {}): Incident {
  return {
    id: incidentId(7, 0),
    kind: 'link-down',
    cause: 'unknown',
    causeKey: 'link:vivo',
    site: matriz,
    link: 'vivo',
    severity: 'redundancy-lost',
    priority: 'critical',
    state: 'open',
    detectedAt: at,
    confirmedAt: plus(at, 8_000),
    openedAt: plus(at, 8_000),
    downtimeMs: 0,
    outageSince: at,
    reopenedCount: 0,
    flapping: false,
    retro: false,
    touched: false,
    verdict: { kind: 'link-down', confidence: 'confirmed', witnesses: [], refused: [] },
    symptoms: [],
    timeline: [{ at, kind: 'first-evidence' }],
    notesSent: 0,
    ...fields,
  };
}

export function stateOf(parts: {
  readonly agents?: readonly AgentState[];
  readonly sites?: readonly SiteState[];
  readonly incidents?: readonly Incident[];
  readonly topology?: Topology;
}): State {
  return {
    ...initialState(),
    seq: 9,
    at,
    topology: parts.topology ?? topology,
    agents: new Map((parts.agents ?? []).map((each) => [each.id, each])),
    sites: new Map((parts.sites ?? []).map((each) => [each.id, each])),
    incidents: new Map((parts.incidents ?? []).map((each) => [each.id, each])),
  };
}

export function openEffect(of: Incident): Extract<TicketEffect, { kind: 'ticket.open' }> {
  return {
    kind: 'ticket.open',
    key: effectKey(`${of.id}:open`),
    incident: of.id,
    notBefore: of.openedAt,
    text: { title: 'Link Vivo Empresas (principal) fora do ar', body: 'corpo' },
    priority: of.priority,
    customer: 'Padaria Aurora',
    site: 'Matriz',
    detectedAt: of.detectedAt,
  };
}
