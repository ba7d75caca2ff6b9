// A timer that distrusts itself. When it comes late, this process or its machine stood still, and signs of life that
// arrived meanwhile lie unread in the sockets (node runs due timers before it reads). So before anyone is judged by
// silence, a late timer waits once more, long enough for every socket to be read.
import { limits } from '../../../shared/limits.ts';
import { plus } from '../../../shared/time.ts';
import type { Clock } from '../../ports/clock.ts';

export interface PatientTimer {
  readonly clock: Clock;
  readonly delayMs: number;
  readonly run: () => void;
  /** Told how late the timer came, before it waits once more. */
  readonly late?: (lateMs: number) => void;
}

/** The returned function cancels. */
export function patientTimer(timer: PatientTimer): () => void {
  return wait(timer, timer.delayMs, limits.stallMs);
}

function wait(timer: PatientTimer, delayMs: number, lateMsMax: number): () => void {
  const { clock } = timer;
  const dueAt = plus(clock.now(), delayMs);
  let cancel = clock.after(delayMs, () => {
    const lateMs = clock.now() - dueAt;
    if (lateMs < lateMsMax) {
      timer.run();
      return;
    }
    timer.late?.(lateMs);
    // A machine that is merely busy may be late again: after one more wait only a long stop is a reason to wait on.
    cancel = wait(timer, limits.stallMs, limits.stallGraceMs);
  });
  return () => cancel();
}
