// Why the server refused something about people, in a person's words. Pure. What no special word exists for falls back to
// the words of signing in, which tell every way a request can fail.
import type { RequestFailure } from '../../request.ts';

interface Words {
  readonly lastAdministrator: string;
  readonly loginTaken: string;
  readonly tooMany: string;
  readonly gone: string;
}

interface FallbackWords {
  readonly tooMany: string;
  readonly foreign: string;
  readonly unreachable: string;
  readonly unreadable: string;
  readonly failed: (status: number) => string;
}

export interface FailureWords {
  readonly failure: Words;
  readonly request: FallbackWords;
  readonly sessionOver: string;
}

/** `adding`: a conflict then is a login that is taken, else the last administrator. */
export function failureText(
  { failure: words, request, sessionOver }: FailureWords,
  failure: RequestFailure,
  { adding }: { readonly adding: boolean },
): string {
  if (failure.kind === 'unreachable') return request.unreachable;
  if (failure.kind === 'unreadable') return request.unreadable;
  if (failure.kind === 'signed-out') return sessionOver;
  switch (failure.status) {
    case 403:
      return request.foreign;
    case 404:
      return words.gone;
    case 409:
      return adding ? words.loginTaken : words.lastAdministrator;
    case 429:
      return adding ? words.tooMany : request.tooMany;
    default:
      return request.failed(failure.status);
  }
}

/** The password or code that was given with the request was wrong; a session that is over says so otherwise. */
export function isWrongSecret(failure: RequestFailure): boolean {
  if (failure.kind === 'signed-out') return failure.code === 'auth.refused';
  return failure.kind === 'refused' && failure.status === 403;
}
