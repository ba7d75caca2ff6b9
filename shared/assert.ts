// Assertions that stay on in production. A failed assertion is a bug: the process stops and its supervisor
// starts it again; nothing was half done, because everything that counts is committed in one transaction.

/** Thrown by `assert` only; nothing catches it except a process boundary. */
export class AssertionFailed extends Error {
  override name = 'AssertionFailed';
}

/** States what must be true. `what` is a sentence that names the broken invariant. */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new AssertionFailed(what);
}

/** Narrowing form: returns the value, or fails when it is absent. */
export function present<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new AssertionFailed(`missing: ${what}`);
  return value;
}

/** Ends every `switch` over a closed union; a new arm makes the compiler point here. */
export function assertNever(value: never): never {
  throw new AssertionFailed(`unexpected value: ${JSON.stringify(value)}`);
}
