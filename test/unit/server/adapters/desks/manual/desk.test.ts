// The desk without an interface: it holds until a person has spoken, and never speaks for them.
import { beforeEach, describe, expect, it } from 'vitest';
import { createManualDesk } from '../../../../../../server/adapters/desks/manual/desk.ts';
import { createMemoryManualQueue } from '../../../../../../server/adapters/memory/manual-queue.ts';
import type { TicketEffect } from '../../../../../../server/core/effect.ts';
import type { Desk } from '../../../../../../server/ports/desk.ts';
import type { ManualQueue } from '../../../../../../server/ports/manual-queue.ts';
import { effectKey, incidentIdFrom } from '../../../../../../shared/ids.ts';
import { createManualClock } from '../../../../../fakes/manual-clock.ts';

const incident = incidentIdFrom('inc-1-0');
const clock = createManualClock();
const said = () => ({ by: 'ana', at: clock.now() });
const open: TicketEffect = {
  kind: 'ticket.open',
  key: effectKey('inc-1-0:open'),
  incident,
  notBefore: clock.now(),
  text: { title: 'Padaria Aurora: sem internet', body: 'São Paulo - ação, 3º andar' },
  priority: 'critical',
  customer: 'aurora',
  site: 'matriz',
  detectedAt: clock.now(),
};
const later = <K extends 'ticket.note' | 'ticket.close'>(kind: K, number: number) => ({
  kind,
  key: effectKey(`inc-1-0:note:${number}`),
  incident,
  notBefore: clock.now(),
  text: `texto ${number}`,
});
const held = { ok: false, failure: { code: 'desk.held' } };

describe('manual desk', () => {
  let queue: ManualQueue;
  let desk: Desk;

  beforeEach(() => {
    queue = createMemoryManualQueue();
    desk = createManualDesk({ config: { kind: 'manual', name: 'MySuite' }, queue, clock });
  });

  it('holds an opening, as often as it is asked, in one item with the words to paste', async () => {
    expect(await desk.perform(open)).toMatchObject(held);
    clock.advance(60_000);
    expect(await desk.perform(open)).toMatchObject(held);
    const { items } = queue.waiting();
    expect(items).toMatchObject([
      {
        desk: 'MySuite',
        title: 'Padaria Aurora: sem internet',
        text: 'São Paulo - ação, 3º andar',
        priority: 'critical',
      },
    ]);
    expect(items[0]?.since).toBe(clock.now() - 60_000);
    expect(await desk.find(incident)).toEqual({ ok: true, value: undefined });
  });

  it('gives the protocol that a person typed, for ever', async () => {
    await desk.perform(open);
    queue.register(incident, { protocol: '4711', ...said() });
    for (let time = 0; time < 2; time += 1)
      expect(await desk.perform(open)).toEqual({ ok: true, value: { protocol: '4711' } });
    expect(queue.waiting().total).toBe(0);
    expect(await desk.find(incident)).toMatchObject({ value: { protocol: '4711', open: true } });
  });

  it('refuses a note to a ticket that nobody registered', async () => {
    expect(await desk.perform(later('ticket.note', 1))).toMatchObject({
      ok: false,
      failure: { code: 'desk.refused' },
    });
    expect(queue.waiting().total).toBe(0);
  });

  it('holds notes and closing until each is said to be done', async () => {
    await desk.perform(open);
    queue.register(incident, { protocol: '4711', ...said() });
    for (const effect of [later('ticket.note', 1), later('ticket.close', 2)]) {
      expect(await desk.perform(effect)).toMatchObject(held);
      expect(queue.waiting().items).toMatchObject([{ protocol: '4711', task: effect.kind }]);
      queue.done(effect.key, said());
      expect(await desk.perform(effect)).toEqual({ ok: true, value: { protocol: '4711' } });
    }
    expect(await desk.find(incident)).toMatchObject({ value: { open: false } });
  });

  it('counts a note that makes the ticket worse as urgent as that', async () => {
    await desk.perform({ ...open, priority: 'standard' });
    queue.register(incident, { protocol: '4711', ...said() });
    const raise = { priority: 'critical', title: 'AGRAVADO' } as const;
    await desk.perform({ ...later('ticket.note', 1), raise });
    expect(queue.waiting().items).toMatchObject([{ priority: 'critical', raise }]);
  });

  it('says unavailable, and nothing more, when its file cannot be written', async () => {
    const full: ManualQueue = {
      ...queue,
      wait: () => {
        throw Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR' });
      },
    };
    const broken = createManualDesk({ config: { kind: 'manual', name: 'MySuite' }, queue: full, clock });
    expect(await broken.perform(open)).toMatchObject({ ok: false, failure: { code: 'desk.unavailable' } });
  });
});
