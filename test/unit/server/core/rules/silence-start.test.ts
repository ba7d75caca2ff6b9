// When a silence began that nobody saw begin: between the last good sign and the first that failed, in the middle, and
// never where only blindness or an older outage lies between. Also: no wait may count from that estimate.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../../../server/core/decide.ts';
import { evolve, initialState } from '../../../../../server/core/evolve.ts';
import type { Incident } from '../../../../../server/core/incident.ts';
import type { Input } from '../../../../../server/core/input.ts';
import { defaultPolicy } from '../../../../../server/core/policy.ts';
import { withReturn } from '../../../../../server/core/rules/return-watch.ts';
import { startBetween } from '../../../../../server/core/rules/witness.ts';
import type { AgentState, ServerState } from '../../../../../server/core/state.ts';
import { agentId, sessionId, siteId } from '../../../../../shared/ids.ts';
import { limits } from '../../../../../shared/limits.ts';
import { type Instant, instant, plus, second } from '../../../../../shared/time.ts';
import { transcriptTopology } from '../../../../scenario/fleet.ts';

const t0 = instant(1_800_000_000_000);
const { heartbeatMs } = defaultPolicy;

function viewOf(server: Partial<ServerState> = {}): Parameters<typeof startBetween>[0] {
  return { heartbeatMs, server: { ...initialState().server, sightSince: t0, ...server } };
}

describe('the start of a silence', () => {
  it('lies between the two bounds and at most half a beat from the truth, wherever that lies', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: heartbeatMs }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (gapMs, share) => {
          const [heardAt, since] = [plus(t0, 1), plus(t0, 1 + gapMs)];
          const truth = heardAt + share * gapMs;
          const start = startBetween(viewOf(), heardAt, since) ?? Number.NaN;
          expect(start).toBeGreaterThanOrEqual(heardAt);
          expect(start).toBeLessThan(since);
          expect(Math.abs(start - truth)).toBeLessThanOrEqual(heartbeatMs / 2 + 1);
        },
      ),
    );
  });

  it('is not guessed when nothing was ever heard, nor before the last good sign', () => {
    expect(startBetween(viewOf(), undefined, plus(t0, second))).toBeUndefined();
    expect(startBetween(viewOf(), plus(t0, second), plus(t0, second))).toBeUndefined();
    expect(startBetween(viewOf(), plus(t0, 2 * second), plus(t0, second))).toBeUndefined();
  });

  it('is not guessed over more than one beat: those are two episodes', () => {
    expect(startBetween(viewOf(), t0, plus(t0, heartbeatMs))).toBe(plus(t0, heartbeatMs / 2));
    expect(startBetween(viewOf(), t0, plus(t0, heartbeatMs + 1))).toBeUndefined();
  });

  it('is the return of sight where nobody could see, and nothing earlier', () => {
    const sightSince = plus(t0, 4 * second);
    const blind = viewOf({ sightLostAt: plus(t0, second), sightSince });
    expect(startBetween(blind, t0, sightSince)).toBeUndefined();
    expect(startBetween(blind, plus(t0, 5 * second), plus(t0, 9 * second))).toBe(plus(t0, 7 * second));
  });
});

/** A shop with one machine, heard last at `heardAt`, silent ten seconds after its missed beat; time passes by seconds. */
function lonely(heardAt: Instant): { readonly incident: Incident; readonly openedAt: Instant } {
  const agent = agentId('srv-loja');
  const site = siteId('boreal', 'loja');
  const quiet = plus(heardAt, heartbeatMs + 1);
  const inputs: Input[] = [
    { kind: 'server.started', at: t0, release: 'test', policy: defaultPolicy },
    { kind: 'inventory.imported', at: t0, topology: transcriptTopology, by: 'test' },
    { kind: 'agent.enrolled', at: t0, agent, site, host: 'srv-loja' },
    {
      kind: 'session.opened',
      at: t0,
      agent,
      session: sessionId('s'),
      egress: '198.51.100.20',
      bootId: 'b',
      version: '0',
      spoolDepth: 0,
    },
    { kind: 'address.measured', at: plus(t0, 1), site, link: 'vivo', answers: true, since: plus(t0, 1) },
    { kind: 'agent.suspected', at: quiet, agent, lastHeardAt: heardAt },
    // Faster than any phi: only the blip's time may hold it.
    { kind: 'agent.silent', at: plus(quiet, 1), agent, lastHeardAt: heardAt },
  ];
  for (let tick = 1; tick <= 200; tick += 1) {
    const at = plus(quiet, tick * 100 + 1);
    inputs.push({ kind: 'time.advanced', at, anchorsGoodAt: at });
  }
  let state = initialState();
  for (const input of inputs) {
    const numbered = { seq: state.seq + 1, input };
    const { changes } = decide(state, numbered);
    state = evolve(state, numbered, changes);
    const opened = changes.find((change) => change.kind === 'incident.opened');
    if (opened !== undefined) return { incident: opened.incident, openedAt: input.at };
  }
  throw new Error('nothing opened');
}

describe('an incident dated before its first failing evidence', () => {
  const heardAt = plus(t0, 120 * second);

  it('opens when a blip would be over since the evidence, as if it were dated by that', () => {
    const { incident, openedAt } = lonely(heardAt);
    const evidenceAt = plus(heardAt, heartbeatMs);
    expect(incident.detectedAt).toBe(plus(heardAt, heartbeatMs / 2));
    expect(incident.evidenceAt).toBe(evidenceAt);
    expect(openedAt - evidenceAt).toBeGreaterThanOrEqual(defaultPolicy.blipMs + defaultPolicy.blipMarginMs);
    expect(incident.confirmedAt - evidenceAt).toBeGreaterThanOrEqual(defaultPolicy.blipMs);
  });

  it('keeps both bounds in the witness of the silence', () => {
    const { incident } = lonely(heardAt);
    const silence = incident.verdict.witnesses.find((each) => each.says === 'agent-silent');
    expect(silence).toMatchObject({ since: heardAt, facts: { missed: '+10 s' } });
  });
});

describe('a goodbye that is said once more', () => {
  const away: AgentState = {
    id: agentId('srv-loja'),
    site: siteId('boreal', 'loja'),
    host: 'srv-loja',
    presence: 'away',
    presenceSince: t0,
    goodbyeAt: t0,
    goodbyeReason: 'restart',
    closedByPeer: false,
    remaining: 0,
    receipts: [],
  };

  it('teaches no return: the machine has not gone yet', () => {
    expect(withReturn(away, plus(t0, limits.goodbyeAgainMs - 1)).returns).toBeUndefined();
    expect(withReturn(away, plus(t0, 60 * second)).returns).toEqual([{ of: 'machine', tookMs: 60 * second }]);
  });

  it('does not hide how quickly a service restarts', () => {
    const service = { ...away, goodbyeReason: 'service-stop' };
    expect(withReturn(service, plus(t0, second)).returns).toEqual([{ of: 'service', tookMs: second }]);
  });
});
