// Turns the core's next deadline into one `time.advanced`. Beside the loop, which asks it anew after each turn.
// Must never spin: at most one word on time is under way, and a deadline that stays in the past waits a floor.
import { limits } from '../../../shared/limits.ts';
import type { Instant } from '../../../shared/time.ts';
import type { Clock } from '../../ports/clock.ts';

export interface DeadlineTimerOptions {
  readonly clock: Clock;
  /** The core's wish; undefined = only news can change anything. */
  readonly deadline: () => Instant | undefined;
  /** Put the word on time behind everything that was learned before it. */
  readonly tell: (at: Instant) => void;
}

export interface DeadlineTimer {
  /** Looks at the deadline again; keeps the running timer when it is still the right one. */
  arm(): void;
  /** The core was told the time: deadlines up to `at` should be gone now. */
  told(at: Instant): void;
  cancel(): void;
  /** Times the core still wanted an instant that it had been told had passed. */
  stuckCount(): number;
}

export function createDeadlineTimer({ clock, deadline, tell }: DeadlineTimerOptions): DeadlineTimer {
  let armed: { readonly at: Instant; readonly cancel: () => void } | undefined;
  let underWay = false;
  let toldAt: Instant | undefined;
  let stuckCount = 0;

  function cancel(): void {
    armed?.cancel();
    armed = undefined;
  }

  function arm(): void {
    const at = deadline();
    if (underWay || (armed !== undefined && armed.at === at)) return;
    cancel();
    if (at === undefined) return;
    const stuck = toldAt !== undefined && at <= toldAt;
    if (stuck) stuckCount += 1;
    const delayMs = Math.max(at - clock.now(), stuck ? limits.deadlineFloorMs : 0);
    armed = { at, cancel: clock.after(Math.min(delayMs, limits.timerMsMax), () => fire(at)) };
  }

  /** Early when the wait was cut at its maximum or the clock ran slower than the timer: then it is armed again. */
  function fire(at: Instant): void {
    armed = undefined;
    const now = clock.now();
    if (now < at) {
      arm();
      return;
    }
    underWay = true;
    tell(now);
  }

  return {
    arm,
    cancel,
    told: (at) => {
      underWay = false;
      toldAt = at;
    },
    stuckCount: () => stuckCount,
  };
}
