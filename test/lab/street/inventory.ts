// The street as an inventory: each house a site of one customer.
import { type House, placesOf, sidesOf } from './street.ts';

const names = { p: { key: 'um', role: 'primary' }, q: { key: 'dois', role: 'backup' } } as const;

export function streetInventory(houses: readonly House[]): unknown {
  return {
    version: 1,
    providers: houses.flatMap((house) =>
      sidesOf(house).map((side) => ({ key: `${house.name}-${side}`, name: `${house.name} ${side}` })),
    ),
    customers: [
      {
        key: 'rua',
        name: 'Rua',
        cnpj: '11.222.333/0001-81',
        plan: 'PRO',
        sites: houses.map(siteOf),
      },
    ],
  };
}

function siteOf(house: House): unknown {
  const places = placesOf(house);
  return {
    key: house.name,
    name: house.name,
    city: 'Campinas',
    state: 'SP',
    links: sidesOf(house).map((side) => ({
      ...names[side],
      provider: `${house.name}-${side}`,
      publicAddress: places.publicAddress(side),
      gateway: places.gateway,
      ...(house.firstHops === true ? { firstHop: places.firstHop(side) } : {}),
      ...(house.kind === 'bound' ? { source: places.source(side) } : {}),
    })),
    hosts: [
      { key: 'srv', name: 'SRV', address: places.address, role: 'server' },
      { key: 'vizinho', name: 'VIZINHO', address: places.neighbourAddress, role: 'other' },
    ],
  };
}
