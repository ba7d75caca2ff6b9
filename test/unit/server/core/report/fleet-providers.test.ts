// The ranking of all providers against what a person would count by hand on two sites and two hours.
import { describe, expect, test } from 'vitest';
import type { Incident } from '../../../../../server/core/incident.ts';
import {
  createFleetProviders,
  type FleetSite,
  type Watch,
  watchedSpans,
} from '../../../../../server/core/report/fleet-providers.ts';
import { stretchesOf } from '../../../../../server/core/report/stretches.ts';
import type { Site } from '../../../../../server/core/topology.ts';
import { customerKey, siteId } from '../../../../../shared/ids.ts';
import { minute } from '../../../../../shared/time.ts';
import { at, aurora, incidentOf } from './incidents.ts';

const period = { from: at(0), to: at(120) };
const topology = {
  providers: new Map([
    ['vivo', { key: 'vivo', name: 'Vivo Empresas' }],
    ['claro', { key: 'claro', name: 'Claro' }],
  ]),
};

function siteOf(id: Site['id'], customer: string): Site {
  const link = { name: 'x', role: 'primary' } as const;
  return {
    ...{ id, key: id, name: id, customer: customerKey(customer), customerName: customer, plan: 'PRO' },
    ...{ city: 'Campinas', state: 'SP', timeZone: 'America/Sao_Paulo', origin: 'document', hosts: [] },
    links: [
      { ...link, key: 'vivo', provider: 'vivo' },
      { ...link, key: 'claro', provider: 'claro', role: 'backup' },
    ],
  };
}

const allDay: readonly Watch[] = [{ host: 'srv', from: at(-1000), to: at(120) }];

function fleetSite(incidents: readonly Incident[], more: Partial<FleetSite> = {}): FleetSite {
  const stretches = new Map(incidents.map((each) => [each.id, stretchesOf(each, at(120))]));
  return {
    site: siteOf(aurora, 'aurora'),
    watches: allDay,
    told: { incidents, stretches, windows: [] },
    linksDown: new Set(),
    ...more,
  };
}

const vivoDown = (id: string, from: number, to?: number, more: Partial<Incident> = {}): Incident =>
  incidentOf({ id, kind: 'link-down', from, to, more: { link: 'vivo', cause: 'provider', ...more } });

describe('the providers of the fleet', () => {
  test('sites add up: availability over all links together, the mean of all outages, better provider first', () => {
    const fleet = createFleetProviders(period);
    fleet.add(fleetSite([vivoDown('inc-1-0', 10, 40), vivoDown('inc-2-0', 60, 70)]));
    const other = siteOf(siteId('horizonte', 'centro'), 'horizonte');
    fleet.add(fleetSite([], { site: other, linksDown: new Set(['vivo']) }));
    const [first, second] = fleet.items(topology);
    expect(first).toMatchObject({ rank: 1, name: 'Claro', availability: 1, outages: 0, mttrMs: null });
    expect(second).toMatchObject({
      ...{ rank: 2, provider: 'vivo', name: 'Vivo Empresas', links: 2, sites: 2, customers: 2 },
      ...{ downMs: 40 * minute, upMs: 200 * minute, outages: 2, mttrMs: 20 * minute, downNow: 1 },
    });
    expect(second?.availability).toBeCloseTo(200 / 240, 10);
  });

  test('what lies at the site is not the provider’s: that time is without data', () => {
    const fleet = createFleetProviders(period);
    fleet.add(fleetSite([vivoDown('inc-1-0', 10, 40, { cause: 'power' })]));
    const vivo = fleet.items(topology).find(({ provider }) => provider === 'vivo');
    expect(vivo).toMatchObject({ outages: 0, downMs: 0, upMs: 90 * minute, availability: 1 });
  });

  test('a site that no agent watched says nothing, and its provider stands last', () => {
    const fleet = createFleetProviders(period);
    fleet.add(fleetSite([vivoDown('inc-1-0', 10, 40)], { watches: [] }));
    const [first, second] = fleet.items(topology);
    expect(first).toMatchObject({ provider: 'vivo', downMs: 30 * minute, upMs: 0 });
    expect(second).toMatchObject({ provider: 'claro', availability: null, upMs: 0 });
  });

  test('a running outage counts until now', () => {
    const fleet = createFleetProviders(period);
    fleet.add(fleetSite([vivoDown('inc-1-0', 100)]));
    const vivo = fleet.items(topology).find(({ provider }) => provider === 'vivo');
    expect(vivo).toMatchObject({ outages: 1, downMs: 20 * minute });
  });
});

describe('when a site was watched', () => {
  const lost = incidentOf({ id: 'inc-9-0', kind: 'agent-lost', from: 30, to: 50, more: { host: 'srv' } });
  const told = { incidents: [lost], stretches: new Map([[lost.id, stretchesOf(lost, at(120))]]) };

  test('the time of a lost agent is cut out', () => {
    expect(watchedSpans([{ host: 'srv', from: at(0), to: at(120) }], told)).toEqual([
      { from: at(0), to: at(30) },
      { from: at(50), to: at(120) },
    ]);
  });

  test('a second agent that stayed saw it all the same', () => {
    const both = ['srv', 'other'].map((host) => ({ host, from: at(0), to: at(120) }));
    expect(watchedSpans(both, told)).toEqual([{ from: at(0), to: at(120) }]);
  });
});
