// Puts what a delivery holds before a person, and carries the person's word back to it. Stands around the delivery of an
// outside desk; the manual queue beside it keeps both sides on disk. Must never settle anything that no person settled.
import type { EffectKey, IncidentId } from '../../../shared/ids.ts';
import { ok, type Result } from '../../../shared/result.ts';
import type { TicketEffect } from '../../core/effect.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Desk } from '../../ports/desk.ts';
import { type ManualAnswer, type ManualQueue, manualItemOf } from '../../ports/manual-queue.ts';
import type { DeskDelivery, HeldVerdict } from './delivery.ts';

export interface HeldQueueOptions {
  readonly delivery: Pick<
    DeskDelivery,
    'name' | 'placesMax' | 'perform' | 'find' | 'probe' | 'settleHeld' | 'close'
  >;
  /** Closed by `close`. */
  readonly queue: ManualQueue;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * A desk whose `perform` is: 1. a person's answer that the delivery has not heard yet is told to it, which puts it on its
 * own disk; 2. then, and before anything is sent, the answer is marked as heard: told a second time, "send again" would
 * undo what the first sending learned; 3. the delivery performs; 4. held: it waits in the queue; done: it waits no more.
 * A crash between 1 and 2 repeats 1: the delivery refuses a word on what it does not hold, which is no news.
 */
export function createHeldQueue({ delivery, queue, clock }: HeldQueueOptions): Desk {
  const tell = async (key: EffectKey, incident: IncidentId): Promise<Result<void>> => {
    const answer = queue.item(key) === undefined ? queue.unheard(key) : undefined;
    const verdict = answer === undefined ? undefined : await verdictOf(answer, queue, delivery);
    if (verdict === undefined) return ok(undefined);
    const told = delivery.settleHeld({ key, incident }, verdict);
    // Another delivery of the incident is under way: nothing was heard, and nothing may be sent.
    if (!told.ok && told.failure.retryable) return told;
    queue.heard(key);
    return ok(undefined);
  };
  return {
    name: delivery.name,
    placesMax: delivery.placesMax,
    perform: async (effect) => {
      const told = await tell(effect.key, effect.incident);
      if (!told.ok) return told;
      const done = await delivery.perform(effect);
      if (done.ok) queue.withdraw(effect.key);
      else if (done.failure.code === 'desk.held') queue.wait(itemOf(effect, delivery.name, { queue, clock }));
      return done;
    },
    find: (incident) => delivery.find(incident),
    probe: () => delivery.probe(),
    close: async () => {
      await delivery.close();
      queue.close();
    },
  };
}

function itemOf(effect: TicketEffect, desk: string, { queue, clock }: Omit<HeldQueueOptions, 'delivery'>) {
  const ticket = queue.ticket(effect.incident);
  return manualItemOf(effect, {
    reason: 'uncertain',
    desk,
    since: clock.now(),
    title: ticket?.title ?? '',
    priority: effect.kind === 'ticket.open' ? effect.priority : 'standard',
    ...(ticket === undefined ? {} : { protocol: ticket.protocol }),
  });
}

/** Undefined: a note is done in a ticket of which nobody knows the number any more. */
async function verdictOf(
  { kind, incident, protocol }: ManualAnswer,
  queue: ManualQueue,
  delivery: Pick<DeskDelivery, 'find'>,
): Promise<HeldVerdict | undefined> {
  if (kind === 'send-again') return { kind: 'absent' };
  const known = protocol ?? queue.ticket(incident)?.protocol;
  if (known !== undefined) return { kind: 'exists', protocol: known };
  const found = await delivery.find(incident);
  const ticket = found.ok ? found.value : undefined;
  return ticket === undefined ? undefined : { kind: 'exists', protocol: ticket.protocol };
}
