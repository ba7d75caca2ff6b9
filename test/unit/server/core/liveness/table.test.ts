// The liveness table: who is suspected, who is silent, and when; against worked examples and against a slow model that
// computes phi for every agent at every millisecond it asks about.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGapWindow, phi } from '../../../../../server/core/liveness/phi.ts';
import { createLivenessTable, type LivenessNews } from '../../../../../server/core/liveness/table.ts';
import { type AgentId, agentId } from '../../../../../shared/ids.ts';
import { type Instant, instant } from '../../../../../shared/time.ts';

const options = { heartbeatMs: 10_000, silenceFloorMs: 18_000, silenceCapMs: 30_000 };
const start = 1_000_000;
const at = (ms: number): Instant => instant(start + ms);
const one = agentId('agt-1');

const brief = (news: readonly LivenessNews[]) => news.map(({ kind, at: when }) => [kind, when - start]);

function watching() {
  const table = createLivenessTable(options);
  table.watch(one, at(0));
  return table;
}

/** Watched from 0, beats at 10 s, 20 s, ... `beats` of them. */
function beating(beats: number) {
  const table = watching();
  for (let n = 1; n <= beats; n += 1) table.heard(one, at(n * 10_000), true);
  return table;
}

describe('the liveness table', () => {
  it('suspects an unknown agent by the prior: 10 s and 3.0902 times 1.5 s, rounded up', () => {
    const table = watching();
    expect(table.nextAt()).toBe(at(14_636));
    expect(table.advance(at(14_635))).toEqual([]);
    expect(table.advance(at(14_636))).toEqual([
      { kind: 'agent.suspected', at: at(14_636), agent: one, lastHeardAt: at(0) },
    ]);
    // 10 s + 5.6120 * 1.5 s = 18.419 s
    expect(table.nextAt()).toBe(at(18_419));
  });

  it('suspects a regular agent 13.091 s after its last beat and calls it silent at the floor', () => {
    const table = beating(10);
    expect(table.nextAt()).toBe(at(113_091));
    expect(brief(table.advance(at(113_091)))).toEqual([['agent.suspected', 113_091]]);
    // 10 s + 5.6120 * 1 s would be 15.613 s: the floor holds it back.
    expect(table.advance(at(117_999))).toEqual([]);
    expect(table.advance(at(118_000))).toEqual([
      { kind: 'agent.silent', at: at(118_000), agent: one, lastHeardAt: at(100_000) },
    ]);
  });

  it('says each thing once', () => {
    const table = beating(3);
    const news = [40, 44, 48, 52, 60, 100, 1_000].flatMap((s) => table.advance(at(s * 1_000)));
    expect(news.map((item) => item.kind)).toEqual(['agent.suspected', 'agent.silent']);
    expect(table.nextAt()).toBeUndefined();
  });

  it('says suspected before silent even when nobody looked for an hour', () => {
    expect(brief(beating(1).advance(at(3_600_000)))).toEqual([
      ['agent.suspected', 3_600_000],
      ['agent.silent', 3_600_000],
    ]);
  });

  it('says heard after suspicion and after silence, and only then', () => {
    const table = watching();
    expect(table.heard(one, at(10_000), true)).toEqual([]);
    table.advance(at(25_000));
    expect(table.heard(one, at(26_000), false)).toEqual([
      { kind: 'agent.heard', at: at(26_000), agent: one },
    ]);
    expect(table.heard(one, at(26_001), true)).toEqual([]);
    table.advance(at(90_000));
    expect(brief(table.heard(one, at(91_000), true))).toEqual([['agent.heard', 91_000]]);
  });

  it('never waits longer than the cap, however irregular the agent', () => {
    const table = watching();
    let now = 0;
    for (let n = 0; n < 100; n += 1) {
      now += n % 2 === 0 ? 2_000 : 17_900;
      table.heard(one, at(now), true);
    }
    // mean 9.95 s, deviation 7.95 s: phi 3 only at 34.5 s, phi 8 at 54.6 s.
    expect(table.nextAt()).toBe(at(now + 30_000));
    expect(table.advance(at(now + 30_000)).map((item) => item.kind)).toEqual([
      'agent.suspected',
      'agent.silent',
    ]);
  });

  it('does not suspect anybody before a beat was due, however fast the beats came', () => {
    const table = watching();
    for (let n = 1; n <= 100; n += 1) table.heard(one, at(n * 1_000), true);
    expect(table.nextAt()).toBe(at(110_000));
  });

  it('keeps outages out of the habit', () => {
    const table = beating(20);
    table.advance(at(230_000));
    table.heard(one, at(260_000), true);
    table.heard(one, at(270_000), true);
    expect(table.nextAt()).toBe(at(283_091));
  });

  it('keeps the gap after an unanswered challenge out of the habit', () => {
    const table = beating(6);
    expect(table.unanswered(one, at(62_000), at(65_000))).toHaveLength(1);
    table.heard(one, at(77_000), true);
    expect(table.nextAt()).toBe(at(90_091));
  });

  it('learns nothing from the gap between two sessions', () => {
    const table = beating(10);
    table.watch(one, at(101_000));
    table.heard(one, at(102_000), true);
    expect(table.nextAt()).toBe(at(115_091));
  });

  it('takes any frame for a sign of life, but only beats for the habit', () => {
    const table = beating(10);
    for (let n = 1; n <= 50; n += 1) table.heard(one, at(100_000 + n * 100), false);
    expect(table.nextAt()).toBe(at(118_091));
    expect(table.lastHeardAt(one)).toBe(at(105_000));
  });

  it('suspects at once when a challenge went unanswered, unless heard since', () => {
    const table = beating(3);
    expect(table.unanswered(one, at(31_000), at(34_000))).toEqual([
      { kind: 'agent.suspected', at: at(34_000), agent: one, lastHeardAt: at(30_000) },
    ]);
    expect(table.unanswered(one, at(31_000), at(34_500))).toEqual([]);
    expect(brief(table.heard(one, at(35_000), false))).toEqual([['agent.heard', 35_000]]);
    expect(table.unanswered(one, at(34_600), at(37_600))).toEqual([]);
    expect(table.unanswered(agentId('stranger'), at(0), at(3_000))).toEqual([]);
  });

  it('says nothing during the grace of a server start, then both at once', () => {
    const table = createLivenessTable(options);
    expect(table.watch(one, at(0), at(45_000))).toEqual([]);
    expect(table.lastHeardAt(one)).toBeUndefined();
    expect(table.unanswered(one, at(1_000), at(4_000))).toEqual([]);
    expect(table.advance(at(44_999))).toEqual([]);
    expect(brief(table.advance(at(45_000)))).toEqual([
      ['agent.suspected', 45_000],
      ['agent.silent', 45_000],
    ]);
  });

  it('ends the grace with the first sign of life', () => {
    const table = createLivenessTable(options);
    table.watch(one, at(0), at(45_000));
    expect(table.watch(one, at(5_000))).toEqual([]);
    expect(table.nextAt()).toBe(at(19_636));
  });

  it('gives an agent that is watched already a new grace without forgetting it', () => {
    const table = beating(10);
    table.watch(one, at(101_000), at(146_000));
    expect(table.advance(at(145_999))).toEqual([]);
    expect(table.advance(at(146_000))[0]).toMatchObject({ lastHeardAt: at(100_000) });
  });

  it('expects nothing of a forgotten agent', () => {
    const table = beating(3);
    table.forget(one);
    expect(table.nextAt()).toBeUndefined();
    expect(table.heard(one, at(31_000), true)).toEqual([]);
    expect(table.advance(at(900_000))).toEqual([]);
  });

  it('tells what became due at one moment in the order of due instants, then of ids', () => {
    const table = createLivenessTable(options);
    for (const id of ['b', 'c', 'a']) table.watch(agentId(id), at(0));
    table.watch(agentId('early'), at(-5));
    expect(table.advance(at(14_636)).map((item) => item.agent)).toEqual(['early', 'a', 'b', 'c']);
  });
});

describe('the liveness table against a slow model', () => {
  const step = fc.record({
    afterMs: fc.integer({ min: 0, max: 24_000 }),
    agent: fc.integer({ min: 0, max: 2 }).map((n) => agentId(`agt-${n}`)),
    beat: fc.boolean(),
  });

  it('finds the first instant at which phi reaches 3 and 8 within floor and cap', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        const table = createLivenessTable(options);
        const model = createModel();
        let now = 0;
        for (const { afterMs, agent, beat } of steps) {
          const until = now + afterMs;
          for (
            let next = table.nextAt();
            next !== undefined && next - start <= until;
            next = table.nextAt()
          ) {
            for (const news of table.advance(next)) model.check(news);
          }
          now = until;
          model.quiet(at(now));
          if (!model.knows(agent)) table.watch(agent, at(now));
          else table.heard(agent, at(now), beat);
          model.heard(agent, at(now), beat);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('serves 10,000 agents without scanning them at each beat', () => {
    const table = createLivenessTable(options);
    const agents = Array.from({ length: 10_000 }, (_, n) => agentId(`agt-${n}`));
    const began = performance.now();
    let news = 0;
    agents.forEach((agent, n) => {
      table.watch(agent, at(n));
    });
    for (let round = 1; round <= 10; round += 1) {
      agents.forEach((agent, n) => {
        const now = at(round * 10_000 + n);
        news += table.advance(now).length + table.heard(agent, now, true).length;
        table.nextAt();
      });
    }
    expect(news).toBe(0);
    // 100,000 beats: a scan of all agents at each would take minutes.
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

/** Each agent by itself, phi computed anew at each question. */
function createModel() {
  interface Known {
    lastAt: Instant;
    beatAt: Instant | undefined;
    status: 'live' | 'suspected' | 'silent';
    gaps: ReturnType<typeof createGapWindow>;
  }
  const agents = new Map<AgentId, Known>();
  const isDue = ({ lastAt, status, gaps }: Known, now: number): boolean => {
    const silenceMs = now - lastAt;
    const suspicion = phi(silenceMs, gaps.habit());
    const silent = silenceMs >= 18_000 && (suspicion >= 8 || silenceMs >= 30_000);
    if (status === 'live') return silenceMs >= 10_000 && (suspicion >= 3 || silent);
    return status === 'suspected' && silent;
  };
  return {
    knows: (agent: AgentId) => agents.has(agent),
    heard(agent: AgentId, now: Instant, beat: boolean) {
      const known = agents.get(agent);
      if (known === undefined) {
        agents.set(agent, { lastAt: now, beatAt: undefined, status: 'live', gaps: createGapWindow(10_000) });
        return;
      }
      if (beat) {
        const gap = known.beatAt === undefined ? undefined : now - known.beatAt;
        if (gap !== undefined && gap < 18_000 && known.status !== 'silent') known.gaps.add(gap);
        known.beatAt = now;
      }
      known.lastAt = now;
      known.status = 'live';
    },
    /** The news is due now, and was not a millisecond ago. */
    check(news: LivenessNews) {
      const known = agents.get(news.agent);
      if (known === undefined) throw new Error(`news of a stranger ${news.agent}`);
      expect(news.kind).toBe(known.status === 'live' ? 'agent.suspected' : 'agent.silent');
      expect(isDue(known, news.at)).toBe(true);
      if (known.status === 'live') expect(isDue(known, news.at - 1)).toBe(false);
      known.status = known.status === 'live' ? 'suspected' : 'silent';
    },
    /** Nothing was missed up to now. */
    quiet(now: Instant) {
      for (const known of agents.values()) expect(isDue(known, now)).toBe(false);
    },
  };
}
