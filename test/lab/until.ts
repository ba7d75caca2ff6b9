// Waiting for a condition with a deadline: the only kind of waiting in the lab. Never sleeps for a guess.

/** Asks again and again until `holds`; fails with the sentence, and with what was seen last, at the deadline. */
export async function until(
  what: string,
  deadlineMs: number,
  holds: () => boolean | Promise<boolean>,
  seen?: () => string,
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!(await holds())) {
    if (Date.now() > deadline) {
      throw new Error(`not within ${deadlineMs} ms: ${what}${seen === undefined ? '' : `\n${seen()}`}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Looks again and again for the whole of `durationMs`; fails at once when `holds` does not. */
export async function throughout(
  what: string,
  durationMs: number,
  holds: () => boolean | Promise<boolean>,
  seen?: () => string,
): Promise<void> {
  const end = Date.now() + durationMs;
  do {
    if (!(await holds()))
      throw new Error(`no longer true: ${what}${seen === undefined ? '' : `\n${seen()}`}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  } while (Date.now() < end);
}
