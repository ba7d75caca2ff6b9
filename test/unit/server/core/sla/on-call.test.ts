// Who is on call now and next: gaps, nights, turns of a week, overrides, clocks that jump; and that no change is overlooked.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onCallOutlook } from '../../../../../server/core/sla/on-call.ts';
import { onCallAt } from '../../../../../server/core/sla/rota.ts';
import { zoneOf } from '../../../../../server/core/sla/zone.ts';
import { defaultSlaPolicies, rotaSchema } from '../../../../../shared/sla-policy.ts';
import { day, type Instant, instant, minute, plus } from '../../../../../shared/time.ts';

const zone = zoneOf('America/Sao_Paulo');
const at = (local: string): Instant => instant(Temporal.Instant.from(`${local}-03:00`).epochMilliseconds);
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;
const rota = rotaSchema.parse({
  weekly: [
    { role: 'noc', days: weekdays, from: '08:00', until: '18:00', people: ['Ana'] },
    { role: 'noc', days: ['fri'], from: '18:00', until: '08:00', people: ['Caio'] },
    {
      role: 'level2',
      days: [...weekdays, 'sat', 'sun'],
      from: '00:00',
      until: '24:00',
      people: ['Davi', 'Eva'],
      turnsFrom: '2026-11-23',
    },
  ],
  overrides: [{ role: 'noc', from: '2026-11-25T10:30', until: '2026-11-25T11:30', people: ['Gil'] }],
});

describe('who is on call now and next', () => {
  it('nobody now and never, where nothing is written', () => {
    const now = at('2026-11-24T10:00');
    const empty = { now: { from: now, people: [] }, next: undefined };
    expect(onCallOutlook('noc', now, defaultSlaPolicies.rota, zone)).toEqual(empty);
    expect(onCallOutlook('level3', now, rota, zone)).toEqual(empty);
  });

  it('over a night without anybody, the next ones are the first of the morning', () => {
    expect(onCallOutlook('noc', at('2026-11-23T15:00'), rota, zone)).toEqual({
      now: { from: at('2026-11-23T15:00'), until: at('2026-11-23T18:00'), people: ['Ana'] },
      next: { from: at('2026-11-24T08:00'), until: at('2026-11-24T18:00'), people: ['Ana'] },
    });
    const evening = onCallOutlook('noc', at('2026-11-23T20:00'), rota, zone);
    expect(evening.now).toEqual({
      from: at('2026-11-23T20:00'),
      until: at('2026-11-24T08:00'),
      people: [],
    });
    expect(evening.next?.from).toBe(at('2026-11-24T08:00'));
  });

  it('a night goes on to its morning; a week\u2019s turn ends with the week', () => {
    const night = onCallOutlook('noc', at('2026-11-27T23:00'), rota, zone);
    expect(night.now).toMatchObject({ people: ['Caio'], until: at('2026-11-28T08:00') });
    expect(night.next).toMatchObject({ people: ['Ana'], from: at('2026-11-30T08:00') });
    expect(onCallOutlook('level2', at('2026-11-24T10:00'), rota, zone)).toEqual({
      now: { from: at('2026-11-24T10:00'), until: at('2026-11-30T00:00'), people: ['Davi'] },
      next: { from: at('2026-11-30T00:00'), until: at('2026-12-07T00:00'), people: ['Eva'] },
    });
  });

  it('an override comes and goes, to the minute', () => {
    const before = onCallOutlook('noc', at('2026-11-25T09:00'), rota, zone);
    expect(before.next).toEqual({
      from: at('2026-11-25T10:30'),
      until: at('2026-11-25T11:30'),
      people: ['Gil'],
    });
  });

  it('keeps the wall clock where the zone jumps', () => {
    const santiago = zoneOf('America/Santiago');
    const nights = rotaSchema.parse({
      timeZone: 'America/Santiago',
      weekly: [{ role: 'noc', days: ['sun'], from: '09:00', until: '10:00', people: ['Ana'] }],
    });
    const moment = (text: string): Instant => instant(Temporal.Instant.from(text).epochMilliseconds);
    const { next } = onCallOutlook('noc', moment('2026-09-05T12:00-04:00'), nights, santiago);
    expect(next?.from).toBe(moment('2026-09-06T09:00-03:00'));
  });

  it('no change of the rota is overlooked: every minute until the next says the same', () => {
    const name = fc.constantFrom('Ana', 'Bia', 'Caio');
    const clockTime = fc
      .integer({ min: 0, max: 95 })
      .map(
        (quarter) =>
          `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`,
      );
    const line = fc.record({
      role: fc.constant('noc' as const),
      days: fc.uniqueArray(fc.constantFrom(...weekdays, 'sat' as const, 'sun' as const), { minLength: 1 }),
      from: clockTime,
      until: clockTime,
      people: fc.uniqueArray(name, { minLength: 1, maxLength: 2 }),
      turnsFrom: fc.option(fc.constant('2026-11-23'), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), fc.integer({ min: 0, max: 20_000 }), (weekly, offset) => {
        const made = rotaSchema.parse({ weekly });
        const now = plus(at('2026-11-20T00:00'), offset * minute);
        const { now: present } = onCallOutlook('noc', now, made, zone);
        const until = present.until ?? plus(now, 13 * day);
        for (let point = now; point < until; point = plus(point, 15 * minute))
          expect(onCallAt('noc', point, made, zone)).toEqual(present.people);
        if (present.until !== undefined)
          expect(onCallAt('noc', present.until, made, zone)).not.toEqual(present.people);
      }),
      { numRuns: 60 },
    );
  });
});
