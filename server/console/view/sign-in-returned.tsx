// Who comes back from the company's own sign-in without a session: why, in one sentence above the ways to sign in; or the code of
// the second factor, with which it goes on. A script of its own, fetched when somebody does come back.
import type { ReactNode } from 'react';
import type { SignInReturn } from '../../../shared/api/people.ts';
import { signInReturnWords } from '../i18n/sign-in-return-words.ts';
import { useWords } from '../i18n/words.ts';
import { FormAlert } from './form.tsx';
import { OidcCode } from './oidc-code.tsx';

export interface ReturnedProps {
  readonly word: SignInReturn;
  /** Another word, or none: begun again. */
  readonly onWord: (word: SignInReturn | undefined) => void;
  /** The browser has its session now. */
  readonly onDone: () => void;
  /** The ways to sign in. */
  readonly children: ReactNode;
}

export function SignInReturned({ word, onWord, onDone, children }: ReturnedProps): ReactNode {
  const words = useWords(signInReturnWords);
  if (word === 'code')
    return <OidcCode onDone={onDone} onBack={() => onWord(undefined)} onExpired={() => onWord('expired')} />;
  return (
    <>
      <FormAlert text={words[word]} />
      {children}
    </>
  );
}
