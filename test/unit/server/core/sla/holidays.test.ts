// The holiday lists: the days of every state and year, the laws beside them, the switches and the configured days.
import { describe, expect, it } from 'vitest';
import { capitalHolidays } from '../../../../../server/core/sla/capital-holidays.ts';
import { cityHolidays } from '../../../../../server/core/sla/city-holidays.ts';
import { civilDay, dateOf, easterOf, isoOf, weekdayOf } from '../../../../../server/core/sla/civil-day.ts';
import { holidaysOf } from '../../../../../server/core/sla/holidays.ts';
import { stateHolidays } from '../../../../../server/core/sla/state-holidays.ts';
import { cityKey } from '../../../../../server/core/sla/town-rules.ts';
import { defaultHolidaySwitches, holidaySwitchesSchema } from '../../../../../shared/sla-policy.ts';
import { brazilianStates } from '../../../../../shared/states.ts';
import { easter, text } from '../../../../sla-oracle/almanac.ts';

const years = [2024, 2025, 2026, 2027, 2028, 2029, 2030];
const days = (year: number, state: string, city = 'Interior', given: object = {}): readonly string[] =>
  holidaysOf(year, { state, city }, holidaySwitchesSchema.parse(given)).map(({ day }) => isoOf(day));

describe('holidays: Easter', () => {
  it('agrees with the published dates of 2018 to 2030', () => {
    const published = [
      '2018-04-01',
      '2019-04-21',
      '2020-04-12',
      '2021-04-04',
      '2022-04-17',
      '2023-04-09',
      '2024-03-31',
      '2025-04-20',
      '2026-04-05',
      '2027-03-28',
      '2028-04-16',
      '2029-04-01',
      '2030-04-21',
    ];
    expect(published.map((each) => isoOf(easterOf(Number(each.slice(0, 4)))))).toEqual(published);
  });

  it('agrees with the rule of Gauss in every Gregorian year up to 4099, and is a Sunday', () => {
    for (let year = 1583; year <= 4099; year += 1) {
      const { month, day } = easter(year);
      expect(isoOf(easterOf(year))).toBe(text(year, month, day));
      expect(weekdayOf(easterOf(year))).toBe(0);
    }
  });
});

describe('holidays: days as numbers', () => {
  it('count as the platform counts, over 400 years and both ends of February', () => {
    for (let day = civilDay(1890, 1, 1); day < civilDay(2290, 1, 1); day += 1) {
      const date = Temporal.PlainDate.from('1970-01-01').add({ days: day });
      const { year, month, dayOfMonth } = dateOf(day);
      if (year !== date.year || month !== date.month || dayOfMonth !== date.day)
        expect.fail(`${day}: ${year}-${month}-${dayOfMonth}, platform ${date.toString()}`);
      if (civilDay(year, month, dayOfMonth) !== day || weekdayOf(day) !== date.dayOfWeek % 7)
        expect.fail(`${day}: the way back or the weekday is wrong`);
    }
  });
});

describe('holidays: the nation', () => {
  const national = ['01-01', '04-21', '05-01', '09-07', '10-12', '11-02', '11-15', '11-20', '12-25'];

  it.each(brazilianStates)('%s keeps all ten of them in every year from 2024 to 2030', (state) => {
    for (const year of years) {
      const kept = days(year, state);
      for (const day of national) expect(kept).toContain(`${year}-${day}`);
      expect(kept).toContain(isoOf(easterOf(year) - 2));
    }
  });

  it('keeps 20 November only from 2024 on', () => {
    expect(days(2023, 'RS')).not.toContain('2023-11-20');
    expect(days(2024, 'RS')).toContain('2024-11-20');
  });
});

describe('holidays: the states', () => {
  /** As their official calendars and laws have them, beside the national days; 2026. */
  const of2026: Readonly<Record<string, string>> = {
    AC: '01-22 01-23 03-08 06-15 09-05 11-20',
    AL: '06-24 06-29 09-16 11-30',
    AM: '09-05',
    AP: '03-19 05-15 09-13 11-30',
    BA: '07-02',
    CE: '03-25',
    DF: '04-21 06-04 11-30',
    ES: '04-13',
    GO: '07-26',
    MA: '07-28',
    MG: '04-21',
    MS: '10-11',
    MT: '',
    PA: '08-15',
    PB: '08-05',
    PE: '03-06',
    PI: '10-19',
    PR: '',
    RJ: '02-17 04-23 06-04',
    RN: '10-03',
    RO: '01-04',
    RR: '10-05',
    RS: '09-20',
    SC: '08-16 11-29',
    SE: '07-08',
    SP: '07-09',
    TO: '08-15 09-08 10-05',
  };

  it.each(brazilianStates)('%s has its own days of 2026 and no others', (state) => {
    const own = holidaysOf(2026, { state, city: 'Interior' }, defaultHolidaySwitches)
      .filter(({ scope }) => scope === 'state')
      .map(({ day }) => isoOf(day).slice(5));
    expect(own).toEqual((of2026[state] ?? '').split(' ').filter((each) => each !== ''));
  });

  it('begins in the year of its law: Corpus Christi in RJ in 2026, Senhor do Bonfim in TO in 2025', () => {
    expect(days(2025, 'RJ')).not.toContain('2025-06-19');
    expect(days(2026, 'RJ')).toContain('2026-06-04');
    expect(days(2024, 'TO')).not.toContain('2024-08-15');
    expect(days(2025, 'TO')).toContain('2025-08-15');
  });

  it('does not keep what the Supreme Court or the state took back', () => {
    expect(days(2027, 'RO')).not.toContain('2027-06-18');
    expect(days(2027, 'AP')).not.toContain('2027-07-25');
    expect(days(2027, 'PB')).not.toContain('2027-07-26');
    expect(days(2025, 'PR')).not.toContain('2025-12-19');
    expect(days(2025, 'RN')).not.toContain('2025-08-07');
    expect(days(2025, 'PE')).not.toContain('2025-06-24');
  });

  it('moves days as AL and AC do: 30 November 2027 is a Tuesday, 2028 a Thursday, 23 January 2030 a Wednesday', () => {
    expect(days(2027, 'AL')).toContain('2027-11-29');
    expect(days(2028, 'AL')).toContain('2028-12-01');
    expect(days(2030, 'AC')).toContain('2030-01-25');
    expect(days(2030, 'AC')).not.toContain('2030-01-23');
  });

  it('never closes a working day in SC', () => {
    for (const year of years) {
      const own = holidaysOf(year, { state: 'SC', city: 'Interior' }, defaultHolidaySwitches);
      for (const { day, scope } of own) if (scope === 'state') expect(weekdayOf(day)).toBe(0);
    }
  });
});

describe('holidays: the towns', () => {
  it('are found however a person types them', () => {
    for (const city of ['São Paulo', 'SAO PAULO', ' são  paulo ', 'sao-paulo'])
      expect(days(2026, 'SP', city)).toContain('2026-01-25');
    expect(cityKey("Santa Bárbara d'Oeste")).toBe('santa barbara d oeste');
  });

  it('are not taken for a town of the same name in another state', () => {
    expect(days(2026, 'MG', 'São Paulo')).not.toContain('2026-01-25');
  });

  it('are written with a key that a name gives, and a state that exists', () => {
    for (const key of [...Object.keys(capitalHolidays), ...Object.keys(cityHolidays)]) {
      const [state, city = ''] = key.split('/');
      expect(brazilianStates).toContain(state);
      expect(cityKey(city)).toBe(city);
    }
  });

  it('hold every state capital but Brasília, whose days are the Federal District´s', () => {
    const capitals = Object.keys(capitalHolidays).map((key) => key.slice(0, 2));
    expect([...capitals, 'DF'].sort()).toEqual(brazilianStates);
  });
});

describe('holidays: what the lists promise', () => {
  it('every rule names a law, and a rule without a number says that it is not sure', () => {
    const rules = [stateHolidays, capitalHolidays, cityHolidays].flatMap((list) =>
      Object.values(list).flat(),
    );
    expect(rules.length).toBeGreaterThan(200);
    for (const { law, doubt, name } of rules) {
      expect(law.length).toBeGreaterThan(8);
      if (!/\d/.test(law) && !law.startsWith('Constituição')) expect(doubt, name).toBeDefined();
    }
  });
});

describe('holidays: switches and configured days', () => {
  it('keep Carnival and Corpus Christi where a law says so and nowhere else', () => {
    expect(days(2026, 'SP')).not.toContain('2026-02-17');
    expect(days(2026, 'SP', 'Interior')).not.toContain('2026-06-04');
    expect(days(2026, 'SP', 'São Paulo')).toContain('2026-06-04');
    expect(days(2026, 'RJ')).toContain('2026-02-17');
    expect(days(2026, 'RJ')).not.toContain('2026-02-16');
  });

  it('close or open them everywhere when the contract says more', () => {
    const always = { carnivalMonday: 'always', carnivalTuesday: 'always', corpusChristi: 'always' };
    expect(days(2026, 'SP', 'Interior', always)).toEqual(
      expect.arrayContaining(['2026-02-16', '2026-02-17', '2026-06-04']),
    );
    const never = { carnivalTuesday: 'never', corpusChristi: 'never' };
    expect(days(2026, 'RJ', 'Niterói', never)).not.toContain('2026-02-17');
    expect(days(2026, 'SP', 'São Paulo', never)).not.toContain('2026-06-04');
  });

  it('close Ash Wednesday until noon only', () => {
    const switches = holidaySwitchesSchema.parse({ ashWednesday: 'until-noon' });
    const ash = holidaysOf(2026, { state: 'SP', city: 'Interior' }, switches).find(
      ({ day }) => isoOf(day) === '2026-02-18',
    );
    expect(ash).toMatchObject({ fromMinute: 0, untilMinute: 720 });
  });

  it('add and remove days for one year, every year, a state or a town', () => {
    const given = {
      extraDays: [
        { date: '2026-12-24', name: 'Véspera de Natal' },
        { date: '12-31', name: 'Véspera' },
        { date: '2026-03-02', name: 'Local', state: 'SP', city: 'Santos' },
      ],
      removedDays: [{ date: '07-09', state: 'SP' }, { date: '2026-04-23' }],
    };
    expect(days(2026, 'SP', 'SANTOS', given)).toEqual(
      expect.arrayContaining(['2026-12-24', '2026-12-31', '2026-03-02']),
    );
    expect(days(2027, 'SP', 'Santos', given)).not.toContain('2027-12-24');
    expect(days(2026, 'SP', 'Campinas', given)).not.toContain('2026-03-02');
    expect(days(2026, 'SP', 'Santos', given)).not.toContain('2026-07-09');
    expect(days(2026, 'RJ', 'Interior', given)).not.toContain('2026-04-23');
    expect(days(2027, 'RJ', 'Interior', given)).toContain('2027-04-23');
  });

  it('keep 29 February in leap years only', () => {
    const given = { extraDays: [{ date: '02-29', name: 'Bissexto' }] };
    expect(days(2028, 'SP', 'Interior', given)).toContain('2028-02-29');
    expect(days(2027, 'SP', 'Interior', given).filter((each) => /-02-29|-03-01/.test(each))).toEqual([]);
  });
});
