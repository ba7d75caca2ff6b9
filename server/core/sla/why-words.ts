// The words of `why-sentence.ts`, in Portuguese first and English second: one record per language, the same keys. They stand
// apart from the view's catalogue because weekdays need their prepositions ("na sexta", "no sábado").
import type { Language } from '../view/languages.ts';
import type { SlaBasis } from './sla.ts';

export interface WhyWords {
  /** Sunday first. */
  readonly weekdays: readonly string[];
  /** `na sexta` */
  readonly onWeekday: readonly string[];
  readonly and: string;
  readonly until: string;
  readonly out: string;
  readonly closed: string;
  readonly paused: string;
  readonly noneCounted: string;
  readonly folded: string;
  readonly pause: string;
  readonly atOnce: string;
  readonly roundTheClock: string;
  readonly noDeadline: string;
  readonly basis: Readonly<Record<SlaBasis, string>>;
}

const portuguese: WhyWords = {
  weekdays: ['domingo', 'segunda', 'terça', 'quarta', 'quinta', 'sexta', 'sábado'],
  onWeekday: ['no domingo', 'na segunda', 'na terça', 'na quarta', 'na quinta', 'na sexta', 'no sábado'],
  and: 'e',
  until: 'até {time}',
  out: 'fora',
  closed: 'fora do horário',
  paused: 'em pausa',
  noneCounted: 'nada contado',
  folded: 'mais {days} dias ({duration})',
  pause: 'pausas de {duration} descontadas',
  atOnce: 'início imediato, desde {from}',
  roundTheClock: '{duration} corridas, 24 horas por dia',
  noDeadline: 'sem prazo enquanto a pausa durar',
  basis: {
    evidence: 'contado desde a primeira evidência de falha',
    registration: 'contado desde o registro do chamado',
    'evidence-unregistered': 'chamado ainda não registrado: contado desde a primeira evidência de falha',
  },
};

const english: WhyWords = {
  weekdays: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
  onWeekday: [
    'on Sunday',
    'on Monday',
    'on Tuesday',
    'on Wednesday',
    'on Thursday',
    'on Friday',
    'on Saturday',
  ],
  and: 'and',
  until: 'until {time}',
  out: 'not counted',
  closed: 'outside support hours',
  paused: 'paused',
  noneCounted: 'nothing counted',
  folded: '{days} more days ({duration})',
  pause: 'pauses of {duration} left out',
  atOnce: 'work starts at once, since {from}',
  roundTheClock: '{duration}, 24 hours a day',
  noDeadline: 'no deadline while the pause lasts',
  basis: {
    evidence: 'counted from the first failing evidence',
    registration: 'counted from the registration of the ticket',
    'evidence-unregistered': 'ticket not registered yet: counted from the first failing evidence',
  },
};

export function wordsIn(language: Language): WhyWords {
  return language === 'en' ? english : portuguese;
}
