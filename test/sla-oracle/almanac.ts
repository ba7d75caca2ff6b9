// The oracle's own knowledge of Brazil: dates, Easter, holidays and wall clocks, written from the laws a second time and
// in another way than `server/core/sla`. It imports nothing of the program; what both must agree on stands in both.

/** Gauss's rule with its two exceptions, not the table-free computus of the program. Month and day of Easter Sunday. */
export function easter(year: number): { readonly month: number; readonly day: number } {
  const century = Math.floor(year / 100);
  const p = Math.floor((13 + 8 * century) / 25);
  const m = (15 - p + century - Math.floor(century / 4)) % 30;
  const n = (4 + century - Math.floor(century / 4)) % 7;
  const d = (19 * (year % 19) + m) % 30;
  const e = (2 * (year % 4) + 4 * (year % 7) + 6 * d + n) % 7;
  let march = 22 + d + e;
  if (d === 29 && e === 6) march = 50;
  if (d === 28 && e === 6 && (11 * m + 11) % 30 < 19) march = 49;
  return march > 31 ? { month: 4, day: march - 31 } : { month: 3, day: march };
}

export const leap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
export const monthLength = (year: number, month: number): number =>
  month === 2 && leap(year) ? 29 : (lengths[month - 1] ?? 0);

export interface WallDate {
  year: number;
  month: number;
  day: number;
  /** 0 is Sunday. */
  weekday: number;
}

/** The days of a span of years, one by one; 1 January 2017 was a Sunday. */
export function walkDays(fromYear: number, toYear: number): readonly WallDate[] {
  const days: WallDate[] = [];
  let weekday = 0;
  for (let year = 2017; year <= toYear; year += 1) {
    for (let month = 1; month <= 12; month += 1) {
      for (let day = 1; day <= monthLength(year, month); day += 1) {
        if (year >= fromYear) days.push({ year, month, day, weekday });
        weekday = (weekday + 1) % 7;
      }
    }
  }
  return days;
}

/** Steps a date by whole days, one after the other. */
export function stepped(year: number, month: number, day: number, by: number): string {
  let [y, m, d] = [year, month, day];
  for (let left = Math.abs(by); left > 0; left -= 1) {
    if (by > 0) {
      d += 1;
      if (d > monthLength(y, m)) [d, m] = [1, m + 1];
      if (m > 12) [m, y] = [1, y + 1];
    } else {
      d -= 1;
      if (d < 1) {
        m -= 1;
        if (m < 1) [m, y] = [12, y - 1];
        d = monthLength(y, m);
      }
    }
  }
  return text(y, m, d);
}

export const text = (year: number, month: number, day: number): string =>
  `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;

const weekdayCache = new Map<string, number>();
for (const { year, month, day, weekday } of walkDays(2017, 2033))
  weekdayCache.set(text(year, month, day), weekday);
export const weekdayOfText = (date: string): number => weekdayCache.get(date) ?? Number.NaN;

export interface Wishes {
  readonly carnivalMonday: 'law' | 'always' | 'never';
  readonly carnivalTuesday: 'law' | 'always' | 'never';
  readonly ashWednesday: 'law' | 'until-noon' | 'closed';
  readonly corpusChristi: 'law' | 'always' | 'never';
  readonly extraDays: readonly {
    readonly date: string;
    readonly from: number;
    readonly until: number;
  }[];
  readonly removedDays: readonly string[];
}

const national = '01-01 04-21 05-01 09-07 10-12 11-02 11-15 12-25'.split(' ');

/** Fixed days of the states that fall on a working day as they stand. */
const ofStates: Readonly<Record<string, string>> = {
  AC: '06-15',
  AL: '06-24 06-29 09-16',
  AM: '09-05',
  AP: '03-19 05-15 09-13 11-30',
  BA: '07-02',
  CE: '03-25',
  DF: '04-21 11-30',
  ES: '',
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
  RJ: '04-23',
  RN: '10-03',
  RO: '01-04',
  RR: '10-05',
  RS: '09-20',
  SC: '',
  SE: '07-08',
  SP: '07-09',
  TO: '09-08 10-05',
};

/** Towns that the cases are drawn from: fixed days, and whether Corpus Christi is one by law. */
const ofTowns: Readonly<Record<string, readonly [string, boolean]>> = {
  'SP/São Paulo': ['01-25', true],
  'SP/Santos': ['01-26 09-08', false],
  'RJ/Rio de Janeiro': ['01-20', false],
  'MG/Belo Horizonte': ['08-15 12-08', true],
  'AM/Manaus': ['10-24 12-08', false],
  'AC/Rio Branco': ['12-28', false],
  'MT/Cuiabá': ['04-08 12-08', true],
  'PR/Curitiba': ['09-08', true],
  'PE/Recife': ['06-24 07-16 12-08', false],
  'RN/Natal': ['01-06 11-21', true],
};

export const states = Object.keys(ofStates);
export const towns = Object.keys(ofTowns);

/** Closed minutes [from, until) of each date of a year. */
export type Closures = ReadonlyMap<string, readonly (readonly [number, number])[]>;

export function closuresOf(year: number, state: string, town: string, wishes: Wishes): Closures {
  const closed = new Map<string, (readonly [number, number])[]>();
  const close = (date: string, from = 0, until = 1_440): void => {
    if (date.startsWith(String(year)) && monthLength(year, Number(date.slice(5, 7))) >= Number(date.slice(8)))
      closed.set(date, [...(closed.get(date) ?? []), [from, until]]);
  };
  const paschal = easter(year);
  const fromEaster = (by: number): string => stepped(year, paschal.month, paschal.day, by);

  for (const day of national) close(`${year}-${day}`);
  if (year >= 2024) close(`${year}-11-20`);
  close(fromEaster(-2));
  for (const day of (ofStates[state] ?? '').split(' ').filter((each) => each !== '')) close(`${year}-${day}`);
  for (const date of movableOfState(year, state)) close(date);
  if (state === 'ES') close(fromEaster(8));
  if (state === 'TO' && year >= 2025) close(`${year}-08-15`);
  const [townDays, townCorpus] = ofTowns[`${state}/${town}`] ?? ['', false];
  for (const day of townDays.split(' ').filter((each) => each !== '')) close(`${year}-${day}`);

  const lawfulCorpus = townCorpus || state === 'DF' || (state === 'RJ' && year >= 2026);
  if (wishes.corpusChristi === 'always' || (wishes.corpusChristi === 'law' && lawfulCorpus))
    close(fromEaster(60));
  if (wishes.carnivalMonday === 'always') close(fromEaster(-48));
  if (wishes.carnivalTuesday === 'always' || (wishes.carnivalTuesday === 'law' && state === 'RJ'))
    close(fromEaster(-47));
  if (wishes.ashWednesday === 'closed') close(fromEaster(-46));
  if (wishes.ashWednesday === 'until-noon') close(fromEaster(-46), 0, 720);

  for (const removed of wishes.removedDays)
    closed.delete(removed.length === 5 ? `${year}-${removed}` : removed);
  for (const { date, from, until } of wishes.extraDays)
    close(date.length === 5 ? `${year}-${date}` : date, from, until);
  return closed;
}

function movableOfState(year: number, state: string): readonly string[] {
  if (state === 'AC') {
    return ['01-20', '01-23', '03-08', '09-05', '11-17'].map((each) => {
      if (each === '01-20' && year === 2026) return '2026-01-22';
      let date = `${year}-${each}`;
      const weekday = weekdayOfText(date);
      if (weekday < 2 || weekday > 4) return date;
      while (weekdayOfText(date) !== 5) date = next(date, 1);
      return date;
    });
  }
  if (state === 'AL') {
    const date = `${year}-11-30`;
    const weekday = weekdayOfText(date);
    return [weekday === 2 ? next(date, -1) : weekday === 4 ? next(date, 1) : date];
  }
  if (state === 'SC') {
    return ['08-11', '11-25'].map((each) => {
      let date = `${year}-${each}`;
      while (weekdayOfText(date) !== 0) date = next(date, 1);
      return date;
    });
  }
  return [];
}

const next = (date: string, by: number): string =>
  stepped(Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8)), by);
