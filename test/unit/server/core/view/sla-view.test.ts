// The contract's clock and the next call as rows: what a screen may count on by itself, and until when.
import { describe, expect, test } from 'vitest';
import { createCalendars } from '../../../../../server/core/sla/calendars.ts';
import type { State } from '../../../../../server/core/state.ts';
import { speechIn } from '../../../../../server/core/view/languages.ts';
import { clocksOf, whySentence } from '../../../../../server/core/view/sla-view.ts';
import { escalationRowSchema, slaRowSchema } from '../../../../../shared/api/sla.ts';
import { effectKey, incidentId } from '../../../../../shared/ids.ts';
import { defaultSlaPolicies, slaPoliciesSchema } from '../../../../../shared/sla-policy.ts';
import { hour, type Instant, instant, minute, plus } from '../../../../../shared/time.ts';
import { incident, stateOf, topology } from './samples.ts';

/** A Friday, 17:30 in São Paulo; PREMIUM is open until 20:00. */
const friday = instant(Date.UTC(2026, 10, 27, 20, 30));

function reading(now: Instant, policies = defaultSlaPolicies, state: State = stateOf({})) {
  const { providers, incidents } = state;
  const calendars = createCalendars(policies);
  return { ...speechIn('pt-BR', topology), calendars, hints: [], providers, incidents, now };
}

const standard = {
  priority: 'standard',
  detectedAt: friday,
  openedAt: friday,
  ticket: {
    state: 'registered',
    effect: effectKey('k'),
    desk: 'local',
    protocol: 'VIG-1',
    registeredAt: friday,
  },
} as const;

describe('sla row', () => {
  test('a critical counts from its first evidence, day and night, and is due at once', () => {
    const now = plus(friday, 3 * hour);
    const { sla } = clocksOf(incident({ detectedAt: friday }), reading(now));
    expect(slaRowSchema.parse(sla)).toEqual(sla);
    expect(sla).toMatchObject({ state: 'at-once', clock: '24x7', elapsedMs: 3 * hour, counting: true });
    expect(sla.dueAt).toBe('2026-11-27T20:30:00.000Z');
  });

  test('business time may be counted on until support closes, then the row must be read again', () => {
    const open = clocksOf(incident(standard), reading(plus(friday, 2 * hour))).sla;
    expect(open).toMatchObject({ state: 'running', counting: true, remainingMs: 2 * hour });
    expect(open.countsUntil).toBe('2026-11-27T23:00:00.000Z');
    expect(open.validUntil).toBe(open.countsUntil);
    const night = clocksOf(incident(standard), reading(plus(friday, 5 * hour))).sla;
    expect(night).toMatchObject({ state: 'outside-hours', counting: false, remainingMs: 1.5 * hour });
    expect(night.supportOpensAt).toBe('2026-11-30T11:00:00.000Z');
    expect(night.validUntil).toBe(night.supportOpensAt);
    expect(night.dueAt).toBe('2026-11-30T12:30:00.000Z');
  });

  test('whoever attends stops the clock, and nothing turns any more', () => {
    const acknowledgedAt = plus(friday, 10 * minute);
    const taken = incident({ ...standard, state: 'acknowledged', acknowledgedBy: 'Rui', acknowledgedAt });
    const { sla } = clocksOf(taken, reading(plus(friday, 2 * hour)));
    expect(sla).toMatchObject({ state: 'met', counting: false, elapsedMs: 10 * minute });
  });

  test('a person forwarding it attends; a step the clock takes does not', () => {
    const at = plus(friday, 20 * minute);
    const by = { at, kind: 'assigned', by: 'Rui', text: 'Campo' } as const;
    const told = { at, kind: 'escalated', text: 'Nível 2' } as const;
    const now = reading(plus(friday, hour));
    expect(clocksOf(incident({ ...standard, timeline: [by] }), now).sla.state).toBe('met');
    expect(clocksOf(incident({ ...standard, timeline: [told] }), now).sla.state).toBe('running');
  });

  test('what concerns no customer has no contract and is told by its age', () => {
    const outage = incident({ kind: 'own-outage', site: undefined, detectedAt: friday });
    const { sla, escalation } = clocksOf(outage, reading(plus(friday, minute)));
    expect(slaRowSchema.parse(sla)).toEqual(sla);
    expect(sla).toMatchObject({ state: 'none', plan: null, elapsedMs: minute, dueAt: null });
    expect(escalation).toEqual({ level: 1, to: null, at: null, next: null });
    expect(whySentence(outage, reading(friday))).toBeUndefined();
  });

  test('the reason is told in the language that is asked for', () => {
    const now = reading(plus(friday, hour));
    expect(whySentence(incident(standard), now)).toMatch(/^sexta 17:30 → segunda 09:30: /);
    const english = { ...now, ...speechIn('en', topology) };
    expect(whySentence(incident(standard), english)).not.toBe(whySentence(incident(standard), now));
  });
});

describe('escalation row', () => {
  const rota = slaPoliciesSchema.parse({
    rota: {
      weekly: [
        { role: 'noc', days: ['fri'], from: '08:00', until: '20:00', people: ['Ana'] },
        { role: 'level2-lead', days: ['fri'], from: '08:00', until: '20:00', people: ['Bruno', 'Caio'] },
      ],
    },
  });
  const burning = incident({ detectedAt: friday, openedAt: friday });

  test('tells what comes next, when, and who is on call then', () => {
    const { escalation, sla } = clocksOf(burning, reading(plus(friday, minute), rota));
    expect(escalationRowSchema.parse(escalation)).toEqual(escalation);
    expect(escalation).toEqual({
      level: 1,
      to: null,
      at: null,
      next: { step: 'call.noc-again', at: '2026-11-27T20:35:00.000Z', to: 'Ana' },
    });
    expect(sla.validUntil).toBe('2026-11-27T20:35:00.000Z');
  });

  test('a step that was taken is told as such, and the one after stands next', () => {
    const at = plus(friday, 5 * minute);
    const escalation = { level: 1, steps: ['call.noc-again'], at, to: 'Ana' } as const;
    const row = clocksOf({ ...burning, escalation }, reading(plus(at, minute), rota)).escalation;
    expect(row).toMatchObject({ level: 1, to: 'Ana', at: '2026-11-27T20:35:00.000Z' });
    expect(row.next).toMatchObject({ step: 'call.level2-lead', to: 'Bruno, Caio' });
  });

  test('what a lasting outage explains is called for there, and by itself once that is over', () => {
    const parent = incident({ id: incidentId(8, 0), kind: 'provider-outage', site: undefined });
    const child = { ...burning, parent: parent.id };
    const at = plus(friday, minute);
    const lasting = reading(at, rota, stateOf({ incidents: [parent, child] }));
    expect(clocksOf(child, lasting).escalation.next).toBeNull();
    const over = stateOf({ incidents: [{ ...parent, recoveredAt: at }, child] });
    expect(clocksOf(child, reading(at, rota, over)).escalation.next).not.toBeNull();
  });

  test('an outage that is over calls nobody', () => {
    const recovering = { ...burning, recoveredAt: plus(friday, minute) };
    expect(clocksOf(recovering, reading(plus(friday, 2 * minute), rota)).escalation.next).toBeNull();
  });
});
