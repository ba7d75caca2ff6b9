// failure-text.ts with the words of the chosen language.
import { accountWords } from '../../i18n/account-words.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import type { RequestFailure } from '../../request.ts';
import { failureText } from './failure-text.ts';
import { peopleWords } from './words.ts';

export function useFailureText(): (
  failure: RequestFailure,
  options?: { readonly adding: boolean },
) => string {
  const { messages } = useSpeech();
  const { failure: special } = useWords(peopleWords);
  const { signIn } = useWords(accountWords);
  const words = {
    failure: special,
    request: signIn,
    sessionOver: messages.failure['signed-out'],
  };
  return (failure, options = { adding: false }) => failureText(words, failure, options);
}
