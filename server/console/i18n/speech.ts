// How a view gets the words and formats of the chosen language.
// Portuguese unless `?lang=en` was asked for: a browser set to English in the NOC must not change the wall by itself.
import { createContext, useContext } from 'react';
import { type Formats, formatsFor, type Language } from '../format.ts';
import { en } from './en.ts';
import { type Messages, pt } from './pt.ts';

export interface Speech {
  readonly language: Language;
  readonly messages: Messages;
  readonly formats: Formats;
}

const catalogues: Readonly<Record<Language, Messages>> = { pt, en };

export function speechOf(language: Language): Speech {
  return { language, messages: catalogues[language], formats: formatsFor(language) };
}

/** `search` is the address's query, e.g. `?lang=en`. Anything but a known language is Portuguese. */
export function languageOf(search: string): Language {
  return new URLSearchParams(search).get('lang') === 'en' ? 'en' : 'pt';
}

export const SpeechContext = createContext<Speech>(speechOf('pt'));

export function useSpeech(): Speech {
  return useContext(SpeechContext);
}
