// What a report may call watched: by a link's own minutes, and where there are none by the agents that were enrolled and
// heard. Nothing before an enrolment, nothing after an agent fell silent.
import { describe, expect, test } from 'vitest';
import { createMemorySeries } from '../../../../../server/adapters/memory/series.ts';
import type { Incident } from '../../../../../server/core/incident.ts';
import { availabilityOf } from '../../../../../server/core/report/account.ts';
import type { ThingKind } from '../../../../../server/core/report/reach.ts';
import { stretchesOf } from '../../../../../server/core/report/stretches.ts';
import { thingAccount } from '../../../../../server/core/report/thing-account.ts';
import type { AgentState } from '../../../../../server/core/state.ts';
import type { Site } from '../../../../../server/core/topology.ts';
import type { AgentRecord } from '../../../../../server/ports/registry.ts';
import { gatherReport } from '../../../../../server/shell/report/gather.ts';
import { agentId } from '../../../../../shared/ids.ts';
import { minute, second } from '../../../../../shared/time.ts';
import { at, aurora, incidentOf, origin } from '../../core/report/incidents.ts';
import { agent, site, stateOf, topology } from '../../core/view/samples.ts';

const hours = 60;
const days = 24 * hours;

interface Given {
  readonly now: number;
  readonly site?: Partial<Site>;
  readonly agents?: readonly {
    readonly id: string;
    readonly host: string;
    readonly enrolled: number;
    readonly revoked?: number;
    readonly state?: Partial<AgentState>;
  }[];
  readonly incidents?: readonly Incident[];
  /** Minutes of the origin in which this agent measured the link. */
  readonly measured?: {
    readonly by: string;
    readonly link: string;
    readonly from: number;
    readonly to: number;
  };
}

async function gathered({ now, site: fields, agents = [], incidents = [], measured }: Given) {
  const series = createMemorySeries();
  if (measured !== undefined) {
    const length = measured.to - measured.from;
    const items = Array.from({ length }, (_, index) => ({
      seq: index + 1,
      at: at(measured.from + index),
      link: measured.link,
      sent: 36,
      lost: 0,
    }));
    series.save({ agent: agentId(measured.by), site: aurora, epoch: 1, items });
  }
  const states = agents.map(({ id, host, state }) => agent({ id: agentId(id), host, ...state }));
  const records = agents.map(
    ({ id, host, enrolled, revoked }): AgentRecord => ({
      id: agentId(id),
      site: aurora,
      host,
      publicKey: 'A'.repeat(43),
      hostName: host,
      enrolledAt: at(enrolled),
      revokedAt: revoked === undefined ? undefined : at(revoked),
    }),
  );
  const place: Site = { ...site, ...fields };
  const state = stateOf({ agents: states, topology: { ...topology, sites: new Map([[place.id, place]]) } });
  const question = await gatherReport(
    {
      clock: { now: () => at(now) },
      correlator: { state: () => state },
      journal: { incidents: ({ kind }) => (kind === undefined ? incidents : []) },
      registry: { agents: () => records, inventory: () => undefined },
      series,
      planned: { windows: () => [] },
    },
    { customer: 'aurora', month: '2026-10' },
  );
  const stretches = new Map(incidents.map((each) => [each.id, stretchesOf(each, at(now))]));
  return (kind: ThingKind, key: string, to = now) => {
    const period = { from: origin, to: at(to) };
    return thingAccount({ thing: { kind, site: aurora, key }, period, evidence: { ...question, stretches } });
  };
}

const outage = (from: number, to: number, host: string) =>
  incidentOf({ id: 'inc-1-0', kind: 'host-down', from, to, more: { host, causeKey: `host:${host}` } });

describe('gather: a site without links', () => {
  test('a server with an agent has its outage over the time since its enrolment, and nothing before', async () => {
    const account = await gathered({
      now: 10 * days,
      site: { links: [] },
      agents: [{ id: 'agent-1', host: 'srv-ad', enrolled: 2 * days }],
      incidents: [outage(5 * days, 5 * days + 1, 'srv-ad')],
    });
    const server = account('host', 'srv-ad');
    expect(server).toMatchObject({ downMs: minute, noDataMs: 2 * days * minute, outages: 1 });
    expect(server.upMs + server.downMs).toBe(8 * days * minute);
    expect(availabilityOf(server)).toBeGreaterThan(0.9999);
    expect(account('site', '')).toMatchObject({ noDataMs: 2 * days * minute, downMs: 0 });
  });

  test('a machine without an agent is watched by its neighbour only when it has an address', async () => {
    const account = await gathered({
      now: 4 * days,
      site: {
        links: [],
        hosts: [
          ...site.hosts,
          { key: 'impressora', name: 'Impressora', address: '192.168.10.9', role: 'other' },
        ],
      },
      agents: [{ id: 'agent-1', host: 'srv-ad', enrolled: days }],
    });
    expect(account('host', 'impressora')).toMatchObject({ upMs: 3 * days * minute, noDataMs: days * minute });
    expect(account('host', 'camera').upMs).toBe(0);
  });

  test.each<[string, Partial<AgentState>, number | undefined, number]>([
    ['was never heard', { presence: 'new' }, undefined, 0],
    [
      'fell silent',
      { presence: 'silent', presenceSince: at(3 * days), lastHeardAt: at(3 * days - 1) },
      undefined,
      2 * days - 1,
    ],
    [
      'said goodbye',
      { presence: 'away', presenceSince: at(3 * days), lastHeardAt: at(days) },
      undefined,
      2 * days,
    ],
    ['was revoked', { presence: 'revoked', presenceSince: at(4 * days) }, 4 * days, 3 * days],
  ])('an agent that %s watches nothing from then on', async (_what, state, revoked, minutes) => {
    const account = await gathered({
      now: 10 * days,
      site: { links: [] },
      agents: [{ id: 'agent-1', host: 'srv-ad', enrolled: days, revoked, state }],
    });
    expect(account('host', 'srv-ad').upMs).toBe(minutes * minute);
  });

  test('while its only agent was lost nobody watched', async () => {
    const lost = incidentOf({
      id: 'inc-2-0',
      kind: 'agent-lost',
      from: 2 * days,
      to: 3 * days,
      more: { host: 'srv-ad' },
    });
    const agents = [{ id: 'agent-1', host: 'srv-ad', enrolled: 0 }];
    const account = await gathered({ now: 4 * days, site: { links: [] }, agents, incidents: [lost] });
    for (const [kind, key] of [
      ['site', ''],
      ['host', 'srv-ad'],
    ] as const)
      expect(account(kind, key)).toMatchObject({ upMs: 3 * days * minute, noDataMs: days * minute });
  });

  test('without any agent a server has no data, whatever was told of it', async () => {
    const account = await gathered({ now: 4 * days, site: { links: [] } });
    expect(availabilityOf(account('host', 'srv-ad'))).toBeUndefined();
  });
});

describe('gather: the moment of reading', () => {
  test.each([{ links: [] }, {}])('is no hole where somebody watches: %j', async (fields) => {
    const account = await gathered({
      now: 2 * hours,
      site: fields,
      agents: [{ id: 'agent-1', host: 'srv-ad', enrolled: 0 }],
      measured: { by: 'agent-1', link: 'vivo', from: 0, to: 2 * hours },
    });
    expect(account('host', 'srv-ad', 2 * hours + 1).noDataMs).toBe(0);
    expect(account('site', '', 2 * hours + 1).noDataMs).toBe(0);
  });
});

describe('gather: a site with links', () => {
  const measured = { by: 'agent-1', link: 'vivo', from: days, to: 2 * days };

  test('a server whose agent measures no link was watched while it was enrolled and its site was heard', async () => {
    const account = await gathered({
      now: 2 * days,
      site: {
        hosts: [
          { key: 'srv-ad', name: 'A', address: '192.168.10.5', role: 'server' },
          { key: 'srv-erp', name: 'B', role: 'server' },
        ],
      },
      agents: [
        { id: 'agent-1', host: 'srv-ad', enrolled: days },
        { id: 'agent-2', host: 'srv-erp', enrolled: days + 6 * hours },
      ],
      measured,
      incidents: [outage(days + 12 * hours, days + 12 * hours + 1, 'srv-erp')],
    });
    const server = account('host', 'srv-erp');
    expect(server).toMatchObject({ downMs: minute, noDataMs: (days + 6 * hours) * minute });
    expect(server.upMs).toBe((18 * hours - 1) * minute);
  });

  test('a link rests on its own minutes alone: an enrolled agent does not make one it never measured available', async () => {
    const agents = [{ id: 'agent-1', host: 'srv-ad', enrolled: 0 }];
    const account = await gathered({ now: 2 * days, agents, measured });
    expect(account('link', 'vivo')).toMatchObject({ upMs: days * minute, noDataMs: days * minute });
    expect(availabilityOf(account('link', 'claro'))).toBeUndefined();
  });

  test('a hole in the measurements stays a hole for the machines, though their agents were enrolled', async () => {
    const agents = [{ id: 'agent-1', host: 'srv-ad', enrolled: 0 }];
    const account = await gathered({ now: 3 * days, agents, measured });
    // Before the first minute of all, the enrolment speaks; after the last, nobody measured.
    expect(account('host', 'srv-ad')).toMatchObject({ upMs: 2 * days * minute, noDataMs: days * minute });
  });

  test('a short outage just after the first minute cannot take the whole month', async () => {
    const account = await gathered({
      now: days + 2 * hours,
      agents: [{ id: 'agent-1', host: 'srv-ad', enrolled: days }],
      measured: { ...measured, to: days + 2 * hours },
      incidents: [
        incidentOf({
          id: 'inc-3-0',
          kind: 'host-down',
          from: days + 60,
          to: days + 61,
          more: { host: 'srv-ad' },
        }),
      ],
    });
    const server = account('host', 'srv-ad');
    expect(server.upMs + server.downMs).toBe(2 * hours * minute);
    expect(server.downMs).toBe(60 * second);
  });
});
