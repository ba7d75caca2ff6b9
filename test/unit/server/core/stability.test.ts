// Nothing that people do to Vigia itself is an outage: a restart, an upgrade, an import, an agent's update, a step of the
// server's clock. Each is done to a healthy fleet and to one with an outage, in virtual time, on the real core.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createMemoryJournal } from '../../../../server/adapters/memory/journal.ts';
import { createMemoryOutbox } from '../../../../server/adapters/memory/outbox.ts';
import { decide } from '../../../../server/core/decide.ts';
import { isTicketEffect } from '../../../../server/core/effect.ts';
import { evolve } from '../../../../server/core/evolve.ts';
import type { Input } from '../../../../server/core/input.ts';
import { createLivenessTable } from '../../../../server/core/liveness/table.ts';
import { defaultPolicy } from '../../../../server/core/policy.ts';
import { type StateData, stateFromData } from '../../../../server/core/snapshot.ts';
import type { Site, Topology } from '../../../../server/core/topology.ts';
import { createSystemClock } from '../../../../server/shell/runtime/clock.ts';
import { agentId, siteId } from '../../../../shared/ids.ts';
import { day, hour, type Instant, instant, minute, plus, second } from '../../../../shared/time.ts';
import { RecordedServer } from '../../../fakes/recorded-server.ts';
import { transcriptTopology } from '../../../scenario/fleet.ts';

const startsAt = instant(1_800_000_000_000);
const matriz = siteId('aurora', 'matriz');
const loja = siteId('boreal', 'loja');
const agents = [
  ['srv-ad', matriz, '198.51.100.10'],
  ['srv-erp', matriz, '198.51.100.10'],
  ['srv-loja', loja, '198.51.100.20'],
  ['vigilante', siteId('cedro', 'escritorio'), '192.0.2.30'],
] as const;

function fleet(): RecordedServer {
  const journal = createMemoryJournal({ outbox: createMemoryOutbox() });
  const server = new RecordedServer({ journal, startsAt });
  server.import(transcriptTopology);
  for (const [agent, site] of agents) server.enrol(agent, site);
  connectAll(server);
  server.link('srv-ad', 'vivo', 'up', 0);
  server.link('srv-ad', 'claro', 'up', 0);
  server.pass(5 * minute);
  return server;
}

function connectAll(server: RecordedServer): void {
  for (const [agent, , egress] of agents) server.connect(agent, egress);
}

/** The topology with one site changed. */
function withSite(id: string, change: (site: Site) => Site | undefined): Topology {
  const sites = [...transcriptTopology.sites.values()].flatMap((site) =>
    site.id === id ? (change(site) ?? []) : [site],
  );
  return { ...transcriptTopology, revision: 2, sites: new Map(sites.map((site) => [site.id, site])) };
}

/** What was said to the desk and what is open: both must be as they were. */
function standing(server: RecordedServer) {
  return { tickets: server.tickets.length, open: [...server.state.incidents.keys()] };
}

describe('a restart of the server', () => {
  it.each([5 * second, minute, hour, day])('that takes %i ms opens nothing', (downMs) => {
    const server = fleet();
    server.restart(downMs);
    server.pass(20 * second);
    connectAll(server);
    server.pass(2 * hour);
    expect(standing(server)).toEqual({ tickets: 0, open: [] });
  });

  it('gives agents that dial late the grace of a start', () => {
    const server = fleet();
    server.restart(10 * second);
    server.connect('srv-ad');
    server.pass(30 * second);
    for (const [agent] of agents.slice(1)) server.silent(agent, 40 * second);
    server.pass(10 * second);
    connectAll(server);
    server.pass(hour);
    expect(standing(server)).toEqual({ tickets: 0, open: [] });
  });

  it('goes on with the outage that was open: the same incident, no second ticket', () => {
    const server = fleet();
    server.link('srv-ad', 'vivo', 'down');
    server.pass(minute);
    const before = standing(server);
    expect(before.tickets).toBe(1);
    server.restart(3 * minute);
    connectAll(server);
    server.pass(20 * minute);
    expect(standing(server)).toEqual(before);
    server.link('srv-ad', 'vivo', 'up', 0);
    server.pass(hour);
    expect(server.opened()).toHaveLength(1);
    expect(server.state.incidents.size).toBe(0);
  });

  it('finds what went down meanwhile, once, with a start that is known', () => {
    const server = fleet();
    server.restart(5 * minute);
    for (const [agent, , egress] of agents.slice(0, 2)) server.connect(agent, egress);
    server.connect('vigilante', '192.0.2.30');
    server.pass(50 * second);
    server.silent('srv-loja', 6 * minute);
    server.pass(10 * minute);
    expect(server.opened()).toHaveLength(1);
    const [incident] = server.state.incidents.values();
    expect(incident).toMatchObject({ site: loja, kind: 'site-offline' });
  });

  it('does not count its own downtime against a machine that said when it would be back', () => {
    const server = fleet();
    server.submit({ kind: 'goodbye.said', agent: agentId('srv-erp'), reason: 'restart' });
    server.close('srv-erp', 'peer');
    server.pass(minute);
    server.restart(30 * minute);
    for (const [agent, , egress] of agents) if (agent !== 'srv-erp') server.connect(agent, egress);
    server.pass(5 * minute);
    server.connect('srv-erp');
    server.pass(hour);
    expect(standing(server)).toEqual({ tickets: 0, open: [] });
  });

  it('still tells of a machine that never came back', () => {
    const server = fleet();
    server.submit({ kind: 'goodbye.said', agent: agentId('srv-erp'), reason: 'restart' });
    server.close('srv-erp', 'peer');
    server.pass(minute);
    server.restart(30 * minute);
    for (const [agent, , egress] of agents) if (agent !== 'srv-erp') server.connect(agent, egress);
    server.pass(20 * minute);
    expect(server.opened()).toHaveLength(1);
  });
});

describe('an upgrade', () => {
  it('opens nothing, and the outage that was open goes on', () => {
    const server = fleet();
    server.link('srv-ad', 'claro', 'down');
    server.pass(minute);
    const before = standing(server);
    server.release = '2.0.0';
    server.policy = { ...defaultPolicy, blipMs: 15 * second, silenceCapMs: 40 * second };
    server.restart(40 * second);
    connectAll(server);
    server.pass(hour);
    expect(standing(server)).toEqual(before);
    expect(server.state.server.release).toBe('2.0.0');
  });

  it('reads the snapshot of release 0.1.0 and goes on from it without a word', () => {
    const text = readFileSync(new URL('state-0.1.0.json', import.meta.url), 'utf8');
    const data: StateData = JSON.parse(text);
    let state = stateFromData(data);
    expect(state.incidents.size).toBe(2);
    const spoken: string[] = [];
    let now = state.at;
    const submit = (input: Input): void => {
      const numbered = { seq: state.seq + 1, input };
      const { changes, effects } = decide(state, numbered);
      state = evolve(state, numbered, changes);
      spoken.push(...effects.filter(isTicketEffect).map(({ key }) => key));
    };
    const pass = (ms: number): void => {
      now = plus(now, ms);
      submit({ kind: 'time.advanced', at: now, anchorsGoodAt: now });
    };
    submit({ kind: 'server.started', at: now, release: '99.0.0', policy: defaultPolicy });
    submit({ kind: 'anchors.measured', at: now, reachable: true, since: now });
    for (const agent of [...state.agents.values()].filter(({ presence }) => presence !== 'away')) {
      const { id, egress = '', bootId = '' } = agent;
      const session = `${id}-new` as NonNullable<typeof agent.session>;
      submit({
        kind: 'session.opened',
        at: now,
        agent: id,
        session,
        egress,
        bootId,
        version: '99.0.0',
        spoolDepth: 0,
      });
    }
    for (let step = 0; step < 30; step += 1) pass(second);
    expect(spoken).toEqual([]);
    expect(state.incidents.size).toBe(2);
  });
});

describe('a change of the inventory', () => {
  const renamed = withSite(matriz, (site) => ({
    ...site,
    name: 'Sede',
    hosts: site.hosts.map((host) => ({ ...host, name: `${host.name}-NOVO`, address: '10.0.0.9' })),
  }));
  const withoutErp = withSite(matriz, (site) => ({
    ...site,
    hosts: site.hosts.filter(({ key }) => key !== 'srv-erp'),
  }));
  const newLinkKey = withSite(matriz, (site) => ({
    ...site,
    links: site.links.map((link) => (link.key === 'vivo' ? { ...link, key: 'vivo-fibra' } : link)),
  }));
  const otherProvider: Topology = {
    ...withSite(matriz, (site) => ({
      ...site,
      links: site.links.map((link) => (link.provider === 'vivo' ? { ...link, provider: 'vivo-sp' } : link)),
    })),
    providers: new Map([...transcriptTopology.providers, ['vivo-sp', { key: 'vivo-sp', name: 'Vivo SP' }]]),
  };
  const withoutSite = withSite(matriz, () => undefined);

  it.each([
    ['the same again', transcriptTopology],
    ['new names and addresses', renamed],
    ['a host removed', withoutErp],
    ['another link key', newLinkKey],
    ['another provider', otherProvider],
    ['a site retired', withoutSite],
  ])('%s: opens nothing on a healthy fleet, nor when it is taken back', (_, topology) => {
    const server = fleet();
    server.import(topology);
    server.pass(10 * minute);
    server.import(transcriptTopology);
    server.pass(hour);
    expect(standing(server)).toEqual({ tickets: 0, open: [] });
  });

  it.each([
    ['the same again', transcriptTopology],
    ['new names and addresses', renamed],
    ['a host removed', withoutErp],
    ['another provider', otherProvider],
  ])('%s: leaves the open outage of a link as it is', (_, topology) => {
    const server = fleet();
    server.link('srv-ad', 'vivo', 'down');
    server.pass(minute);
    const before = standing(server);
    expect(before.tickets).toBe(1);
    server.import(topology);
    server.pass(hour);
    expect(standing(server)).toEqual(before);
  });

  it.each([
    ['a site retired while it is dark', withoutSite],
    ['a link whose key changes while it is down', newLinkKey],
  ])('%s: the incident closes and nothing takes its place', (_, topology) => {
    const server = fleet();
    server.link('srv-ad', 'vivo', 'down');
    server.pass(minute);
    server.import(topology);
    server.pass(hour);
    expect(server.opened()).toHaveLength(1);
    expect(standing(server).open).toEqual([]);
  });

  it('a machine that was taken out of the inventory may be switched off', () => {
    const server = fleet();
    server.import(withoutErp);
    server.pass(minute);
    server.silent('srv-erp');
    server.pass(hour);
    expect(standing(server)).toEqual({ tickets: 0, open: [] });
  });

  it('a machine that moves to another site is not missed at the old one', () => {
    const server = fleet();
    const erp = transcriptTopology.sites.get(matriz)?.hosts.find(({ key }) => key === 'srv-erp');
    if (erp === undefined) throw new Error('the fleet has this host');
    const sites = new Map(withoutErp.sites);
    const there = sites.get(loja);
    if (there !== undefined) sites.set(loja, { ...there, hosts: [...there.hosts, erp] });
    server.import({ ...withoutErp, sites });
    server.submit({ kind: 'goodbye.said', agent: agentId('srv-erp'), reason: 'service-stop' });
    server.close('srv-erp', 'peer');
    server.pass(10 * minute);
    server.enrol('srv-erp-2', loja, 'srv-erp');
    server.connect('srv-erp-2', '198.51.100.20');
    server.pass(2 * hour);
    expect(standing(server)).toEqual({ tickets: 0, open: [] });
  });

  it('a machine that is put back into the inventory is watched again', () => {
    const server = fleet();
    server.import(withoutErp);
    server.pass(minute);
    server.import(transcriptTopology);
    server.pass(minute);
    server.silent('srv-erp');
    const since = plus(server.now, -5 * second);
    server.say('srv-ad', {
      kind: 'host.changed',
      at: server.now,
      atErrorMs: 1,
      host: 'srv-erp',
      status: 'down',
      since,
      recovering: false,
      evidence: [],
    });
    server.pass(minute);
    expect(server.opened()).toHaveLength(1);
  });
});

describe('an update of an agent', () => {
  it('with a goodbye opens nothing, at a site with one agent as at one with two', () => {
    const server = fleet();
    for (const [agent, , egress] of agents) {
      server.submit({ kind: 'goodbye.said', agent: agentId(agent), reason: 'service-stop' });
      server.close(agent, 'peer');
      server.pass(40 * second);
      server.connect(agent, egress, { version: '2.0.0' });
    }
    server.pass(hour);
    expect(standing(server)).toEqual({ tickets: 0, open: [] });
    expect(server.state.agents.get(agentId('srv-ad'))?.version).toBe('2.0.0');
  });

  it('without a goodbye (killed and started again within seconds) opens nothing', () => {
    const server = fleet();
    for (const [agent, , egress] of agents) {
      server.close(agent, 'peer');
      server.pass(9 * second);
      server.connect(agent, egress, { version: '2.0.0' });
    }
    server.pass(hour);
    expect(standing(server)).toEqual({ tickets: 0, open: [] });
  });
});

describe("a step of the server's clock", () => {
  const steps = [hour, -hour, day, -day];

  /** A machine whose wall clock someone sets; agents beat every 10 s of real time. */
  function machine() {
    let wall: number = startsAt;
    let monotonic = 1_000;
    const source = { wallMs: () => wall, monotonicMs: () => monotonic };
    return {
      source,
      pass: (ms: number) => {
        wall += ms;
        monotonic += ms;
      },
      set: (ms: number) => {
        wall += ms;
      },
    };
  }

  it.each(steps)('of %i ms while it runs makes nobody look silent, and instants only rise', (stepMs) => {
    const m = machine();
    const clock = createSystemClock(m.source);
    const table = createLivenessTable(defaultPolicy);
    const ids = agents.map(([agent]) => agentId(agent));
    for (const id of ids) table.watch(id, clock.now());
    const news: string[] = [];
    let last = clock.now();
    for (let beat = 0; beat < 2_000; beat += 1) {
      if (beat === 500) m.set(stepMs);
      m.pass(10 * second);
      const now = clock.now();
      expect(now).toBeGreaterThan(last);
      last = now;
      news.push(...table.advance(now).map(({ kind }) => kind));
      for (const id of ids) news.push(...table.heard(id, now, true).map(({ kind }) => kind));
    }
    expect(news).toEqual([]);
  });

  it.each(steps)('of %i ms across a restart opens nothing, and instants only rise', (stepMs) => {
    const m = machine();
    const server = fleet();
    m.pass(server.now - startsAt);
    server.submit({ kind: 'goodbye.said', agent: agentId('srv-erp'), reason: 'restart' });
    server.close('srv-erp', 'peer');
    m.pass(30 * second);
    server.pass(30 * second);
    const before: Instant = server.state.at;
    m.set(stepMs);
    m.pass(5 * second);
    const clock = createSystemClock({ ...m.source, notBefore: server.state.at });
    const at = clock.now();
    expect(at).toBeGreaterThanOrEqual(before);
    server.now = at;
    server.restart(0);
    for (const [agent, , egress] of agents) if (agent !== 'srv-erp') server.connect(agent, egress);
    for (let beat = 0; beat < 30; beat += 1) {
      m.pass(10 * second);
      const now = clock.now();
      expect(now).toBeGreaterThan(server.state.at - 1);
      server.advanceTo(now);
    }
    server.connect('srv-erp');
    server.pass(2 * hour);
    expect(standing(server)).toEqual({ tickets: 0, open: [] });
  });

  it.each(steps)('of %i ms leaves the open outage with its one ticket', (stepMs) => {
    const m = machine();
    const server = fleet();
    server.link('srv-ad', 'vivo', 'down');
    server.pass(minute);
    m.pass(server.now - startsAt);
    m.set(stepMs);
    const clock = createSystemClock({ ...m.source, notBefore: server.state.at });
    server.now = clock.now();
    server.restart(0);
    connectAll(server);
    server.pass(10 * minute);
    server.link('srv-ad', 'vivo', 'up', 0);
    server.pass(hour);
    expect(server.opened()).toHaveLength(1);
    expect(server.state.incidents.size).toBe(0);
  });
});
