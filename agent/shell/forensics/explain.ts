// Explains the last end once per boot, in the background: read, classify, tell. What depends on reports that a system
// writes only minutes after its boot is asked again then. It must never hold up the watch or end it.
import { platform } from 'node:os';
import { limits } from '../../../shared/limits.ts';
import { classifyEnding } from '../../core/ending/classify.ts';
import type { EndingEvidence } from '../../core/ending/evidence.ts';
import type { AgentInput, Clock } from '../../core/input.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { type CollectOptions, collectEvidence } from './collect.ts';
import type { Untold } from './told-file.ts';

export interface ExplainOptions {
  readonly untold: Untold | undefined;
  readonly clock: () => Clock;
  readonly push: (input: AgentInput) => void;
  readonly log: Log;
  readonly collect?: (options: CollectOptions) => Promise<EndingEvidence>;
  readonly system?: NodeJS.Platform;
}

export interface Explanation {
  /** Settled once it was told, or ended. Never rejects. */
  readonly done: Promise<void>;
  end(): void;
}

/** The core takes the input and the spool writes it within one turn of the loop; this is many of them. */
const spooledMs = 1_000;

export function explainEnding(options: ExplainOptions): Explanation {
  const { untold } = options;
  const ending = new AbortController();
  const done = untold === undefined ? Promise.resolve() : explain(options, untold, ending.signal);
  return { done, end: () => ending.abort() };
}

async function explain(options: ExplainOptions, untold: Untold, ended: AbortSignal): Promise<void> {
  const { clock, push, log, collect = collectEvidence, system = platform() } = options;
  const settleMs = system === 'win32' ? limits.endingSettledWindowsMs : limits.endingSettledMs;
  try {
    for (;;) {
      const now = clock();
      const settled = now.monoMs >= settleMs;
      const found = classifyEnding(await collect({ now, stamp: untold.previous, settled, system }));
      if (ended.aborted) return;
      if (found.ending === 'unknown' && !settled) {
        await pause(settleMs - now.monoMs, ended);
        continue;
      }
      const { account: _account, ...logged } = found;
      log.info({ ending: logged }, 'how the last run of this machine ended');
      push({ kind: 'ending.found', clock: clock(), ending: found });
      await pause(spooledMs, ended);
      untold.markTold();
      return;
    }
  } catch (error) {
    // Abort of a pause, or a collector's bug: the next run tells it.
    if (!ended.aborted) log.warn({ error: messageOf(error) }, 'the last end could not be explained');
  }
}

function pause(waitMs: number, ended: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new Error('ended'));
    };
    const timer = setTimeout(() => {
      ended.removeEventListener('abort', stop);
      resolve();
    }, waitMs).unref();
    ended.addEventListener('abort', stop, { once: true });
  });
}
