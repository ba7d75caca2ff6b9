// A wall with a bit of everything, for the pictures: every kind of trouble, every phase of an incident, every state of
// a ticket. Fourteen sites, seven incidents, six tickets.
import type { SlaRow } from '../../shared/api/sla.ts';
import type { SiteRow, WallSnapshot } from '../../shared/api/wall.ts';
import { day, hour, minute, second } from '../../shared/time.ts';
import { fleetOf } from './fleet-rows.ts';
import {
  backupRow,
  escalationRow,
  hostRow,
  incidentRow,
  isoAgo,
  linkRow,
  siteRow,
  slaRow,
  snapshot,
  ticketReference,
  ticketRow,
} from './wall-rows.ts';

export function busyWall(now: number): WallSnapshot {
  const [first, second_, third, fourth, fifth, ...rest] = fleetOf(13);
  const sites: SiteRow[] = [
    siteRow({
      status: 'down',
      links: [
        linkRow({
          status: 'down',
          layer: 'provider',
          since: isoAgo(now, 200 * second),
          carries: false,
          answersFromOutside: false,
        }),
        backupRow({ carries: true }),
      ],
    }),
    ...troubled(
      now,
      [first, second_, third, fourth, fifth].filter((site) => site !== undefined),
    ),
    ...rest,
  ];
  return snapshot(now, { sites, incidents: busyIncidents(now), tickets: busyTickets(now) });
}

function troubled(now: number, sites: readonly SiteRow[]): readonly SiteRow[] {
  return sites.map((site, index): SiteRow => {
    if (index === 0) {
      return {
        ...site,
        status: 'down',
        links: site.links.map((link) => ({
          ...link,
          status: 'unknown' as const,
          carries: false,
          answersFromOutside: false,
        })),
        hosts: [
          hostRow({
            status: 'unknown',
            agent: { id: 'agt-0', presence: 'silent', since: isoAgo(now, 41 * second) },
          }),
        ],
      };
    }
    if (index === 1) {
      return {
        ...site,
        status: 'degraded',
        links: site.links.map((link, place) =>
          place === 0
            ? {
                ...link,
                status: 'degraded' as const,
                layer: 'internet' as const,
                since: isoAgo(now, 26 * minute),
              }
            : link,
        ),
      };
    }
    if (index === 2) {
      return {
        ...site,
        status: 'down',
        hosts: [
          ...site.hosts,
          hostRow({ key: 'srv-bd', name: 'SRV-BD02', status: 'down', since: isoAgo(now, 9 * minute) }),
        ],
      };
    }
    if (index === 3) {
      return {
        ...site,
        status: 'waiting',
        links: site.links.map((link) => ({ ...link, status: 'unknown' as const, carries: false })),
        hosts: [hostRow({ status: 'unknown', agent: { id: 'agt-3', presence: 'new', since: null } })],
      };
    }
    return {
      ...site,
      status: 'down',
      links: site.links.map((link, place) =>
        place === 1
          ? { ...link, status: 'down' as const, recovering: true, since: isoAgo(now, 14 * minute) }
          : link,
      ),
    };
  });
}

function busyIncidents(now: number): WallSnapshot['incidents'] {
  const at = (agoMs: number) => ({
    detectedAt: isoAgo(now, agoMs),
    confirmedAt: isoAgo(now, agoMs - 11 * second),
    openedAt: isoAgo(now, agoMs - 11 * second),
    outageSince: isoAgo(now, agoMs),
    sla: slaRow(now, agoMs),
  });
  return [
    incidentRow(now),
    incidentRow(now, {
      id: 'inc-9-0',
      kind: 'site-offline',
      cause: 'unknown',
      layer: null,
      customer: 'c0',
      link: null,
      provider: null,
      customerName: 'Auto Peças Guarani',
      severity: 'outage',
      title: 'Unidade fora do ar: agentes em silêncio e nenhum endereço público responde',
      ticket: ticketReference({ desk: null, protocol: null, state: 'pending' }),
      ...at(41 * second),
      escalation: escalationRow(now, {
        next: { step: 'call.noc-again', at: isoAgo(now, -260 * second), to: null },
      }),
    }),
    incidentRow(now, {
      id: 'inc-5-0',
      kind: 'host-down',
      cause: 'unknown',
      layer: null,
      customer: 'c2',
      customerName: 'Colégio Horizonte',
      link: null,
      host: 'srv-bd',
      provider: null,
      severity: 'outage',
      title: 'Servidor SRV-BD02 fora do ar, desligamento inesperado',
      state: 'acknowledged',
      acknowledgedBy: 'Marina Duarte',
      acknowledgedAt: isoAgo(now, 6 * minute),
      assignedTo: 'Campo Sul',
      ticket: ticketReference({ protocol: 'VIG-2029', registeredAt: isoAgo(now, 8 * minute) }),
      ...at(9 * minute),
      sla: slaRow(now, 9 * minute, {
        ...{ state: 'met', attendedAt: isoAgo(now, 6 * minute), counting: false },
        ...{ elapsedMs: 3 * minute, remainingMs: -3 * minute },
      }),
      escalation: escalationRow(now, {
        next: { step: 'move.level2', at: isoAgo(now, -21 * minute), to: 'Bruno Reis' },
      }),
    }),
    incidentRow(now, {
      id: 'inc-4-0',
      kind: 'link-down',
      customer: 'c4',
      customerName: 'Construtora Ipê',
      link: 'claro',
      provider: 'claro',
      title: 'Link Claro (reserva) fora do ar; redundância perdida',
      recoveredAt: isoAgo(now, 48 * second),
      flapping: true,
      ticket: ticketReference({ protocol: 'VIG-2028', registeredAt: isoAgo(now, 13 * minute) }),
      ...at(14 * minute),
      escalation: escalationRow(now, { next: null }),
      downtimeMs: 13 * minute + 12 * second,
      outageSince: null,
      reopenedCount: 1,
    }),
    incidentRow(now, {
      id: 'inc-3-0',
      kind: 'link-degraded',
      cause: 'unknown',
      layer: 'internet',
      customer: 'c1',
      customerName: 'Clínica São Lucas',
      link: 'claro',
      severity: 'degraded',
      priority: 'priority',
      title: 'Link Claro (principal) degradado: perda de 18 % e 240 ms',
      ticket: ticketReference({ protocol: 'VIG-2027', registeredAt: isoAgo(now, 25 * minute) }),
      ...at(26 * minute),
      sla: businessClock(now, 25 * minute, 2 * hour),
      escalation: escalationRow(now, {
        ...{ level: 2, to: 'Bruno Reis', at: isoAgo(now, 4 * minute) },
        next: { step: 'move.level3', at: isoAgo(now, -56 * minute), to: null },
      }),
    }),
    incidentRow(now, {
      id: 'inc-2-0',
      kind: 'agent-lost',
      cause: 'unknown',
      layer: null,
      customer: 'c7',
      customerName: 'Frigorífico Serra Azul',
      link: null,
      host: 'srv-ad',
      severity: 'notice',
      priority: 'standard',
      title: 'Agente em SRV-AD01 sem contato; o servidor responde a um vizinho',
      ticket: null,
      ...at(2 * hour + 5 * minute),
      sla: {
        ...businessClock(now, 80 * minute, 4 * hour),
        ...{ state: 'outside-hours', counting: false, supportOpensAt: isoAgo(now, -11 * hour) },
      },
      escalation: escalationRow(now, { next: null }),
    }),
    incidentRow(now, {
      id: 'inc-1-0',
      cause: 'power',
      layer: null,
      kind: 'site-offline',
      customer: 'c9',
      customerName: 'Hotel Beira-Rio',
      link: null,
      severity: 'outage',
      title: 'Unidade fora do ar por falta de energia',
      state: 'resolved',
      resolvedAt: isoAgo(now, 7 * minute),
      recoveredAt: isoAgo(now, 9 * minute),
      acknowledgedBy: 'Rui Alves',
      acknowledgedAt: isoAgo(now, 50 * minute),
      ticket: ticketReference({ protocol: 'VIG-2025', registeredAt: isoAgo(now, 52 * minute) }),
      ...at(53 * minute),
      sla: slaRow(now, 53 * minute, { state: 'met', attendedAt: isoAgo(now, 50 * minute), counting: false }),
      escalation: escalationRow(now, { next: null }),
      downtimeMs: 43 * minute + 40 * second,
      outageSince: null,
    }),
  ];
}

function businessClock(now: number, elapsedMs: number, targetMs: number): SlaRow {
  return slaRow(now, elapsedMs, {
    ...{ state: 'running', clock: 'support-hours', basis: 'registration', targetMs, elapsedMs },
    ...{ remainingMs: targetMs - elapsedMs, dueAt: isoAgo(now, elapsedMs - targetMs) },
    ...{ countsUntil: isoAgo(now, -5 * hour), validUntil: isoAgo(now, elapsedMs - targetMs) },
  });
}

function busyTickets(now: number): WallSnapshot['tickets'] {
  return [
    ticketRow(now, {
      incident: 'inc-9-0',
      protocol: null,
      state: 'pending',
      delivery: 'waiting',
      waiting: 1,
      openedAt: null,
      title: 'Auto Peças Guarani, Matriz: unidade fora do ar',
    }),
    ticketRow(now),
    ticketRow(now, {
      incident: 'inc-5-0',
      protocol: 'VIG-2029',
      openedAt: isoAgo(now, 8 * minute),
      title: 'Colégio Horizonte, Matriz: servidor SRV-BD02 fora do ar',
    }),
    ticketRow(now, {
      incident: 'inc-4-0',
      protocol: 'VIG-2028',
      openedAt: isoAgo(now, 13 * minute),
      title: 'Construtora Ipê, Matriz: link Claro (reserva) fora do ar',
    }),
    ticketRow(now, {
      incident: 'inc-1-0',
      protocol: 'VIG-2025',
      openedAt: isoAgo(now, 52 * minute),
      state: 'closed',
      title: 'Hotel Beira-Rio, Matriz: unidade fora do ar por falta de energia',
    }),
    ticketRow(now, {
      incident: 'inc-0-0',
      protocol: 'VIG-2019',
      openedAt: isoAgo(now, 3 * day),
      state: 'closed',
      title: 'Ótica Visão, Matriz: link Ligga (principal) fora do ar',
    }),
  ];
}
