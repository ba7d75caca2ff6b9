// What every client of an outside desk promises, held against a faithful fake of that desk. Each adapter runs this suite
// in `desk-<kind>.test.ts`; a test asks only for what the client's capabilities claim.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type DeskCapabilities,
  type DeskClient,
  type DeskDraft,
  type DeskNote,
  type DeskRecord,
  markerOf,
  noteMarkOf,
  type PersonNote,
} from '../../server/ports/desk-client.ts';
import type { FailureCode } from '../../shared/failure.ts';
import { effectKey, incidentIdFrom } from '../../shared/ids.ts';
import type { Result } from '../../shared/result.ts';
import { type Priority, priorities } from '../../shared/words.ts';
import { type Faults, writesOnly } from '../fakes/desks/faults.ts';
import { impatient } from '../fakes/desks/patience.ts';
import { at } from './samples.ts';

/** A record as the desk's own people see it. */
export interface FakeRecord {
  readonly protocol: string;
  /** In its own field, where the desk has one. */
  readonly incident?: string;
  readonly title: string;
  readonly body: string;
  readonly state: 'open' | 'closed';
  readonly priority?: Priority;
  /** Texts as a person reads them, oldest first; the opening text is not among them. */
  readonly notes: readonly string[];
}

/** What a test can do at the desk beside the client. */
export interface FakeDeskControl {
  readonly faults: Faults;
  /** In the order in which they were made. */
  records(): readonly FakeRecord[];
  /** False: from now on the credential is wrong, with everything a wrong one does at this desk. */
  takeCredential(taken: boolean): void;
  /** Lagging desks: what was written becomes visible to searches. Absent: nothing to wait for. */
  catchUp?(): void;
  /** A person at the desk. */
  closeByHand(protocol: string): void;
  removeByHand(protocol: string): void;
  /** A person writes a note. Absent: the desk shows nobody's notes. */
  sayByHand?(protocol: string, by: string, text: string): void;
  /** What the desk writes by itself: a change without words, a mail it sent, an automatic answer. */
  sayBySystem?(protocol: string, text: string): void;
  /** The record loses our id, as a record made without it. Absent: the desk has no field for it. */
  loseIncident?(protocol: string): void;
  /** The desk's program ends; its address refuses connections. */
  goDown(): Promise<void>;
}

export interface DeskClientUnderTest {
  readonly client: DeskClient;
  readonly server: FakeDeskControl;
  /** What must never be read in a failure: tokens, passwords, the query of the URL. */
  readonly secrets?: readonly string[];
  /** The client gives up after this; absent: hanging desks are not tried (the limit is too long for a test). */
  readonly callMs?: number;
  stop(): Promise<void>;
}

/** Accents, markup and quotes that a desk must neither change nor interpret. */
export const difficultText =
  'São Paulo - ação, 3º andar: "coração" & <b>não é negrito</b> \'aspas\' \\ barra; 100% {chave} [x]';

export function draftOf(id: string, more: Partial<DeskDraft> = {}): DeskDraft {
  const incident = incidentIdFrom(id);
  return {
    key: effectKey(`${id}:open`),
    incident,
    title: `Padaria Aurora, Matriz (São Paulo): link fora do ar ${markerOf(incident)}`,
    body: `O link não responde.\nLocal: ${difficultText}\n\nPrimeiro passo: ligar para a operadora.`,
    priority: 'critical',
    customer: 'aurora',
    site: 'matriz',
    detectedAt: at(0),
    incidentUrl: 'https://vigia.example/incidents/1',
    ...more,
  };
}

export function noteOf(id: string, number: number, text = difficultText): DeskNote {
  const key = effectKey(`${id}:note:${number}`);
  return { key, text: `${text}\n\n${noteMarkOf(key)}` };
}

// What a desk cannot do has no test at all: a skipped one says that something was left out.
const itWhere = (able: boolean) => (able ? addIt : addNothing);
const describeWhere = (able: boolean) => (able ? addDescribe : addNothing);
const addIt = (name: string, body: () => Promise<void>): void => void it(name, body);
const addDescribe = (name: string, body: () => void): void => void describe(name, body);
const addNothing = (): void => undefined;

type Make = () => Promise<DeskClientUnderTest>;

export function deskClientContract(name: string, capabilities: DeskCapabilities, make: Make): void {
  describe(`desk client: ${name}`, () => {
    let rig: DeskClientUnderTest;
    let client: DeskClient;
    let server: FakeDeskControl;

    beforeEach(async () => {
      rig = await make();
      ({ client, server } = rig);
    });
    afterEach(async () => {
      await client.close();
      await rig.stop();
    });

    const searches = capabilities.search.kind !== 'none';
    const recordOf = (protocol: string): FakeRecord => {
      const record = server.records().find((each) => each.protocol === protocol);
      if (record === undefined) throw new Error(`the desk has no record ${protocol}`);
      return record;
    };
    const create = async (id: string, more: Partial<DeskDraft> = {}): Promise<string> =>
      must(await client.create(draftOf(id, more))).protocol;
    const find = async (id: string): Promise<readonly DeskRecord[]> => {
      server.catchUp?.();
      return must(await client.find(incidentIdFrom(id)));
    };
    const codeOf = (result: Result<unknown>): FailureCode | 'ok' => {
      if (result.ok) return 'ok';
      for (const secret of rig.secrets ?? []) expect(JSON.stringify(result.failure)).not.toContain(secret);
      return result.failure.code;
    };

    it('claims what it was said to claim', () => {
      expect(client.capabilities).toEqual(capabilities);
    });

    describe('create', () => {
      it('makes one open record with title and text to the byte, and says its protocol', async () => {
        const protocol = await create('inc-7-0');
        expect(protocol).not.toBe('');
        expect(server.records()).toHaveLength(1);
        const record = recordOf(protocol);
        const draft = draftOf('inc-7-0');
        expect(record.title).toBe(draft.title);
        expect(record.body).toContain(difficultText);
        expect(record.body).toContain('Primeiro passo: ligar para a operadora.');
        expect(record.state).toBe('open');
        if (record.priority !== undefined) expect(record.priority).toBe('critical');
        if (capabilities.externalId === 'field') expect(record.incident).toBe('inc-7-0');
      });

      it('gives each class the priority it stands for', async () => {
        for (const [index, priority] of priorities.entries()) {
          const { priority: shown } = recordOf(await create(`inc-1-${index}`, { priority }));
          if (shown !== undefined) expect(shown).toBe(priority);
        }
      });

      it('makes nothing with a wrong credential', async () => {
        server.takeCredential(false);
        expect(codeOf(await client.create(draftOf('inc-7-0')))).toBe('desk.unauthorised');
        expect(server.records()).toEqual([]);
      });

      it('takes a provider outage, which has neither customer nor site', async () => {
        const protocol = await create('inc-9-0', { customer: '', site: '', incidentUrl: undefined });
        expect(recordOf(protocol).state).toBe('open');
      });

      itWhere(capabilities.idempotent)('answers the same key with the same protocol', async () => {
        const protocol = await create('inc-7-0');
        expect(await create('inc-7-0')).toBe(protocol);
        expect(server.records()).toHaveLength(1);
      });
    });

    describe('failures by their meaning', () => {
      const tryCreate = async () => codeOf(await client.create(draftOf('inc-7-0')));
      beforeEach(() => server.faults.only(writesOnly));

      it.each([
        ['lose-answer', 1],
        ['error-after', 1],
        ['error-before', 0],
        ['reset', 0],
        ['garbage', 1],
      ] as const)('calls %s uncertain', async (kind, made) => {
        server.faults.next({ kind });
        expect(await tryCreate()).toBe('desk.uncertain');
        expect(server.records()).toHaveLength(made);
      });

      it('calls 408, 409 and 425 uncertain: they say nothing about what happened', async () => {
        for (const status of [408, 409, 425]) {
          server.faults.next({ kind: 'refuse', status });
          expect(await tryCreate()).toBe('desk.uncertain');
        }
      });

      it('waits for no desk that hangs', async () => {
        // A variant that differs in something else than its calls has no deadline short enough to wait for.
        if (rig.callMs === undefined) return;
        await client.close();
        await rig.stop();
        rig = await impatient(make);
        ({ client, server } = rig);
        server.faults.next({ kind: 'hang' }, { kind: 'hang-after' });
        expect(await tryCreate()).toBe('desk.uncertain');
        expect(await tryCreate()).toBe('desk.uncertain');
        expect(server.records()).toHaveLength(1);
      });

      it('tells how long a desk that limits wants to be left alone', async () => {
        server.faults.next({ kind: 'limit', retryAfterS: 42 });
        const answer = await client.create(draftOf('inc-7-0'));
        expect(answer).toMatchObject({ ok: false, failure: { code: 'desk.limited', retryAfterMs: 42_000 } });
        expect(server.records()).toEqual([]);
      });

      it('calls a definite no refused', async () => {
        server.faults.next({ kind: 'refuse' });
        expect(await tryCreate()).toBe('desk.refused');
        expect(server.records()).toEqual([]);
      });

      it('calls a desk that takes no connection unavailable: nothing can have happened', async () => {
        await server.goDown();
        expect(codeOf(await client.probe())).toBe('desk.unavailable');
        expect(await tryCreate()).toBe('desk.unavailable');
      });

      it('goes on as if nothing had been, once the trouble is over', async () => {
        server.faults.next({ kind: 'reset' }, { kind: 'error-before' });
        await tryCreate();
        await tryCreate();
        expect(await tryCreate()).toBe('ok');
        expect(server.records()).toHaveLength(1);
      });
    });

    describe('probe', () => {
      it('passes where desk and credential are good', async () => {
        expect(codeOf(await client.probe())).toBe('ok');
        expect(server.records()).toEqual([]);
      });

      it('tells a wrong credential from a desk that is away', async () => {
        server.takeCredential(false);
        expect(codeOf(await client.probe())).toBe('desk.unauthorised');
        server.takeCredential(true);
        expect(codeOf(await client.probe())).toBe('ok');
        server.faults.next({ kind: 'error-before' });
        expect(codeOf(await client.probe())).toBe('desk.uncertain');
      });
    });

    describeWhere(searches)('find', () => {
      it('finds nothing where there is nothing', async () => {
        expect(await find('inc-7-0')).toEqual([]);
      });

      it('finds the incident and none whose id only begins or ends alike', async () => {
        for (const id of ['inc-7-0', 'inc-7-01', 'inc-17-0', 'inc-7-1']) await create(id);
        const found = await find('inc-7-0');
        expect(found).toHaveLength(1);
        expect(found[0]).toMatchObject({
          incident: 'inc-7-0',
          title: draftOf('inc-7-0').title,
          state: 'open',
        });
      });

      itWhere(!capabilities.idempotent)(
        'finds every record of the incident, lowest protocol first',
        async () => {
          const made = [await create('inc-7-0'), await create('inc-7-0'), await create('inc-7-0')];
          expect((await find('inc-7-0')).map(({ protocol }) => protocol)).toEqual(made);
        },
      );

      it('finds a record that a person closed', async () => {
        const protocol = await create('inc-7-0');
        server.closeByHand(protocol);
        expect(await find('inc-7-0')).toMatchObject([{ protocol, state: 'closed' }]);
      });

      it('finds no record that was removed', async () => {
        server.removeByHand(await create('inc-7-0'));
        expect(await find('inc-7-0')).toEqual([]);
      });

      it('never takes a failure for an empty answer', async () => {
        await create('inc-7-0');
        server.catchUp?.();
        for (const kind of ['error-before', 'reset', 'lose-answer', 'garbage'] as const) {
          server.faults.next({ kind });
          expect(codeOf(await client.find(incidentIdFrom('inc-7-0')))).toBe('desk.uncertain');
          server.faults.clear();
        }
      });
    });

    describeWhere(capabilities.read)('read', () => {
      it('shows the record as it stands', async () => {
        const protocol = await create('inc-7-0');
        const record = must(await client.read(protocol));
        expect(record).toMatchObject({ protocol, title: draftOf('inc-7-0').title, state: 'open' });
        if (capabilities.externalId !== 'none') expect(record?.incident).toBe('inc-7-0');
        if (record?.priority !== undefined) expect(record.priority).toBe('critical');
        if (record?.body !== undefined) expect(record.body).toContain(difficultText);
      });

      it('says undefined of a record that is not there, and only of that', async () => {
        const protocol = await create('inc-7-0');
        server.removeByHand(protocol);
        expect(must(await client.read(protocol))).toBeUndefined();
        const other = await create('inc-8-0');
        server.faults.next({ kind: 'error-before' });
        expect(codeOf(await client.read(other))).toBe('desk.uncertain');
      });
    });

    describeWhere(capabilities.notes)('note', () => {
      it('adds its text to the byte and leaves the rest alone', async () => {
        const protocol = await create('inc-7-0');
        const before = recordOf(protocol);
        must(await client.note(protocol, noteOf('inc-7-0', 1)));
        const after = recordOf(protocol);
        expect(after.notes).toHaveLength(1);
        expect(after.notes[0]).toContain(difficultText);
        expect(after.notes[0]).toContain('[vigia:inc-7-0:note:1]');
        const { title, body, state, priority } = before;
        expect(after).toMatchObject({ protocol, title, body, state, priority });
      });

      it('fails where the record does not exist', async () => {
        const protocol = await create('inc-7-0');
        server.removeByHand(protocol);
        const code = codeOf(await client.note(protocol, noteOf('inc-7-0', 1)));
        // A desk whose removed records answer with a 5xx or a reset is uncertain; it must not be `ok`.
        expect(code).not.toBe('ok');
      });

      itWhere(capabilities.readsNotes)('leaves a mark that is read back', async () => {
        const protocol = await create('inc-7-0');
        expect(must(await client.read(protocol))?.noteMarks).toEqual([]);
        must(await client.note(protocol, noteOf('inc-7-0', 1)));
        must(await client.note(protocol, noteOf('inc-7-0', 2, 'Segunda.')));
        expect(must(await client.read(protocol))?.noteMarks).toEqual(['inc-7-0:note:1', 'inc-7-0:note:2']);
      });
    });

    describeWhere(capabilities.readsNotes)('notes of people', () => {
      const notesOf = async (protocol: string): Promise<readonly PersonNote[] | undefined> =>
        must(await client.read(protocol))?.peopleNotes;

      it('are read with author and text, to the byte, and each by an id of its own that stays', async () => {
        if (server.sayByHand === undefined) return;
        const protocol = await create('inc-7-0');
        expect(await notesOf(protocol)).toEqual([]);
        server.sayByHand(protocol, 'Ana Souza', 'São Paulo - ação, 3º andar');
        must(await client.note(protocol, noteOf('inc-7-0', 1)));
        server.sayByHand(protocol, 'João Conceição', `Linha 1\n${difficultText}`);
        server.sayByHand(protocol, 'Ana Souza', 'São Paulo - ação, 3º andar');
        const notes = (await notesOf(protocol)) ?? [];
        expect(notes.map(({ by, text }) => ({ by, text }))).toEqual([
          { by: 'Ana Souza', text: 'São Paulo - ação, 3º andar' },
          { by: 'João Conceição', text: `Linha 1\n${difficultText}` },
          { by: 'Ana Souza', text: 'São Paulo - ação, 3º andar' },
        ]);
        expect(new Set(notes.map(({ id }) => id)).size).toBe(3);
        must(await client.note(protocol, noteOf('inc-7-0', 2)));
        expect(await notesOf(protocol)).toEqual(notes);
      });

      it('are never ours, nor what the desk wrote, nor a closing without words', async () => {
        const protocol = await create('inc-7-0');
        must(await client.note(protocol, noteOf('inc-7-0', 1)));
        must(await client.setState(protocol, 'closed', noteOf('inc-7-0', 2)));
        if (capabilities.reopen) must(await client.setState(protocol, 'open', noteOf('inc-7-0', 3)));
        server.sayBySystem?.(protocol, 'Recebemos o seu chamado.');
        server.closeByHand(protocol);
        expect((await notesOf(protocol)) ?? []).toEqual([]);
      });

      it('that answer one of ours by mail are a person’s, with our mark in the quotation', async () => {
        if (server.sayByHand === undefined) return;
        const protocol = await create('inc-7-0');
        const ours = noteOf('inc-7-0', 1);
        must(await client.note(protocol, ours));
        const answer = `Ciente, indo até lá.\n\n${ours.text.replace(/^/gm, '> ')}`;
        server.sayByHand(protocol, 'Ana Souza', answer);
        expect(await notesOf(protocol)).toMatchObject([{ by: 'Ana Souza', text: answer }]);
      });
    });

    describeWhere(capabilities.close)('state', () => {
      it('closes with a note', async () => {
        const protocol = await create('inc-7-0');
        must(await client.setState(protocol, 'closed', noteOf('inc-7-0', 9, 'Normalizado às 14h.')));
        expect(recordOf(protocol).state).toBe('closed');
        if (capabilities.notes) expect(recordOf(protocol).notes.join('\n')).toContain('Normalizado às 14h.');
        if (capabilities.read) expect(must(await client.read(protocol))?.state).toBe('closed');
      });

      itWhere(capabilities.reopen)('reopens with a note', async () => {
        const protocol = await create('inc-7-0');
        must(await client.setState(protocol, 'closed', noteOf('inc-7-0', 9)));
        must(await client.setState(protocol, 'open', noteOf('inc-7-0', 10, 'Caiu de novo.')));
        expect(recordOf(protocol).state).toBe('open');
        if (capabilities.read) expect(must(await client.read(protocol))?.state).toBe('open');
      });
    });

    itWhere(capabilities.raise)('raises class and title of an open record', async () => {
      const protocol = await create('inc-7-0', { priority: 'standard' });
      const title = `AGRAVADO: Padaria Aurora sem internet, 3º andar ${markerOf(incidentIdFrom('inc-7-0'))}`;
      must(await client.raise(protocol, { priority: 'critical', title }));
      const { priority, title: shown, state } = recordOf(protocol);
      expect({ shown, state }).toEqual({ shown: title, state: 'open' });
      if (priority !== undefined) expect(priority).toBe('critical');
    });

    it('puts our id back into a record that lost it', async () => {
      if (client.claim === undefined || server.loseIncident === undefined) return;
      const protocol = await create('inc-7-0');
      server.loseIncident(protocol);
      expect(recordOf(protocol).incident).toBeUndefined();
      must(await client.claim(protocol, incidentIdFrom('inc-7-0')));
      expect(recordOf(protocol).incident).toBe('inc-7-0');
    });

    it('tells records that changed since an instant', async () => {
      if (client.changedSince === undefined) return;
      const protocol = await create('inc-7-0');
      server.closeByHand(protocol);
      server.catchUp?.();
      const changed = must(await client.changedSince(at(0)));
      expect(changed).toMatchObject([{ protocol, state: 'closed' }]);
    });

    it('asks with a wrong credential and never believes that nothing is there', async () => {
      const protocol = await create('inc-7-0');
      server.catchUp?.();
      server.takeCredential(false);
      const probe = codeOf(await client.probe());
      const found = searches ? codeOf(await client.find(incidentIdFrom('inc-7-0'))) : 'desk.unauthorised';
      // Some desks answer a stranger with an empty list: then the probe, and the reading of one record, must tell.
      expect([probe, found]).toContain('desk.unauthorised');
      if (capabilities.read) expect(codeOf(await client.read(protocol))).not.toBe('ok');
      if (capabilities.notes)
        expect(codeOf(await client.note(protocol, noteOf('inc-7-0', 1)))).toBe('desk.unauthorised');
    });
  });
}

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`);
  return result.value;
}
