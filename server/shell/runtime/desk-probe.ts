// Asks an idle desk now and then whether it is there, so that its absence is known before the first ticket meets it. Each
// delivery's answer says the same: then nobody asks. Must never ask twice at once, nor say anything after its stop.
import { failure } from '../../../shared/failure.ts';
import { limits } from '../../../shared/limits.ts';
import { fail, type Result } from '../../../shared/result.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Desk } from '../../ports/desk.ts';

export interface DeskProbeOptions {
  readonly desk: Pick<Desk, 'probe'>;
  readonly clock: Pick<Clock, 'after'>;
  /** No delivery is under way. */
  readonly idle: () => boolean;
  readonly hear: (answer: Result<void>) => void;
  /** Hearing failed: it wakes the outbox, and that is the disk. */
  readonly onFatal: (error: unknown) => void;
}

export interface DeskProbe {
  /** Begins to ask, every `limits.deskWatchMs`; again = nothing. A desk without a probe is part of this program. */
  arm(): void;
  stop(): void;
}

export function createDeskProbe({ desk, clock, idle, hear, onFatal }: DeskProbeOptions): DeskProbe {
  let cancel: (() => void) | undefined;
  let probing = false;
  let stopped = false;

  const ask = async (): Promise<void> => {
    if (probing || desk.probe === undefined) return;
    probing = true;
    const answer = await desk.probe().catch((error: unknown) => fail(away(error)));
    probing = false;
    if (!stopped) hear(answer);
  };
  const arm = (): void => {
    if (desk.probe === undefined || stopped || cancel !== undefined) return;
    cancel = clock.after(limits.deskWatchMs, () => {
      cancel = undefined;
      if (idle()) void ask().catch(onFatal);
      arm();
    });
  };
  return {
    arm,
    stop: () => {
      stopped = true;
      cancel?.();
    },
  };
}

function away(error: unknown) {
  return failure('desk.unavailable', String(error), { retryable: true });
}
