// A window's occurrences ahead and back: the same rule gives the same days in both directions.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  occurrencesBack,
  occurrencesOf,
  type WindowTimes,
} from '../../../../../server/shell/runtime/occurrences.ts';
import { day, hour, instant, plus, toIso } from '../../../../../shared/time.ts';

const zone = 'America/Sao_Paulo';
/** Tuesday 2026-11-24, 02:00 in São Paulo. */
const startsAt = instant(Date.UTC(2026, 10, 24, 5));
const now = instant(Date.UTC(2026, 10, 22, 12));

function times(recurrence?: string): WindowTimes {
  const base = { startsAt, endsAt: plus(startsAt, 2 * hour) };
  return recurrence === undefined ? base : { ...base, recurrence };
}

function back(recurrence: string | undefined, days = 90): readonly string[] {
  const span = { from: plus(now, -days * day), to: now };
  return occurrencesBack(times(recurrence), zone, span).map((each) => toIso(each.startsAt).slice(0, 16));
}

describe('maintenance: occurrences back in time', () => {
  it('a window that happens once, ahead, has no past', () => {
    expect(back(undefined)).toEqual([]);
  });

  it('a window that has begun counts itself', () => {
    const running = { startsAt: plus(now, -hour), endsAt: plus(now, hour) };
    expect(occurrencesBack(running, zone, { from: plus(now, -90 * day), to: now })).toEqual([running]);
  });

  it.each([
    ['FREQ=WEEKLY', ['2026-11-03T05:00', '2026-11-10T05:00', '2026-11-17T05:00']],
    ['FREQ=WEEKLY;INTERVAL=2', ['2026-11-10T05:00']],
    [
      'FREQ=WEEKLY;BYDAY=TU,SA',
      [
        '2026-11-03T05:00',
        '2026-11-07T05:00',
        '2026-11-10T05:00',
        '2026-11-14T05:00',
        '2026-11-17T05:00',
        '2026-11-21T05:00',
      ],
    ],
  ])('%s reaches back in step', (rule, expected) => {
    expect(back(rule, 20)).toEqual(expected);
  });

  it.each([
    ['FREQ=MONTHLY', ['2026-09-24T05:00', '2026-10-24T05:00']],
    ['FREQ=MONTHLY;BYDAY=4TU', ['2026-08-25T05:00', '2026-09-22T05:00', '2026-10-27T05:00']],
    ['FREQ=MONTHLY;INTERVAL=2', ['2026-09-24T05:00']],
    ['FREQ=DAILY;INTERVAL=45', ['2026-08-26T05:00', '2026-10-10T05:00']],
  ])('%s reaches back over months', (rule, expected) => {
    expect(back(rule)).toEqual(expected);
  });

  it('its end is left aside: a rule of five times has a past all the same', () => {
    expect(back('FREQ=WEEKLY;COUNT=5', 10)).toEqual(['2026-11-17T05:00']);
  });

  it('whatever the rule, looking back from after its start finds what lies ahead of it', () => {
    const rule = fc.record({
      freq: fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY'),
      interval: fc.integer({ min: 1, max: 5 }),
      by: fc.constantFrom('', ';BYDAY=TU', ';BYDAY=TU,FR'),
    });
    fc.assert(
      fc.property(rule, fc.integer({ min: 1, max: 120 }), ({ freq, interval, by }, days) => {
        const window = times(`FREQ=${freq};INTERVAL=${interval}${by}`);
        const span = { from: startsAt, to: plus(startsAt, days * day) };
        expect(occurrencesBack(window, zone, span)).toEqual(occurrencesOf(window, zone, span));
      }),
      { numRuns: 60 },
    );
  });
});
