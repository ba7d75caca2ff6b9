// Steps of escalation and the rota: who is called when, what stops a call, and what climbs although somebody took it.
import { describe, expect, it } from 'vitest';
import { createCalendars } from '../../../../../server/core/sla/calendars.ts';
import { type EscalationFacts, stepsOf } from '../../../../../server/core/sla/escalation.ts';
import { onCallAt } from '../../../../../server/core/sla/rota.ts';
import { zoneOf } from '../../../../../server/core/sla/zone.ts';
import { defaultSlaPolicies, rotaSchema, slaPoliciesSchema } from '../../../../../shared/sla-policy.ts';
import { hour, type Instant, instant, minute, plus } from '../../../../../shared/time.ts';

const at = (local: string): Instant => instant(Temporal.Instant.from(`${local}-03:00`).epochMilliseconds);
const openedAt = at('2026-11-24T10:00');
const night = at('2026-11-24T23:00');
const facts = (given: Partial<EscalationFacts>): EscalationFacts => ({
  priority: 'critical',
  plan: 'PRO',
  customer: 'aurora',
  place: { state: 'SP', city: 'São Paulo', timeZone: 'America/Sao_Paulo' },
  openedAt,
  pauses: [],
  now: openedAt,
  ...given,
});
const told = (given: Partial<EscalationFacts>, policies: object = {}) =>
  stepsOf(facts(given), createCalendars(slaPoliciesSchema.parse(policies)));
const brief = (given: Partial<EscalationFacts>, policies: object = {}) =>
  told(given, policies).steps.map(
    ({ kind, at: when, state }) => `${kind} ${(when - (given.openedAt ?? openedAt)) / minute} ${state}`,
  );

describe('escalation: critical', () => {
  it('calls again at 5, the lead at 15, moves at 30 and 90 minutes', () => {
    expect(brief({})).toEqual([
      'call.noc-again 5 waiting',
      'call.level2-lead 15 waiting',
      'move.level2 30 waiting',
      'move.level3 90 waiting',
    ]);
    expect(told({}).nextAt).toBe(plus(openedAt, 5 * minute));
  });

  it('a step is due at its instant, not a millisecond before', () => {
    expect(brief({ now: instant(openedAt + 5 * minute - 1) })[0]).toContain('waiting');
    expect(brief({ now: plus(openedAt, 5 * minute) })[0]).toContain('due');
  });

  it('acknowledgement stops the calls to come and not the levels´ times', () => {
    expect(brief({ acknowledgedAt: plus(openedAt, 7 * minute), now: plus(openedAt, hour) })).toEqual([
      'call.noc-again 5 due',
      'call.level2-lead 15 stopped',
      'move.level2 30 due',
      'move.level3 90 waiting',
    ]);
  });

  it('a pause stops calls and levels for as long as it lasts', () => {
    const pause = { from: plus(openedAt, 2 * minute), until: plus(openedAt, hour) };
    expect(brief({ pauses: [pause] })).toEqual([
      'call.noc-again 63 waiting',
      'call.level2-lead 73 waiting',
      'move.level2 88 waiting',
      'move.level3 148 waiting',
    ]);
    expect(brief({ pauses: [{ from: pause.from }] })).toEqual([]);
    const later = { from: plus(openedAt, 10 * minute), until: plus(openedAt, 20 * minute) };
    expect(brief({ pauses: [later], now: plus(openedAt, 12 * minute) })).toEqual([
      'call.noc-again 5 due',
      'call.level2-lead 25 waiting',
      'move.level2 40 waiting',
      'move.level3 100 waiting',
    ]);
  });

  it('a level that takes no time still waits for the end of a pause', () => {
    const { inside } = defaultSlaPolicies.plans.PRO.escalation;
    const plans = { PRO: { escalation: { inside: { ...inside, toLevel3Ms: 0 } } } };
    const pause = { from: plus(openedAt, 30 * minute), until: plus(openedAt, 45 * minute) };
    expect(brief({ pauses: [pause] }, { plans }).slice(2)).toEqual([
      'move.level2 30 waiting',
      'move.level3 45 waiting',
    ]);
  });

  it('the end of the problem stops everything to come', () => {
    const { steps, level, nextAt } = told({
      resolvedAt: plus(openedAt, 20 * minute),
      now: plus(openedAt, 5 * hour),
    });
    expect(steps.map(({ state }) => state)).toEqual(['due', 'due', 'stopped', 'stopped']);
    expect({ level, nextAt }).toEqual({ level: 1, nextAt: undefined });
  });

  it('a move by hand counts from then on and ends the calls', () => {
    const { steps, level } = told({
      movedToLevel2At: plus(openedAt, 3 * minute),
      now: plus(openedAt, 4 * minute),
    });
    expect(level).toBe(2);
    expect(steps.find(({ kind }) => kind === 'move.level3')?.at).toBe(plus(openedAt, 63 * minute));
    expect(steps.filter(({ stoppedBy }) => stoppedBy === 'moved')).toHaveLength(2);
  });

  it('straight to level 3 is level 3', () => {
    expect(told({ movedToLevel3At: plus(openedAt, minute), now: plus(openedAt, minute) }).level).toBe(3);
  });

  it('runs through the night', () => {
    expect(brief({ openedAt: night, now: night })[2]).toBe('move.level2 30 waiting');
  });
});

describe('escalation: per plan, inside and outside support hours', () => {
  const plans = {
    PRO: {
      escalation: {
        inside: { callAgainMs: minute },
        outside: { callLeadMs: null, callAgainMs: 10 * minute },
      },
    },
  };

  it('takes the times of the hours in which it opened', () => {
    expect(brief({}, { plans })[0]).toBe('call.noc-again 1 waiting');
    expect(brief({ openedAt: night, now: night }, { plans })[0]).toBe('call.noc-again 10 waiting');
    expect(brief({ plan: 'PREMIUM' }, { plans })[0]).toBe('call.noc-again 5 waiting');
  });

  it('a step that is null outside waits for the opening; one that is null inside is not taken', () => {
    const { steps } = told({ openedAt: night, now: night }, { plans });
    expect(steps.find(({ kind }) => kind === 'call.level2-lead')?.at).toBe(at('2026-11-25T08:15'));
    const none = { PRO: { escalation: { inside: { toLevel3Ms: null } } } };
    expect(told({}, { plans: none }).steps.map(({ kind }) => kind)).not.toContain('move.level3');
  });

  it('what is not critical counts business time only', () => {
    const evening = at('2026-11-27T17:50');
    const standard = { callAgainMs: 5 * minute, callLeadMs: 15 * minute, toLevel2Ms: 30 * minute };
    const { steps } = told(
      { priority: 'standard', openedAt: evening, now: evening },
      { plans: { PRO: { escalation: { standard } } } },
    );
    expect(steps.map(({ at: when }) => when)).toEqual([
      at('2026-11-27T17:55'),
      at('2026-11-30T08:05'),
      at('2026-11-30T08:20'),
      at('2026-11-30T09:20'),
    ]);
  });
});

describe('escalation: what is not critical', () => {
  it('calls nobody, moves when its target is over, and a level later', () => {
    expect(brief({ priority: 'priority' })).toEqual(['move.level2 120 waiting', 'move.level3 180 waiting']);
    expect(brief({ priority: 'standard' })).toEqual(['move.level2 240 waiting', 'move.level3 300 waiting']);
  });

  it('follows the plan´s own target, and the times of a critical move nothing of it', () => {
    const inside = { callAgainMs: minute, toLevel2Ms: minute, toLevel3Ms: null };
    const plans = { PRO: { targets: { priority: 3 * hour }, escalation: { inside, outside: inside } } };
    expect(brief({ priority: 'priority' }, { plans })).toEqual([
      'move.level2 180 waiting',
      'move.level3 240 waiting',
    ]);
  });

  it.each(['acknowledgedAt', 'forwardedAt'] as const)('%s before the target spares both levels', (which) => {
    const { steps, level, nextAt } = told({
      priority: 'priority',
      [which]: plus(openedAt, 119 * minute),
      now: plus(openedAt, 5 * hour),
    });
    expect(steps.map(({ state, stoppedBy }) => `${state} ${stoppedBy}`)).toEqual([
      'stopped acknowledged',
      'stopped acknowledged',
    ]);
    expect({ level, nextAt }).toEqual({ level: 1, nextAt: undefined });
  });

  it('who takes it after the target finds it at level 2, whose hour runs', () => {
    const late = { priority: 'priority', acknowledgedAt: plus(openedAt, 121 * minute) } as const;
    expect(brief({ ...late, now: plus(openedAt, 150 * minute) })).toEqual([
      'move.level2 120 due',
      'move.level3 180 waiting',
    ]);
  });

  it('a time in place of the target is level 1´s time, which an acknowledgement does not stop', () => {
    const plans = { PRO: { escalation: { priority: { toLevel2Ms: 30 * minute, callLeadMs: 10 * minute } } } };
    const taken = { acknowledgedAt: plus(openedAt, minute), now: plus(openedAt, hour) };
    expect(brief({ priority: 'priority', ...taken }, { plans })).toEqual([
      'call.level2-lead 10 stopped',
      'move.level2 30 due',
      'move.level3 90 waiting',
    ]);
  });

  it('null at level 2 moves it never, not even to level 3', () => {
    const plans = { PRO: { escalation: { standard: { toLevel2Ms: null } } } };
    expect(brief({ priority: 'standard' }, { plans })).toEqual([]);
  });

  it('of one priority says nothing of the other', () => {
    const plans = { PRO: { escalation: { standard: { callAgainMs: minute } } } };
    expect(brief({ priority: 'standard' }, { plans })[0]).toBe('call.noc-again 1 waiting');
    expect(brief({ priority: 'priority' }, { plans })[0]).toBe('move.level2 120 waiting');
  });
});

describe('escalation: a customer with a contract of its own', () => {
  const plans = { DEDICADO: { escalation: { inside: { callAgainMs: 2 * minute } } } };
  const everyDay = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  const customers = {
    hospital: {
      hours: [{ days: everyDay, from: '00:00', until: '24:00' }],
      escalation: { inside: { callLeadMs: 3 * minute }, priority: { toLevel3Ms: null } },
    },
  };
  const of = (given: Partial<EscalationFacts>) => brief({ plan: 'DEDICADO', ...given }, { plans, customers });

  it('takes its own times where it names them and the plan´s elsewhere', () => {
    expect(of({ customer: 'hospital' }).slice(0, 3)).toEqual([
      'call.noc-again 2 waiting',
      'call.level2-lead 3 waiting',
      'move.level2 30 waiting',
    ]);
    expect(of({ customer: 'aurora' })[1]).toBe('call.level2-lead 15 waiting');
    expect(of({ customer: 'hospital', priority: 'priority' })).toEqual(['move.level2 120 waiting']);
  });

  it('is inside support hours by its own hours', () => {
    const opened = { openedAt: night, now: night };
    expect(of({ customer: 'hospital', ...opened })[0]).toBe('call.noc-again 2 waiting');
    expect(of({ customer: 'aurora', ...opened })[0]).toBe('call.noc-again 5 waiting');
  });
});

describe('rota', () => {
  const zone = zoneOf('America/Sao_Paulo');
  const written = {
    weekly: [
      {
        role: 'noc',
        days: ['mon', 'tue', 'wed', 'thu', 'fri'],
        from: '08:00',
        until: '18:00',
        people: ['Ana', 'Bia'],
      },
      { role: 'noc', days: ['fri'], from: '18:00', until: '08:00', people: ['Caio'] },
      {
        role: 'level2',
        days: ['mon'],
        from: '00:00',
        until: '00:00',
        people: ['Davi', 'Eva'],
        turnsFrom: '2026-11-23',
      },
    ],
    overrides: [
      { role: 'noc', from: '2026-12-25T00:00', until: '2026-12-26T00:00', people: ['Fábio'] },
      { role: 'noc', from: '2026-12-25T12:00', until: '2026-12-25T13:00', people: ['Gil'] },
    ],
  };
  const rota = rotaSchema.parse(written);
  const who = (role: 'noc' | 'level2' | 'level3', local: string) => onCallAt(role, at(local), rota, zone);

  it('names nobody where nothing is written', () => {
    expect(who('level3', '2026-11-24T10:00')).toEqual([]);
    expect(who('noc', '2026-11-24T18:00')).toEqual([]);
    expect(onCallAt('noc', at('2026-11-24T10:00'), defaultSlaPolicies.rota, zone)).toEqual([]);
  });

  it('names all of a line, and a night by the evening on which it began', () => {
    expect(who('noc', '2026-11-24T08:00')).toEqual(['Ana', 'Bia']);
    expect(who('noc', '2026-11-27T18:00')).toEqual(['Caio']);
    expect(who('noc', '2026-11-28T07:59')).toEqual(['Caio']);
    expect(who('noc', '2026-11-28T08:00')).toEqual([]);
    expect(who('noc', '2026-11-24T07:59')).toEqual([]);
  });

  it('takes turns by the week, before the first one too', () => {
    expect(who('level2', '2026-11-23T12:00')).toEqual(['Davi']);
    expect(who('level2', '2026-11-30T12:00')).toEqual(['Eva']);
    expect(who('level2', '2026-12-07T12:00')).toEqual(['Davi']);
    expect(who('level2', '2026-11-16T12:00')).toEqual(['Eva']);
  });

  it('an override wins over the week, the later line over the earlier', () => {
    expect(who('noc', '2026-12-24T23:59')).toEqual([]);
    expect(who('noc', '2026-12-25T09:00')).toEqual(['Fábio']);
    expect(who('noc', '2026-12-25T12:30')).toEqual(['Gil']);
    expect(who('noc', '2026-12-26T00:00')).toEqual(['Caio']);
  });

  it('stands beside each step, as of the instant of the step', () => {
    const opened = at('2026-11-27T17:57');
    const { steps } = told({ openedAt: opened, now: opened }, { rota: written });
    expect(steps[0]).toMatchObject({ role: 'noc', people: ['Caio'] });
  });
});
