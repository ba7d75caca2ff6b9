// The core under masses: the server's own uplink is cut while a thousand agents talk to it, and five hundred agents
// tell a day of spool at once. Virtual time, the core alone: what the liveness table and the probes would say is said here.
import { describe, expect, it } from 'vitest';
import type { Change } from '../../../../server/core/change.ts';
import { nextDeadline } from '../../../../server/core/deadline.ts';
import { decide } from '../../../../server/core/decide.ts';
import { isTicketEffect, type TicketEffect } from '../../../../server/core/effect.ts';
import { evolve, initialState } from '../../../../server/core/evolve.ts';
import type { Incident } from '../../../../server/core/incident.ts';
import type { Input } from '../../../../server/core/input.ts';
import { defaultPolicy } from '../../../../server/core/policy.ts';
import type { Site } from '../../../../server/core/topology.ts';
import { type AgentId, agentId, customerKey, sessionId, siteId } from '../../../../shared/ids.ts';
import { seededRandom } from '../../../../shared/random.ts';
import { hour, type Instant, instant, minute, plus, second } from '../../../../shared/time.ts';
import type { StateChange } from '../../../../shared/wire/messages.ts';

const start = instant(1_800_000_000_000);
const providers = ['vivo', 'claro', 'tim', 'oi', 'algar'];
/** A case may take this long on the two cores of a build machine. */
const timeoutMs = 20_000;
const roundMs = 5 * second;

function siteNumber(index: number): Site {
  const of = (offset: number): string => providers[(index + offset) % providers.length] ?? 'vivo';
  return {
    id: siteId(`c${index}`, 'm'),
    key: 'm',
    name: 'Matriz',
    customer: customerKey(`c${index}`),
    customerName: `Cliente ${index}`,
    plan: 'PREMIUM',
    city: index % 2 === 0 ? 'Curitiba' : 'Campinas',
    state: index % 2 === 0 ? 'PR' : 'SP',
    timeZone: 'America/Sao_Paulo',
    origin: 'document',
    links: [
      {
        key: 'a',
        name: 'A',
        provider: of(0),
        role: 'primary',
        publicAddress: `10.${index >> 8}.${index & 255}.1`,
      },
      {
        key: 'b',
        name: 'B',
        provider: of(1),
        role: 'backup',
        publicAddress: `10.${index >> 8}.${index & 255}.2`,
      },
    ],
    hosts: ['srv-1', 'srv-2'].map((key) => ({ key, name: key.toUpperCase(), role: 'server' as const })),
  };
}

interface Planned {
  readonly at: Instant;
  readonly input: (at: Instant) => Input;
}

/** A server with all its sites and agents connected and healthy; what is planned is said in order of time. */
function createFleet(siteCount: number, agentsPerSite: number) {
  const sites = Array.from({ length: siteCount }, (_, index) => siteNumber(index));
  const agents = sites.flatMap((site, index) =>
    Array.from({ length: agentsPerSite }, (_, host) => ({
      id: agentId(`ag-${index}-${host + 1}`),
      site,
      host: `srv-${host + 1}`,
    })),
  );
  const seqs = new Map<AgentId, number>();
  let state = initialState();
  let seenAt: Instant | undefined = start;
  let sessions = 0;
  const planned: Planned[] = [];
  const changes: Change[] = [];
  const tickets: { readonly at: Instant; readonly effect: TicketEffect }[] = [];
  const apply = (input: Input): void => {
    const numbered = { seq: state.seq + 1, input };
    const decision = decide(state, numbered);
    state = evolve(state, numbered, decision.changes);
    changes.push(...decision.changes.filter((change) => change.kind.startsWith('incident.')));
    for (const effect of decision.effects) if (isTicketEffect(effect)) tickets.push({ at: input.at, effect });
  };
  const plan = (at: Instant, input: (at: Instant) => Input): void => {
    planned.push({ at, input });
  };
  const passTo = (until: Instant): void => {
    for (let due = nextDeadline(state); due !== undefined && due <= until; due = nextDeadline(state)) {
      apply({ kind: 'time.advanced', at: due, anchorsGoodAt: seenAt ?? due });
    }
  };
  const run = (until: Instant): void => {
    planned.sort((a, b) => a.at - b.at);
    for (const { at, input } of planned.splice(0)) {
      passTo(plus(at, -1));
      apply(input(at));
    }
    passTo(until);
  };
  const connect = (
    at: Instant,
    agent: AgentId,
    more: { readonly depth?: number; readonly by?: string } = {},
  ): void => {
    sessions += 1;
    const session = sessionId(`s-${sessions}`);
    const site = agents.find((each) => each.id === agent)?.site;
    const egress = site?.links.find((link) => link.key === (more.by ?? 'a'))?.publicAddress ?? '';
    plan(at, () => ({
      ...{ kind: 'session.opened', at, agent, session, egress },
      ...{ bootId: `${agent}-boot`, version: '1', spoolDepth: more.depth ?? 0 },
    }));
  };
  /** What an agent tells in one message; `remaining` = what it still holds afterwards. */
  const tell = (at: Instant, agent: AgentId, items: readonly Said[], remaining = 0): void => {
    const first = (seqs.get(agent) ?? 0) + 1;
    seqs.set(agent, first + items.length - 1);
    const numbered = items.map((item, index): StateChange => ({ ...item, seq: first + index }));
    plan(at, () => ({ kind: 'changes.received', at, agent, epoch: 1, remaining, items: numbered }));
  };
  apply({ kind: 'server.started', at: start, release: 'test', policy: defaultPolicy });
  const topology = {
    revision: 1,
    providers: new Map(providers.map((key) => [key, { key, name: key }])),
    sites: new Map(sites.map((site) => [site.id, site])),
  };
  apply({ kind: 'inventory.imported', at: start, topology, by: 'test' });
  plan(plus(start, second), (at) => ({ kind: 'anchors.measured', at, reachable: true, since: start }));
  for (const { id, site, host } of agents) {
    plan(start, (at) => ({ kind: 'agent.enrolled', at, agent: id, site: site.id, host }));
    connect(plus(start, second), id);
    tell(
      plus(start, 2 * second),
      id,
      site.links.map(({ key }) => linkSaid(key, 'up', start)),
    );
  }
  for (const { id } of sites) {
    for (const link of ['a', 'b']) {
      plan(plus(start, 3 * second), (at) => ({
        kind: 'address.measured',
        at,
        site: id,
        link,
        answers: true,
        since: start,
      }));
    }
  }
  return {
    sites,
    agents,
    plan,
    run,
    connect,
    tell,
    /** From when on the server's own internet is gone; undefined = it is there at each moment. */
    blindSince: (at: Instant | undefined): void => {
      seenAt = at;
    },
    tickets,
    opened: (): readonly Incident[] =>
      changes.flatMap((change) => (change.kind === 'incident.opened' ? [change.incident] : [])),
    recorded: (): readonly Incident[] =>
      changes.flatMap((change) => (change.kind === 'incident.recorded' ? [change.incident] : [])),
    last: (id: string): Incident | undefined =>
      changes
        .flatMap((change) => ('incident' in change && change.incident.id === id ? [change.incident] : []))
        .at(-1),
  };
}

type Fleet = ReturnType<typeof createFleet>;
type Said = Omit<Extract<StateChange, { readonly kind: 'link.changed' }>, 'seq'>;

/** Hard 4 s after the first failing round, up 7 s after the first good one, as the agent's judge does it. */
function linkSaid(link: string, status: 'up' | 'down', since: Instant): Said {
  const at = plus(since, status === 'down' ? 4 * second : 7 * second);
  return { kind: 'link.changed', at, atErrorMs: 20, link, status, since, recovering: false, evidence: [] };
}

/** The first good round of a dead link, on its way to being up. */
function recoveringSaid(link: string, since: Instant, at: Instant): Said {
  return { ...linkSaid(link, 'down', since), at, recovering: true };
}

/** All that the server hears and measures when its own uplink is cut from `from` to `to`. */
function cutUplink(
  fleet: Fleet,
  cut: {
    readonly from: Instant;
    readonly to: Instant;
    readonly seed: number;
    readonly dark: Site;
    readonly moved: Site;
  },
): void {
  const { from, to, seed, dark, moved } = cut;
  const random = seededRandom(seed);
  const some = (low: number, high: number): number => low + random.below(high - low);
  fleet.plan(plus(from, some(4_000, 9_000)), (at) => ({
    kind: 'anchors.measured',
    at,
    reachable: false,
    since: from,
  }));
  fleet.plan(plus(to, some(200, 1_500)), (at) => ({
    kind: 'anchors.measured',
    at,
    reachable: true,
    since: to,
  }));
  for (const { id } of fleet.sites) {
    for (const link of ['a', 'b']) {
      const since = plus(from, some(0, 4_000));
      fleet.plan(plus(since, 4_000), (at) => ({
        kind: 'address.measured',
        at,
        site: id,
        link,
        answers: false,
        since,
      }));
      if (id === dark.id || (id === moved.id && link === 'a')) continue;
      const back = plus(to, some(500, 5_000));
      fleet.plan(back, (at) => ({ kind: 'address.measured', at, site: id, link, answers: true, since: at }));
    }
  }
  for (const { id, site } of fleet.agents) {
    const lastHeardAt = plus(from, -some(0, 10_000));
    fleet.plan(plus(lastHeardAt, 13_000), (at) => ({ kind: 'agent.suspected', at, agent: id, lastHeardAt }));
    fleet.plan(plus(lastHeardAt, 18_000), (at) => ({ kind: 'agent.silent', at, agent: id, lastHeardAt }));
    if (site.id === dark.id) continue;
    const back = plus(to, some(300, 15_000));
    fleet.plan(back, (at) => ({ kind: 'agent.heard', at, agent: id }));
    fleet.connect(back, id, site.id === moved.id ? { depth: 1, by: 'b' } : {});
  }
}

describe('mass: the uplink of the server is cut under a thousand agents', () => {
  it.each([1, 2, 5, 12, 30])(
    'for %i min: no customer ticket, one own outage, and what really went down inside is ticketed with its start',
    { timeout: timeoutMs },
    (minutes) => {
      const fleet = createFleet(500, 2);
      const [dark, moved] = [fleet.sites[123], fleet.sites[321]];
      if (dark === undefined || moved === undefined) throw new RangeError('the fleet has these sites');
      const from = plus(start, 10 * minute);
      const to = plus(from, minutes * minute);
      fleet.run(plus(from, -20 * second));
      const diedAt = plus(from, Math.floor((minutes * minute) / 3));
      cutUplink(fleet, { from, to, seed: minutes, dark, moved });
      for (const { id } of fleet.agents.filter(({ site }) => site.id === moved.id)) {
        fleet.tell(plus(to, 16 * second), id, [linkSaid('a', 'down', diedAt)]);
      }
      fleet.blindSince(from);
      fleet.run(to);
      expect(fleet.tickets).toEqual([]);
      expect(fleet.opened().map(({ kind }) => kind)).toEqual(['own-outage']);
      fleet.blindSince(undefined);
      fleet.run(plus(to, 10 * minute));
      const tickets = fleet.tickets.filter(({ effect }) => effect.kind === 'ticket.open');
      const opened = fleet.opened().filter(({ kind }) => kind !== 'own-outage');
      expect(opened.map(({ kind, site }) => `${kind} ${site}`).sort()).toEqual([
        `link-down ${moved.id}`,
        `site-offline ${dark.id}`,
      ]);
      expect(tickets.map(({ effect }) => effect.incident).sort()).toEqual(opened.map(({ id }) => id).sort());
      for (const { at } of tickets) expect(at).toBeLessThanOrEqual(plus(to, minute));
      expect(opened.find(({ site }) => site === moved.id)?.detectedAt).toBe(diedAt);
      // Nobody can know yet when it went dark; its agents tell when they come back.
      const whole = opened.find(({ site }) => site === dark.id);
      expect(whole?.detectedAt).toBeLessThanOrEqual(plus(to, roundMs));
      const back = plus(to, 20 * minute);
      for (const { id } of fleet.agents.filter(({ site }) => site.id === dark.id)) {
        fleet.connect(back, id, { depth: 4 });
        const dead = ['a', 'b'].map((link) => linkSaid(link, 'down', diedAt));
        const good = ['a', 'b'].map((link) => linkSaid(link, 'up', plus(back, -10 * second)));
        fleet.tell(plus(back, second), id, [...dead, ...good]);
      }
      fleet.run(plus(back, 5 * minute));
      expect(fleet.last(whole?.id ?? '')?.detectedAt).toBe(diedAt);
      expect(fleet.opened().filter(({ kind }) => kind === 'own-outage')).toHaveLength(1);
    },
  );
});

describe('mass: five hundred agents tell a day of spool', () => {
  it('opens nothing, notes nothing, and every outage stands in history within one round', {
    timeout: timeoutMs,
  }, () => {
    const fleet = createFleet(500, 1);
    fleet.run(plus(start, minute));
    const restart = plus(start, 24 * hour);
    fleet.plan(restart, (at) => ({ kind: 'server.started', at, release: 'test', policy: defaultPolicy }));
    fleet.plan(plus(restart, 100), (at) => ({ kind: 'anchors.measured', at, reachable: true, since: at }));
    const random = seededRandom(500);
    const truth: { readonly site: string; readonly from: Instant; readonly to: Instant }[] = [];
    for (const { id, site } of fleet.agents) {
      const items = [1, 2, 3, 4, 5, 6].flatMap((slot) => {
        const from = plus(start, slot * 3.5 * hour + random.below(2 * hour));
        const to = plus(from, minute + random.below(hour));
        truth.push({ site: site.id, from, to });
        return [linkSaid('a', 'down', from), recoveringSaid('a', from, to), linkSaid('a', 'up', to)];
      });
      const back = plus(restart, 300 + random.below(15 * second));
      fleet.connect(back, id, { depth: items.length });
      for (let sent = 0; sent < items.length; sent += 5) {
        const batch = items.slice(sent, sent + 5);
        fleet.tell(plus(back, 100 + sent * 40), id, batch, items.length - sent - batch.length);
      }
    }
    fleet.run(plus(restart, 30 * minute));
    expect(fleet.tickets).toEqual([]);
    expect(fleet.opened()).toEqual([]);
    const recorded = fleet.recorded();
    expect(recorded).toHaveLength(truth.length);
    for (const { site, from, to } of truth) {
      const near = recorded.filter(
        (each) =>
          each.site === site &&
          Math.abs(each.detectedAt - from) <= roundMs &&
          Math.abs((each.recoveredAt ?? 0) - to) <= roundMs,
      );
      expect(near.map(({ kind, link, retro }) => ({ kind, link, retro }))).toEqual([
        { kind: 'link-down', link: 'a', retro: true },
      ]);
    }
  });
});
