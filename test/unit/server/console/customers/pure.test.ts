// What the customers' pages conclude without a browser: addresses, summaries, drafts of the inventory, progress of an enrolment.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  fieldOf,
  groupOf,
  issuesBelow,
  keyFrom,
  sitePath,
  withCustomer,
  withoutSite,
  withSite,
} from '../../../../../server/console/pages/customers/draft.ts';
import { linkTitle, thingsOf } from '../../../../../server/console/pages/customers/nodes.ts';
import { aboutOf, type Place, placeOf } from '../../../../../server/console/pages/customers/place.ts';
import { agentIdsOf, enrolmentProgress } from '../../../../../server/console/pages/customers/progress.ts';
import {
  customersOf,
  openIncidentsOf,
  selectCustomers,
} from '../../../../../server/console/pages/customers/summary.ts';
import { monthAt } from '../../../../../server/console/pages/customers/use-availability.ts';
import type { ShownInventory, ShownSite } from '../../../../../shared/api/inventory.ts';
import { backupRow, hostRow, incidentRow, linkRow, siteRow } from '../../../../browser/wall-rows.ts';

const key = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/);

describe('addresses', () => {
  test('every place has an address that leads back to it, whatever its keys are', () => {
    const place: fc.Arbitrary<Place> = fc.oneof(
      fc.record({ kind: fc.constantFrom('list', 'new-customer', 'document') }),
      fc.record({ kind: fc.constantFrom('customer', 'edit-customer', 'new-site'), customer: key }),
      fc.record({ kind: fc.constantFrom('site', 'edit-site', 'enrol'), customer: key, site: key }),
      fc.record({ kind: fc.constant('enrol' as const), customer: key, site: key, host: key }),
      fc.record({
        kind: fc.constant('site' as const),
        customer: key,
        site: key,
        chosen: fc.record({ kind: fc.constantFrom('link', 'host'), key }),
      }),
    );
    fc.assert(
      fc.property(place, (each) => {
        expect(placeOf(aboutOf(each))).toEqual(each);
      }),
    );
  });

  test('what it does not know is the nearest page above', () => {
    expect(placeOf('aurora/matriz/_nada/x')).toEqual({ kind: 'site', customer: 'aurora', site: 'matriz' });
    expect(placeOf('aurora/matriz/_link')).toEqual({ kind: 'site', customer: 'aurora', site: 'matriz' });
    expect(placeOf('/x')).toEqual({ kind: 'list' });
  });
});

describe('list of customers', () => {
  const now = Date.UTC(2026, 10, 22, 12);
  const sites = [
    siteRow(),
    siteRow({ id: 'aurora/filial', name: 'Filial', status: 'down', city: 'Maceió', state: 'AL' }),
    siteRow({ id: 'brisa/sede', customer: 'brisa', customerName: 'Brisa Hotéis', status: 'degraded' }),
    siteRow({ id: 'casa/loja', customer: 'casa', customerName: 'Casa Alta', status: 'up' }),
  ];

  test('worst state first, and each counts its own sites and open incidents', () => {
    const rows = [
      incidentRow(now),
      incidentRow(now, { id: 'inc-8-0', state: 'closed' }),
      incidentRow(now, { id: 'inc-9-0', customer: 'brisa', site: 'sede', priority: 'standard' }),
      incidentRow(now, { id: 'inc-10-0', customer: null, site: null, kind: 'provider-outage' }),
    ];
    const found = customersOf(sites, rows);
    expect(found.map(({ key: each, status }) => [each, status])).toEqual([
      ['aurora', 'down'],
      ['brisa', 'degraded'],
      ['casa', 'up'],
    ]);
    expect(found[0]).toMatchObject({ incidents: 1, criticals: 1, counts: { down: 1, up: 1 } });
    expect(found[0]?.sites.map(({ name }) => name)).toEqual(['Filial', 'Matriz']);
    expect(found[1]).toMatchObject({ incidents: 1, criticals: 0 });
  });

  test('the search finds towns and names without accents, and all words must occur', () => {
    const all = customersOf(sites, []);
    const names = (text: string, onlyTroubled = false) =>
      selectCustomers(all, { text, onlyTroubled }).map(({ key: each }) => each);
    expect(names('maceio')).toEqual(['aurora']);
    expect(names('hoteis sp')).toEqual(['brisa']);
    expect(names('aurora hoteis')).toEqual([]);
    expect(names('', true)).toEqual(['aurora', 'brisa']);
  });

  test('open incidents of a site are that site’s only', () => {
    const rows = [incidentRow(now), incidentRow(now, { id: 'inc-8-0', site: 'filial' })];
    const ids = (site?: string) => openIncidentsOf(rows, { customer: 'aurora', site }).map(({ id }) => id);
    expect(ids('aurora/filial')).toEqual(['inc-8-0']);
    expect(ids().length).toBe(2);
  });
});

describe('the inventory in a form', () => {
  const site: ShownSite = {
    key: 'matriz',
    name: 'Matriz',
    city: 'São Paulo',
    state: 'SP',
    links: [{ key: 'vivo', provider: 'vivo', role: 'primary', quality: { lossPercent: 5 } }],
    hosts: [{ key: 'a', name: 'A', role: 'server' }],
  };
  const document: ShownInventory = {
    version: 1,
    providers: [{ key: 'vivo', name: 'Vivo' }],
    customers: [
      { key: 'aurora', name: 'Aurora', cnpj: '1', plan: 'PRO', sites: [site, { ...site, key: 'filial' }] },
      { key: 'brisa', name: 'Brisa', cnpj: '2', plan: 'PRO', sites: [] },
    ],
  };

  test('a changed site stands where it stood, with fields that this form does not know', () => {
    const hosts: ShownSite['hosts'] = [{ key: 'a', name: 'A', role: 'server', address: '' }];
    const changed: ShownSite = { ...site, name: 'Sede', timeZone: ' ', hosts };
    const made = withSite(document, changed, { customer: 'aurora', replaced: 'matriz' });
    const saved = made.customers[0]?.sites[0];
    expect(saved).toMatchObject({ name: 'Sede', links: [{ quality: { lossPercent: 5 } }] });
    expect(JSON.stringify(saved)).not.toMatch(/timeZone|address/);
    expect(sitePath(made, 'aurora', 'matriz')).toBe('customers[0].sites[0]');
    expect(made.customers[1]).toBe(document.customers[1]);
  });

  test('a new thing under a key that exists overwrites nothing: it stands last, for the server to refuse', () => {
    const made = withSite(document, site, { customer: 'aurora', replaced: undefined });
    expect(made.customers[0]?.sites.map((each) => each.key)).toEqual(['matriz', 'filial', 'matriz']);
    expect(sitePath(made, 'aurora', 'matriz')).toBe('customers[0].sites[2]');
    const twice = withCustomer(
      document,
      { key: 'aurora', name: 'A', cnpj: '3', plan: 'PRO', sites: [] },
      undefined,
    );
    expect(twice.customers.map((each) => each.key)).toEqual(['aurora', 'brisa', 'aurora']);
  });

  test('what was retired meanwhile comes back as new, and the review says so', () => {
    const without = withoutSite(document, 'aurora', 'matriz');
    const made = withSite(without, site, { customer: 'aurora', replaced: 'matriz' });
    expect(made.customers[0]?.sites.map((each) => each.key)).toEqual(['filial', 'matriz']);
  });

  test('issues below the form’s thing lose its path; a longer index is another thing', () => {
    const issue = (path: string) => ({ path, message: '' });
    const found = issuesBelow(
      [issue('customers[1].sites[0].links[2].key'), issue('customers[11].name'), issue('customers[1].cnpj')],
      'customers[1].sites[0]',
    );
    expect(found.here.map(({ path }) => path)).toEqual(['links[2].key']);
    expect(found.elsewhere.length).toBe(2);
    expect([fieldOf('links[2].key'), fieldOf('state'), fieldOf('asns[3]')]).toEqual(['key', 'state', 'asns']);
    expect([groupOf('hosts[0].name'), groupOf('name')]).toEqual([{ group: 'hosts', number: 1 }, undefined]);
  });

  test('a key made from any name is a key, or empty', () => {
    expect(keyFrom(' Filial São João - 2º andar ')).toBe('filial-sao-joao-2-andar');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 90 }), (name) => {
        expect(keyFrom(name)).toMatch(/^([a-z0-9][a-z0-9-]{0,62})?$/);
      }),
    );
  });
});

describe('the drawing’s things', () => {
  test('a machine that enrolled by itself hangs behind the site; without the inventory all do', () => {
    const row = siteRow({ hosts: [hostRow(), hostRow({ key: 'novo', name: 'NOVO' })] });
    expect(thingsOf(row, undefined).hosts).toEqual([
      { key: 'srv-ad', parent: undefined },
      { key: 'novo', parent: undefined },
    ]);
  });

  test('a link is called by its provider, and by more only where that is not enough', () => {
    const vivo = linkRow();
    expect(linkTitle(vivo, [vivo, backupRow()])).toBe('Vivo Empresas');
    expect(linkTitle(linkRow({ name: 'Vivo Empresas' }), [vivo])).toBe('Vivo Empresas');
    expect(linkTitle(linkRow({ name: 'fibra' }), [vivo])).toBe('Vivo Empresas fibra');
    expect(linkTitle(vivo, [vivo, linkRow({ key: 'vivo-4g' })])).toBe('Vivo Empresas vivo');
  });
});

describe('enrolment', () => {
  const old = hostRow({ agent: { id: 'agt-1', presence: 'live', since: null } });
  const fresh = (presence: 'new' | 'live' | 'silent', host = 'srv-erp') =>
    hostRow({ key: host, name: host, agent: { id: 'agt-2', presence, since: null } });
  const before = agentIdsOf(siteRow({ hosts: [old] }));
  const step = (row: Parameters<typeof enrolmentProgress>[0], host?: string) =>
    enrolmentProgress(row, { before, host }).step;
  const unknown = [linkRow({ status: 'unknown' })];

  test('an agent that was there before proves nothing', () => {
    expect(step(siteRow({ hosts: [old] }))).toBe('waiting');
    expect(step(undefined)).toBe('waiting');
  });

  test('from enrolled over connected to measured, and lost when it goes silent', () => {
    expect(step(siteRow({ hosts: [old, fresh('new')], links: unknown }))).toBe('enrolled');
    expect(step(siteRow({ hosts: [old, fresh('live')], links: unknown }))).toBe('connected');
    expect(step(siteRow({ hosts: [old, fresh('live')] }))).toBe('measured');
    expect(step(siteRow({ hosts: [old, fresh('live')], links: [] }))).toBe('measured');
    expect(step(siteRow({ hosts: [old, fresh('silent')] }))).toBe('lost');
  });

  test('a token for one machine waits for that one, also where it had an agent already', () => {
    expect(step(siteRow({ hosts: [old, fresh('live', 'outro')] }), 'srv-erp')).toBe('waiting');
    expect(step(siteRow({ hosts: [fresh('live', 'srv-ad')] }), 'srv-ad')).toBe('measured');
  });
});

test('the month is that of the customer’s zone; an unknown zone is the browser’s', () => {
  const at = Date.UTC(2026, 11, 1, 2, 30);
  expect(monthAt(at, 'America/Sao_Paulo')).toBe('2026-11');
  expect(monthAt(at, 'UTC')).toBe('2026-12');
  expect(monthAt(Date.UTC(2026, 5, 15), 'Not/AZone')).toBe('2026-06');
});
