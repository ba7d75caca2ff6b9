// One call to the desk, bounded in time, that always ends in a Result. Used by the outbox worker only.
// Must never let a desk that hangs or throws keep a ticket from being tried again.
import { failure } from '../../../shared/failure.ts';
import { limits } from '../../../shared/limits.ts';
import { fail, type Result } from '../../../shared/result.ts';
import type { TicketEffect } from '../../core/effect.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Desk } from '../../ports/desk.ts';

/**
 * Fails as `Desk.perform` does, and with `desk.unavailable` after `limits.outboxCallMs`. A desk adapter answers with a
 * Result; one that throws has a bug, but a ticket must not be lost to it, so it counts as away: it is seen in the row's
 * last error and tried again.
 */
export async function performInTime(
  desk: Pick<Desk, 'perform'>,
  effect: TicketEffect,
  clock: Pick<Clock, 'after'>,
): Promise<Result<{ readonly protocol: string }>> {
  const late = Promise.withResolvers<Result<{ readonly protocol: string }>>();
  const cancel = clock.after(limits.outboxCallMs, () => late.resolve(away('no answer in time')));
  try {
    return await Promise.race([desk.perform(effect), late.promise]);
  } catch (error) {
    return away(error instanceof Error ? error.message : String(error));
  } finally {
    cancel();
  }
}

function away(message: string): Result<never> {
  return fail(failure('desk.unavailable', message, { retryable: true }));
}
