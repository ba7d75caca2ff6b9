// A desk without an interface: every effect waits in the manual queue until a person has done it and said so. Clock,
// alarms and escalation go on meanwhile. Route step 15. Must never call anything done that no person said was done.
import { failure } from '../../../../shared/failure.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import type { Priority } from '../../../../shared/words.ts';
import type { TicketEffect } from '../../../core/effect.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Desk } from '../../../ports/desk.ts';
import { type ManualQueue, manualItemOf } from '../../../ports/manual-queue.ts';
import type { ManualDeskConfig } from './config.ts';

export interface ManualDeskOptions {
  readonly config: ManualDeskConfig;
  /** The desk closes it. */
  readonly queue: ManualQueue;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Failures: `desk.held` (waits for a person), `desk.refused` (a note, closing or reopening of a ticket that does not
 * exist), `desk.unavailable` (the queue's file could not be written).
 */
export function createManualDesk({ config: { name }, queue, clock }: ManualDeskOptions): Desk {
  return {
    name,
    perform: async (effect) => guarded(() => perform({ effect, name, queue, clock })),
    find: async (incident) => guarded(() => ok(queue.ticket(incident))),
    close: async () => queue.close(),
  };
}

interface Performing extends Omit<ManualDeskOptions, 'config'> {
  readonly effect: TicketEffect;
  readonly name: string;
}

/** 1. what a person has said was done is done; 2. anything else waits for them. */
function perform({ effect, name, queue, clock }: Performing): Result<{ readonly protocol: string }> {
  const ticket = queue.ticket(effect.incident);
  const opening = effect.kind === 'ticket.open';
  if (ticket === undefined && !opening) {
    return fail(failure('desk.refused', `não há chamado do incidente ${effect.incident}`));
  }
  if (ticket !== undefined && (opening || queue.answer(effect.key)?.kind === 'done')) {
    return ok({ protocol: ticket.protocol });
  }
  queue.wait(
    manualItemOf(effect, {
      reason: 'manual',
      desk: name,
      since: clock.now(),
      title: ticket?.title ?? '',
      priority: urgencyOf(effect),
      ...(ticket === undefined ? {} : { protocol: ticket.protocol }),
    }),
  );
  const what = opening ? 'o registro do chamado' : `o lançamento no chamado ${ticket?.protocol ?? ''}`;
  return fail(failure('desk.held', `espera por uma pessoa: ${what} em ${name}`));
}

/** A note has no class of its own: one that makes the ticket worse counts as that, the rest can wait. */
function urgencyOf(effect: TicketEffect): Priority {
  if (effect.kind === 'ticket.open') return effect.priority;
  return effect.kind === 'ticket.note' && effect.raise !== undefined ? effect.raise.priority : 'standard';
}

/** A file that cannot be written now (full disk, locked) may be later; anything but SQLite's own error is a bug. */
function guarded<T>(run: () => Result<T>): Result<T> {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_SQLITE_ERROR') throw error;
    return fail(
      failure('desk.unavailable', `a fila manual não gravou: ${error.message}`, { retryable: true }),
    );
  }
}
