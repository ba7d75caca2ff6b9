// This server's own machine as a site, for the embedded start (`npm start`): watched like any other, without a CNPJ and
// without an inventory. Imports leave it alone. Pure: the shell brings host name and time zone.
import { customerKey, siteId } from '../../../shared/ids.ts';
import type { Site, Topology } from '../topology.ts';
import { sameTopology } from './topology-from-document.ts';

export const embeddedKeys = { customer: 'local', site: 'este-computador', provider: 'local' } as const;
export const embeddedSiteId = siteId(embeddedKeys.customer, embeddedKeys.site);

export interface EmbeddedMachine {
  readonly hostName: string;
  /** IANA zone of this machine. */
  readonly timeZone: string;
}

/** The topology with this machine's site in it, at the next revision; the very same object when nothing changes. */
export function withEmbeddedSite(present: Topology, machine: EmbeddedMachine): Topology {
  const site = embeddedSite(machine);
  const known = present.sites.get(site.id);
  if (known !== undefined && sameSite(known, site)) return present;
  const { provider } = embeddedKeys;
  return {
    revision: present.revision + 1,
    providers: new Map(present.providers).set(provider, { key: provider, name: 'Operadora local' }),
    sites: new Map(present.sites).set(site.id, site),
  };
}

function sameSite(a: Site, b: Site): boolean {
  const alone = (site: Site): Topology => ({
    revision: 0,
    providers: new Map(),
    sites: new Map([[site.id, site]]),
  });
  return sameTopology(alone(a), alone(b));
}

function embeddedSite(machine: EmbeddedMachine): Site {
  const { customer, site, provider } = embeddedKeys;
  return {
    id: embeddedSiteId,
    key: site,
    name: 'Este computador',
    customer: customerKey(customer),
    customerName: 'Local',
    plan: 'START',
    city: '',
    state: '',
    timeZone: machine.timeZone,
    origin: 'embedded',
    links: [{ key: 'principal', name: 'Internet', provider, role: 'primary' }],
    hosts: [{ key: hostKeyOf(machine.hostName), name: machine.hostName || 'computador', role: 'server' }],
  };
}

/** `NOTE-01.casa.local` -> `note-01`. Always a valid inventory key. */
export function hostKeyOf(hostName: string): string {
  const first = hostName.split('.')[0] ?? '';
  const key = first
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
  return key === '' ? 'computador' : key;
}
