// What the core keeps of a cloned disk: a note for people that opens nothing, and the machine that was the agent first.
import { describe, expect, it } from 'vitest';
import { decide } from '../../../../../server/core/decide.ts';
import { evolve, initialState } from '../../../../../server/core/evolve.ts';
import type { Input } from '../../../../../server/core/input.ts';
import { defaultPolicy } from '../../../../../server/core/policy.ts';
import type { State } from '../../../../../server/core/state.ts';
import { gatherSites, siteRow } from '../../../../../server/core/view/site-row.ts';
import { agentId, sessionId, siteId } from '../../../../../shared/ids.ts';
import { instant } from '../../../../../shared/time.ts';
import { transcriptTopology } from '../../../../scenario/fleet.ts';

const agent = agentId('srv-ad');
const site = siteId('aurora', 'matriz');
const startMs = 1_800_000_000_000;
const at = (seconds: number) => instant(startMs + seconds * 1_000);

function decided(inputs: readonly Input[]): { readonly state: State; readonly effects: readonly unknown[] } {
  let state = initialState();
  const effects: unknown[] = [];
  for (const input of inputs) {
    const numbered = { seq: state.seq + 1, input };
    const decision = decide(state, numbered);
    state = evolve(state, numbered, decision.changes);
    effects.push(...decision.effects);
  }
  return { state, effects };
}

const opened = (seconds: number, machine?: string): Input => ({
  kind: 'session.opened',
  at: at(seconds),
  agent,
  session: sessionId(`s-${seconds}`),
  egress: '198.51.100.10',
  bootId: 'boot-1',
  machine,
  version: '0.1.0',
  spoolDepth: 0,
});
const cloned = (seconds: number, times: number): Input => ({
  kind: 'agent.cloned',
  at: at(seconds),
  agent,
  address: '203.0.113.99',
  times,
});
const setUp: readonly Input[] = [
  { kind: 'server.started', at: at(0), release: 'test', policy: defaultPolicy },
  { kind: 'inventory.imported', at: at(0), topology: transcriptTopology, by: 'test' },
  { kind: 'agent.enrolled', at: at(0), agent, site, host: 'srv-ad' },
];

function hostOf(state: State) {
  const row = gatherSites(state, new Set([site])).map((evidence) => siteRow(evidence, (key) => key))[0];
  return row?.hosts.find(({ key }) => key === 'srv-ad');
}

describe('a cloned disk', () => {
  it('is noted with its address and summed, and changes nothing else of its agent', () => {
    const before = decided([...setUp, opened(10, 'm-1')]);
    const { state, effects } = decided([...setUp, opened(10, 'm-1'), cloned(20, 1), cloned(90, 4)]);
    const clone = { seenAt: at(90), address: '203.0.113.99', times: 5 };
    expect(state.agents.get(agent)).toEqual({ ...before.state.agents.get(agent), clone });
    expect(state.incidents.size).toBe(0);
    expect(effects).toEqual(before.effects);
  });

  it('is shown on the wall at its host, and only there', () => {
    const calm = decided([...setUp, opened(10)]).state;
    expect(hostOf(calm)?.agent).not.toHaveProperty('cloneSeenAt');
    const warned = decided([...setUp, opened(10), cloned(20, 1)]).state;
    expect(hostOf(warned)).toMatchObject({
      status: 'up',
      agent: { presence: 'live', cloneSeenAt: new Date(at(20)).toISOString() },
    });
  });

  it('of an agent nobody knows, or that was revoked, is passed over', () => {
    const unknown = decided([...setUp, { ...cloned(20, 1), agent: agentId('stranger') } as Input]);
    expect(unknown.state.agents.size).toBe(1);
    const revoked = decided([
      ...setUp,
      { kind: 'agent.revoked', at: at(5), agent, by: 'ana' },
      cloned(20, 1),
    ]).state;
    expect(revoked.agents.get(agent)?.clone).toBeUndefined();
  });

  it('is forgotten when its agent is enrolled anew', () => {
    const again = { kind: 'agent.enrolled', at: at(30), agent, site, host: 'srv-ad' } as const;
    const { state } = decided([...setUp, opened(10, 'm-1'), cloned(20, 1), again]);
    expect(state.agents.get(agent)?.clone).toBeUndefined();
    expect(state.agents.get(agent)?.machine).toBeUndefined();
  });
});

describe('the machine of an agent', () => {
  it('is the first that told itself, whatever comes later', () => {
    const machineAfter = (...inputs: Input[]) =>
      decided([...setUp, ...inputs]).state.agents.get(agent)?.machine;
    expect(machineAfter(opened(10))).toBeUndefined();
    expect(machineAfter(opened(10), opened(20, 'm-1'), opened(30, 'm-2'), opened(40))).toBe('m-1');
  });
});
