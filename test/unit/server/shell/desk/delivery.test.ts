// Delivery to a desk that promises nothing, one trouble at a time: what the campaign does at random, here by name.
import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryDeskAttempts } from '../../../../../server/adapters/memory/desk-attempts.ts';
import type { TicketEffect } from '../../../../../server/core/effect.ts';
import type { DeskAttempts } from '../../../../../server/ports/desk-attempts.ts';
import type { DeskCapabilities, DeskClient } from '../../../../../server/ports/desk-client.ts';
import {
  createDeskDelivery,
  type DeskDelivery,
  type DeskDeliveryOptions,
} from '../../../../../server/shell/desk/delivery.ts';
import { titleAtDesk } from '../../../../../server/shell/desk/draft.ts';
import { effectKey, incidentIdFrom } from '../../../../../shared/ids.ts';
import { limits } from '../../../../../shared/limits.ts';
import { ok } from '../../../../../shared/result.ts';
import { day, minute, second } from '../../../../../shared/time.ts';
import { draftOf } from '../../../../contract/desk-client.contract.ts';
import { at, closeEffect, noteEffect, openEffect, reopenEffect } from '../../../../contract/samples.ts';
import { writesOnly } from '../../../../fakes/desks/faults.ts';
import { createGenericDesk, type GenericDesk } from '../../../../fakes/desks/generic.ts';
import { createManualClock, type ManualClock } from '../../../../fakes/manual-clock.ts';

const blind: Partial<DeskCapabilities> = {
  externalId: 'none',
  search: { kind: 'none' },
  read: false,
  readsNotes: false,
};

function raiseEffect(id: string, number: number, title: string): TicketEffect {
  const { key, incident, notBefore } = noteEffect(id, number);
  return {
    kind: 'ticket.note',
    key,
    incident,
    notBefore,
    text: 'Pior.',
    raise: { priority: 'critical', title },
  };
}

describe('delivery to an outside desk', () => {
  let clock: ManualClock;
  let attempts: DeskAttempts;
  let desk: GenericDesk;
  let delivery: DeskDelivery;

  const make = (more: Partial<DeskDeliveryOptions> = {}): DeskDelivery =>
    createDeskDelivery({ client: desk.client, attempts, clock, onUncertain: 'hold', owner: 'one', ...more });
  const withDesk = (capabilities: Partial<DeskCapabilities>): void => {
    desk = createGenericDesk({ clock, capabilities });
    delivery = make();
  };
  beforeEach(() => {
    clock = createManualClock(at(0));
    attempts = createMemoryDeskAttempts();
    withDesk({});
  });

  const answerOf = async (effect: TicketEffect, by = delivery): Promise<string> => {
    const answer = await by.perform(effect);
    return answer.ok ? answer.value.protocol : answer.failure.code;
  };
  const records = () => desk.control.records();
  const next = (...kinds: readonly ('lose-answer' | 'reset' | 'error-before' | 'error-after')[]): void => {
    desk.control.faults.only(writesOnly);
    desk.control.faults.next(...kinds.map((kind) => ({ kind })));
  };

  it('searches before it creates, reads after it wrote, and asks for the credential once a minute', async () => {
    expect(await answerOf(openEffect('a'))).toBe('G-1');
    expect(desk.calls).toEqual(['probe ', 'find a', 'create a', 'find a']);
    await answerOf(openEffect('b'));
    expect(desk.calls.filter((call) => call.startsWith('probe'))).toHaveLength(1);
    await clock.advanceAsync(limits.deskProbeFreshMs);
    await answerOf(openEffect('c'));
    expect(desk.calls.filter((call) => call.startsWith('probe'))).toHaveLength(2);
  });

  it('answers a second time from disk, without a word to the desk', async () => {
    await answerOf(openEffect('a'));
    const { length } = desk.calls;
    expect(await answerOf(openEffect('a'), make({ owner: 'two' }))).toBe('G-1');
    expect(desk.calls).toHaveLength(length);
  });

  it('adopts at once what a lost answer left behind', async () => {
    next('lose-answer');
    expect(await answerOf(openEffect('a'))).toBe('desk.uncertain');
    expect(await answerOf(openEffect('a'))).toBe('G-1');
    expect(records()).toHaveLength(1);
    expect(delivery.counters()).toMatchObject({ created: 0, adopted: 1, uncertain: 1 });
  });

  it('does not believe an empty search before the earlier request is settled', async () => {
    next('error-before');
    expect(await answerOf(openEffect('a'))).toBe('desk.uncertain');
    await clock.advanceAsync(limits.deskSettleMs - 1);
    expect(await answerOf(openEffect('a'))).toBe('conflict');
    await clock.advanceAsync(1);
    expect(await answerOf(openEffect('a'))).toBe('G-1');
    expect(desk.calls.filter((call) => call === 'create a')).toHaveLength(2);
  });

  it('waits longer where searches lag', async () => {
    withDesk({ externalId: 'marker', search: { kind: 'lagging', lagMs: 30 * second } });
    next('lose-answer');
    await answerOf(openEffect('a'));
    await clock.advanceAsync(20 * second);
    expect(await answerOf(openEffect('a'))).toBe('conflict');
    await clock.advanceAsync(20 * second);
    expect(await answerOf(openEffect('a'))).toBe('G-1');
    expect(records()).toHaveLength(1);
  });

  it('never believes an empty search of a stranger', async () => {
    desk = createGenericDesk({ clock, strangersSeeNothing: true });
    delivery = make();
    next('lose-answer');
    await answerOf(openEffect('a'));
    desk.control.takeCredential(false);
    await clock.advanceAsync(2 * minute);
    expect(await answerOf(openEffect('a'))).toBe('desk.unauthorised');
    desk.control.takeCredential(true);
    expect(await answerOf(openEffect('a'))).toBe('G-1');
    desk.control.takeCredential(false);
    expect(await answerOf(noteEffect('a', 1))).toBe('desk.unauthorised');
    desk.control.takeCredential(true);
    await answerOf(noteEffect('a', 1));
    expect(records()).toMatchObject([{ protocol: 'G-1', marks: ['a:note:1'] }]);
  });

  describe('at a desk that cannot be searched', () => {
    beforeEach(() => withDesk(blind));

    it('holds an uncertain opening for a person, who says that it exists', async () => {
      next('lose-answer');
      const open = openEffect('a');
      await answerOf(open);
      await clock.advanceAsync(day);
      expect(await answerOf(open)).toBe('desk.held');
      expect(records()).toHaveLength(1);
      expect(delivery.settleHeld(open, { kind: 'exists', protocol: 'G-1' }).ok).toBe(true);
      expect(await answerOf(open)).toBe('G-1');
      expect(await answerOf(noteEffect('a', 1))).toBe('G-1');
      expect(records()).toMatchObject([{ marks: ['a:note:1'] }]);
    });

    it('sends again when the person says that it does not', async () => {
      next('error-before');
      const open = openEffect('a');
      await answerOf(open);
      expect(await answerOf(open)).toBe('desk.held');
      expect(delivery.settleHeld(open, { kind: 'absent' }).ok).toBe(true);
      expect(await answerOf(open)).toBe('G-1');
      expect(delivery.settleHeld(open, { kind: 'absent' })).toMatchObject({ failure: { code: 'conflict' } });
    });

    it('sends again by itself only where that was chosen', async () => {
      delivery = make({ onUncertain: 'retry' });
      next('lose-answer');
      await answerOf(openEffect('a'));
      expect(await answerOf(openEffect('a'))).toBe('G-2');
    });

    it('sends again without asking where the desk knows keys again', async () => {
      withDesk({ ...blind, idempotent: true });
      next('lose-answer');
      await answerOf(openEffect('a'));
      expect(await answerOf(openEffect('a'))).toBe('G-1');
      expect(records()).toHaveLength(1);
    });
  });

  it('lets the lowest of several records win, and closes the others with a word where the work is', async () => {
    for (let time = 0; time < 3; time += 1) await desk.client.create(draftOf('a'));
    expect(await answerOf(openEffect('a'))).toBe('G-1');
    expect(records().map(({ state }) => state)).toEqual(['open', 'closed', 'closed']);
    expect(records()[1]?.notes[0]).toContain('G-1');
    expect(delivery.counters().duplicatesRepaired).toBe(2);
  });

  it('prefers an open record to one that a person closed', async () => {
    for (let time = 0; time < 2; time += 1) await desk.client.create(draftOf('a'));
    desk.control.closeByHand('G-1');
    expect(await answerOf(openEffect('a'))).toBe('G-2');
  });

  it('opens its own ticket beside an old one of an installation that counted the same ids', async () => {
    await desk.client.create(draftOf('a'));
    await clock.advanceAsync(3 * day);
    const late = { ...openEffect('a'), detectedAt: at(3 * day) };
    expect(await answerOf(late)).toBe('G-2');
    expect(records().map(({ state }) => state)).toEqual(['open', 'open']);
    expect(delivery.counters().namesakes).toBeGreaterThan(0);
  });

  it('puts id and class right when the desk dropped them', async () => {
    const { client } = desk;
    const dropping: DeskClient = {
      ...client,
      create: async (draft) => {
        const made = await client.create({ ...draft, priority: 'standard' });
        if (made.ok) desk.control.loseIncident?.(made.value.protocol);
        return made;
      },
    };
    delivery = make({ client: dropping });
    expect(await answerOf(openEffect('a'))).toBe('G-1');
    expect(records()).toMatchObject([{ incident: 'a', priority: 'critical' }]);
    expect(delivery.counters().repaired).toBe(1);
  });

  it('gives up on a desk that always says yes and never does it', async () => {
    const { client } = desk;
    delivery = make({
      client: { ...client, create: async () => ({ ok: true, value: { protocol: 'G-9' } }) },
    });
    const codes: string[] = [];
    for (let time = 0; time <= limits.deskLiesMax; time += 1) {
      codes.push(await answerOf(openEffect('a')));
      await clock.advanceAsync(minute);
    }
    expect(codes.slice(0, -2).every((code) => code === 'desk.uncertain')).toBe(true);
    expect(codes.slice(-2)).toEqual(['desk.held', 'desk.held']);
  });

  describe('notes and states', () => {
    beforeEach(async () => {
      await answerOf(openEffect('a'));
    });

    it('writes a note once, whatever became of the answer', async () => {
      next('lose-answer');
      expect(await answerOf(noteEffect('a', 1))).toBe('desk.uncertain');
      expect(await answerOf(noteEffect('a', 1))).toBe('G-1');
      next('error-before');
      expect(await answerOf(noteEffect('a', 2))).toBe('desk.uncertain');
      expect(await answerOf(noteEffect('a', 2))).toBe('conflict');
      await clock.advanceAsync(limits.deskSettleMs);
      expect(await answerOf(noteEffect('a', 2))).toBe('G-1');
      expect(records()).toMatchObject([{ marks: ['a:note:1', 'a:note:2'] }]);
    });

    it('closes and reopens, and looks whether it did', async () => {
      next('lose-answer');
      expect(await answerOf(closeEffect('a'))).toBe('desk.uncertain');
      expect(await answerOf(closeEffect('a'))).toBe('G-1');
      expect(records()).toMatchObject([{ state: 'closed', marks: ['a:close:1'] }]);
      expect(await answerOf(reopenEffect('a'))).toBe('G-1');
      expect(records()).toMatchObject([{ state: 'open', marks: ['a:close:1', 'a:reopen:1'] }]);
    });

    it('tells a desk that was closed by a person why, without closing it again', async () => {
      desk.control.closeByHand('G-1');
      expect(await answerOf(closeEffect('a'))).toBe('G-1');
      expect(desk.calls.some((call) => call.startsWith('setState'))).toBe(false);
      expect(records()).toMatchObject([{ state: 'closed', marks: ['a:close:1'] }]);
    });

    it('raises before it notes, so that a note that stands proves the class', async () => {
      const note = noteEffect('a', 1);
      const raise = { priority: 'critical', title: 'AGRAVADO' } as const;
      next('reset');
      expect(await answerOf({ ...note, raise } as TicketEffect)).toBe('desk.uncertain');
      expect(records()).toMatchObject([{ marks: [] }]);
      expect(await answerOf({ ...note, raise } as TicketEffect)).toBe('G-1');
      expect(records()).toMatchObject([{ title: 'AGRAVADO [VIGIA-a]', marks: ['a:note:1'] }]);
    });

    it('makes a vanished ticket anew, says so, and tells again what it had told', async () => {
      await answerOf(noteEffect('a', 1));
      desk.control.removeByHand('G-1');
      expect(await answerOf(noteEffect('a', 2))).toBe('G-2');
      const [record] = records();
      expect(record).toMatchObject({ incident: 'a', state: 'open', marks: ['a:note:1', 'a:note:2'] });
      expect(record?.body).toMatch(/^ATENÇÃO: o chamado G-1 .* não existe mais/);
      expect(delivery.counters()).toMatchObject({ renewed: 1, toldAgain: 1 });
    });

    it('does not write into a stranger that got the number of a ticket lost in a restore', async () => {
      const empty = desk.backup().slice(0, 0);
      desk.restore(empty);
      await desk.client.create(draftOf('other'));
      expect(await answerOf(noteEffect('a', 1))).toBe('G-2');
      expect(records()).toMatchObject([
        { incident: 'other', marks: [] },
        { incident: 'a', marks: ['a:note:1'] },
      ]);
    });

    it('writes to the ticket that a person merged it into, and leaves that one’s state and title alone', async () => {
      const { read } = desk.client;
      desk.client.read = async (protocol) => {
        const answer = await read(protocol);
        if (!answer.ok || answer.value === undefined) return answer;
        return ok({ ...answer.value, incident: incidentIdFrom('b'), body: 'b', mergedInto: 'G-9' });
      };
      expect(await answerOf(noteEffect('a', 1))).toBe('G-1');
      await answerOf(raiseEffect('a', 2, 'Pior'));
      expect(await answerOf(closeEffect('a'))).toBe('G-1');
      expect(records()).toMatchObject([{ state: 'open', marks: ['a:note:1', 'a:note:2', 'a:close:1'] }]);
      expect(records()[0]?.title).not.toContain('Pior');
      expect(delivery.counters()).toMatchObject({ renewed: 0, created: 1 });
    });

    it('says with each word what the ticket is by now, raised class and title included', async () => {
      const abouts: unknown[] = [];
      const { note, setState } = desk.client;
      desk.client.note = (protocol, told) => {
        abouts.push(told.about);
        return note(protocol, told);
      };
      desk.client.setState = (protocol, state, told) => {
        abouts.push(told.about);
        return setState(protocol, state, told);
      };
      await answerOf(noteEffect('a', 1));
      await answerOf(raiseEffect('a', 2, 'Pior'));
      await answerOf(closeEffect('a'));
      const worse = { priority: 'critical', title: 'Pior [VIGIA-a]' };
      expect(abouts).toMatchObject([
        { customer: expect.any(String), site: expect.any(String) },
        worse,
        worse,
      ]);
    });

    it('tells again what a restored desk forgot, when it is audited', async () => {
      const backup = desk.backup();
      await answerOf(noteEffect('a', 1));
      await answerOf(closeEffect('a'));
      desk.restore(backup);
      expect(await delivery.audit(incidentIdFrom('a'))).toMatchObject({
        ok: true,
        value: { protocol: 'G-1' },
      });
      expect(records()).toMatchObject([{ state: 'closed', marks: ['a:note:1', 'a:close:1'] }]);
    });

    it('refuses a note to an incident that has no ticket anywhere', async () => {
      expect(await answerOf(noteEffect('nobody', 1))).toBe('desk.refused');
    });
  });

  describe('two workers', () => {
    it('gives an incident to one of them at a time', async () => {
      desk = createGenericDesk({ clock, latencyMs: () => 100 });
      const [one, two] = [make({ owner: 'one' }), make({ owner: 'two' })];
      const first = answerOf(openEffect('a'), one);
      expect(await answerOf(openEffect('a'), two)).toBe('conflict');
      await clock.advanceAsync(2 * second);
      expect(await first).toBe('G-1');
      expect(await answerOf(openEffect('a'), two)).toBe('G-1');
      expect(records()).toHaveLength(1);
    });

    it('repairs what a worker did that slept through its lease', async () => {
      const wake = Promise.withResolvers<void>();
      const { client } = desk;
      // It stands still between the last look at its lease and the request, longer than anybody waits for it.
      const asleep: DeskClient = {
        ...client,
        create: async (draft) => {
          await wake.promise;
          return client.create(draft);
        },
      };
      const one = make({ owner: 'one', client: asleep });
      const first = one.perform(openEffect('a'));
      await clock.advanceAsync(limits.deskLeaseMs + minute);
      const two = make({ owner: 'two' });
      expect(await answerOf(openEffect('a'), two)).toBe('G-1');
      wake.resolve();
      expect(await first).toMatchObject({ ok: false, failure: { code: 'conflict' } });
      expect(records().map(({ state }) => state)).toEqual(['open', 'open']);
      expect(await answerOf(noteEffect('a', 1), two)).toBe('G-1');
      expect(records().map(({ state }) => state)).toEqual(['open', 'closed']);
      expect(await answerOf(openEffect('a'), one)).toBe('G-1');
    });
  });

  it('keeps the marker whole, however long the title', () => {
    const title = titleAtDesk('São Paulo '.repeat(60), incidentIdFrom('inc-123456-0'));
    expect(title.length).toBeLessThanOrEqual(limits.deskTitleCharsMax);
    expect(title).toMatch(/… \[VIGIA-inc-123456-0\]$/);
    expect(titleAtDesk('curto', incidentIdFrom('a'))).toBe('curto [VIGIA-a]');
  });

  it('finds a ticket under its incident, or says that there is none for certain', async () => {
    expect(await delivery.find(incidentIdFrom('a'))).toEqual({ ok: true, value: undefined });
    await answerOf(openEffect('a', { key: String(effectKey('a:open')) }));
    expect(await delivery.find(incidentIdFrom('a'))).toMatchObject({
      ok: true,
      value: { protocol: 'G-1', open: true },
    });
  });
});
