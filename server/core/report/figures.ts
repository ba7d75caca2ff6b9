// Numbers and instants of a report as people read them, in a language's own marks. Pure. A share below one is never shown
// as 100 %.
import { fromIso } from '../../../shared/time.ts';
import { sentenceOfDuration } from '../view/duration.ts';
import { sentenceOfInstant } from '../view/sentences.ts';
import type { ReportWords } from './words.ts';
import { reportWordsEn } from './words-en.ts';
import { reportWordsPt } from './words-pt.ts';

export function reportWords(language: ReportWords['language']): ReportWords {
  return language === 'en' ? reportWordsEn : reportWordsPt;
}

/** 0.99988 -> `99,988 %`; rounded down. Null: `sem dados`. */
export function percentText(share: number | null, words: ReportWords): string {
  if (share === null) return words.noData;
  return `${numberText(Math.floor(share * 100_000 + 1e-7) / 1000, 3, words)} %`;
}

/** Percentage points with their sign: `+0,120`. Null where one of both is not known. */
export function changeText(now: number | null, before: number | null, words: ReportWords): string {
  if (now === null || before === null) return words.none;
  const points = Math.round((now - before) * 100_000) / 1000;
  return `${points > 0 ? '+' : ''}${numberText(points, 3, words)}`;
}

export function numberText(value: number, decimals: number, words: ReportWords): string {
  return value.toFixed(decimals).replace('.', words.decimal);
}

/** Minutes with two decimals, for arithmetic in a sheet. */
export function minutesText(ms: number, words: ReportWords): string {
  return numberText(ms / 60_000, 2, words);
}

/** `19 min 58 s` for a narrow cell: it may break between the two, never between a number and its unit. */
export function lengthText(ms: number): string {
  return sentenceOfDuration(ms).replace(/(\d) (?=\p{L})/gu, '$1\u00a0');
}

/** `22/11/2026 09:42:13` at the place; empty for null. */
export function momentText(iso: string | null, timeZone: string | undefined): string {
  const at = iso === null ? undefined : fromIso(iso);
  return at === undefined ? '' : sentenceOfInstant(at, timeZone);
}

/** `2026-11` -> `novembro de 2026`. */
export function monthText(month: string, words: ReportWords): string {
  const [year = '', number = ''] = month.split('-');
  const name = words.months[Number(number) - 1] ?? number;
  return words.monthName.replace('{month}', name).replace('{year}', year);
}
