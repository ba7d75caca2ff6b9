// Instants and durations as a NOC person reads them, through Intl in the chosen language.
// Ages are rounded down and never negative: "há 0 s" is honest, "há -2 s" is a clock showing through.
import { day, hour, minute, second } from '../../shared/time.ts';

export type Language = 'pt' | 'en';

const locales: Readonly<Record<Language, string>> = { pt: 'pt-BR', en: 'en-GB' };

export interface Formats {
  readonly locale: string;
  /** Two units at most, the smaller left out once it says little: `12 s`, `3 min`, `2 h 5 min`, `3 dias 4 h`. */
  age(durationMs: number): string;
  /** With seconds up to a day, for totals that end up in a report: `3 min 12 s`. */
  duration(durationMs: number): string;
  /** What is left of a deadline: seconds only in its last hour: `1 h 12 min`, `12 min 5 s`. */
  left(durationMs: number): string;
  /** `14:32:07`; with the day before it when that is not `now`'s day: `12/05 14:32:07`. */
  instant(at: number, now: number): string;
  /** `14:32:07` */
  clock(at: number): string;
  /** `14:32`; with the day before it when that is not `now`'s day: `12/05 14:32`. */
  minute(at: number, now: number): string;
  /** `seg. 08:00`, for an opening within the next days. */
  opening(at: number): string;
  /** `sexta-feira, 22 de novembro` */
  date(at: number): string;
  count(value: number): string;
}

const madeFormats = new Map<string, Formats>();

/**
 * Formats for a language in an IANA zone; undefined, or a zone this browser does not know, means the browser's own.
 * Made once each: Intl objects are dear.
 */
export function formatsFor(language: Language, timeZone?: string): Formats {
  const key = `${language} ${timeZone ?? ''}`;
  const zone = timeZone !== undefined && isZone(timeZone) ? timeZone : undefined;
  const made = madeFormats.get(key) ?? makeFormats(locales[language], zone);
  madeFormats.set(key, made);
  return made;
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function makeFormats(locale: string, timeZone: string | undefined): Formats {
  const clock = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZone,
  });
  const dayOfYear = new Intl.DateTimeFormat(locale, { day: '2-digit', month: '2-digit', timeZone });
  const wholeDay = new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    timeZone,
  });
  const longDate = new Intl.DateTimeFormat(locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    timeZone,
  });
  const weekdayClock = new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
  });
  const shortClock = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
  });
  const count = new Intl.NumberFormat(locale);
  const words = unitFormats(locale);
  return {
    locale,
    age: (durationMs) => words(split(durationMs, { seconds: 'under a minute' })),
    duration: (durationMs) => words(split(durationMs, { seconds: 'under a day' })),
    left: (durationMs) =>
      words(split(durationMs, { seconds: durationMs < hour ? 'under a day' : 'under a minute' })),
    instant: (at, now) => {
      const time = clock.format(at);
      return wholeDay.format(at) === wholeDay.format(now) ? time : `${dayOfYear.format(at)} ${time}`;
    },
    clock: (at) => clock.format(at),
    minute: (at, now) => {
      const time = shortClock.format(at);
      return wholeDay.format(at) === wholeDay.format(now) ? time : `${dayOfYear.format(at)} ${time}`;
    },
    opening: (at) => weekdayClock.format(at).replace(',', ''),
    date: (at) => longDate.format(at),
    count: (value) => count.format(value),
  };
}

type Unit = 'day' | 'hour' | 'minute' | 'second';
type Parts = readonly (readonly [Unit, number])[];

function split(durationMs: number, options: { readonly seconds: 'under a minute' | 'under a day' }): Parts {
  const whole = Math.max(0, Math.floor(durationMs / second)) * second;
  const days = Math.floor(whole / day);
  const hours = Math.floor((whole % day) / hour);
  const minutes = Math.floor((whole % hour) / minute);
  const seconds = Math.floor((whole % minute) / second);
  if (whole < minute) return [['second', seconds]];
  const all: Parts = [
    ['day', days],
    ['hour', hours],
    ['minute', days === 0 ? minutes : 0],
    ['second', days === 0 && options.seconds === 'under a day' ? seconds : 0],
  ];
  return all.filter(([, amount]) => amount > 0);
}

function unitFormats(locale: string): (parts: Parts) => string {
  const format = (unit: Unit): Intl.NumberFormat =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit,
      unitDisplay: unit === 'day' || locale.startsWith('pt') ? 'short' : 'narrow',
    });
  const units: Readonly<Record<Unit, Intl.NumberFormat>> = {
    day: format('day'),
    hour: format('hour'),
    minute: format('minute'),
    second: format('second'),
  };
  return (parts) => parts.map(([unit, amount]) => units[unit].format(amount)).join(' ');
}
