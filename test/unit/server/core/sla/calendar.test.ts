// Business time: what counts, where it stands still, and the hours that a summer time skips or repeats.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addBusinessMs,
  businessMsBetween,
  createCalendar,
  isOpenAt,
  nextOpeningFrom,
} from '../../../../../server/core/sla/calendar.ts';
import { createCalendars } from '../../../../../server/core/sla/calendars.ts';
import { contractOf } from '../../../../../server/core/sla/contract.ts';
import { supportHours } from '../../../../../server/core/sla/support-hours.ts';
import { zoneOf } from '../../../../../server/core/sla/zone.ts';
import { limits } from '../../../../../shared/limits.ts';
import {
  defaultHolidaySwitches,
  defaultSlaPolicies,
  slaPoliciesSchema,
} from '../../../../../shared/sla-policy.ts';
import { hour, type Instant, instant } from '../../../../../shared/time.ts';

const at = (iso: string): Instant => instant(Temporal.Instant.from(iso).epochMilliseconds);
const saoPaulo = { state: 'SP', city: 'São Paulo', timeZone: 'America/Sao_Paulo' };
const pro = createCalendars(defaultSlaPolicies).of('PRO', saoPaulo);

function open(opening: object, timeZone = 'America/Sao_Paulo') {
  const hours = [
    { days: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'], from: '00:00', until: '24:00', ...opening },
  ];
  const policies = slaPoliciesSchema.parse({ plans: { PRO: { hours } } });
  return createCalendars(policies).of('PRO', { state: 'XX', city: '', timeZone });
}

describe('calendar: support hours', () => {
  it('are 08:00 to 18:00 for START and PRO, to 20:00 for PREMIUM and DEDICADO, and none at weekends', () => {
    const friday = (plan: 'START' | 'PRO' | 'PREMIUM' | 'DEDICADO') =>
      supportHours(contractOf(defaultSlaPolicies, plan).hours)[5];
    expect(friday('START')).toEqual([{ from: 480, until: 1_080 }]);
    expect(friday('PRO')).toEqual([{ from: 480, until: 1_080 }]);
    expect(friday('PREMIUM')).toEqual([{ from: 480, until: 1_200 }]);
    expect(friday('DEDICADO')).toEqual([{ from: 480, until: 1_200 }]);
    const premium = supportHours(contractOf(defaultSlaPolicies, 'PREMIUM').hours);
    expect([premium[0], premium[6]]).toEqual([[], []]);
  });

  it('of overlapping lines count once', () => {
    const hours = [
      { days: ['mon'], from: '08:00', until: '12:00' },
      { days: ['mon'], from: '11:00', until: '14:00' },
      { days: ['mon'], from: '14:00', until: '15:00' },
    ];
    const policies = slaPoliciesSchema.parse({ plans: { DEDICADO: { hours } } });
    expect(supportHours(contractOf(policies, 'DEDICADO').hours)[1]).toEqual([{ from: 480, until: 900 }]);
  });
});

describe('calendar: refusals of the configuration', () => {
  it.each([
    ['a day backwards', { plans: { PRO: { hours: [{ days: ['mon'], from: '18:00', until: '08:00' }] } } }],
    [
      'hours that are all but empty',
      { plans: { PRO: { hours: [{ days: ['mon'], from: '08:00', until: '08:30' }] } } },
    ],
    [
      'a time that does not exist',
      { plans: { PRO: { hours: [{ days: ['mon'], from: '08:60', until: '18:00' }] } } },
    ],
    ['a date that does not exist', { holidays: { extraDays: [{ date: '2026-02-30', name: 'x' }] } }],
    ['29 February of a common year', { holidays: { extraDays: [{ date: '2027-02-29', name: 'x' }] } }],
    ['a town without its state', { holidays: { removedDays: [{ date: '07-09', city: 'Santos' }] } }],
    ['an unknown key', { plans: { PRO: { hour: [] } } }],
    ['an unknown key of a customer', { customers: { aurora: { hour: [] } } }],
    ['a customer by its name', { customers: { 'Padaria Aurora': {} } }],
    ['a class that there is not', { plans: { PRO: { priorities: { linkDownBackup: 'low' } } } }],
    ['a word for a time', { plans: { PRO: { escalation: { standard: { toLevel2Ms: 'late' } } } } }],
    [
      'a target for a critical step',
      { plans: { PRO: { escalation: { inside: { toLevel2Ms: 'target' } } } } },
    ],
    ['a closing that there is not', { closing: 'never' }],
    [
      'turns that begin on a Tuesday',
      {
        rota: {
          weekly: [
            {
              role: 'noc',
              days: ['mon'],
              from: '08:00',
              until: '18:00',
              people: ['Ana'],
              turnsFrom: '2026-01-06',
            },
          ],
        },
      },
    ],
  ])('%s', (_name, given) => {
    expect(slaPoliciesSchema.safeParse(given).success).toBe(false);
  });
});

describe('calendar: counting', () => {
  it('gives nothing for a span that runs backwards, is empty or lies on a weekend', () => {
    expect(businessMsBetween(at('2026-11-23T12:00Z'), at('2026-11-23T11:00Z'), pro)).toBe(0);
    expect(businessMsBetween(at('2026-11-23T12:00Z'), at('2026-11-23T12:00Z'), pro)).toBe(0);
    expect(businessMsBetween(at('2026-11-28T03:00Z'), at('2026-11-30T03:00Z'), pro)).toBe(0);
  });

  it('leaves out 20 November and the weekend behind it', () => {
    expect(businessMsBetween(at('2026-11-19T20:00Z'), at('2026-11-23T12:00Z'), pro)).toBe(2 * hour);
  });

  it('ends a target that fills a day at the end of that day, not at the next opening', () => {
    expect(addBusinessMs(at('2026-11-27T19:00Z'), 2 * hour, pro)).toBe(at('2026-11-27T21:00Z'));
    expect(addBusinessMs(at('2026-11-27T19:00Z'), 2 * hour + 1, pro)).toBe(at('2026-11-30T11:00:00.001Z'));
  });

  it('adds nothing without moving, even at night', () => {
    expect(addBusinessMs(at('2026-11-28T03:00Z'), 0, pro)).toBe(at('2026-11-28T03:00Z'));
  });

  it('finds the opening after a long weekend', () => {
    expect(nextOpeningFrom(at('2026-11-19T21:00Z'), pro)).toBe(at('2026-11-23T11:00Z'));
    expect(isOpenAt(at('2026-11-23T11:00Z'), pro)).toBe(true);
    expect(isOpenAt(at('2026-11-23T10:59:59.999Z'), pro)).toBe(false);
    expect(isOpenAt(at('2026-11-23T21:00Z'), pro)).toBe(false);
  });

  it('gives up after twenty years when everything is closed', () => {
    const never = createCalendar({
      hours: [[], [], [], [], [], [], []],
      place: saoPaulo,
      zone: zoneOf('America/Sao_Paulo'),
      switches: defaultHolidaySwitches,
    });
    expect(addBusinessMs(at('2026-11-23T12:00Z'), 1, never)).toBeUndefined();
    expect(nextOpeningFrom(at('2026-11-23T12:00Z'), never)).toBeUndefined();
    // 20 years are more days than it keeps: it forgot some, said so, and was still right.
    expect(never.cleared).toBeGreaterThan(0);
    expect(limits.slaDaysKeptMax).toBeLessThan(limits.slaDaysMax);
  });

  it('uses the zone of the site: four of them open one after the other', () => {
    const opens = ['America/Noronha', 'America/Sao_Paulo', 'America/Manaus', 'America/Rio_Branco'].map(
      (timeZone) =>
        nextOpeningFrom(
          at('2026-11-23T09:00Z'),
          createCalendars(defaultSlaPolicies).of('PRO', { state: 'XX', city: '', timeZone }),
        ),
    );
    expect(opens).toEqual(
      ['T10:00Z', 'T11:00Z', 'T12:00Z', 'T13:00Z'].map((time) => at(`2026-11-23${time}`)),
    );
  });
});

describe('calendar: summer times', () => {
  it('count 23 hours on the Sunday that began Brazil´s last one, and 25 on the day that ended it', () => {
    const always = open({});
    expect(businessMsBetween(at('2018-11-04T03:00Z'), at('2018-11-05T02:00Z'), always)).toBe(23 * hour);
    const hours23 = open({ from: '23:00', until: '24:00' });
    // 17 February 2019, 00:00 became 16 February, 23:00: that hour came twice.
    expect(businessMsBetween(at('2019-02-16T12:00Z'), at('2019-02-17T12:00Z'), hours23)).toBe(2 * hour);
  });

  it('count nothing of an hour that the wall never shows', () => {
    const skipped = open({ from: '00:00', until: '01:00' });
    expect(businessMsBetween(at('2018-11-04T00:00Z'), at('2018-11-04T12:00Z'), skipped)).toBe(0);
    expect(nextOpeningFrom(at('2018-11-04T00:00Z'), skipped)).toBe(at('2018-11-05T02:00Z'));
  });

  it('count a window that ends inside the repeated hour in two pieces', () => {
    const until2330 = open({ from: '22:00', until: '23:30' });
    expect(businessMsBetween(at('2019-02-16T12:00Z'), at('2019-02-17T12:00Z'), until2330)).toBe(2 * hour);
    expect(isOpenAt(at('2019-02-17T01:45Z'), until2330)).toBe(false);
    expect(isOpenAt(at('2019-02-17T02:15Z'), until2330)).toBe(true);
  });
});

describe('calendar: properties', () => {
  const instants = fc
    .integer({ min: Number(at('2017-06-01T00:00Z')), max: Number(at('2030-12-31T00:00Z')) })
    .map((ms) => instant(ms));
  const calendars = [
    pro,
    open({ from: '22:10', until: '24:00' }),
    open({}, 'America/New_York'),
    open({ from: '01:30', until: '02:30' }, 'Europe/Lisbon'),
  ];
  const calendar = fc.constantFrom(...calendars);

  it('what is added is what is counted, and one millisecond less is not enough', () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: 1, max: 60 * hour }), calendar, (from, ms, each) => {
        const due = addBusinessMs(from, ms, each);
        if (due === undefined) return false;
        const before = instant(due - 1);
        return businessMsBetween(from, due, each) === ms && businessMsBetween(from, before, each) === ms - 1;
      }),
      { numRuns: 2_000 },
    );
  });

  it('two halves are the whole', () => {
    fc.assert(
      fc.property(
        instants,
        fc.integer({ min: 0, max: 30 * 24 * hour }),
        fc.nat(),
        calendar,
        (from, ms, cut, each) => {
          const to = instant(from + ms);
          const middle = instant(from + (ms === 0 ? 0 : cut % ms));
          const whole = businessMsBetween(from, to, each);
          return businessMsBetween(from, middle, each) + businessMsBetween(middle, to, each) === whole;
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('an instant is open exactly if its millisecond counts', () => {
    fc.assert(
      fc.property(instants, calendar, (from, each) => {
        const counts = businessMsBetween(from, instant(from + 1), each) === 1;
        return isOpenAt(from, each) === counts && (nextOpeningFrom(from, each) === from) === counts;
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('calendar: what is kept', () => {
  it('one calendar serves all sites of a plan in a town', () => {
    const calendars = createCalendars(defaultSlaPolicies);
    expect(calendars.of('PRO', saoPaulo)).toBe(calendars.of('PRO', { ...saoPaulo, city: 'SAO PAULO' }));
    expect(calendars.of('PRO', saoPaulo)).not.toBe(calendars.of('PREMIUM', saoPaulo));
    expect(calendars.of('PRO', saoPaulo, 'aurora')).toBe(calendars.of('PRO', saoPaulo));
    expect(calendars.cleared()).toBe(0);
  });

  it('is thrown away when places come without end, and the counter says so', () => {
    const calendars = createCalendars(defaultSlaPolicies);
    for (let town = 0; town <= limits.slaCalendarsMax; town += 1)
      calendars.of('PRO', { ...saoPaulo, city: `t${town}` });
    expect(calendars.cleared()).toBe(1);
    expect(isOpenAt(at('2026-11-23T11:00Z'), calendars.of('PRO', saoPaulo))).toBe(true);
  });
});
