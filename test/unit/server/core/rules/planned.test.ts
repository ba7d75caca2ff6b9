// Maintenance windows, silences and the return watch: nothing opens inside, what outlives them opens once, in time.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlannedWindow, Scope, Silence } from '../../../../../server/core/planned.ts';
import { defaultPolicy } from '../../../../../server/core/policy.ts';
import { learnedReturnMs } from '../../../../../server/core/rules/return-watch.ts';
import type { AgentState } from '../../../../../server/core/state.ts';
import { agentId, customerKey } from '../../../../../shared/ids.ts';
import { day, minute } from '../../../../../shared/time.ts';
import { at, aurora, blip, createRig } from '../rig.ts';

const site: Scope = { customer: customerKey('aurora'), site: 'matriz' };

function window(
  from: number,
  to: number,
  more: Partial<PlannedWindow> & { back?: number } = {},
): PlannedWindow {
  const returnBy = more.back === undefined ? {} : { returnBy: at(more.back) };
  return {
    id: more.id ?? 'w1',
    scope: more.scope ?? site,
    reason: 'troca do roteador',
    occurrences: more.occurrences ?? [{ startsAt: at(from), endsAt: at(to), ...returnBy }],
  };
}

function silence(from: number, until: number, scope: Scope = site): Silence {
  return { id: 's1', scope, startsAt: at(from), until: at(until), by: 'ana', reason: 'poste' };
}

describe('maintenance window', () => {
  it('whatever fails inside is raised within 30 s of its end, dated by its end, and once only', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_700 }),
        fc.integer({ min: 1, max: 3_600 }),
        fc.boolean(),
        (failsAt, lasts, early) => {
          const rig = createRig();
          rig.plan(-50, [window(0, 1_800)]);
          rig.link(failsAt + 4, 'down', { since: failsAt });
          const endsAt = early ? Math.max(failsAt + 60, 900) : 1_800;
          if (early) rig.plan(endsAt, []);
          const backAt = failsAt + 12 + lasts;
          if (backAt < endsAt) {
            rig.link(backAt, 'up', { since: backAt - 8 });
            rig.passTo(8_000);
            expect(rig.opened()).toEqual([]);
            expect(rig.recorded().every((each) => each.cause === 'planned')).toBe(true);
            return;
          }
          rig.passTo(endsAt - 1);
          expect(rig.opened()).toEqual([]);
          if (backAt < endsAt + 30) return;
          rig.passTo(endsAt + 30);
          expect(rig.opened()).toHaveLength(1);
          expect(rig.opened()[0]?.detectedAt).toBe(at(endsAt));
          const began = rig.opened()[0]?.verdict.witnesses.find((each) => each.says === 'began-in-window');
          expect(began?.since).toBe(at(failsAt));
          rig.passTo(8_000);
          expect(rig.opened()).toHaveLength(1);
        },
      ),
      { numRuns: 80 },
    );
  });

  it('covers what its scope names and nothing beside it', () => {
    const link: Scope = { ...site, link: 'claro' };
    const rig = createRig();
    rig.plan(-50, [window(0, 1_800, { scope: link })]);
    rig.link(104, 'down', { since: 100, link: 'claro' });
    rig.host(300, 'down');
    rig.passTo(1_000);
    expect(rig.opened().map((incident) => incident.causeKey)).toEqual(['host:impressora']);
  });

  it('adjacent windows are one: what outlives both is dated by the end of the second', () => {
    const rig = createRig();
    rig.plan(-50, [window(0, 600), window(600, 1_200, { id: 'w2' })]);
    rig.link(104, 'down', { since: 100 });
    rig.passTo(2_000);
    expect(rig.opened().map((incident) => incident.detectedAt)).toEqual([at(1_200)]);
  });

  it('a failure of the last seconds before it that was not raised belongs to it', () => {
    const rig = createRig();
    rig.plan(-50, [window(10, 600)]);
    rig.link(9, 'down', { since: 5 });
    rig.passTo(2_000);
    expect(rig.opened().map((incident) => incident.detectedAt)).toEqual([at(600)]);
  });

  it('downs inside it are no flapping after it', () => {
    const rig = createRig();
    rig.plan(-50, [window(0, 300)]);
    for (const start of [10, 60, 110, 160, 210]) blip(rig, start);
    rig.passTo(2_000);
    expect(rig.opened()).toEqual([]);
  });

  it('told again unchanged it changes nothing', () => {
    const rig = createRig();
    rig.plan(-50, [window(0, 600)]);
    const { planned } = rig.state();
    rig.plan(-40, [window(0, 600)]);
    expect(rig.state().planned).toBe(planned);
  });

  it('is forgotten some days after it is over', () => {
    const rig = createRig();
    rig.plan(-50, [window(0, 600)]);
    rig.plan(700, []);
    expect(rig.state().planned.aurora?.windows).toHaveLength(1);
    rig.plan((3 * day) / 1_000, []);
    expect(rig.state().planned).toEqual({});
  });
});

describe('silence', () => {
  it('keeps tickets away until its end, and the outage keeps its true beginning', () => {
    const rig = createRig();
    rig.plan(0, [], [silence(0, 1_800)]);
    rig.link(104, 'down', { since: 100 });
    rig.passTo(1_799);
    expect(rig.opened()).toEqual([]);
    expect(
      rig
        .state()
        .sites.get(aurora)
        ?.links.find((each) => each.link === 'vivo')?.status,
    ).toBe('down');
    rig.passTo(1_830);
    expect(rig.opened().map((incident) => incident.detectedAt)).toEqual([at(100)]);
    expect(rig.opened()[0]?.verdict.witnesses.some((each) => each.says === 'silenced')).toBe(true);
  });

  it('ended by hand it ends now', () => {
    const rig = createRig();
    rig.plan(0, [], [silence(0, 1_800)]);
    rig.link(104, 'down', { since: 100 });
    rig.plan(500, []);
    rig.passTo(515);
    expect(rig.opened()).toHaveLength(1);
  });

  it('what ended during it stays history', () => {
    const rig = createRig();
    rig.plan(0, [], [silence(0, 1_800)]);
    rig.link(104, 'down', { since: 100 });
    rig.link(300, 'up', { since: 290 });
    rig.passTo(4_000);
    expect(rig.opened()).toEqual([]);
    expect(rig.recorded().map((incident) => incident.downtimeMs)).toEqual([190_000]);
  });
});

describe('return watch', () => {
  it('raises a machine that is not back within 15 s of its deadline', () => {
    const rig = createRig();
    rig.goodbye(0, 'srv-erp');
    rig.passTo(15 * 60 - 1);
    expect(rig.opened()).toEqual([]);
    rig.passTo(15 * 60 + 15);
    expect(rig.opened()).toMatchObject([{ kind: 'host-down', priority: 'critical', detectedAt: at(900) }]);
  });

  it('a window given after the goodbye moves the deadline, and deleting it brings the old one back', () => {
    const rig = createRig();
    rig.goodbye(0, 'srv-erp');
    rig.plan(60, [window(50, 4_000, { back: 3_000 })]);
    expect(rig.state().agents.get(agentId('srv-erp'))?.returnBy).toBe(at(3_000));
    rig.plan(120, []);
    expect(rig.state().agents.get(agentId('srv-erp'))?.returnBy).toBe(at(900));
  });

  describe('over a restart of the server', () => {
    const restart = (rig: ReturnType<typeof createRig>, seconds: number): void =>
      rig.apply({ kind: 'server.started', at: at(seconds), release: 'test', policy: defaultPolicy });
    const returnBy = (rig: ReturnType<typeof createRig>) =>
      rig.state().agents.get(agentId('srv-erp'))?.returnBy;

    it('does not move the deadline, however long nothing had happened before', () => {
      const rig = createRig();
      rig.goodbye(0, 'srv-erp');
      restart(rig, 590);
      expect(returnBy(rig)).toBe(at(900));
    });

    it('gives five minutes from the start where the deadline has passed, or comes sooner', () => {
      for (const startedAt of [700, 900, 90_000]) {
        const rig = createRig();
        rig.goodbye(0, 'srv-erp');
        restart(rig, startedAt);
        expect(returnBy(rig)).toBe(at(startedAt + 300));
      }
    });

    it('gives no more than the time that was left, and nothing to what was due before', () => {
      const rig = createRig();
      rig.goodbye(0, 'srv-erp');
      rig.passTo(800);
      rig.apply({ kind: 'planned.told', at: at(800), windows: [], silences: [] });
      restart(rig, 90_000);
      expect(returnBy(rig)).toBe(at(90_100));
      rig.passTo(90_200);
      restart(rig, 90_300);
      expect(returnBy(rig)).toBe(at(90_100));
    });
  });

  it('learns machine and service returns apart, and remembers the last eight', () => {
    const rig = createRig();
    for (let turn = 0; turn < 12; turn += 1) {
      rig.goodbye(turn * 1_000, 'srv-erp', 'service-stop');
      rig.connect(turn * 1_000 + 5, 'srv-erp');
    }
    const agent = rig.state().agents.get(agentId('srv-erp'));
    expect(agent?.returns).toHaveLength(8);
    if (agent === undefined) return;
    expect(learnedReturnMs(agent, 'service-stop', defaultPolicy)).toBe(5 * minute);
    expect(learnedReturnMs(agent, 'restart', defaultPolicy)).toBe(15 * minute);
  });

  it.each([
    [[60_000], 5 * minute],
    [[4 * minute, 6 * minute, 2 * minute], 14 * minute],
    [[8 * 60 * minute], 60 * minute],
  ])('returns of %s ms give a deadline of %i ms', (took, wanted) => {
    const agent: AgentState = {
      id: agentId('a'),
      site: aurora,
      host: 'srv-erp',
      presence: 'away',
      presenceSince: at(0),
      closedByPeer: false,
      remaining: 0,
      receipts: [],
      returns: took.map((tookMs) => ({ of: 'machine', tookMs })),
    };
    expect(learnedReturnMs(agent, 'restart', defaultPolicy)).toBe(wanted);
  });
});
