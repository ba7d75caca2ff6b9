// The small fleet of the transcripts: a bakery with two links and three machines, a shop with one link and one machine,
// and an office behind one hypervisor. Then, for what concerns a provider, shops with one machine each in two towns.

import type { TicketSettings } from '../../server/core/ticket-settings.ts';
import type { Site, SiteHost, SiteLink, Topology } from '../../server/core/topology.ts';
import { loadTicketSettings } from '../../server/ticket-settings.ts';
import { assert } from '../../shared/assert.ts';
import { customerKey, siteId } from '../../shared/ids.ts';

const vivo: SiteLink = {
  key: 'vivo',
  name: 'Vivo',
  provider: 'vivo',
  role: 'primary',
  publicAddress: '198.51.100.10',
  circuit: 'SPO-1',
};
const claro: SiteLink = {
  key: 'claro',
  name: 'Claro',
  provider: 'claro',
  role: 'backup',
  publicAddress: '203.0.113.10',
};

function site(
  customer: string,
  key: string,
  more: Pick<Site, 'name' | 'customerName' | 'city' | 'links' | 'hosts'>,
): Site {
  return {
    id: siteId(customer, key),
    key,
    customer: customerKey(customer),
    plan: 'PREMIUM',
    state: 'SP',
    timeZone: 'America/Sao_Paulo',
    origin: 'document',
    ...more,
  };
}

function server(key: string, more: Partial<SiteHost> = {}): SiteHost {
  return { key, name: key.toUpperCase(), role: 'server', address: '192.168.10.5', ...more };
}

const sites: readonly Site[] = [
  site('aurora', 'matriz', {
    name: 'Matriz',
    customerName: 'Padaria Aurora',
    city: 'São Paulo',
    links: [vivo, claro],
    hosts: [server('srv-ad'), server('srv-erp'), server('impressora', { role: 'other' })],
  }),
  site('boreal', 'loja', {
    name: 'Loja',
    customerName: 'Boreal Calçados',
    city: 'Campinas',
    links: [{ ...vivo, publicAddress: '198.51.100.20', circuit: 'CPS-7' }],
    hosts: [server('srv-loja')],
  }),
  site('cedro', 'escritorio', {
    name: 'Escritório',
    customerName: 'Cedro Advogados',
    city: 'Santos',
    links: [{ key: 'tim', name: 'TIM', provider: 'tim', role: 'primary' }],
    hosts: [
      server('hiper'),
      server('vm-1', { parent: 'hiper' }),
      server('vm-2', { parent: 'hiper' }),
      server('vigilante'),
    ],
  }),
  // A plant: a core switch nobody can ask, behind it a switch with an address, behind that the servers.
  site('dourado', 'fabrica', {
    name: 'Fábrica',
    customerName: 'Dourado Metais',
    city: 'Joinville',
    links: [
      { ...vivo, publicAddress: '198.51.100.40', circuit: 'JOI-1' },
      { ...claro, publicAddress: '203.0.113.40' },
    ],
    hosts: [
      server('porteiro'),
      { key: 'sw-nucleo', name: 'SW-NUCLEO', role: 'other' },
      server('sw-sala', { role: 'other', parent: 'sw-nucleo' }),
      server('camera', { role: 'other', parent: 'sw-nucleo' }),
      ...['srv-1', 'srv-2', 'srv-3', 'srv-4', 'srv-5'].map((key) => server(key, { parent: 'sw-sala' })),
    ],
  }),
  shop('dalia', 'Campinas', 'SP', ['vivo', 'claro']),
  shop('estrela', 'Campinas', 'SP', ['vivo', 'tim']),
  shop('figo', 'Campinas', 'SP', ['vivo']),
  shop('gardenia', 'Campinas', 'SP', ['claro']),
  shop('horizonte', 'Recife', 'PE', ['vivo', 'claro']),
  shop('ipe', 'Recife', 'PE', ['vivo', 'tim']),
  shop('jasmim', 'Recife', 'PE', ['tim']),
];

/** `dalia/loja` with `srv-dalia` and one link per provider, the first one primary. */
function shop(customer: string, city: string, state: string, providers: readonly string[]): Site {
  const name = `${customer[0]?.toUpperCase()}${customer.slice(1)} Comércio`;
  const links = providers.map(
    (provider, index): SiteLink => ({
      key: provider,
      name: `${provider[0]?.toUpperCase()}${provider.slice(1)}`,
      provider,
      role: index === 0 ? 'primary' : 'backup',
    }),
  );
  const made = site(customer, 'loja', {
    name: 'Loja',
    customerName: name,
    city,
    links,
    hosts: [server(`srv-${customer}`)],
  });
  return { ...made, state, timeZone: state === 'PE' ? 'America/Recife' : 'America/Sao_Paulo' };
}

export const transcriptTopology: Topology = {
  revision: 1,
  providers: new Map(
    [
      { key: 'vivo', name: 'Vivo Empresas', supportPhone: '+55 11 0000-0000' },
      { key: 'claro', name: 'Claro' },
      { key: 'tim', name: 'TIM' },
    ].map((provider) => [provider.key, provider]),
  ),
  sites: new Map(sites.map((each) => [each.id, each])),
};

/** The shipped texts and hints, and where people find the incident. */
export const transcriptTickets: TicketSettings = shippedTickets();

function shippedTickets(): TicketSettings {
  const settings = loadTicketSettings({ publicUrl: 'https://vigia.example.com.br' });
  assert(settings.ok, 'the shipped knowledge base has no mistakes');
  return settings.value;
}
