// The providers page's words. Counts choose singular or plural here; figures come formatted.
const linksPt = (count: number, text: string): string => `${text} ${count === 1 ? 'link' : 'links'}`;
const linksEn = (count: number, text: string): string => `${text} ${count === 1 ? 'link' : 'links'}`;

export const pt = {
  title: 'Operadoras',
  now: 'Falhando agora',
  nowOf: (providers: number) =>
    providers === 1 ? '1 operadora com links fora' : `${providers} operadoras com links fora`,
  noneNow: 'Nenhum link fora do ar agora.',
  noLinks: 'Nenhum link cadastrado ainda. Importe o inventário ou cadastre um cliente.',
  downOf: (down: string, count: number, links: string) => `${down} de ${linksPt(count, links)} fora`,
  degraded: (count: number, text: string) => `${text} ${count === 1 ? 'degradado' : 'degradados'}`,
  showOnMap: (name: string) => `Ver ${name} no mapa`,
  place: (city: string, state: string) => [city, state].filter(Boolean).join('/'),
  noPlace: 'sem cidade',
  morePlaces: (count: number) => (count === 1 ? 'e mais 1 cidade' : `e mais ${count} cidades`),
  regionalMark: 'queda regional em curso',

  regional: 'Quedas regionais em curso',
  noRegional: 'Nenhuma queda regional em curso.',
  customersHit: (count: number) => (count === 1 ? '1 unidade atingida' : `${count} unidades atingidas`),
  moreChildren: (count: number) => (count === 1 ? 'e mais 1' : `e mais ${count}`),

  map: 'Onde',
  mapOf: (name: string) => `Onde: ${name}`,
  provider: 'Operadora',
  all: 'Todas',
  unknownProvider: 'Esta operadora não tem links no inventário.',
  mapSays: (states: number, down: string) =>
    states === 0
      ? 'Mapa do Brasil: nenhum link fora. Os números estão na tabela.'
      : `Mapa do Brasil: links fora em ${states} ${states === 1 ? 'estado' : 'estados'}, ${down} no total. Os números estão na tabela.`,
  stateSays: (name: string, down: string, count: number, links: string, outages: number) =>
    `${name}: ${down} de ${linksPt(count, links)} fora${outages === 0 ? '' : `, ${outages === 1 ? 'queda regional' : `${outages} quedas regionais`} em curso`}`,
  mapNote:
    'O número é de links fora no estado. Passe por um estado para ver quem falha ali, ou escolha-o; no teclado, as setas vão de um ao outro e Enter escolhe.',
  mapBy: 'Contornos:',
  mapChanged: 'arredondados e coloridos aqui.',
  stateHeading: 'No estado',
  worst: 'o mais atingido',
  allStates: 'Todos os estados',
  chooseState: (name: string) => `Ver quem falha: ${name}`,
  noneHere: 'Nenhum link fora aqui agora.',
  noLinksHere: 'Nenhum link aqui.',
  hereIn: (towns: string) => `aqui em ${towns}`,
  downAt: (count: number, down: string, sites: number, sitesText: string) =>
    `${linksPt(count, down)} fora em ${sitesText} ${sites === 1 ? 'unidade' : 'unidades'}`,
  moreProviders: (count: number) => (count === 1 ? 'e mais 1 operadora' : `e mais ${count} operadoras`),
  level: {
    none: 'sem links',
    well: 'nenhum fora',
    some: 'alguns fora',
    many: '20% ou mais fora',
  },
  statesCaption: 'Links por estado agora, mais atingidos primeiro',
  state: 'Estado',
  abroad: 'Sem estado',
  links: 'Links',
  down: 'Fora',
  degradedColumn: 'Degradados',
  unknownColumn: 'Sem dados',
  cities: 'Cidades com links fora',
  noCities: 'nenhuma',

  ranking: 'Disponibilidade e reparo',
  period: 'Período',
  days: { 30: '30 dias', 90: '90 dias' },
  rankingCaption: (from: string, to: string) => `De ${from} a ${to}, melhor primeiro`,
  rankingNote:
    'Conta o que a operadora responde: falta de energia, roteador e rede local da unidade ficam de fora, e também janelas de manutenção e o tempo sem agente na unidade.',
  truncated: 'Há mais incidentes do que se lê de uma vez: os mais antigos não entraram nesta conta.',
  rank: 'Posição',
  availability: 'Disponibilidade',
  outages: 'Quedas',
  repair: 'Reparo médio',
  sites: 'Unidades',
  customers: 'Clientes',
  downNow: 'Fora agora',
  noData: 'sem dados',
  noOutage: 'sem quedas',
  refresh: 'Atualizar',
  nothingRanked: 'Nenhuma operadora com links medidos no período.',
};

export const en: typeof pt = {
  title: 'Providers',
  now: 'Failing now',
  nowOf: (providers) =>
    providers === 1 ? '1 provider with links down' : `${providers} providers with links down`,
  noneNow: 'No link is down now.',
  noLinks: 'No links yet. Import the inventory or add a customer.',
  downOf: (down, count, links) => `${down} of ${linksEn(count, links)} down`,
  degraded: (_count, text) => `${text} degraded`,
  showOnMap: (name) => `See ${name} on the map`,
  place: (city, state) => [city, state].filter(Boolean).join('/'),
  noPlace: 'no town',
  morePlaces: (count) => (count === 1 ? 'and 1 more town' : `and ${count} more towns`),
  regionalMark: 'regional outage under way',

  regional: 'Regional outages under way',
  noRegional: 'No regional outage under way.',
  customersHit: (count) => (count === 1 ? '1 site hit' : `${count} sites hit`),
  moreChildren: (count) => `and ${count} more`,

  map: 'Where',
  mapOf: (name) => `Where: ${name}`,
  provider: 'Provider',
  all: 'All',
  unknownProvider: 'This provider has no links in the inventory.',
  mapSays: (states, down) =>
    states === 0
      ? 'Map of Brazil: no link is down. The figures stand in the table.'
      : `Map of Brazil: links down in ${states} ${states === 1 ? 'state' : 'states'}, ${down} in all. The figures stand in the table.`,
  stateSays: (name, down, count, links, outages) =>
    `${name}: ${down} of ${linksEn(count, links)} down${outages === 0 ? '' : `, ${outages === 1 ? 'regional outage' : `${outages} regional outages`} under way`}`,
  mapNote:
    'The number is of links down in the state. Point at a state to see who fails there, or choose it; on the keyboard the arrows go from one to the next and Enter chooses.',
  mapBy: 'Outlines:',
  mapChanged: 'rounded and coloured here.',
  stateHeading: 'In the state',
  worst: 'worst hit',
  allStates: 'All states',
  chooseState: (name) => `See who fails: ${name}`,
  noneHere: 'No link is down here now.',
  noLinksHere: 'No link here.',
  hereIn: (towns) => `here in ${towns}`,
  downAt: (count, down, sites, sitesText) =>
    `${linksEn(count, down)} down at ${sitesText} ${sites === 1 ? 'site' : 'sites'}`,
  moreProviders: (count) => (count === 1 ? 'and 1 more provider' : `and ${count} more providers`),
  level: {
    none: 'no links',
    well: 'none down',
    some: 'some down',
    many: '20% or more down',
  },
  statesCaption: 'Links by state now, worst hit first',
  state: 'State',
  abroad: 'No state',
  links: 'Links',
  down: 'Down',
  degradedColumn: 'Degraded',
  unknownColumn: 'No data',
  cities: 'Towns with links down',
  noCities: 'none',

  ranking: 'Availability and repair',
  period: 'Period',
  days: { 30: '30 days', 90: '90 days' },
  rankingCaption: (from, to) => `From ${from} to ${to}, best first`,
  rankingNote:
    'Counts what the provider answers for: power, router and local network of the site are left out, and so are maintenance windows and the time without an agent at the site.',
  truncated: 'There are more incidents than are read at once: the oldest are not in these figures.',
  rank: 'Rank',
  availability: 'Availability',
  outages: 'Outages',
  repair: 'Mean repair',
  sites: 'Sites',
  customers: 'Customers',
  downNow: 'Down now',
  noData: 'no data',
  noOutage: 'no outages',
  refresh: 'Refresh',
  nothingRanked: 'No provider with measured links in this period.',
};
