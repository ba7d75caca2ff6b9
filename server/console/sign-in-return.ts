// With what word a browser came back from the company's own sign-in: `/?sign-in=refused`. Read from the
// address, and what is left of the address without it. Words that nobody gave out mean nothing.
import { type SignInReturn, signInReturns } from '../../shared/api/people.ts';

/** `search` is what is left without the word, as `location.search` gives it. */
export function splitSignInReturn(search: string): {
  readonly word: SignInReturn | undefined;
  readonly search: string;
} {
  const query = new URLSearchParams(search);
  const given = query.get('sign-in');
  if (given === null) return { word: undefined, search };
  query.delete('sign-in');
  const left = query.toString();
  return {
    word: signInReturns.find((each) => each === given),
    search: left === '' ? '' : `?${left}`,
  };
}
