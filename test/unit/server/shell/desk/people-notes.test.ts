// What people write at the desk: read there, told once, and never closed under them; also where no event ever comes.
import { describe, expect, it } from 'vitest';
import { portuguese } from '../../../../../server/core/view/sentences.ts';
import { ticketView } from '../../../../../server/core/view/ticket-view.ts';
import { leftOpenText } from '../../../../../server/shell/desk/people-at-work.ts';
import { limits } from '../../../../../shared/limits.ts';
import { ok } from '../../../../../shared/result.ts';
import { day, minute, plus } from '../../../../../shared/time.ts';
import { settled } from '../../../../fakes/manual-clock.ts';
import { startRig } from './back-rig.ts';

const text = 'São Paulo - ação, 3º andar';
const look = limits.deskPollMs + limits.deskPollJitterMs;
type Rig = Awaited<ReturnType<typeof startRig>>;
const notesIn = ({ incident }: Rig) =>
  incident()
    .timeline.filter(({ kind }) => kind === 'noted-at-desk')
    .map((entry) => ({ by: entry.by, text: entry.text }));

describe('a note of a person at a desk that tells nothing by itself', () => {
  it.each([true, false])(
    'is heard once, and the ticket is not closed under the person (lists: %s)',
    async (lists) => {
      const rig = await startRig({ lists });
      await rig.clock.advanceAsync(3 * look);
      expect(rig.incident().touched).toBe(false);
      rig.desk.says(text);
      await rig.clock.advanceAsync(5 * look);
      expect(notesIn(rig)).toEqual([{ by: 'Ana Souza', text }]);
      expect(rig.incident().touched).toBe(true);
      await rig.recover();
      await rig.clock.advanceAsync(30 * minute);
      expect(rig.runtime.correlator.state().incidents.size).toBe(0);
      expect(rig.desk.records()).toMatchObject([{ state: 'open' }]);
      expect(rig.fatal).toEqual([]);
    },
  );

  it('is heard once by event, poll and a run that starts anew', async () => {
    const rig = await startRig();
    rig.desk.says(text);
    rig.desk.tells({ id: 'e1', protocol: 'P-1', action: 'note', by: 'Ana', text });
    rig.call('r1');
    await settled();
    expect(notesIn(rig)).toEqual([{ by: 'Ana Souza', text }]);
    await rig.clock.advanceAsync(2 * look);
    rig.back.stop();
    rig.start();
    await rig.clock.advanceAsync(2 * look);
    expect(notesIn(rig)).toHaveLength(1);
    // The same words again are another note.
    rig.desk.says(text);
    await rig.clock.advanceAsync(2 * look);
    expect(notesIn(rig)).toHaveLength(2);
  });

  it('a record is read once for each of its changes, not at each look', async () => {
    const { clock, desk, back } = await startRig();
    await clock.advanceAsync(10 * look);
    expect(back.counters().poll).toMatchObject({ same: 1, told: 0 });
    desk.change({});
    await clock.advanceAsync(10 * look);
    expect(back.counters().poll).toMatchObject({ same: 2, told: 0 });
  });

  it('that closes the ticket is told once, in the words of its author', async () => {
    const rig = await startRig();
    rig.desk.says('modem trocado');
    rig.desk.change({ state: 'closed' });
    rig.desk.tells({ id: 'e1', protocol: 'P-1', action: 'closed', by: 'Ana', text: 'modem trocado' });
    rig.call('r1');
    await settled();
    const told = rig.incident().timeline.filter((each) => each.text === 'modem trocado');
    expect(told.map(({ kind }) => kind)).toEqual(['noted-at-desk']);
    expect(rig.entries()).toContain('closed-at-desk-early');
  });

  it('written while this program was away is heard after its start', async () => {
    const rig = await startRig();
    await rig.clock.advanceAsync(2 * look);
    rig.back.stop();
    rig.desk.says(text);
    rig.events.keepPolledUntil(plus(rig.clock.now(), 60 * minute));
    rig.desk.client.changedSince = async () => ok([]);
    rig.start();
    await rig.clock.advanceAsync(2 * look);
    expect(notesIn(rig)).toHaveLength(1);
  });
});

describe('the first look at a record in which people have long worked', () => {
  it('tells the latest few, and the others never', async () => {
    const rig = await startRig();
    const many = limits.deskNotesToldMax + 7;
    for (let number = 1; number <= many; number += 1) rig.desk.says(`nota ${number}`);
    await rig.clock.advanceAsync(5 * look);
    const latest = Array.from({ length: limits.deskNotesToldMax }, (_, each) => `nota ${many - each}`);
    expect(notesIn(rig).map((note) => note.text)).toEqual(latest.toReversed());
    expect(rig.back.counters().notes).toEqual({ told: limits.deskNotesToldMax, passedOver: 7 });
    rig.desk.says('mais uma');
    await rig.clock.advanceAsync(2 * look);
    expect(notesIn(rig)).toHaveLength(limits.deskNotesToldMax + 1);
    expect(rig.back.counters().notes.passedOver).toBe(7);
  });

  it('tells nothing again that an older release heard by event', async () => {
    const rig = await startRig();
    rig.desk.change({ peopleNotes: undefined });
    rig.desk.tells({ id: 'e1', protocol: 'P-1', action: 'note', by: 'Ana', text: ` ${text}\n` });
    rig.call('r1');
    await settled();
    expect(notesIn(rig)).toEqual([{ by: 'Ana', text }]);
    rig.desk.says(text);
    await rig.clock.advanceAsync(3 * look);
    expect(notesIn(rig)).toHaveLength(1);
    rig.desk.says('e outra');
    await rig.clock.advanceAsync(3 * look);
    expect(notesIn(rig).map((note) => note.text)).toEqual([text, 'e outra']);
  });

  it('tells nothing that is much older than the incident', async () => {
    const rig = await startRig();
    rig.desk.says('do mês passado', { at: plus(rig.clock.now(), -30 * day) });
    await rig.clock.advanceAsync(3 * look);
    expect(notesIn(rig)).toEqual([]);
    await rig.recover();
    await rig.clock.advanceAsync(30 * minute);
    expect(rig.desk.records()).toMatchObject([{ state: 'closed' }]);
  });

  it('takes nothing of the ticket that this one was merged into', async () => {
    const rig = await startRig({ lists: false });
    rig.desk.says(text);
    rig.desk.change({ mergedInto: 'P-9' });
    await rig.clock.advanceAsync(3 * look);
    expect(notesIn(rig)).toEqual([]);
  });
});

describe('before the ticket is closed the record is looked at once more', () => {
  /** Nothing but the delivery itself looks. */
  const deaf = async (options: Parameters<typeof startRig>[0] = {}) => {
    const rig = await startRig(options);
    await rig.clock.advanceAsync(2 * look);
    rig.desk.client.changedSince = async () => ok([]);
    return rig;
  };
  const over = async (rig: Rig) => {
    const { id } = rig.incident();
    await rig.recover();
    await rig.clock.advanceAsync(30 * minute);
    expect(rig.runtime.correlator.state().incidents.size).toBe(0);
    const incident = rig.journal.incident(id);
    if (incident === undefined) throw new Error('not kept');
    const speech = portuguese(rig.runtime.correlator.state().topology);
    return { incident, ticket: ticketView(incident, rig.outbox.rowsOf(id), speech) };
  };

  it('nobody has touched it: it is closed', async () => {
    const rig = await deaf({ assigns: 'Fila N1' });
    const { incident, ticket } = await over(rig);
    expect(rig.desk.records()).toMatchObject([{ state: 'closed' }]);
    expect({ touched: incident.touched, state: ticket?.state }).toEqual({ touched: false, state: 'closed' });
    expect(rig.delivery.counters().leftToPeople).toBe(0);
  });

  it('a person has written: it stays open, says why once, and the incident has the note', async () => {
    const rig = await deaf();
    rig.desk.says(text);
    const { incident, ticket } = await over(rig);
    expect(rig.desk.records()).toMatchObject([{ state: 'open' }]);
    expect(rig.desk.texts().filter((each) => each.includes(leftOpenText))).toHaveLength(1);
    expect(incident).toMatchObject({ touched: true, state: 'closed' });
    expect(incident.timeline.at(-1)).toMatchObject({ kind: 'noted-at-desk', by: 'Ana Souza', text });
    expect(ticket?.state).toBe('open');
    expect(rig.delivery.counters().leftToPeople).toBe(1);
    expect(rig.fatal).toEqual([]);
  });

  it('a person who closes it from the incident closes it, whoever works in it', async () => {
    const rig = await deaf();
    rig.desk.says(text);
    const { incident } = await over(rig);
    expect(incident.ticket?.closed).toBeUndefined();
    const at = rig.clock.now();
    await rig.runtime.correlator.submit({
      kind: 'incident.resolvedByPerson',
      at,
      incident: incident.id,
      by: 'Ana',
    });
    await rig.clock.advanceAsync(minute);
    expect(rig.desk.records()).toMatchObject([{ state: 'closed' }]);
    expect(rig.journal.incident(incident.id)).toMatchObject({ ticket: { closed: true, closings: 2 } });
  });

  it('a person has taken it: it stays open too', async () => {
    const rig = await deaf({ assigns: 'Fila N1' });
    rig.desk.change({ assignedTo: 'Ana' });
    const { incident } = await over(rig);
    expect(rig.desk.records()).toMatchObject([{ state: 'open', assignedTo: 'Ana' }]);
    expect(incident.timeline.at(-1)).toMatchObject({ kind: 'acknowledged-at-desk', by: 'Ana' });
  });

  it('while nobody can be told, the closing waits', async () => {
    const rig = await deaf();
    rig.desk.says(text);
    rig.back.stop();
    const { id } = rig.incident();
    await over(rig);
    expect(rig.desk.records()).toMatchObject([{ state: 'open' }]);
    expect(rig.desk.texts().filter((each) => each.includes(leftOpenText))).toEqual([]);
    rig.start();
    await rig.clock.advanceAsync(5 * minute);
    expect(rig.journal.incident(id)?.touched).toBe(true);
    expect(rig.desk.texts().filter((each) => each.includes(leftOpenText))).toHaveLength(1);
  });
});
