// Why the server was not reached, in words of a closed set: the same word stands in the log, in `vigia-agent doctor`
// and in the tests. Stands under everything that opens a stream to the server.
import { type Failure, failure } from '../../shared/failure.ts';
import { fail } from '../../shared/result.ts';

/** In the order in which an attempt gets there: of several attempts the one that came furthest tells most. */
export const troubleReasons = [
  'address-refused',
  'name-unknown',
  'family-missing',
  'unreachable',
  'too-slow',
  'proxy-unreachable',
  'proxy-garbage',
  'proxy-credentials',
  'proxy-scheme',
  'proxy-forbids',
  'proxy-failed',
  'tls-failed',
  'tls-untrusted',
  'tls-wrong-name',
  'tls-time',
  'door-failed',
] as const;
export type TroubleReason = (typeof troubleReasons)[number];

export interface Trouble extends Failure {
  readonly reason: TroubleReason;
}

/** Always worth another try: networks, proxies and clocks are put right by others. */
export function trouble(reason: TroubleReason, message: string): Trouble {
  return { ...failure('unavailable', message, { retryable: true }), reason };
}

export function inTrouble(
  reason: TroubleReason,
  message: string,
): { readonly ok: false; readonly failure: Trouble } {
  return fail(trouble(reason, message));
}

/** The trouble that came furthest; the first one of equals. */
export function furthest(troubles: readonly Trouble[]): Trouble | undefined {
  const rank = ({ reason }: Trouble): number => troubleReasons.indexOf(reason);
  return troubles.toSorted((a, b) => rank(b) - rank(a))[0];
}
