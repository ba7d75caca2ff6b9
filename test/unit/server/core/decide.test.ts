// The core under random weather: whatever comes in, in whatever order, the invariants of the journal and of
// "one ticket per cause" hold.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../../../server/core/change.ts';
import { nextDeadline } from '../../../../server/core/deadline.ts';
import { decide } from '../../../../server/core/decide.ts';
import { isTicketEffect } from '../../../../server/core/effect.ts';
import { evolve, initialState } from '../../../../server/core/evolve.ts';
import type { Input, NumberedInput } from '../../../../server/core/input.ts';
import { defaultPolicy } from '../../../../server/core/policy.ts';
import { stateFromData, stateToData } from '../../../../server/core/snapshot.ts';
import type { State } from '../../../../server/core/state.ts';
import {
  agentId,
  customerKey,
  effectKey,
  incidentIdFrom,
  sessionId,
  siteId,
} from '../../../../shared/ids.ts';
import { type Instant, instant } from '../../../../shared/time.ts';
import { transcriptTopology } from '../../../scenario/fleet.ts';

const start = 1_800_000_000_000;
const agents = [
  { id: agentId('srv-ad'), site: siteId('aurora', 'matriz') },
  { id: agentId('srv-erp'), site: siteId('aurora', 'matriz') },
  { id: agentId('srv-loja'), site: siteId('boreal', 'loja') },
  { id: agentId('vigilante'), site: siteId('cedro', 'escritorio') },
  { id: agentId('vm-1'), site: siteId('cedro', 'escritorio') },
] as const;

const setUp: readonly Input[] = [
  { kind: 'server.started', at: instant(start), release: 'test', policy: defaultPolicy },
  { kind: 'inventory.imported', at: instant(start), topology: transcriptTopology, by: 'test' },
  ...agents.map(
    ({ id, site }): Input => ({ kind: 'agent.enrolled', at: instant(start), agent: id, site, host: id }),
  ),
];

/** One random happening, `afterMs` after the one before. */
const happening = fc.record({
  afterMs: fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 400_000 })),
  what: fc.constantFrom(
    'open',
    'close',
    'goodbye',
    'suspected',
    'silent',
    'heard',
    'link',
    'host',
    'boot',
    'address',
    'anchors',
    'restart',
    'import',
    'person',
    'reported',
    'planned',
  ),
  agent: fc.constantFrom(...agents),
  pick: fc.integer({ min: 0, max: 1_000 }),
  flag: fc.boolean(),
  backMs: fc.integer({ min: 0, max: 600_000 }),
});
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

interface Run {
  readonly state: State;
  readonly journal: readonly { readonly numbered: NumberedInput; readonly changes: readonly Change[] }[];
  readonly opened: readonly string[];
}

function play(happenings: readonly Happening[]): Run {
  const journal: { numbered: NumberedInput; changes: readonly Change[] }[] = [];
  const opened: string[] = [];
  const seqs = new Map<string, number>();
  let state = initialState();
  let now = start;
  const apply = (input: Input): void => {
    const numbered = { seq: state.seq + 1, input };
    const { changes, effects } = decide(state, numbered);
    // Deciding reads only: the same question has the same answer.
    expect(decide(state, numbered)).toEqual({ changes, effects });
    state = evolve(state, numbered, changes);
    journal.push({ numbered, changes });
    for (const effect of effects) if (isTicketEffect(effect)) opened.push(effect.key);
    checkOneIncidentPerCause(state);
  };
  for (const input of setUp) apply(input);
  for (const each of happenings) {
    now += each.afterMs;
    for (let due = nextDeadline(state); due !== undefined && due <= now; due = nextDeadline(state)) {
      expect(due).toBeGreaterThan(state.at - 1);
      apply({ kind: 'time.advanced', at: due, anchorsGoodAt: each.flag ? due : undefined });
    }
    const input = inputOf(each, { state, now: instant(now), seqs });
    if (input !== undefined) apply(input);
  }
  return { state, journal, opened };
}

function checkOneIncidentPerCause(state: State): void {
  const causes = [...state.incidents.values()].map((incident) => `${incident.site}|${incident.causeKey}`);
  expect(new Set(causes).size).toBe(causes.length);
  for (const incident of state.incidents.values()) {
    expect(incident.detectedAt).toBeLessThanOrEqual(incident.confirmedAt);
    expect(incident.confirmedAt).toBeLessThanOrEqual(incident.openedAt);
    expect(incident.openedAt - incident.detectedAt).toBeGreaterThanOrEqual(defaultPolicy.blipMs);
    expect(incident.recoveredAt === undefined || incident.outageSince === undefined).toBe(true);
    expect(incident.downtimeMs).toBeGreaterThanOrEqual(0);
  }
}

interface Scene {
  readonly state: State;
  readonly now: Instant;
  readonly seqs: Map<string, number>;
}

function inputOf(each: Happening, { state, now, seqs }: Scene): Input | undefined {
  const { agent, pick, flag } = each;
  const site = transcriptTopology.sites.get(agent.site);
  const link = site?.links[pick % (site.links.length || 1)]?.key ?? '';
  const host = site?.hosts[pick % (site.hosts.length || 1)]?.key ?? '';
  const since = instant(now - each.backMs);
  const next = (): number => {
    const seq = (seqs.get(agent.id) ?? 0) + 1;
    seqs.set(agent.id, seq);
    return seq;
  };
  const told = (item: Extract<Input, { kind: 'changes.received' }>['items'][number]): Input => ({
    kind: 'changes.received',
    at: now,
    agent: agent.id,
    epoch: 1,
    remaining: pick % 7 === 0 ? 3 : 0,
    items: [item],
  });
  switch (each.what) {
    case 'open':
      return {
        kind: 'session.opened',
        at: now,
        agent: agent.id,
        session: sessionId(`s${now}`),
        egress: flag ? '198.51.100.10' : '203.0.113.10',
        bootId: 'b',
        version: '0',
        spoolDepth: 0,
      };
    case 'close': {
      const session = state.agents.get(agent.id)?.session;
      return (
        session && {
          kind: 'session.closed',
          at: now,
          agent: agent.id,
          session,
          by: flag ? 'peer' : 'timeout',
        }
      );
    }
    case 'goodbye':
      return { kind: 'goodbye.said', at: now, agent: agent.id, reason: flag ? 'shutdown' : 'service-stop' };
    case 'suspected':
    case 'silent':
      return { kind: `agent.${each.what}`, at: now, agent: agent.id, lastHeardAt: since };
    case 'heard':
      return { kind: 'agent.heard', at: now, agent: agent.id };
    case 'link': {
      const status = (['up', 'down', 'degraded', 'down'] as const)[pick % 4] ?? 'up';
      const numbered = { seq: next(), at: now, atErrorMs: 1, since, evidence: [] };
      return told({ kind: 'link.changed', ...numbered, link, status, recovering: status === 'down' && flag });
    }
    case 'host': {
      const status = flag ? 'up' : 'down';
      return told({
        kind: 'host.changed',
        seq: next(),
        at: now,
        atErrorMs: 1,
        host,
        status,
        since,
        recovering: false,
        evidence: [],
      });
    }
    case 'boot': {
      const previous = { bootId: flag ? 'b' : 'a', lastAliveAt: since, stoppedInOrder: pick % 2 === 0 };
      return told({
        kind: 'run.started',
        seq: next(),
        at: now,
        atErrorMs: 1,
        bootId: 'b',
        bootAt: since,
        previous,
      });
    }
    case 'address':
      return { kind: 'address.measured', at: now, site: agent.site, link, answers: flag, since };
    case 'anchors':
      return { kind: 'anchors.measured', at: now, reachable: flag, since };
    case 'restart':
      return { kind: 'server.started', at: now, release: 'test', policy: defaultPolicy };
    case 'import':
      return { kind: 'inventory.imported', at: now, topology: transcriptTopology, by: 'test' };
    case 'person': {
      const incident =
        [...state.incidents.keys()][pick % (state.incidents.size || 1)] ?? incidentIdFrom('inc-0-0');
      const kinds = ['acknowledged', 'resolvedByPerson', 'reopenedByPerson'] as const;
      return { kind: `incident.${kinds[pick % 3] ?? 'acknowledged'}`, at: now, incident, by: 'ana' };
    }
    case 'planned': {
      const scope = {
        customer: customerKey(agent.site.split('/')[0] ?? ''),
        ...(flag ? { link } : { host }),
      };
      const startsAt = instant(now + (pick - 500) * 100);
      const span = { startsAt, endsAt: instant(startsAt + 1 + each.backMs) };
      const window = { id: 'w', reason: 'obra', scope, occurrences: [{ ...span, returnBy: span.endsAt }] };
      const silence = { id: 's', reason: 'poste', by: 'ana', scope, startsAt: now, until: span.endsAt };
      const silences = pick % 3 === 0 && span.endsAt > now ? [silence] : [];
      return { kind: 'planned.told', at: now, windows: pick % 5 === 0 ? [] : [window], silences };
    }
    case 'reported': {
      const incident =
        [...state.incidents.keys()][pick % (state.incidents.size || 1)] ?? incidentIdFrom('inc-0-0');
      const outcome = { kind: 'registered', protocol: 'P-1' } as const;
      return {
        kind: 'ticket.reported',
        at: now,
        effect: effectKey(`${incident}:open`),
        incident,
        desk: 'local',
        outcome,
      };
    }
  }
}

describe('decide: under random weather', () => {
  const weather = fc.array(happening, { minLength: 1, maxLength: 120 });

  it('re-applying the recorded changes gives the same state, also from a snapshot in the middle', () => {
    fc.assert(
      fc.property(weather, (happenings) => {
        const { state, journal } = play(happenings);
        let again = initialState();
        for (const [index, { numbered, changes }] of journal.entries()) {
          if (index === Math.floor(journal.length / 2))
            again = stateFromData(JSON.parse(JSON.stringify(stateToData(again))));
          again = evolve(again, numbered, changes);
        }
        expect(JSON.stringify(stateToData(again))).toBe(JSON.stringify(stateToData(state)));
      }),
      { numRuns: 150 },
    );
  });

  it('no effect key is ever used twice, and each incident opens at most one ticket', () => {
    fc.assert(
      fc.property(weather, (happenings) => {
        const { opened } = play(happenings);
        expect(new Set(opened).size).toBe(opened.length);
      }),
      { numRuns: 150 },
    );
  });
});
