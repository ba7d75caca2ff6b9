// Doubt asks every independent witness at once, when phi passes 3: the site's public addresses in a burst, the other
// agents by a challenge, the server's own anchors. An address that was good and falls silent asks the agents.
import { describe, expect, it } from 'vitest';
import { decide } from '../../../../../server/core/decide.ts';
import { evolve, initialState } from '../../../../../server/core/evolve.ts';
import type { Input } from '../../../../../server/core/input.ts';
import { defaultPolicy } from '../../../../../server/core/policy.ts';
import { agentId, sessionId, siteId } from '../../../../../shared/ids.ts';
import { instant, plus, second } from '../../../../../shared/time.ts';
import { transcriptTopology } from '../../../../scenario/fleet.ts';

const at = instant(1_800_000_000_000);
const site = siteId('aurora', 'matriz');
const agents = ['srv-ad', 'srv-erp'].map(agentId);

/** Effects of the last input. */
function effectsOf(...inputs: readonly Input[]) {
  const before: readonly Input[] = [
    { kind: 'server.started', at, release: 'test', policy: defaultPolicy },
    { kind: 'inventory.imported', at, topology: transcriptTopology, by: 'test' },
    ...agents.map((agent): Input => ({ kind: 'agent.enrolled', at, agent, site, host: agent })),
    ...agents.map(
      (agent): Input => ({
        kind: 'session.opened',
        at,
        agent,
        session: sessionId(`s-${agent}`),
        egress: '198.51.100.10',
        bootId: 'b',
        version: '0',
        spoolDepth: 0,
      }),
    ),
  ];
  let state = initialState();
  let last: ReturnType<typeof decide>['effects'] = [];
  for (const input of [...before, ...inputs]) {
    const numbered = { seq: state.seq + 1, input };
    const { changes, effects } = decide(state, numbered);
    state = evolve(state, numbered, changes);
    last = effects;
  }
  return last;
}

const address = (answers: boolean, afterMs: number): Input => ({
  kind: 'address.measured',
  at: plus(at, afterMs),
  site,
  link: 'vivo',
  answers,
  since: plus(at, afterMs),
});

describe('asking witnesses', () => {
  it('a suspected agent sets off a burst on the addresses, a challenge to the other agent, and the anchors', () => {
    const [first, other] = agents;
    if (first === undefined || other === undefined) throw new Error('two agents');
    const effects = effectsOf({
      kind: 'agent.suspected',
      at: plus(at, 14 * second),
      agent: first,
      lastHeardAt: at,
    });
    expect(effects).toEqual([
      { kind: 'agent.challenge', agent: other },
      { kind: 'site.probe', site },
      { kind: 'anchors.probe' },
    ]);
  });

  it('an address that falls silent asks the agents; one that never answered says nothing and asks nobody', () => {
    const asked = effectsOf(address(true, second), address(false, 8 * second)).map(({ kind }) => kind);
    expect(asked.filter((kind) => kind === 'agent.challenge')).toHaveLength(2);
    expect(effectsOf(address(false, 8 * second))).toEqual([]);
  });
});
