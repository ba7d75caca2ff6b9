// Whom an incident says to call: the same links as its ticket, of an outage each that it reached, and of nobody else's.
import { describe, expect, test } from 'vitest';
import type { Incident } from '../../../../../server/core/incident.ts';
import type { RegionalOutage } from '../../../../../server/core/state.ts';
import type { Site, Topology } from '../../../../../server/core/topology.ts';
import { contactsOf, linksToCall } from '../../../../../server/core/view/contacts.ts';
import { seenOf } from '../../../../../server/core/view/seen.ts';
import { customerKey, incidentId, siteId } from '../../../../../shared/ids.ts';
import { limits } from '../../../../../shared/limits.ts';
import { at, incident, site, stateOf } from './samples.ts';

const providers: Topology['providers'] = new Map([
  ['vivo', { key: 'vivo', name: 'Vivo Empresas', supportPhone: '+55 11 0000-0000' }],
  ['claro', { key: 'claro', name: 'Claro' }],
]);

function siteOf(customer: string, circuit: string): Site {
  return {
    ...site,
    id: siteId(customer, 'matriz'),
    customer: customerKey(customer),
    customerName: `Cliente ${customer}`,
    links: site.links.map((link) => (link.provider === 'vivo' ? { ...link, circuit } : link)),
  };
}

function fleet(...sites: readonly Site[]): Topology {
  return { revision: 1, providers, sites: new Map(sites.map((each) => [each.id, each])) };
}

const aurora = siteOf('aurora', 'SPO-1');
const boreal = siteOf('boreal', 'CPS-7');

function outage(fields: Partial<Incident> = {}): Incident {
  const { site: _site, link: _link, ...plain } = incident({ id: incidentId(30, 0) });
  return { ...plain, kind: 'provider-outage', causeKey: 'provider:vivo', provider: 'vivo', ...fields };
}

function stateWith(
  regional: Partial<RegionalOutage>,
  { sites = [aurora, boreal], incidents = [] as readonly Incident[] } = {},
) {
  const record = { incident: incidentId(30, 0), since: at, children: [], joined: 0, told: 0, tellAt: at };
  const vivo = { key: 'vivo', losses: [], outages: [{ ...record, ...regional }] };
  return {
    ...stateOf({ topology: fleet(...sites), incidents: [outage(), ...incidents] }),
    providers: new Map([['vivo', vivo]]),
  };
}

const circuits = (incidentGiven: Incident, state: Parameters<typeof contactsOf>[1]) =>
  contactsOf(incidentGiven, state).contacts.map(({ circuit, link }) => circuit ?? link);

describe('contacts of an incident', () => {
  const state = stateOf({ topology: fleet(aurora) });

  test('a link names its provider, telephone, circuit and address', () => {
    expect(contactsOf(incident(), state)).toEqual({
      contacts: [
        {
          ...{ provider: 'vivo', providerName: 'Vivo Empresas', phone: '+55 11 0000-0000' },
          ...{ circuit: 'SPO-1', publicAddress: '198.51.100.10', link: 'vivo', linkName: 'Vivo Empresas' },
          ...{ customer: 'aurora', customerName: 'Cliente aurora', site: 'matriz', siteName: 'Matriz' },
        },
      ],
      contactsMore: 0,
    });
  });

  test('what the inventory does not say is null, and a link that left it is not invented', () => {
    expect(contactsOf(incident({ link: 'claro' }), state).contacts[0]).toMatchObject({
      phone: null,
      circuit: null,
    });
    expect(contactsOf(incident({ link: 'oi' }), state).contacts).toEqual([]);
    expect(contactsOf(incident({ site: siteId('velha', 'filial') }), state).contacts).toEqual([]);
  });

  test('a silent site names all of its links, a machine and Vigia itself nobody', () => {
    expect(circuits(incident({ kind: 'site-offline', link: undefined }), state)).toEqual(['claro', 'SPO-1']);
    for (const kind of ['host-down', 'host-degraded', 'agent-lost'] as const)
      expect(linksToCall(incident({ kind, link: undefined, host: 'srv-ad' }), aurora)).toEqual([]);
    const { site: _site, link: _link, ...own } = incident({ kind: 'own-outage', causeKey: 'own' });
    expect(contactsOf(own, state)).toEqual({ contacts: [], contactsMore: 0 });
  });
});

describe('contacts of a provider’s outage', () => {
  test('each link that it reached, once, by customer; of a silent site only that provider’s', () => {
    const child = incident({ id: incidentId(8, 0), site: boreal.id, kind: 'site-offline', link: undefined });
    const known = outage({ symptoms: ['boreal/matriz', 'aurora/matriz/link:vivo'] });
    expect(circuits(known, stateWith({ children: [child.id], joined: 1 }, { incidents: [child] }))).toEqual([
      'SPO-1',
      'CPS-7',
    ]);
  });

  test('one that its record has no room to name is found as its child, and the rest is counted', () => {
    const child = incident({ id: incidentId(8, 0), site: boreal.id, link: 'vivo' });
    const state = stateWith({ children: [child.id], joined: 4 }, { incidents: [child] });
    const found = contactsOf(outage(), state);
    expect(found.contacts.map(({ customer }) => customer)).toEqual(['boreal']);
    expect(found.contactsMore).toBe(3);
  });

  test('after it is over its record alone still tells', () => {
    const over = outage({ symptoms: ['aurora/matriz/link:vivo'], state: 'closed' });
    expect(circuits(over, stateOf({ topology: fleet(aurora) }))).toEqual(['SPO-1']);
  });

  test('no more than the limit, the rest counted', () => {
    const sites = Array.from({ length: limits.incidentContactsMax + 5 }, (_, index) =>
      siteOf(`c-${String(index).padStart(4, '0')}`, `K-${index}`),
    );
    const symptoms = sites.map(({ id }) => `${id}/link:vivo`);
    const { contacts, contactsMore } = contactsOf(outage({ symptoms }), stateWith({}, { sites }));
    expect([contacts.length, contactsMore]).toEqual([limits.incidentContactsMax, 5]);
  });

  test('who may see one customer is told no circuit, name or number of another', () => {
    const child = incident({ id: incidentId(8, 0), site: boreal.id, link: 'vivo' });
    const own = incident({ id: incidentId(9, 0), site: aurora.id, link: 'vivo' });
    const symptoms = ['boreal/matriz/link:vivo', 'aurora/matriz/link:vivo'];
    const whole = stateWith({ children: [child.id, own.id], joined: 9 }, { incidents: [child, own] });
    const seen = seenOf(['aurora']);
    const cut = seen.incident(outage({ symptoms }));
    if (cut === undefined) throw new Error('it hit this customer');
    const told = contactsOf(cut, seen.state(whole));
    expect(told.contacts.map(({ circuit }) => circuit)).toEqual(['SPO-1']);
    expect(told.contactsMore).toBe(0);
    expect(JSON.stringify(told)).not.toMatch(/boreal|CPS-7/);
  });
});
