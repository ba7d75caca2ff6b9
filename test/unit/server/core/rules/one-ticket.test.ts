// One site, twenty servers and two links, all lost at one moment: whatever order the evidence comes in, and however late,
// it is one cause and one ticket. What dies keeps silent: questions to it go unanswered.
import { describe, expect, it } from 'vitest';
import { nextDeadline } from '../../../../../server/core/deadline.ts';
import { decide } from '../../../../../server/core/decide.ts';
import type { TicketEffect } from '../../../../../server/core/effect.ts';
import { evolve, initialState } from '../../../../../server/core/evolve.ts';
import type { Input } from '../../../../../server/core/input.ts';
import { defaultPolicy } from '../../../../../server/core/policy.ts';
import type { Site, SiteHost } from '../../../../../server/core/topology.ts';
import { agentId, customerKey, sessionId, siteId } from '../../../../../shared/ids.ts';
import { seededRandom } from '../../../../../shared/random.ts';
import { type Instant, instant, minute, plus, second } from '../../../../../shared/time.ts';
import type { StateChange } from '../../../../../shared/wire/messages.ts';

const start = instant(1_800_000_000_000);
const lostAt = plus(start, 10 * minute);
const where = siteId('grande', 'matriz');

/** `srv-1`..`srv-20`: five behind a hypervisor, five behind a switch that nobody can ask; agents on the first eight. */
const hosts: readonly SiteHost[] = [
  { key: 'sw', name: 'SW', role: 'other' },
  ...Array.from({ length: 20 }, (_, index): SiteHost => {
    const parent = index >= 15 ? 'sw' : index >= 10 ? 'srv-9' : undefined;
    return { key: `srv-${index + 1}`, name: `SRV-${index + 1}`, role: 'server', parent };
  }),
];
const agents = hosts.slice(1, 9).map((host) => agentId(host.key));

const site: Site = {
  id: where,
  key: 'matriz',
  name: 'Matriz',
  customer: customerKey('grande'),
  customerName: 'Grande',
  plan: 'PREMIUM',
  city: 'Curitiba',
  state: 'PR',
  timeZone: 'America/Sao_Paulo',
  origin: 'document',
  links: [
    { key: 'a', name: 'A', provider: 'p', role: 'primary', publicAddress: '198.51.100.1' },
    { key: 'b', name: 'B', provider: 'q', role: 'backup', publicAddress: '203.0.113.1' },
  ],
  hosts,
};

interface Tickets {
  readonly opened: readonly Extract<TicketEffect, { readonly kind: 'ticket.open' }>[];
  readonly title: string | undefined;
}

function play(inputs: readonly Input[], until: Instant): Tickets {
  const queue = [...inputs];
  const opened: Extract<TicketEffect, { readonly kind: 'ticket.open' }>[] = [];
  let title: string | undefined;
  let state = initialState();
  for (;;) {
    queue.sort((a, b) => a.at - b.at);
    const first = queue[0];
    const due = nextDeadline(state);
    const timed = due !== undefined && (first === undefined || due <= first.at) && due <= until;
    const input: Input | undefined = timed
      ? { kind: 'time.advanced', at: due, anchorsGoodAt: due }
      : queue.shift();
    if (input === undefined) return { opened, title };
    const numbered = { seq: state.seq + 1, input };
    const { changes, effects } = decide(state, numbered);
    state = evolve(state, numbered, changes);
    for (const effect of effects) {
      if (effect.kind === 'ticket.open') {
        opened.push(effect);
        title = effect.text.title;
      }
      if (effect.kind === 'ticket.note' && effect.raise !== undefined) title = effect.raise.title;
      // Nobody is there any more to answer.
      if (effect.kind === 'agent.challenge' && input.at >= lostAt)
        queue.push({
          kind: 'agent.suspected',
          at: plus(input.at, 3 * second),
          agent: effect.agent,
          lastHeardAt: plus(lostAt, -second),
        });
    }
  }
}

function setUp(): Input[] {
  const up = (seq: number, of: Partial<StateChange>): StateChange =>
    ({
      seq,
      at: plus(start, second),
      atErrorMs: 5,
      since: start,
      recovering: false,
      evidence: [],
      ...of,
    }) as StateChange;
  return [
    { kind: 'server.started', at: start, release: 'test', policy: defaultPolicy },
    {
      kind: 'inventory.imported',
      at: start,
      by: 'test',
      topology: { revision: 1, providers: new Map(), sites: new Map([[where, site]]) },
    },
    ...agents.map((agent): Input => ({ kind: 'agent.enrolled', at: start, agent, site: where, host: agent })),
    ...agents.map(
      (agent): Input => ({
        kind: 'session.opened',
        at: start,
        agent,
        session: sessionId(`s-${agent}`),
        egress: '198.51.100.1',
        bootId: 'b1',
        version: '0',
        spoolDepth: 0,
      }),
    ),
    ...agents.map(
      (agent): Input => ({
        kind: 'changes.received',
        at: plus(start, second),
        agent,
        epoch: 1,
        remaining: 0,
        items: [
          ...site.links.map((link, index) =>
            up(index + 1, { kind: 'link.changed', link: link.key, status: 'up' }),
          ),
          ...hosts
            .filter((host) => host.key !== agent && host.key !== 'sw')
            .map((host, index) => up(index + 3, { kind: 'host.changed', host: host.key, status: 'up' })),
        ],
      }),
    ),
    ...site.links.map(
      (link): Input => ({
        kind: 'address.measured',
        at: plus(start, 5 * second),
        site: where,
        link: link.key,
        answers: true,
        since: plus(start, 5 * second),
      }),
    ),
  ];
}

/** The evidence of one moment, each piece up to 15 s late; an agent's own words come before its silence. */
function loss(seed: number): Input[] {
  const random = seededRandom(seed);
  const upTo = (ms: number): number => Math.floor(random.next() * ms);
  const late = (): number => upTo(15 * second);
  const words = new Map<string, number>();
  const told: Input[] = [];
  const tell = (agent: (typeof agents)[number], change: Partial<StateChange>): void => {
    const at = plus(lostAt, 5 * second + late());
    const seq = 100 + told.length;
    words.set(agent, Math.max(words.get(agent) ?? 0, at));
    const item = {
      seq,
      at,
      atErrorMs: 5,
      since: plus(lostAt, upTo(5 * second)),
      recovering: false,
      evidence: [],
    };
    told.push({
      kind: 'changes.received',
      at,
      agent,
      epoch: 1 + told.length,
      remaining: 0,
      items: [{ ...item, ...change } as StateChange],
    });
  };
  for (const agent of agents) {
    for (const host of hosts) {
      if (host.key !== agent && host.key !== 'sw' && random.next() < 0.15)
        tell(agent, { kind: 'host.changed', host: host.key, status: 'down' });
    }
    for (const link of site.links) {
      if (random.next() < 0.2)
        tell(agent, { kind: 'link.changed', link: link.key, status: 'down', layer: 'provider' });
    }
  }
  const silence = agents.flatMap((agent): Input[] => {
    const last = Math.max(plus(lostAt, -upTo(10 * second)), words.get(agent) ?? 0);
    const lastHeardAt = instant(last);
    return [
      { kind: 'agent.suspected', at: plus(lastHeardAt, 13 * second + upTo(second)), agent, lastHeardAt },
      { kind: 'agent.silent', at: plus(lastHeardAt, 18 * second + upTo(12 * second)), agent, lastHeardAt },
    ];
  });
  const addresses = site.links.map((link): Input => {
    const since = plus(lostAt, upTo(4 * second));
    return {
      kind: 'address.measured',
      at: plus(since, 4 * second + late()),
      site: where,
      link: link.key,
      answers: false,
      since,
    };
  });
  return [...told, ...silence, ...addresses];
}

describe('one cause, one ticket', () => {
  it('a site with 20 servers and 2 links, all lost, 500 orders and delays up to 15 s: exactly one ticket', () => {
    const wrong: string[] = [];
    for (let seed = 1; seed <= 500; seed += 1) {
      const { opened, title } = play([...setUp(), ...loss(seed)], plus(lostAt, 10 * minute));
      if (opened.length !== 1)
        wrong.push(`seed ${seed}: ${opened.map((each) => each.text.title).join(' | ')}`);
      else if (title === undefined || !title.startsWith('Unidade sem comunicação'))
        wrong.push(`seed ${seed}: ${title}`);
    }
    expect(wrong).toEqual([]);
  }, 120_000);
});
