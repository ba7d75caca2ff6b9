// A stored rule as a sentence: `a cada 2 semanas: ter e qui, até 31/12/2026`. One function a language, because genders and
// plurals differ. Pure.
import type { SpokenRule, Weekday } from './rule.ts';

type DateText = (day: string) => string;

const ptDays: Readonly<Record<Weekday, string>> = {
  SU: 'domingo',
  MO: 'segunda',
  TU: 'terça',
  WE: 'quarta',
  TH: 'quinta',
  FR: 'sexta',
  SA: 'sábado',
};
const enDays: Readonly<Record<Weekday, string>> = {
  SU: 'Sunday',
  MO: 'Monday',
  TU: 'Tuesday',
  WE: 'Wednesday',
  TH: 'Thursday',
  FR: 'Friday',
  SA: 'Saturday',
};

/** Their last letter is the weekday's gender. */
const ptFromEnd = ['últim', 'penúltim', 'antepenúltim'] as const;
const enFromEnd = ['last', 'second-to-last', 'third-to-last', 'fourth-to-last', 'fifth-to-last'] as const;

export function portugueseRule(rule: SpokenRule, date: DateText): string {
  const { freq, interval } = rule;
  const [one, many] =
    freq === 'DAILY'
      ? ['todo dia', 'dias']
      : freq === 'WEEKLY'
        ? ['toda semana', 'semanas']
        : ['todo mês', 'meses'];
  const days = rule.days.map(({ nth, day }) => {
    if (nth === undefined) return ptDays[day];
    const [mark, end] = day === 'SU' || day === 'SA' ? ['º', 'o'] : ['ª', 'a'];
    const fromEnd = ptFromEnd[-nth - 1];
    if (fromEnd !== undefined) return `${fromEnd}${end} ${ptDays[day]}`;
    return nth < 0 ? `${-nth}${mark} ${ptDays[day]} a contar do fim` : `${nth}${mark} ${ptDays[day]}`;
  });
  const monthDays = rule.monthDays.map((each) =>
    each === -1 ? 'último dia' : each < 0 ? `${-each}º dia antes do fim` : `dia ${each}`,
  );
  return sentence({
    every: interval > 1 ? `a cada ${interval} ${many}` : one,
    on: listed([...monthDays, ...days], ' e '),
    end:
      rule.count !== undefined
        ? `${rule.count} ${rule.count === 1 ? 'vez' : 'vezes'}`
        : rule.until === undefined
          ? ''
          : `até ${date(rule.until)}`,
  });
}

export function englishRule(rule: SpokenRule, date: DateText): string {
  const { freq, interval } = rule;
  const [one, many] =
    freq === 'DAILY'
      ? ['every day', 'days']
      : freq === 'WEEKLY'
        ? ['every week', 'weeks']
        : ['every month', 'months'];
  const days = rule.days.map(({ nth, day }) => {
    if (nth === undefined) return enDays[day];
    return `${nth < 0 ? (enFromEnd[-nth - 1] ?? '') : ordinal(nth)} ${enDays[day]}`;
  });
  const monthDays = rule.monthDays.map((each) =>
    each === -1 ? 'last day' : each < 0 ? `${-each} days from the end` : `day ${each}`,
  );
  return sentence({
    every: interval > 1 ? `every ${interval} ${many}` : one,
    on: listed([...monthDays, ...days], ' and '),
    end:
      rule.count !== undefined
        ? `${rule.count} ${rule.count === 1 ? 'time' : 'times'}`
        : rule.until === undefined
          ? ''
          : `until ${date(rule.until)}`,
  });
}

function sentence({
  every,
  on,
  end,
}: {
  readonly every: string;
  readonly on: string;
  readonly end: string;
}): string {
  const what = on === '' ? every : `${every}: ${on}`;
  return end === '' ? what : `${what}, ${end}`;
}

function listed(parts: readonly string[], and: string): string {
  const last = parts.at(-1);
  return last === undefined || parts.length === 1
    ? (last ?? '')
    : `${parts.slice(0, -1).join(', ')}${and}${last}`;
}

function ordinal(number: number): string {
  return `${number}${number === 1 ? 'st' : number === 2 ? 'nd' : number === 3 ? 'rd' : 'th'}`;
}
