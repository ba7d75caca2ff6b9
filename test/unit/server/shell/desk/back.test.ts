// What comes back from an outside desk: by its own events, by the slow poll, and never by Vigia's own hand.
import { describe, expect, it } from 'vitest';
import { createMemoryDeskEvents } from '../../../../../server/adapters/memory/desk-events.ts';
import { noticeText } from '../../../../../server/core/view/notice-text.ts';
import { newsOf } from '../../../../../server/shell/notices/news.ts';
import { failure } from '../../../../../shared/failure.ts';
import { incidentIdFrom } from '../../../../../shared/ids.ts';
import { limits } from '../../../../../shared/limits.ts';
import { fail, ok } from '../../../../../shared/result.ts';
import { minute, plus, second } from '../../../../../shared/time.ts';
import { settled } from '../../../../fakes/manual-clock.ts';
import { startRig } from './back-rig.ts';

const closed = { id: 'e1', protocol: 'P-1', action: 'closed', by: 'Ana', text: 'modem trocado' } as const;
const unreadable = () => fail(failure('desk.uncertain', '500', { retryable: true }));
const away = () => fail(failure('desk.unavailable', 'refused', { retryable: true }));

describe('events of the desk', () => {
  it('one that is not signed, or about a ticket that is not ours, is refused and nothing is read', async () => {
    const { desk, call, back, entries } = await startRig();
    const readsBefore = desk.calls.length;
    desk.tells(closed);
    const forged = call('r0', 'bad');
    expect(forged.ok ? '' : forged.failure.code).toBe('auth.refused');
    const others = [
      { ...closed, protocol: 'P-99' },
      { ...closed, incident: incidentIdFrom('inc-99-0'), protocol: undefined },
      // A duplicate's number beside our own id.
      { ...closed, protocol: 'P-99', incident: desk.records()[0]?.incident },
    ];
    for (const [index, hint] of others.entries()) {
      desk.tells(hint);
      const answer = call(`r${index + 1}`);
      expect(answer.ok ? '' : answer.failure.code).toBe('not-found');
    }
    await settled();
    expect(desk.calls.length).toBe(readsBefore);
    expect(back.counters().events).toMatchObject({ refused: 1, unknown: 3, taken: 0 });
    expect(entries()).not.toContain('closed-at-desk-early');
  });

  it('the record is read before anything is told: what it does not show did not happen', async () => {
    const { desk, call, entries, incident } = await startRig();
    desk.tells(closed);
    expect(call('r1').ok).toBe(true);
    await settled();
    expect(desk.calls.at(-1)).toBe('read P-1');
    expect(incident().ticket?.closedAtDesk).toBeUndefined();
    desk.change({ state: 'closed' });
    desk.tells({ ...closed, id: 'e2' });
    call('r2');
    await settled();
    expect(entries()).toContain('closed-at-desk-early');
    expect(incident().ticket?.closedAtDesk?.by).toBe('Ana');
  });

  it('the same again, replayed or repeated, is one event', async () => {
    const { desk, call, entries, back } = await startRig();
    desk.says('técnico a caminho');
    desk.tells({ ...closed, action: 'note', text: 'técnico a caminho' });
    call('r1');
    await settled();
    call('r1');
    call('r2');
    await settled();
    expect(entries().filter((kind) => kind === 'noted-at-desk')).toHaveLength(1);
    expect(back.counters().events).toMatchObject({ taken: 1, seen: 2 });
  });

  it('a desk that is away is waited for; a record that cannot be read is left to the poll in the end', async () => {
    const { desk, call, clock, back, entries } = await startRig();
    desk.change({ assignedTo: 'Ana' });
    desk.tells({ ...closed, action: 'acknowledged' });
    desk.fail(...Array.from({ length: 20 }, away));
    call('r1');
    await clock.advanceAsync(10 * minute);
    expect(entries()).toContain('acknowledged-at-desk');
    expect(back.counters().events).toMatchObject({ givenUp: 0, waiting: 0 });
    expect(back.counters().events.retried).toBeGreaterThan(limits.deskEventTriesMax);
    desk.tells({ ...closed, id: 'e9' });
    desk.fail(...Array.from({ length: limits.deskEventTriesMax + 20 }, unreadable));
    call('r9');
    await clock.advanceAsync(10 * minute);
    expect(back.counters().events).toMatchObject({ givenUp: 1, waiting: 0 });
  });

  it('a record that cannot be read holds up no other event', async () => {
    const { desk, call, clock, back, entries } = await startRig();
    desk.change({ state: 'closed' });
    desk.tells({ ...closed, id: 'e1', action: 'changed' });
    desk.fail(unreadable());
    call('r1');
    await settled();
    desk.tells({ ...closed, id: 'e2' });
    call('r2');
    await settled();
    expect(entries()).toContain('closed-at-desk-early');
    expect(back.counters().events).toMatchObject({ told: 1, waiting: 1 });
    await clock.advanceAsync(30 * second);
    expect(back.counters().events).toMatchObject({ same: 1, waiting: 0 });
  });

  it('an event that was answered outlives the process', async () => {
    const events = createMemoryDeskEvents();
    const rig = await startRig({ events });
    rig.desk.change({ state: 'closed' });
    rig.desk.tells(closed);
    rig.back.stop();
    events.take({
      id: 'r1',
      at: rig.clock.now(),
      events: [{ id: 'e1', incident: rig.incident().id, action: 'closed', by: 'Ana' }],
    });
    rig.start();
    await settled();
    expect(rig.entries()).toContain('closed-at-desk-early');
    expect(events.waiting()).toEqual([]);
  });

  it('nothing is told after the stop, also of a look that was under way', async () => {
    const { desk, call, back, entries, events } = await startRig();
    desk.change({ state: 'closed' });
    desk.tells(closed);
    call('r1');
    back.stop();
    await settled();
    expect(entries()).not.toContain('closed-at-desk-early');
    expect(events.waiting()).toHaveLength(1);
  });

  it('beyond its room the desk is told to come again', async () => {
    const { desk, call, incident, events, clock, back } = await startRig();
    const many = Array.from({ length: limits.deskEventsWaitingMax }, (_, each) => ({
      id: `x${each}`,
      incident: incident().id,
      action: 'note' as const,
    }));
    events.take({ id: 'many', at: clock.now(), events: many });
    desk.tells(closed);
    const answer = call('r1');
    expect(answer.ok ? undefined : answer.failure).toMatchObject({ code: 'limit.reached', retryable: true });
    expect(back.counters().events.full).toBe(1);
  });

  it('at a desk that cannot be read what was said and signed is believed', async () => {
    const { desk, call, entries } = await startRig({ capabilities: { read: false } });
    desk.tells({ ...closed, action: 'acknowledged' });
    call('r1');
    desk.tells({ ...closed, id: 'e2' });
    call('r2');
    await settled();
    expect(entries()).toEqual(expect.arrayContaining(['acknowledged-at-desk', 'closed-at-desk-early']));
    expect(desk.calls.filter((each) => each.startsWith('read'))).toEqual([]);
  });
});

describe('slow poll', () => {
  it.each([true, false])(
    'taken, closed and opened again are heard within a minute or so (lists: %s)',
    async (lists) => {
      const { desk, clock, entries, incident, fatal } = await startRig({ lists });
      const look = () => clock.advanceAsync(limits.deskPollMs + limits.deskPollJitterMs);
      await look();
      expect(entries()).not.toContain('acknowledged-at-desk');
      desk.change({ assignedTo: 'Ana' });
      await look();
      expect(incident().acknowledgedBy).toBe('Ana');
      desk.change({ state: 'closed' });
      await look();
      await look();
      expect(entries().filter((kind) => kind === 'closed-at-desk-early')).toHaveLength(1);
      desk.change({ state: 'open' });
      await look();
      expect(incident().ticket?.closedAtDesk).toBeUndefined();
      expect(entries().filter((kind) => kind === 'reopened-at-desk')).toHaveLength(1);
      expect(desk.records()).toHaveLength(1);
      expect(fatal).toEqual([]);
    },
  );

  it('whom the desk itself made responsible has acknowledged nothing; the next one has', async () => {
    const { desk, clock, entries, incident } = await startRig({ assigns: 'Fila N1' });
    await clock.advanceAsync(5 * minute);
    expect(entries()).not.toContain('acknowledged-at-desk');
    desk.change({ assignedTo: 'Ana' });
    await clock.advanceAsync(2 * minute);
    expect(incident().acknowledgedBy).toBe('Ana');
  });

  it('a desk whose clock is far off is heard all the same', async () => {
    for (const offMs of [-180 * minute, 180 * minute]) {
      const { desk, clock, entries } = await startRig();
      const now = clock.now();
      desk.client.changedSince = async (since) => {
        const shifted = desk
          .records()
          .map(({ updatedAt = now, ...each }) => ({ ...each, updatedAt: plus(updatedAt, offMs) }));
        return ok(shifted.filter(({ updatedAt }) => updatedAt >= since));
      };
      await clock.advanceAsync(3 * minute);
      desk.change({ state: 'closed' });
      await clock.advanceAsync(3 * minute);
      expect(entries(), `${offMs}`).toContain('closed-at-desk-early');
    }
  });

  it('a desk that counts requests is left room for a critical ticket', async () => {
    // The watch over an idle desk takes two of these already, and a ticket needs four.
    const { desk, clock, back, entries } = await startRig({
      lists: false,
      capabilities: { rate: { requests: 6, perMs: minute } },
    });
    expect(entries()).toContain('ticket-registered');
    await clock.advanceAsync(5 * minute);
    expect(back.counters().poll).toMatchObject({ failed: 0, same: 0 });
    expect(back.counters().poll?.cutShort).toBeGreaterThan(3);
    expect(desk.calls).toEqual([]);
  });

  it('a record that cannot be read is looked at again, and does not hold up the cursor', async () => {
    const { desk, clock, entries, back } = await startRig();
    desk.change({ state: 'closed' });
    desk.fail(unreadable());
    await clock.advanceAsync(75 * second);
    expect(back.counters().poll).toMatchObject({ failed: 1 });
    await clock.advanceAsync(75 * second);
    expect(entries()).toContain('closed-at-desk-early');
  });

  it('a desk that can only be searched is believed when it says closed, not when it says open', async () => {
    const { desk, clock, entries } = await startRig({ lists: false, capabilities: { read: false } });
    desk.change({ state: 'closed', assignedTo: 'Ana' });
    await clock.advanceAsync(2 * minute);
    expect(entries()).toContain('closed-at-desk-early');
    expect(entries()).not.toContain('acknowledged-at-desk');
    desk.change({ state: 'open' });
    await clock.advanceAsync(2 * minute);
    expect(entries()).not.toContain('reopened-at-desk');
    expect(entries()).toContain('acknowledged-at-desk');
  });

  it('there is none where the desk can be asked nothing', async () => {
    const { back } = await startRig({ capabilities: { read: false, search: { kind: 'none' } } });
    expect(back.counters().poll).toBeUndefined();
  });
});

describe('a ticket that vanished while nobody wrote to it', () => {
  const look = limits.deskPollMs + limits.deskPollJitterMs;

  it.each([true, false])('is made anew once, and the incident says so (lists: %s)', async (lists) => {
    const { desk, clock, back, incident, entries, delivery, fatal } = await startRig({ lists });
    const { registeredAt } = incident().ticket ?? {};
    await clock.advanceAsync(3 * look);
    expect(back.counters().audit).toMatchObject({ replaced: 0, failed: 0 });
    desk.forget();
    await clock.advanceAsync(3 * look);
    expect(desk.records().map(({ protocol }) => protocol)).toEqual(['P-2']);
    expect(desk.records()[0]?.body).toContain('ATENÇÃO: o chamado P-1 deste incidente não existe mais');
    expect(incident().ticket).toMatchObject({ state: 'registered', protocol: 'P-2', registeredAt });
    const told = incident().timeline.filter(({ kind }) => kind === 'ticket-replaced');
    expect(told.map(({ text }) => text)).toEqual(['P-1 → P-2']);
    expect(entries().filter((kind) => kind === 'ticket-registered')).toHaveLength(1);
    expect(back.counters().audit?.replaced).toBe(1);
    expect(delivery.counters()).toMatchObject({ renewed: 1, created: 2 });
    await clock.advanceAsync(10 * minute);
    expect(desk.records()).toHaveLength(1);
    expect(fatal).toEqual([]);
  });

  it('warns the NOC', async () => {
    const { desk, clock, incident, runtime } = await startRig();
    desk.forget();
    await clock.advanceAsync(2 * look);
    const news = newsOf(incident(), { incidents: new Map() }).filter(
      ({ kind }) => kind === 'ticket-replaced',
    );
    expect(news).toHaveLength(1);
    const [only] = news;
    if (only === undefined) throw new Error('no news');
    const { title, text } = noticeText({
      ...only,
      incident: incident(),
      topology: runtime.correlator.state().topology,
    });
    expect(title).toContain('CHAMADO TROCADO NA CENTRAL');
    expect(text).toContain('Protocolo: P-2.');
  });

  it('that a person had closed before is left alone', async () => {
    const { desk, clock, back } = await startRig();
    desk.change({ state: 'closed' });
    await clock.advanceAsync(2 * look);
    desk.forget();
    await clock.advanceAsync(5 * look);
    expect(desk.records()).toEqual([]);
    expect(back.counters().audit).toMatchObject({ replaced: 0, failed: 0 });
  });

  it('again and again is left gone in the end', async () => {
    const { desk, clock, back, incident } = await startRig();
    for (let round = 0; round <= limits.deskRenewalsMax; round += 1) {
      desk.forget();
      await clock.advanceAsync(2 * look);
    }
    expect(desk.records()).toEqual([]);
    expect(incident().ticket?.protocol).toBe(`P-${1 + limits.deskRenewalsMax}`);
    expect(back.counters().audit?.leftGone).toBeGreaterThan(0);
  });

  it('waits while the desk is away, and while the desk counts requests', async () => {
    const { desk, clock, back } = await startRig();
    desk.forget();
    desk.fail(...Array.from({ length: 3 }, away));
    await clock.advanceAsync(look);
    expect(back.counters().audit).toMatchObject({ failed: 1, replaced: 0 });
    await clock.advanceAsync(4 * look);
    expect(desk.records().map(({ protocol }) => protocol)).toEqual(['P-2']);
    const poor = await startRig({ capabilities: { rate: { requests: 6, perMs: minute } } });
    poor.desk.forget();
    await poor.clock.advanceAsync(5 * look);
    expect(poor.back.counters().audit).toMatchObject({ replaced: 0, audited: 0 });
  });

  it('and was made anew by a run that ended before it could say so is told by the next', async () => {
    const { desk, clock, back, start, incident, delivery } = await startRig();
    back.stop();
    desk.forget();
    const audited = await delivery.audit(incident().id);
    expect(audited).toEqual(ok({ protocol: 'P-2' }));
    expect(incident().ticket?.protocol).toBe('P-1');
    start();
    await clock.advanceAsync(2 * look);
    expect(incident().ticket?.protocol).toBe('P-2');
    expect(desk.records()).toHaveLength(1);
  });

  it('was only merged by a person: nothing is made anew, and the other’s state is not this one’s', async () => {
    const { desk, clock, entries, incident } = await startRig();
    const other = { incident: incidentIdFrom('inc-9-0'), title: 'outro', body: 'outro', mergedInto: 'P-9' };
    desk.change({ ...other, state: 'closed' });
    await clock.advanceAsync(5 * look);
    expect(desk.records()).toHaveLength(1);
    expect(incident().ticket?.protocol).toBe('P-1');
    expect(entries()).not.toContain('closed-at-desk-early');
  });
});
