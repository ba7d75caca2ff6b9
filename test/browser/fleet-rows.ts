// Any number of sites in good order, for the load test and as ground of the busy wall: names, cities and providers of a
// plausible customer base, spread by index and not by chance, so that two runs draw the same wall.
import type { SiteRow } from '../../shared/api/wall.ts';
import { backupRow, hostRow, linkRow, siteRow } from './wall-rows.ts';

const names = [
  'Auto Peças Guarani',
  'Clínica São Lucas',
  'Colégio Horizonte',
  'Contabilidade Prado & Filhos',
  'Construtora Ipê',
  'Distribuidora Boa Vista',
  'Farmácia Central',
  'Frigorífico Serra Azul',
  'Gráfica Marajó',
  'Hotel Beira-Rio',
  'Imobiliária Atlântica',
  'Laboratório Vida',
  'Metalúrgica Tietê',
  'Ótica Visão',
  'Supermercado Pinheiral',
  'Transportes Araucária',
];
const places = [
  ['São Paulo', 'SP', 'America/Sao_Paulo'],
  ['Curitiba', 'PR', 'America/Sao_Paulo'],
  ['Manaus', 'AM', 'America/Manaus'],
  ['Belo Horizonte', 'MG', 'America/Sao_Paulo'],
  ['Recife', 'PE', 'America/Recife'],
  ['Cuiabá', 'MT', 'America/Cuiaba'],
] as const;
const providers = [
  ['vivo', 'Vivo Empresas'],
  ['claro', 'Claro'],
  ['algar', 'Algar Telecom'],
  ['ligga', 'Ligga'],
] as const;

/** `count` sites in good order, each with two links and some machines. */
export function fleetOf(count: number): readonly SiteRow[] {
  return Array.from({ length: count }, (_, index) => {
    const [city, state, timeZone] = places[index % places.length] ?? places[0];
    const [primary, primaryName] = providers[index % providers.length] ?? providers[0];
    const [backup, backupName] = providers[(index + 1) % providers.length] ?? providers[0];
    const round = Math.floor(index / names.length);
    const customer = `c${index}`;
    return siteRow({
      id: `${customer}/matriz`,
      customer,
      customerName: `${names[index % names.length]}${round === 0 ? '' : ` ${round + 1}`}`,
      city,
      state,
      timeZone,
      plan: index % 3 === 0 ? 'PREMIUM' : 'PRO',
      links: [
        linkRow({ key: primary, name: primary, provider: primary, providerName: primaryName }),
        backupRow({ key: backup, name: backup, provider: backup, providerName: backupName }),
      ],
      hosts: [
        hostRow({ agent: { id: `agt-${index}`, presence: 'live', since: null } }),
        ...Array.from({ length: index % 6 }, (__, host) =>
          hostRow({ key: `srv-${host}`, name: `SRV-${['ERP', 'BD', 'ARQ', 'WEB', 'BKP'][host]}` }),
        ),
      ],
    });
  });
}
