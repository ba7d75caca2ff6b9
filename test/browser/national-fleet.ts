// A fleet over all of Brazil with a bad quarter of an hour, for the tests of the providers and agents pages: three providers
// lose links, one of them a region. Spread by index and not by chance, so that two runs draw the same page.
import type { AgentItem } from '../../shared/api/agents.ts';
import type { ProvidersAnswer } from '../../shared/api/providers.ts';
import type { SiteRow, WallSnapshot } from '../../shared/api/wall.ts';
import { day, hour, minute, second } from '../../shared/time.ts';
import { agentItem } from './agent-items.ts';
import { fleetOf } from './fleet-rows.ts';
import { hostRow, incidentRow, isoAgo, siteRow, snapshot } from './wall-rows.ts';

const towns = [
  ...[
    ['São Paulo', 'SP'],
    ['Campinas', 'SP'],
    ['Santos', 'SP'],
    ['Ribeirão Preto', 'SP'],
  ],
  ...[
    ['Rio de Janeiro', 'RJ'],
    ['Niterói', 'RJ'],
    ['Belo Horizonte', 'MG'],
    ['Uberlândia', 'MG'],
  ],
  ...[
    ['Vitória', 'ES'],
    ['Curitiba', 'PR'],
    ['Londrina', 'PR'],
    ['Florianópolis', 'SC'],
  ],
  ...[
    ['Porto Alegre', 'RS'],
    ['Caxias do Sul', 'RS'],
    ['Goiânia', 'GO'],
    ['Brasília', 'DF'],
  ],
  ...[
    ['Cuiabá', 'MT'],
    ['Campo Grande', 'MS'],
    ['Palmas', 'TO'],
    ['Salvador', 'BA'],
  ],
  ...[
    ['Feira de Santana', 'BA'],
    ['Recife', 'PE'],
    ['Fortaleza', 'CE'],
    ['Natal', 'RN'],
  ],
  ...[
    ['João Pessoa', 'PB'],
    ['Maceió', 'AL'],
    ['Aracaju', 'SE'],
    ['Teresina', 'PI'],
  ],
  ...[
    ['São Luís', 'MA'],
    ['Belém', 'PA'],
    ['Manaus', 'AM'],
    ['Porto Velho', 'RO'],
  ],
] as const;

/** Two sites in each town; Algar dies in Paraná, Claro in one site of eight, and Ligga in Manaus. */
function sitesOf(now: number): readonly SiteRow[] {
  return fleetOf(towns.length * 2).map((site, index) => {
    const [city = '', state = ''] = towns[index % towns.length] ?? [];
    const links = site.links.map((link) => {
      const isDown =
        (link.provider === 'algar' && state === 'PR') ||
        (link.provider === 'claro' && index % 8 === 1) ||
        (link.provider === 'ligga' && city === 'Manaus');
      if (isDown) return { ...link, status: 'down' as const, since: isoAgo(now, 4 * minute) };
      return index % 15 === 7 ? { ...link, status: 'degraded' as const } : link;
    });
    return { ...site, city, state, links };
  });
}

export function nationalWall(now: number): WallSnapshot {
  const sites = sitesOf(now);
  const hit = sites.filter(({ state }) => state === 'PR').slice(0, 4);
  const outage = incidentRow(now, {
    ...{ id: 'inc-40-0', kind: 'provider-outage', customer: null, customerName: null, site: null },
    ...{ siteName: null, link: null, provider: 'algar', severity: 'outage' },
    title: 'Queda da Algar Telecom em Curitiba e Londrina: 4 unidades de 4 clientes',
  });
  const children = hit.map((site, index) =>
    incidentRow(now, {
      ...{ id: `inc-40-${index + 1}`, customer: site.customer, customerName: site.customerName },
      ...{ site: site.id, siteName: site.name, parent: outage.id, ticket: null },
    }),
  );
  return snapshot(now, { sites: [...sites], incidents: [outage, ...children] });
}

export function providersAnswer(now: number, days: 30 | 90): ProvidersAnswer {
  const figures = [
    ['ligga', 'Ligga', 0.99995, 3, 22 * minute],
    ['claro', 'Claro', 0.99871, 41, 48 * minute],
    ['algar', 'Algar Telecom', 0.9981, 38, 71 * minute],
    ['vivo', 'Vivo Empresas', 0.9953, 112, 2 * hour + 14 * minute],
  ] as const;
  return {
    ...{ days, from: isoAgo(now, days * day), to: isoAgo(now, 20 * second), truncated: days === 90 },
    items: figures.map(([provider, name, availability, outages, mttrMs], index) => ({
      ...{ rank: index + 1, provider, name, availability, mttrMs },
      outages: days === 90 ? outages * 3 : outages,
      ...{ links: 32, sites: 32, customers: 30, downNow: 0, upMs: 0, downMs: outages * mttrMs },
    })),
  };
}

/** Six agents, each but the first with something to look at; the wall knows the first three of them. */
export function agentItems(now: number): readonly AgentItem[] {
  const of = (id: string, host: string, more: Partial<AgentItem> = {}): AgentItem =>
    agentItem(now, { id, host, hostName: host.toUpperCase(), version: '0.4.1', ...more });
  return [
    of('agt-1', 'srv-ad'),
    of('agt-2', 'srv-erp', { version: '0.3.9', clockOffsetMs: 4_210 }),
    of('agt-3', 'srv-bd', {
      ...{ presence: 'silent', connected: false, lastHeardAt: isoAgo(now, 7 * minute), spoolDepth: 3 },
    }),
    of('agt-4', 'srv-arq', {
      ...{ cloneSeenAt: isoAgo(now, 25 * minute), cloneAddress: '203.0.113.77', cloneTimes: 3 },
      egress: '203.0.113.10',
    }),
    of('agt-5', 'pc-recepcao', {
      ping: { method: 'ping', reason: 'sem permissão para sockets ICMP nesta máquina' },
      system: { name: 'Windows 11 Pro', version: '10.0.26100', arch: 'x64' },
      ...{ clockOffsetMs: -380, spoolDepth: 240 },
    }),
    of('agt-6', 'srv-novo', {
      ...{ presence: 'new', connected: false, lastHeardAt: null, version: null, clockOffsetMs: null },
      ...{ egress: null, spoolDepth: null, ping: null, system: null },
    }),
  ];
}

export function agentsWall(now: number): WallSnapshot {
  const host = (key: string, id: string, presence: 'live' | 'silent') =>
    hostRow({
      ...{ key, name: key.toUpperCase() },
      agent: { id, presence, since: presence === 'live' ? null : isoAgo(now, 6 * minute) },
    });
  const hosts = [
    host('srv-ad', 'agt-1', 'live'),
    host('srv-erp', 'agt-2', 'live'),
    host('srv-bd', 'agt-3', 'silent'),
  ];
  return snapshot(now, { sites: [siteRow({ hosts })] });
}
