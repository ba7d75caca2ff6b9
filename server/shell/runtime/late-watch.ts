// Sees when the opening of a critical waits too long at the desk, for whatever reason: the desk holds us back, our own rate
// starves it, nobody confirms it. Judged by the outbox's own times, so that a restart forgets nothing.
// Must never count what waits for a person: that is told at once, as what it is (`desk.held`).
import { limits } from '../../../shared/limits.ts';
import { type Instant, plus } from '../../../shared/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CriticalOpening, Outbox } from '../../ports/journal.ts';
import type { DeskCondition, DeskNews } from './desk-condition.ts';

export interface LateWatchOptions {
  readonly outbox: Pick<Outbox, 'criticalOpenings' | 'postpone' | 'backlog'>;
  readonly clock: Pick<Clock, 'now' | 'after'>;
  readonly condition: Pick<DeskCondition, 'isHeld' | 'waitingForPerson' | 'heldBackBy'>;
  readonly onDesk?: (news: DeskNews) => void;
}

export interface LateWatch {
  /** Before each turn of the outbox. The first time it hurries what waited too long in the run before. */
  look(): void;
  /** Since when the oldest that is too late may be delivered; undefined: none is. */
  since(): Instant | undefined;
  stop(): void;
}

/**
 * At the first look: 1. what is late already is asked for now, whatever wait the desk named to the run before; 2. it is
 * judged one delivery's time later, when it is known whether it landed, or waits for a person; 3. what landed and had been
 * put back past its minute may have been told by the run before: then its end is told.
 */
export function createLateWatch({
  outbox,
  clock,
  condition,
  onDesk = () => {},
}: LateWatchOptions): LateWatch {
  let since: Instant | undefined;
  /** Undefined: nothing was looked at yet. */
  let judgeFrom: Instant | undefined;
  let toldBefore: readonly CriticalOpening[] = [];
  let cancel = (): void => {};

  const begin = (now: Instant): Instant => {
    const late = outbox
      .criticalOpenings(outbox.backlog().waiting)
      .filter(({ notBefore }) => lateAt(notBefore) <= now);
    for (const { key, nextAttemptAt } of late) {
      if (nextAttemptAt > now) outbox.postpone(key, now, 'tentar agora');
    }
    toldBefore = late.filter(({ notBefore, nextAttemptAt }) => nextAttemptAt >= lateAt(notBefore));
    return late.length === 0 ? now : plus(now, limits.outboxCallMs);
  };
  const lookAgainAt = (at: Instant, now: Instant): void => {
    cancel = clock.after(Math.min(Math.max(1, at - now), limits.timerMsMax), look);
  };
  const endEarlier = (now: Instant): void => {
    const [first] = toldBefore;
    if (first === undefined) return;
    if (!toldBefore.some(({ key }) => condition.isHeld(key)))
      onDesk({ kind: 'desk.in-time', at: now, since: first.notBefore });
    toldBefore = [];
  };
  const judge = (oldest: Instant | undefined, now: Instant): void => {
    if (oldest !== undefined && lateAt(oldest) <= now) {
      toldBefore = [];
      if (since === undefined)
        onDesk({ kind: 'desk.late', at: now, since: oldest, because: condition.heldBackBy() });
      since = oldest;
      return;
    }
    endEarlier(now);
    if (since !== undefined) onDesk({ kind: 'desk.in-time', at: now, since });
    since = undefined;
    if (oldest !== undefined) lookAgainAt(lateAt(oldest), now);
  };
  const look = (): void => {
    cancel();
    cancel = () => {};
    const now = clock.now();
    judgeFrom ??= begin(now);
    if (now < judgeFrom) return lookAgainAt(judgeFrom, now);
    const held = condition.waitingForPerson().length;
    const open = outbox.criticalOpenings(held + 1).find(({ key }) => !condition.isHeld(key));
    judge(open?.notBefore, now);
  };
  return { look, since: () => since, stop: () => cancel() };
}

function lateAt(notBefore: Instant): Instant {
  return plus(notBefore, limits.deskLateToldMs);
}
