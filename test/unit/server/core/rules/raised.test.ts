// An incident whose class rises after its opening: its clock starts with what raised it, and its calls begin then.
import { describe, expect, it } from 'vitest';
import { takenSteps } from '../../../../../server/core/rules/desk-life.ts';
import type { Finding } from '../../../../../server/core/rules/finding.ts';
import { worsen } from '../../../../../server/core/rules/incident.ts';
import { createCalendars } from '../../../../../server/core/sla/calendars.ts';
import { stepsOf } from '../../../../../server/core/sla/escalation.ts';
import { escalationFactsOf } from '../../../../../server/core/sla/escalation-facts.ts';
import { slaQuestionOf } from '../../../../../server/core/sla/of-incident.ts';
import { slaOf } from '../../../../../server/core/sla/sla.ts';
import { present } from '../../../../../shared/assert.ts';
import { slaPoliciesSchema } from '../../../../../shared/sla-policy.ts';
import { hour, instant, minute, plus, second } from '../../../../../shared/time.ts';
import { incident, stateOf, topology } from '../view/samples.ts';

/** Friday 21:01 in São Paulo: no support hours any more. */
const friday = instant(Date.UTC(2026, 10, 28, 0, 1));
const night = plus(friday, 6 * hour);
const degraded = incident({
  ...{
    kind: 'link-degraded',
    priority: 'priority',
    detectedAt: friday,
    confirmedAt: friday,
    openedAt: friday,
  },
  escalation: { level: 2, steps: ['call.noc-again', 'move.level2'], at: friday, to: 'Beto' },
});
const finding: Finding = {
  ...{ kind: 'link-down', cause: 'provider', layer: 'provider', causeKey: degraded.causeKey, link: 'vivo' },
  ...{ recovering: false, rests: 'direct' },
  ...{ since: night, verdict: { kind: 'link-down', confidence: 'confirmed', witnesses: [], refused: [] } },
};
const dead = worsen(degraded, finding, { siteHasOtherLink: true, now: plus(night, 10 * second) });

describe('a degraded link that dies at night', () => {
  it('is critical since its death, not since it was slow', () => {
    const site = present(topology.sites.get(present(dead.site, 'site')), 'site');
    const policies = slaPoliciesSchema.parse({ plans: { PREMIUM: { targets: { critical: 30 * minute } } } });
    const now = plus(night, 2 * minute);
    const sla = slaOf(slaQuestionOf(dead, site, now), createCalendars(policies));
    expect(sla).toMatchObject({ state: 'running', startedAt: night, elapsedMs: 2 * minute });
    expect(dead.detectedAt).toBe(friday);
  });

  it('calls everybody from then on, step by step, and keeps its level', () => {
    const state = stateOf({});
    const now = plus(night, minute);
    const facts = present(escalationFactsOf(dead, { ...state, topology }, now), 'facts');
    const { steps } = stepsOf(facts, createCalendars(slaPoliciesSchema.parse({})));
    const raisedAt = plus(night, 10 * second);
    expect(steps.map(({ kind, at, state: is }) => [kind, (at - raisedAt) / minute, is])).toEqual([
      ['call.noc-again', 5, 'waiting'],
      ['call.level2-lead', 15, 'waiting'],
      ['move.level2', 30, 'waiting'],
      ['move.level3', 90, 'waiting'],
    ]);
    expect(takenSteps(dead)).toEqual([]);
    expect(dead.escalation?.level).toBe(2);
  });
});
