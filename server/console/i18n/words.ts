// The words of one page, which come with the page's own script: Portuguese first, English with the same keys.
import { useSpeech } from './speech.ts';

export interface Words<T> {
  readonly pt: T;
  readonly en: T;
}

export function useWords<T>({ pt, en }: Words<T>): T {
  return useSpeech().language === 'en' ? en : pt;
}
