// Room 3 for the agent's own machine: what its start says. The server tells a reboot from a restarted program by the
// boot id, and a death from an orderly stop by what the run before left behind.
import type { Clock, FoundEnding } from './input.ts';
import type { StoredChange } from './record.ts';

/** Monotonic time counts from the boot, so the boot is this reading with `monoMs` 0. */
export function bootReading(now: Clock): Clock {
  return { bootId: now.bootId, monoMs: 0, wallMs: now.wallMs - now.monoMs };
}

export function runStarted(
  seq: number,
  now: Clock,
  previous: { readonly clock: Clock; readonly stoppedInOrder: boolean } | undefined,
): StoredChange {
  return {
    at: now,
    since: bootReading(now),
    body: { kind: 'run.started', seq, bootId: now.bootId },
    previous,
  };
}

/** `tellAccounts`: the customer's policy lets the account that asked for a shutdown be named. */
export function runExplained(
  seq: number,
  now: Clock,
  ending: FoundEnding,
  tellAccounts: boolean,
): StoredChange {
  const { ended, endedErrorMs, account, evidence, ...found } = ending;
  return {
    at: now,
    since: ended,
    body: {
      ...found,
      kind: 'run.explained',
      seq,
      account: tellAccounts ? account : undefined,
      evidence: [...evidence],
      endedAtErrorMs: endedErrorMs,
    },
  };
}
