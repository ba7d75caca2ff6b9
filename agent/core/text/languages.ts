// The languages of the agent's texts for people, and which one a reader gets. Portuguese unless something says otherwise.
import { en } from './en.ts';
import { pt, type Words } from './pt.ts';

export const languages = ['pt', 'en'] as const;
export type Language = (typeof languages)[number];

export function wordsOf(language: Language): Words {
  return language === 'en' ? en : pt;
}

/** From a locale's name (`pt_BR.UTF-8`, `en_US`, `C`); undefined = it names neither language. */
export function languageOfLocale(locale: string | undefined): Language | undefined {
  const name = (locale ?? '').slice(0, 2).toLowerCase();
  return languages.find((each) => each === name);
}

/** `3 d 4 h`, `2 h 5 min`, `12 min`, `40 s`: two units at most, for ages that a person reads. */
export function durationText(ms: number, words: Words): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const { duration } = words;
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), duration.days],
    [Math.floor(seconds / 3_600) % 24, duration.hours],
    [Math.floor(seconds / 60) % 60, duration.minutes],
    [seconds % 60, duration.seconds],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return `0 ${duration.seconds}`;
  // Seconds beside minutes say nothing that is still true when it is read.
  const shown = parts.slice(first, first === 2 ? 3 : first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(' ');
}
