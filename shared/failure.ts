// The one catalogue of failure codes. The code is what programs judge by; the message is for people.
// ARCHITECTURE.md lists the same codes; a test holds the two equal.

export const failureCodes = {
  'config.invalid': 'The configuration has mistakes; every one is listed with its path.',
  'inventory.invalid': 'The inventory has mistakes; every one is listed with its path.',
  'input.invalid': 'A request or message does not match its schema.',
  'wire.too-large': 'A message is larger than the wire allows.',
  'wire.not-json': 'A message is not valid JSON text.',
  'wire.unknown-kind': 'A message of a kind this version does not know; it is skipped and counted.',
  'auth.missing': 'No credential was given.',
  'auth.refused': 'The credential is wrong, expired, used or revoked.',
  'auth.second-factor': 'The password is right; a code of the second factor is wanted as well.',
  'enrolment.refused': 'The enrolment token is wrong, expired or used up.',
  'limit.reached': 'A limit was reached; try again later.',
  'not-found': 'There is no such thing.',
  conflict: 'The request does not fit the present state.',
  unavailable: 'A part that is needed does not answer; it may later.',
  'desk.refused': 'The desk said no; a person must look.',
  'desk.unavailable': 'The desk did not answer; the delivery is tried again.',
  'desk.uncertain': 'The desk may have done it or not; it is asked before anything is sent again.',
  'desk.limited': 'The desk takes no more requests now; the delivery waits as long as it says.',
  'desk.unauthorised':
    'The desk does not take our credential; a person must look, the delivery is tried again slowly.',
  'desk.held': 'A person must act before the delivery goes on; nothing is sent meanwhile.',
  'probe.unavailable': 'This way of probing is not possible on this machine.',
  'storage.failed': 'The disk or database refused the write.',
} as const;

export type FailureCode = keyof typeof failureCodes;

/** One mistake in something given: where, and what is wanted. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly issues?: readonly Issue[];
  /** How long the other side asks to be left alone. */
  readonly retryAfterMs?: number;
}

export function failure(
  code: FailureCode,
  message: string,
  more: { retryable?: boolean; issues?: readonly Issue[]; retryAfterMs?: number } = {},
): Failure {
  const { retryable = false, issues, retryAfterMs } = more;
  return retryAfterMs === undefined
    ? { code, message, retryable, issues }
    : { code, message, retryable, issues, retryAfterMs };
}
