// The lab's two customers as one inventory document: a site with two providers and a failover router, and a site
// with one link. Addresses are those of network.ts.
import { type HostName, hosts, hypervisor, publicAddresses } from './network.ts';

const places = {
  h11: { customer: 'aurora', site: 'matriz', host: 'srv-ad' },
  h12: { customer: 'aurora', site: 'matriz', host: 'srv-erp' },
  h21: { customer: 'boreal', site: 'loja', host: 'srv-caixa' },
} as const;

export function placeOf(host: HostName): { customer: string; site: string; host: string } {
  return places[host];
}

export const labInventory = {
  version: 1,
  providers: [
    { key: 'vivo', name: 'Vivo Empresas', supportPhone: '+55 11 0000-0001' },
    { key: 'claro', name: 'Claro Empresas', supportPhone: '+55 11 0000-0002' },
  ],
  customers: [
    {
      key: 'aurora',
      name: 'Padaria Aurora Ltda',
      cnpj: '11.222.333/0001-81',
      plan: 'PREMIUM',
      sites: [
        {
          key: 'matriz',
          name: 'Matriz',
          city: 'São Paulo',
          state: 'SP',
          links: [
            {
              ...{ key: 'vivo', provider: 'vivo', role: 'primary', publicAddress: publicAddresses.a },
              ...{ gateway: hosts.h11.gateway, source: hosts.h11.addresses[1], circuit: 'SPO-1' },
            },
            {
              ...{ key: 'claro', provider: 'claro', role: 'backup', publicAddress: publicAddresses.b },
              ...{ gateway: hosts.h11.gateway, source: hosts.h11.addresses[2] },
            },
          ],
          hosts: [
            { key: 'srv-ad', name: 'SRV-AD01', address: hosts.h11.addresses[0], role: 'server' },
            { key: 'srv-erp', name: 'SRV-ERP', address: hosts.h12.addresses[0], role: 'server' },
            { key: 'hv', name: 'HV01', address: hypervisor.address, role: 'server' },
            ...hypervisor.guests.map((address, index) => ({
              ...{ key: `vm-${index + 1}`, name: `VM ${index + 1}`, address, role: 'server', parent: 'hv' },
            })),
          ],
        },
      ],
    },
    {
      key: 'boreal',
      name: 'Boreal Comércio Ltda',
      cnpj: '11.444.777/0001-61',
      plan: 'PRO',
      sites: [
        {
          key: 'loja',
          name: 'Loja 1',
          city: 'Campinas',
          state: 'SP',
          links: [
            {
              ...{ key: 'fibra', provider: 'vivo', role: 'primary' },
              ...{ publicAddress: publicAddresses.site2, gateway: hosts.h21.gateway },
            },
          ],
          hosts: [{ key: 'srv-caixa', name: 'SRV-CAIXA', address: hosts.h21.addresses[0], role: 'server' }],
        },
      ],
    },
  ],
};
