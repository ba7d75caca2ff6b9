// A timer that is fair to the network: after a stall of the event loop (a paused virtual machine, a busy disk) every
// timer is due at once, while the answers that came in meanwhile are still unread. This one lets them be read first.

/** Calls `due` after `waitMs` and one more turn of the event loop's poll phase. Gives the cancel. */
export function afterDeadline(waitMs: number, due: () => void): () => void {
  let second: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    // An immediate runs right after the poll phase that follows these timers, or before it when set inside it; two
    // in a row leave a whole poll phase between.
    second = setImmediate(() => {
      second = setImmediate(due);
    });
  }, waitMs);
  return () => {
    clearTimeout(timer);
    clearImmediate(second);
  };
}

/** Monotonic milliseconds, for measuring only. */
export function elapsedSince(startMs: number): number {
  return performance.now() - startMs;
}

/** The answer, or `otherwise` when a probe breaks its promise to answer in time. Rejects only with the probe's own bug. */
export function within<T, O>(waitMs: number, answer: Promise<T>, otherwise: O): Promise<T | O> {
  return new Promise((resolve, reject) => {
    const cancel = afterDeadline(waitMs, () => resolve(otherwise));
    answer.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error: unknown) => {
        cancel();
        // Probes never reject; one that does is a bug, and a bug stops the program.
        reject(error);
      },
    );
  });
}
