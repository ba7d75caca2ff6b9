// The real correlator with an outage and a delivery to a desk in memory, on virtual time, and what comes back from there.
// The desk is a plain list of records that a test changes as people would.
import { createMemoryDeskAttempts } from '../../../../../server/adapters/memory/desk-attempts.ts';
import { createMemoryDeskEvents } from '../../../../../server/adapters/memory/desk-events.ts';
import { createMemoryJournal } from '../../../../../server/adapters/memory/journal.ts';
import { createMemoryOutbox } from '../../../../../server/adapters/memory/outbox.ts';
import { initialState } from '../../../../../server/core/evolve.ts';
import type { Incident } from '../../../../../server/core/incident.ts';
import { defaultPolicy } from '../../../../../server/core/policy.ts';
import type {
  DeskCapabilities,
  DeskClient,
  DeskHint,
  DeskRecord,
  PersonNote,
} from '../../../../../server/ports/desk-client.ts';
import type { DeskEvents } from '../../../../../server/ports/desk-events.ts';
import { startDeskBack } from '../../../../../server/shell/desk/back.ts';
import { createDeskDelivery } from '../../../../../server/shell/desk/delivery.ts';
import { createDeskGate } from '../../../../../server/shell/desk/gate.ts';
import { createRuntime } from '../../../../../server/shell/runtime/runtime.ts';
import { failure } from '../../../../../shared/failure.ts';
import { seededRandom } from '../../../../../shared/random.ts';
import { fail, ok, type Result } from '../../../../../shared/result.ts';
import { minute, second } from '../../../../../shared/time.ts';
import { fullCapabilities } from '../../../../fakes/desks/generic.ts';
import { createManualClock, type ManualClock, settled } from '../../../../fakes/manual-clock.ts';
import { linkBack, linkDied, watchedShop } from '../../../../fakes/outage.ts';

export interface PeoplesDesk {
  readonly client: DeskClient;
  readonly calls: readonly string[];
  records(): readonly DeskRecord[];
  /** As a person does it. */
  change(more: Partial<DeskRecord>): void;
  /** A person writes a note; nobody is told. */
  says(text: string, more?: Partial<PersonNote>): void;
  /** Texts of our notes, in order. */
  texts(): readonly string[];
  /** Restored from a backup of before: everything is gone, and nobody says so. */
  forget(): void;
  /** The next reads fail like this. */
  fail(...failures: readonly Result<never>[]): void;
  /** The next request of the desk tells these. */
  tells(...hints: readonly DeskHint[]): void;
}

export interface RigOptions {
  readonly capabilities?: Partial<DeskCapabilities>;
  /** False: it can only be read one by one. */
  readonly lists?: boolean;
  /** Whom a rule of the desk makes responsible for each new ticket. */
  readonly assigns?: string;
  readonly events?: DeskEvents;
}

function createPeoplesDesk(clock: ManualClock, options: RigOptions): PeoplesDesk {
  let held: DeskRecord[] = [];
  let made = 0;
  let hints: readonly DeskHint[] = [];
  const failures: Result<never>[] = [];
  const calls: string[] = [];
  const texts: string[] = [];
  const change = (protocol: string, more: Partial<DeskRecord>): Result<void> => {
    held = held.map((each) =>
      each.protocol === protocol ? { ...each, ...more, updatedAt: clock.now() } : each,
    );
    return ok(undefined);
  };
  const client: DeskClient = {
    name: 'people',
    capabilities: { ...fullCapabilities, ...options.capabilities },
    probe: async () => ok(undefined),
    create: async ({ incident, title, body, priority }) => {
      made += 1;
      const protocol = `P-${made}`;
      const record = { protocol, incident, title, body, priority, state: 'open' } as const;
      const nothing = { noteMarks: [], peopleNotes: [] };
      held.push({ ...record, assignedTo: options.assigns, updatedAt: clock.now(), ...nothing });
      return ok({ protocol });
    },
    find: async (incident) => ok(held.filter((each) => each.incident === incident)),
    read: async (protocol) => {
      calls.push(`read ${protocol}`);
      return failures.shift() ?? ok(held.find((each) => each.protocol === protocol));
    },
    note: async (protocol, { key, text }) => {
      texts.push(text);
      return change(protocol, {
        noteMarks: [...(held.find((each) => each.protocol === protocol)?.noteMarks ?? []), key],
      });
    },
    setState: async (protocol, state) => change(protocol, { state }),
    raise: async (protocol, to) => change(protocol, to),
    changedSince:
      options.lists === false
        ? undefined
        : async (since) => {
            calls.push('changedSince');
            // As desks do: a list shows no notes.
            const changed = held.filter(({ updatedAt = since }) => updatedAt >= since);
            return ok(changed.map(({ noteMarks: _marks, peopleNotes: _notes, ...listed }) => listed));
          },
    hint: ({ headers }) =>
      headers['vigia-signature'] === 'good' ? ok(hints) : fail(failure('auth.refused', 'not signed')),
    close: async () => {},
  };
  return {
    client,
    calls,
    records: () => held,
    change: (more) => {
      for (const { protocol } of held) change(protocol, more);
    },
    says: (text, more = {}) => {
      for (const { protocol, peopleNotes = [] } of held) {
        const note = { id: String(peopleNotes.length + 1), by: 'Ana Souza', at: clock.now(), text, ...more };
        change(protocol, { peopleNotes: [...peopleNotes, note] });
      }
    },
    texts: () => texts,
    forget: () => {
      held = [];
    },
    fail: (...more) => failures.push(...more),
    tells: (...more) => {
      hints = more;
    },
  };
}

/** With one ticket open at the desk. */
export async function startRig(options: RigOptions = {}) {
  const clock = createManualClock();
  const outbox = createMemoryOutbox();
  const journal = createMemoryJournal({ outbox });
  const attempts = createMemoryDeskAttempts();
  const events = options.events ?? createMemoryDeskEvents();
  const desk = createPeoplesDesk(clock, options);
  const { client } = desk;
  const gate = createDeskGate({ client, clock, probeFreshMs: minute });
  const fatal: unknown[] = [];
  const onFatal = (error: unknown) => fatal.push(error);
  const random = seededRandom(7);
  const delivery = createDeskDelivery({ client, attempts, clock, gate, onUncertain: 'hold', owner: 'test' });
  const runtime = createRuntime({
    journal,
    outbox,
    desk: delivery,
    clock,
    random,
    state: initialState(),
    release: 'test',
    policy: defaultPolicy,
    anchorsGoodAt: () => clock.now(),
    onFatal,
  });
  await runtime.start();
  const { correlator } = runtime;
  const start = () =>
    startDeskBack(
      { client, gate, attempts, events, delivery },
      { correlator, journal, outbox, clock, random, onFatal },
    );
  const tellAll = async (inputs: readonly Parameters<typeof correlator.submit>[0][]) => {
    const told = inputs.map((input) => correlator.submit(input));
    await settled();
    await Promise.all(told);
  };
  await tellAll(watchedShop(clock.now()));
  await clock.advanceAsync(10 * minute);
  await tellAll([linkDied(clock.now())]);
  await clock.advanceAsync(20 * second);
  const back = start();
  const incident = (): Incident => {
    const [only] = correlator.state().incidents.values();
    if (only === undefined) throw new Error('no incident');
    return only;
  };
  return {
    clock,
    desk,
    runtime,
    outbox,
    journal,
    back,
    start,
    delivery,
    fatal,
    events,
    incident,
    /** The link comes back and stays. */
    recover: () => tellAll([linkBack(clock.now())]),
    entries: () => incident().timeline.map(({ kind }) => kind),
    /** The desk calls; `id` tells one request from another. */
    call: (id: string, signature = 'good') =>
      back.ear.hear({
        headers: { 'vigia-signature': signature },
        raw: Buffer.from(id),
        now: clock.now(),
      }),
  };
}
