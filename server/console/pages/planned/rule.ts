// How a person says that a window repeats, and the rule that follows (RRULE, RFC 5545, the part that the server takes). Also a
// cron line, for whoever has their backups in one, and a rule read back as what was chosen. Pure.
import { assertNever } from '../../../../shared/assert.ts';

export const weekdays = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'] as const;
export type Weekday = (typeof weekdays)[number];

export const repeats = [
  'once',
  'daily',
  'weekly',
  'monthly-day',
  'monthly-nth',
  'monthly-last',
  'text',
] as const;
export type Repeat = (typeof repeats)[number];

export interface RuleChoice {
  readonly repeat: Repeat;
  /** Every so many days, weeks or months. */
  readonly interval: number;
  /** Of a weekly one, beside the day of the start, which always counts. */
  readonly days: readonly Weekday[];
  /** RRULE or cron, as typed. */
  readonly text: string;
  /** `2026-12-31`, the last day that may have one; empty: without end. Not of a text. */
  readonly until: string;
}

export const once: RuleChoice = { repeat: 'once', interval: 1, days: [], text: '', until: '' };

export type Rule =
  | { readonly kind: 'none' }
  | { readonly kind: 'rule'; readonly text: string }
  | { readonly kind: 'wrong'; readonly because: 'empty' | 'cron' | 'cron-time' };

/** `start` is the local start, `2026-11-24T02:00`. */
export function ruleOf(choice: RuleChoice, start: string): Rule {
  const { repeat, interval } = choice;
  const day = start.slice(0, 10);
  const every = interval > 1 ? `;INTERVAL=${interval}` : '';
  const until = choice.until === '' ? '' : `;UNTIL=${choice.until.replaceAll('-', '')}`;
  const rule = (text: string): Rule => ({ kind: 'rule', text: `${text}${every}${until}` });
  switch (repeat) {
    case 'once':
      return { kind: 'none' };
    case 'daily':
      return rule('FREQ=DAILY');
    case 'weekly':
      return rule(`FREQ=WEEKLY;BYDAY=${daysWith(choice.days, day).join(',')}`);
    case 'monthly-day':
      return rule(`FREQ=MONTHLY;BYMONTHDAY=${Number(day.slice(8))}`);
    case 'monthly-nth':
      return rule(`FREQ=MONTHLY;BYDAY=${nthOf(day)}${weekdayOf(day)}`);
    case 'monthly-last':
      return rule(`FREQ=MONTHLY;BYDAY=-1${weekdayOf(day)}`);
    case 'text':
      return typedRule(choice.text.trim(), start.slice(11));
    default:
      return assertNever(repeat);
  }
}

export function weekdayOf(day: string): Weekday {
  return weekdays[new Date(`${day}T00:00:00Z`).getUTCDay()] ?? 'SU';
}

/** 1 to 5: which of its weekday in the month a day is. */
export function nthOf(day: string): number {
  return Math.ceil(Number(day.slice(8)) / 7);
}

/** A day in the last week of its month: "the last" then says what "the fourth" may not. */
export function isLastOfMonth(day: string): boolean {
  const at = new Date(`${day}T00:00:00Z`);
  return new Date(at.getTime() + 7 * 86_400_000).getUTCMonth() !== at.getUTCMonth();
}

/** The chosen days and the start's own, from Sunday. */
export function daysWith(days: readonly Weekday[], startDay: string): readonly Weekday[] {
  return weekdays.filter((each) => days.includes(each) || each === weekdayOf(startDay));
}

function typedRule(text: string, startTime: string): Rule {
  if (text === '') return { kind: 'wrong', because: 'empty' };
  const fields = text.split(/\s+/);
  return fields.length === 5 ? cronRule(fields, startTime) : { kind: 'rule', text: text.toUpperCase() };
}

/**
 * `0 2 * * 2,4`: minute and hour must be those of the start; days of the month, or of the week, or neither. What cron can say
 * and RRULE's part here cannot (months, steps of minutes) is refused.
 */
function cronRule(
  [minutes = '', hours = '', days = '', months = '', weekDays = '']: readonly string[],
  startTime: string,
): Rule {
  const wrong = { kind: 'wrong', because: 'cron' } as const;
  if (!/^\d{1,2}$/.test(minutes) || !/^\d{1,2}$/.test(hours) || months !== '*') return wrong;
  if (`${hours.padStart(2, '0')}:${minutes.padStart(2, '0')}` !== startTime)
    return { kind: 'wrong', because: 'cron-time' };
  if (days === '*' && weekDays === '*') return { kind: 'rule', text: 'FREQ=DAILY' };
  if (weekDays === '*') {
    const listed = cronList(days, 1, 31);
    return listed === undefined
      ? wrong
      : { kind: 'rule', text: `FREQ=MONTHLY;BYMONTHDAY=${listed.join(',')}` };
  }
  const listed = days === '*' ? cronList(cronDayNumbers(weekDays), 0, 7) : undefined;
  if (listed === undefined) return wrong;
  // 0 and 7 are both Sunday.
  const named = weekdays.filter((_each, index) => listed.some((number) => number % 7 === index));
  return { kind: 'rule', text: `FREQ=WEEKLY;BYDAY=${named.join(',')}` };
}

const cronDays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const;

function cronDayNumbers(text: string): string {
  return cronDays.reduce((rest, name, index) => rest.replaceAll(name, String(index)), text.toUpperCase());
}

/** `1,3-5` -> 1, 3, 4, 5. */
function cronList(text: string, min: number, max: number): readonly number[] | undefined {
  const numbers: number[] = [];
  for (const part of text.split(',')) {
    const match = /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(part);
    if (match === null) return undefined;
    const from = Number(match[1]);
    const to = Number(match[2] ?? match[1]);
    if (from < min || to > max || from > to) return undefined;
    for (let number = from; number <= to; number += 1) numbers.push(number);
  }
  return numbers;
}

/** A stored rule as what a sentence can say; undefined: only the rule itself can. */
export interface SpokenRule {
  readonly freq: 'DAILY' | 'WEEKLY' | 'MONTHLY';
  readonly interval: number;
  readonly days: readonly { readonly nth: number | undefined; readonly day: Weekday }[];
  readonly monthDays: readonly number[];
  readonly count: number | undefined;
  /** `2026-12-31` */
  readonly until: string | undefined;
}

export function spokenRule(rule: string): SpokenRule | undefined {
  const parts = new Map(
    rule
      .replace(/^RRULE:/, '')
      .split(';')
      .map((part) => splitOnce(part)),
  );
  const freq = (['DAILY', 'WEEKLY', 'MONTHLY'] as const).find((each) => each === parts.get('FREQ'));
  const days = (parts.get('BYDAY') ?? '')
    .split(',')
    .filter((each) => each !== '')
    .map(spokenDay);
  const known = days.filter((each) => each !== undefined);
  if (freq === undefined || known.length < days.length) return undefined;
  const until = /^(\d{4})(\d\d)(\d\d)/.exec(parts.get('UNTIL') ?? '');
  const count = parts.get('COUNT');
  return {
    freq,
    interval: Number(parts.get('INTERVAL') ?? '1'),
    days: known,
    monthDays: (parts.get('BYMONTHDAY') ?? '')
      .split(',')
      .filter((each) => each !== '')
      .map(Number),
    count: count === undefined ? undefined : Number(count),
    until: until === null ? undefined : `${until[1]}-${until[2]}-${until[3]}`,
  };
}

function spokenDay(text: string): SpokenRule['days'][number] | undefined {
  const match = /^(-?\d)?([A-Z]{2})$/.exec(text);
  const day = weekdays.find((each) => each === match?.[2]);
  if (match === null || day === undefined) return undefined;
  return { day, nth: match[1] === undefined ? undefined : Number(match[1]) };
}

function splitOnce(part: string): readonly [string, string] {
  const equals = part.indexOf('=');
  return equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
}
