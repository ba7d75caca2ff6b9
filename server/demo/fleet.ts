// The made-up fleet of the demonstration: the customers that something happens to, each with its part in the story, and
// the quiet ones around them. Data and the inventory document made of it; knows no time and no server.
// Companies, addresses and circuits are invented (RFC 5737 networks); only the cities are real.
import { parseCnpj } from '../../shared/cnpj.ts';
import type { Plan } from '../../shared/words.ts';
import { quietPlaces } from './quiet-places.ts';

export interface DemoLink {
  readonly key: string;
  readonly provider: string;
  readonly role: 'primary' | 'backup';
  readonly publicAddress: string;
  readonly gateway: string;
  readonly firstHop: string;
  readonly circuit: string;
}

export interface DemoHost {
  readonly key: string;
  readonly name: string;
  readonly address: string;
  readonly role: 'server' | 'other';
  readonly parent?: string;
}

export interface DemoSite {
  readonly customer: string;
  readonly customerName: string;
  readonly cnpj: string;
  readonly plan: Plan;
  readonly site: string;
  readonly siteName: string;
  readonly city: string;
  readonly state: string;
  readonly links: readonly DemoLink[];
  readonly hosts: readonly DemoHost[];
  /** Keys of the hosts on which an agent runs; the first watches links and neighbours. */
  readonly agents: readonly string[];
}

export const demoProviders = [
  { key: 'vivo', name: 'Vivo Empresas', asns: [27_699], supportPhone: '0800 000 0015' },
  { key: 'claro', name: 'Claro Empresas', asns: [28_573], supportPhone: '0800 000 0021' },
  { key: 'tim', name: 'TIM Brasil', asns: [26_615], supportPhone: '0800 000 0041' },
  { key: 'algar', name: 'Algar Telecom', asns: [16_735], supportPhone: '0800 000 0012' },
  { key: 'brisanet', name: 'Brisanet', asns: [28_126], supportPhone: '0800 000 0084' },
] as const;

interface Part {
  readonly customer: string;
  readonly name: string;
  readonly plan: Plan;
  readonly site: string;
  readonly siteName: string;
  readonly city: string;
  readonly state: string;
  readonly providers: readonly [string, string];
  /** `*` before a name: an agent runs there. `name<parent`: a guest of that machine. */
  readonly hosts: readonly string[];
}

/** Who plays in the story, in the order of the timetable. */
const cast: readonly Part[] = [
  part('aurora', 'Padaria Aurora', 'PREMIUM', 'Matriz', 'São Paulo/SP', 'claro tim', '*SRV-AD *SRV-ERP'),
  part('serra', 'Metalúrgica Serra', 'PRO', 'Fábrica', 'Caxias do Sul/RS', 'tim claro', '*SRV-01'),
  part('dalia', 'Dália Cosméticos', 'PRO', 'Loja', 'Campinas/SP', 'vivo claro', '*SRV-LOJA'),
  part('estrela', 'Transportes Estrela', 'PREMIUM', 'Garagem', 'Campinas/SP', 'vivo tim', '*SRV-FROTA'),
  part('horizonte', 'Colégio Horizonte', 'PRO', 'Sede', 'Campinas/SP', 'vivo claro', '*SRV-AULA'),
  part('figo', 'Laboratório Figo', 'DEDICADO', 'Unidade Centro', 'Campinas/SP', 'vivo tim', '*SRV-LAUDOS'),
  part(
    'vida',
    'Clínica Vida',
    'DEDICADO',
    'Recepção',
    'Belo Horizonte/MG',
    'algar claro',
    '*SRV-PRONTO *SRV-IMAGEM',
  ),
  part(
    'preco',
    'Supermercado Bom Preço',
    'PREMIUM',
    'Loja 7',
    'Fortaleza/CE',
    'brisanet algar',
    '*SRV-CAIXA',
  ),
  part(
    'cedro',
    'Cedro Advogados',
    'PREMIUM',
    'Escritório',
    'Curitiba/PR',
    'algar tim',
    '*VIGILANTE *HIPER *VM-ARQ<hiper VM-SQL<hiper',
  ),
  part('mare', 'Hotel Maré Alta', 'PRO', 'Recepção', 'Salvador/BA', 'claro vivo', '*SRV-HOTEL'),
  part(
    'saude',
    'Farmácia Mais Saúde',
    'START',
    'Loja Boa Viagem',
    'Recife/PE',
    'vivo brisanet',
    '*SRV-LOJA *SRV-NOTA',
  ),
  part('ipe', 'Construtora Ipê', 'PRO', 'Obra Central', 'Goiânia/GO', 'algar claro', '*SRV-OBRA *SRV-ARQ'),
  part('saber', 'Escola Saber', 'PRO', 'Sede', 'Manaus/AM', 'claro tim', '*SRV-ESCOLA'),
];

function part(
  customer: string,
  name: string,
  plan: Plan,
  siteName: string,
  place: string,
  providers: string,
  hosts: string,
): Part {
  const [city = '', state = ''] = place.split('/');
  const [first = '', second = ''] = providers.split(' ');
  const site = keyOf(siteName);
  const names = hosts.split(' ');
  return { customer, name, plan, site, siteName, city, state, providers: [first, second], hosts: names };
}

/** All sites; the cast first. */
export const demoSites: readonly DemoSite[] = [...cast, ...quietPlaces.map(quietPart)].map(siteOf);

function quietPart([customer, name, plan, siteName, place, providers]: (typeof quietPlaces)[number]): Part {
  return part(customer, name, plan, siteName, place, providers, '*SRV-01');
}

function siteOf(each: Part, index: number): DemoSite {
  const hosts = each.hosts.map(hostOf);
  return {
    customer: each.customer,
    customerName: each.name,
    cnpj: cnpjOf(index + 1),
    plan: each.plan,
    site: each.site,
    siteName: each.siteName,
    city: each.city,
    state: each.state,
    links: each.providers.map((provider, at) => linkOf(each, provider, { site: index, at })),
    hosts,
    agents: hosts.flatMap(({ key }, at) => (each.hosts[at]?.startsWith('*') === true ? [key] : [])),
  };
}

function linkOf(
  { state }: Part,
  provider: string,
  place: { readonly site: number; readonly at: number },
): DemoLink {
  const primary = place.at === 0;
  return {
    key: provider,
    provider,
    role: primary ? 'primary' : 'backup',
    publicAddress: `${primary ? '198.51.100' : '203.0.113'}.${place.site + 10}`,
    gateway: `192.168.10.${place.at + 1}`,
    firstHop: `192.0.2.${place.site * 2 + place.at + 10}`,
    circuit: `${state}-${provider.toUpperCase()}-${String(4_100 + place.site * 2 + place.at)}`,
  };
}

function hostOf(text: string, index: number): DemoHost {
  const [name = '', parent] = text.replace('*', '').split('<');
  const address = `192.168.10.${index + 10}`;
  return { key: keyOf(name), name, address, role: 'server', ...(parent === undefined ? {} : { parent }) };
}

/** `Loja Boa Viagem` -> `loja-boa-viagem`. */
function keyOf(name: string): string {
  const plain = name.normalize('NFD').replace(/[\u0300-\u036f]/g, '');
  return plain.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

/** The two check digits are searched, so that their rule stands in one place only. */
function cnpjOf(number: number): string {
  const stem = `${String(70_000_000 + number * 1_237)}0001`;
  for (let digits = 0; digits < 100; digits += 1) {
    const found = parseCnpj(`${stem}${String(digits).padStart(2, '0')}`);
    if (found !== undefined) return found;
  }
  return '';
}

/** What `PUT /api/v1/inventory` takes. */
export function inventoryDocument(sites: readonly DemoSite[]) {
  return {
    version: 1,
    providers: demoProviders,
    customers: sites.map(({ customer, customerName, cnpj, plan, ...site }) => ({
      key: customer,
      name: customerName,
      cnpj,
      plan,
      sites: [
        {
          key: site.site,
          name: site.siteName,
          city: site.city,
          state: site.state,
          links: site.links,
          hosts: site.hosts,
        },
      ],
    })),
  };
}
