// A held delivery before a person and back: end to end with the real delivery at a desk that nobody can search.
import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryDeskAttempts } from '../../../../../server/adapters/memory/desk-attempts.ts';
import { createMemoryManualQueue } from '../../../../../server/adapters/memory/manual-queue.ts';
import type { TicketEffect } from '../../../../../server/core/effect.ts';
import type { Desk } from '../../../../../server/ports/desk.ts';
import type { ManualQueue } from '../../../../../server/ports/manual-queue.ts';
import { createDeskDelivery } from '../../../../../server/shell/desk/delivery.ts';
import { createHeldQueue } from '../../../../../server/shell/desk/held-queue.ts';
import { effectKey, incidentIdFrom } from '../../../../../shared/ids.ts';
import { createGenericDesk, type GenericDesk } from '../../../../fakes/desks/generic.ts';
import { createManualClock, type ManualClock } from '../../../../fakes/manual-clock.ts';

const incident = incidentIdFrom('inc-1-0');

describe('held queue', () => {
  let clock: ManualClock;
  let outside: GenericDesk;
  let queue: ManualQueue;
  let desk: Desk;
  let open: TicketEffect;
  const said = () => ({ by: 'ana', at: clock.now() });
  const records = () => outside.control.records();

  beforeEach(() => {
    clock = createManualClock();
    const blind = { search: { kind: 'none' }, externalId: 'marker', read: false, readsNotes: false } as const;
    outside = createGenericDesk({ clock, capabilities: blind });
    queue = createMemoryManualQueue();
    const delivery = createDeskDelivery({
      client: outside.client,
      attempts: createMemoryDeskAttempts(),
      clock,
      onUncertain: 'hold',
      owner: 'teste',
    });
    desk = createHeldQueue({ delivery, queue, clock });
    open = {
      kind: 'ticket.open',
      key: effectKey('inc-1-0:open'),
      incident,
      notBefore: clock.now(),
      text: { title: 'Sem internet', body: 'São Paulo - ação, 3º andar' },
      priority: 'critical',
      customer: 'aurora',
      site: 'matriz',
      detectedAt: clock.now(),
    };
  });

  /** Sends until the delivery knows that only a person can go on. */
  async function holdWith(kind: 'lose-answer' | 'reset'): Promise<void> {
    outside.control.faults.only((request) => request.method !== 'GET');
    outside.control.faults.next({ kind });
    for (let time = 0; time < 5; time += 1) {
      const done = await desk.perform(open);
      if (!done.ok && done.failure.code === 'desk.held') return;
      clock.advance(60_000);
    }
    throw new Error('never held');
  }

  it('shows what is held once and sends nothing while it waits', async () => {
    await holdWith('lose-answer');
    for (let time = 0; time < 3; time += 1) await desk.perform(open);
    expect(queue.waiting()).toMatchObject({
      total: 1,
      items: [{ reason: 'uncertain', title: 'Sem internet' }],
    });
    expect(records()).toHaveLength(1);
  });

  it('takes the number that a person found at the desk', async () => {
    await holdWith('lose-answer');
    const protocol = records()[0]?.protocol ?? '';
    expect(queue.register(incident, { protocol, ...said() }).ok).toBe(true);
    expect(await desk.perform(open)).toEqual({ ok: true, value: { protocol } });
    expect(records()).toHaveLength(1);
    expect(queue.waiting().total).toBe(0);
  });

  it('sends again when a person has looked and it is not there', async () => {
    await holdWith('reset');
    expect(records()).toHaveLength(0);
    expect(queue.sendAgain(open.key, said())).toBeDefined();
    expect((await desk.perform(open)).ok).toBe(true);
    expect(records()).toHaveLength(1);
  });

  it('waits anew when what was sent again is lost again, and hears only the new answer', async () => {
    await holdWith('reset');
    queue.sendAgain(open.key, said());
    await holdWith('lose-answer');
    expect(queue.waiting().total).toBe(1);
    await desk.perform(open);
    expect(records()).toHaveLength(1);
    const protocol = records()[0]?.protocol ?? '';
    queue.register(incident, { protocol, ...said() });
    expect(await desk.perform(open)).toEqual({ ok: true, value: { protocol } });
    expect(records()).toHaveLength(1);
  });

  it('leaves the rest of the desk alone', async () => {
    expect((await desk.perform(open)).ok).toBe(true);
    expect(queue.waiting().total).toBe(0);
    expect(await desk.find(incident)).toMatchObject({ ok: true });
  });
});
