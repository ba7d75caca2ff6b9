// What must hold at every real desk: exactly one ticket of each incident and each of its words exactly once, whatever
// answer is lost on the way, with the text as it was written. Judged by what a person sees at the desk.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { incidentIdFrom } from '../../shared/ids.ts';
import { instant } from '../../shared/time.ts';
import { type Fault, writesOnly } from '../fakes/desks/faults.ts';
import { startLiveRig } from './live-rig.ts';
import type { RealDesk, SeenRecord } from './real-desk.ts';
import { difficultText, type Effects, effectsOf, openingTitle, type Rig, startRig } from './rig.ts';

export function realDeskCases(name: string, start: () => Promise<RealDesk>): void {
  describe(name, () => {
    let desk: RealDesk;
    let rig: Rig;
    let incidents = 0;
    beforeAll(async () => {
      desk = await start();
    });
    afterAll(async () => {
      await desk?.stop();
    });
    beforeEach(async () => {
      rig = await startRig(desk);
    });
    afterEach(() => rig.stop());

    const next = (): Effects => {
      incidents += 1;
      return effectsOf(`inc-${incidents}-0`);
    };
    const only = async (effects: Effects): Promise<SeenRecord> => {
      const seen = await desk.person.see(effects.marker);
      expect(seen.map(({ protocol }) => protocol)).toHaveLength(1);
      const [record] = seen;
      if (record === undefined) throw new Error('nothing there');
      return record;
    };
    const noteText = (effects: Effects, number: number, text = difficultText): string =>
      `${text}\n\n[vigia:${effects.note(number).key}]`;

    const faults: readonly Fault[] = [
      { kind: 'lose-answer' },
      { kind: 'error-after' },
      { kind: 'garbage' },
      { kind: 'error-before' },
      { kind: 'reset' },
      { kind: 'limit', retryAfterS: 5 },
    ];
    test.each(faults)('opens one ticket, to the byte, when creating meets $kind twice', async (fault) => {
      const effects = next();
      rig.faults.only(writesOnly);
      rig.faults.next(fault, fault);
      const protocol = await rig.deliver(effects.open);
      expect(await only(effects)).toEqual({
        protocol,
        title: `${openingTitle} ${effects.marker}`,
        body: difficultText,
        state: 'open',
        priority: 'critical',
        notes: [],
      });
    });

    test('says every word once and keeps their order when the answer to each write is lost', async () => {
      const effects = next();
      const title = 'Padaria Aurora, São Paulo: unidade sem internet, 3º andar';
      const raised = effectsOf(`inc-${incidents}-0`, 'standard');
      rig.faults.only(writesOnly);
      const steps = [
        raised.open,
        effects.note(1),
        effects.raise(2, { priority: 'critical', title }),
        effects.close,
        effects.reopen,
        effects.note(3, 'Segunda queda.'),
      ];
      for (const step of steps) {
        rig.faults.next({ kind: 'lose-answer' });
        await rig.deliver(step);
        rig.faults.clear();
        rig.faults.only(writesOnly);
      }
      const record = await only(effects);
      expect(record).toMatchObject({
        title: `${title} ${effects.marker}`,
        state: 'open',
        priority: 'critical',
      });
      expect(record.body).toBe(difficultText);
      const keys = record.notes.flatMap((note) => /\[vigia:([^\]]+)\]$/.exec(note)?.[1] ?? []);
      expect(keys).toEqual(steps.slice(1).map(({ key }) => key));
      expect(record.notes[0]).toBe(noteText(effects, 1));
    });

    test('gets through when reading is what fails', async () => {
      const effects = next();
      for (const step of [effects.open, effects.note(1), effects.close]) {
        rig.faults.only((request) => !writesOnly(request));
        rig.faults.next({ kind: 'reset' }, { kind: 'garbage' }, { kind: 'error-before' });
        await rig.deliver(step);
        rig.faults.clear();
      }
      expect(await only(effects)).toMatchObject({ state: 'closed' });
      expect((await only(effects)).notes).toHaveLength(2);
    });

    test('opens none again after a person closed it, and neither opens it nor loses the notes', async () => {
      const effects = next();
      const protocol = await rig.deliver(effects.open);
      await desk.person.take(protocol);
      await desk.person.close(protocol);
      const found = await rig.delivery.find(effects.open.incident);
      expect(found).toMatchObject({ ok: true, value: { protocol, open: false } });
      await rig.deliver(effects.note(1));
      expect(await only(effects)).toMatchObject({ protocol, state: 'closed', notes: [noteText(effects, 1)] });
      // A run that lost its disk finds what it did before.
      const other = await startRig(desk);
      expect(await other.deliver(effects.open)).toBe(protocol);
      await other.stop();
      await only(effects);
    });

    test('tells what people did since an instant: closed, taken, and by whom', async () => {
      const before = instant(Date.now() - 1_000);
      const effects = next();
      const protocol = await rig.deliver(effects.open);
      const client = desk.client({ url: desk.url, clock: { now: rig.now }, timeoutMs: 8_000 });
      const changed = async () => {
        const answer = await client.changedSince?.(before);
        return answer?.ok === true ? answer.value.find((each) => each.protocol === protocol) : undefined;
      };
      expect(await changed()).toMatchObject({ state: 'open', incident: effects.open.incident });
      expect((await changed())?.assignedTo).toBeUndefined();
      await desk.person.take(protocol);
      await desk.person.say(protocol, 'Ligando para a operadora. Ação em curso.');
      await desk.person.close(protocol);
      const after = await changed();
      expect(after).toMatchObject({ state: 'closed', incident: effects.open.incident });
      expect(after?.assignedTo?.toLowerCase()).toContain('ana');
      const later = await client.changedSince?.(instant(Date.now() + 60_000));
      expect(later).toEqual({ ok: true, value: [] });
      await client.close();
    });

    test('lets the incident hear of a person who takes its ticket and closes it, by asking', async () => {
      const live = await startLiveRig(desk, { shops: 1, polls: true, idsBeyond: 1_000 });
      const incident = () => live.incidents()[0];
      const waited = { timeout: 20_000, interval: 50 };
      await live.fall([0]);
      await vi.waitFor(() => expect(incident()?.ticket?.protocol).toBeDefined(), waited);
      const protocol = incident()?.ticket?.protocol ?? '';
      await desk.person.take(protocol);
      await vi.waitFor(() => expect(incident()?.acknowledgedBy?.toLowerCase()).toContain('ana'), waited);
      expect(incident()?.state).toBe('acknowledged');
      await desk.person.close(protocol);
      await vi.waitFor(() => expect(incident()?.ticket?.closedAtDesk).toBeDefined(), waited);
      expect(incident()?.timeline.map(({ kind }) => kind)).toContain('closed-at-desk-early');
      const seen = async () => desk.person.see(`[VIGIA-${incident()?.id}]`);
      // The warning stands in the same ticket, which stays as the person left it; nothing opens a second one.
      await vi.waitFor(async () => expect((await seen())[0]?.notes).toHaveLength(1), waited);
      expect(await seen()).toMatchObject([{ protocol, state: 'closed' }]);
      expect(live.back.counters()).toMatchObject({ audit: { replaced: 0 }, poll: { told: 2 } });
      expect(live.fatal).toEqual([]);
      await live.stop();
    });

    test('lets the incident hear what a person writes, by asking, and takes nothing of ours for it', async () => {
      const effects = next();
      const protocol = await rig.deliver(effects.open);
      const client = desk.client({ url: desk.url, clock: { now: rig.now }, timeoutMs: 8_000 });
      const notes = async () => {
        const answer = await client.read(protocol);
        return answer.ok ? answer.value?.peopleNotes : undefined;
      };
      await rig.deliver(effects.note(1));
      expect(await notes()).toEqual([]);
      await desk.person.say(protocol, 'São Paulo - ação, 3º andar');
      await rig.deliver(effects.note(2));
      const [only, ...others] = (await notes()) ?? [];
      expect(only).toMatchObject({ text: 'São Paulo - ação, 3º andar' });
      expect(only?.by?.toLowerCase()).toContain('ana');
      expect(others).toEqual([]);
      await client.close();
    });

    test('leaves one open ticket of several that were made at once', async () => {
      const effects = next();
      const client = desk.client({ url: desk.url, clock: { now: rig.now }, timeoutMs: 20_000 });
      const { incident, key, detectedAt } = { ...effects.open, detectedAt: instant(Date.now()) };
      const draft = {
        key,
        incident,
        priority: 'critical' as const,
        customer: 'aurora',
        site: 'matriz',
        detectedAt,
      };
      const title = `${openingTitle} ${effects.marker}`;
      const made = await Promise.all(
        [1, 2, 3].map(() => client.create({ ...draft, title, body: difficultText })),
      );
      expect(made.map(({ ok }) => ok)).toEqual([true, true, true]);
      const protocol = await rig.deliver(effects.open);
      const seen = await desk.person.see(effects.marker);
      expect(seen.filter(({ state }) => state === 'open').map((each) => each.protocol)).toEqual([protocol]);
      const numbers = seen.map((each) => Number(each.protocol));
      expect(Number(protocol)).toBe(Math.min(...numbers));
      await client.close();
    });

    test('does nothing for a stranger, and never believes that nothing is there', async () => {
      const effects = next();
      await rig.deliver(effects.open);
      const stranger = await startRig(desk, 'uma-chave-errada');
      expect(await stranger.delivery.perform(effects.open)).toMatchObject({
        failure: { code: 'desk.unauthorised' },
      });
      expect(await stranger.delivery.find(effects.open.incident)).toMatchObject({ ok: false });
      expect(JSON.stringify(await stranger.delivery.probe())).not.toContain('uma-chave-errada');
      await stranger.stop();
      await only(effects);
    });

    test('finds nothing where there is nothing', async () => {
      expect(await rig.delivery.find(incidentIdFrom('inc-0-9'))).toEqual({ ok: true, value: undefined });
    });
  });
}
