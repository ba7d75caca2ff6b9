// A desk of no maker, in process and on the test's clock, with whatever capabilities a test gives it: fields, markers or
// nothing, searches that lag, keys it knows again, a limit of requests. Its records are the truth that tests judge by.
// Must never know anything of the delivery that calls it.

import type { Clock } from '../../../server/ports/clock.ts';
import {
  type DeskCapabilities,
  type DeskClient,
  type DeskDraft,
  type DeskNote,
  type DeskRecord,
  markerOf,
} from '../../../server/ports/desk-client.ts';
import { type FailureCode, failure } from '../../../shared/failure.ts';
import { type IncidentId, incidentIdFrom } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import { type Instant, plus } from '../../../shared/time.ts';
import type { Priority } from '../../../shared/words.ts';
import type { FakeDeskControl, FakeRecord } from '../../contract/desk-client.contract.ts';
import { createFaults, type FakeRequest, type Fault } from './faults.ts';

/** `late`: the caller's time runs out, and the desk does it `ms` after that. `lie`: says done and does nothing. */
export type GenericFault = Fault | { readonly kind: 'late'; readonly ms: number } | { readonly kind: 'lie' };

export type GenericCall =
  | 'probe'
  | 'create'
  | 'find'
  | 'read'
  | 'note'
  | 'setState'
  | 'raise'
  | 'claim'
  | 'changedSince';

export interface GenericDeskOptions {
  readonly clock: Clock;
  readonly capabilities?: Partial<DeskCapabilities>;
  /** How long an answer takes, ms. 0: at once, without a timer. */
  readonly latencyMs?: () => number;
  /** A wrong credential sees an empty desk (as Redmine does) instead of a 401; the probe and writes still say 401. */
  readonly strangersSeeNothing?: boolean;
  /** The fault of this call; asked before the queued ones of `control.faults`. */
  readonly draw?: (call: GenericCall) => GenericFault | undefined;
}

export interface GenericRecord extends FakeRecord {
  readonly marks: readonly string[];
}

/** Everything the desk knows at one moment, for restoring it later. */
export type GenericBackup = readonly Held[];

export interface GenericDesk {
  readonly client: DeskClient;
  readonly control: Omit<FakeDeskControl, 'records'> & { records(): readonly GenericRecord[] };
  /** Calls that reached the desk, in order, `create inc-1-0`. */
  readonly calls: readonly string[];
  /** Requests above the limit that it claims; each was answered with `desk.limited`. */
  tooMany(): number;
  backup(): GenericBackup;
  restore(backup: GenericBackup): void;
  /** Down: connections are refused. */
  setDown(down: boolean): void;
}

interface Held {
  readonly number: number;
  readonly incident: IncidentId | undefined;
  readonly title: string;
  readonly body: string;
  readonly state: 'open' | 'closed';
  readonly priority: Priority;
  readonly notes: readonly string[];
  readonly updatedAt: Instant;
  /** From when on searches see it. */
  readonly visibleAt: Instant;
}

export const fullCapabilities: DeskCapabilities = {
  externalId: 'field',
  idempotent: false,
  search: { kind: 'immediate' },
  read: true,
  readsNotes: true,
  notes: true,
  close: true,
  reopen: true,
  raise: true,
  events: 'none',
};

const noteMark = /\[vigia:([^\]]+)\]/g;

export function createGenericDesk(options: GenericDeskOptions): GenericDesk {
  const { clock } = options;
  const capabilities: DeskCapabilities = { ...fullCapabilities, ...options.capabilities };
  const door = createDoor(options, capabilities);
  const store = createStore(clock, capabilities);
  return {
    client: createClient({ capabilities, store, door }),
    control: controlOf(store, door),
    calls: door.calls,
    tooMany: () => door.tooMany(),
    setDown: door.setDown,
    backup: () => [...store.held.values()],
    restore: (backup) => {
      store.restart(backup);
    },
  };
}

function createStore(clock: Clock, { search, externalId, idempotent }: DeskCapabilities) {
  const held = new Map<number, Held>();
  const byKey = new Map<string, number>();
  let last = 0;
  const lagMs = search.kind === 'lagging' ? search.lagMs : 0;
  const change = (protocol: string, more: Partial<Held>): boolean => {
    const number = numberOf(protocol);
    const before = held.get(number);
    if (before === undefined) return false;
    held.set(number, { ...before, ...more, updatedAt: clock.now() });
    return true;
  };
  return {
    held,
    byKey,
    change,
    /** Counts on from where the backup stood, so that numbers given since come again, for others. Keys are gone too. */
    restart: (backup: GenericBackup): void => {
      held.clear();
      for (const each of backup) held.set(each.number, each);
      last = Math.max(0, ...held.keys());
      byKey.clear();
    },
    /** Whether this key was seen before; from now on it was. */
    isRepeated: (key: string): boolean => {
      const before = byKey.has(key);
      byKey.set(key, byKey.get(key) ?? 0);
      return before;
    },
    get: (protocol: string) => held.get(numberOf(protocol)),
    add: (draft: DeskDraft): Held => {
      const known = idempotent ? held.get(byKey.get(draft.key) ?? -1) : undefined;
      if (known !== undefined) return known;
      last += 1;
      const record: Held = {
        number: last,
        incident: externalId === 'field' ? draft.incident : undefined,
        title: draft.title,
        body: draft.body,
        state: 'open',
        priority: draft.priority,
        notes: [],
        updatedAt: clock.now(),
        visibleAt: plus(clock.now(), lagMs),
      };
      held.set(last, record);
      byKey.set(draft.key, last);
      return record;
    },
    search: (incident: IncidentId): readonly Held[] =>
      [...held.values()]
        .filter(({ visibleAt }) => visibleAt <= clock.now())
        .filter(
          (each) =>
            each.incident === incident ||
            (externalId === 'marker' && each.title.includes(markerOf(incident))),
        )
        .sort((a, b) => a.number - b.number),
  };
}

type Store = ReturnType<typeof createStore>;

function createDoor(options: GenericDeskOptions, { rate }: DeskCapabilities) {
  const { clock, latencyMs = () => 0, draw = () => undefined } = options;
  const faults = createFaults();
  const calls: string[] = [];
  const recent: Instant[] = [];
  let tooMany = 0;
  let taken = true;
  let down = false;
  const wait = (ms: number) =>
    ms <= 0 ? Promise.resolve() : new Promise<void>((resolve) => clock.after(ms, resolve));
  const overLimit = (): number => {
    if (rate === undefined) return 0;
    while (recent[0] !== undefined && recent[0] <= clock.now() - rate.perMs) recent.shift();
    const [first] = recent;
    if (first !== undefined && recent.length >= rate.requests) return first + rate.perMs - clock.now();
    recent.push(clock.now());
    return 0;
  };
  const pass = async <T>(
    call: GenericCall,
    what: string,
    run: () => Result<T>,
    { lie, nothing }: { readonly lie?: () => Result<T>; readonly nothing?: () => Result<T> } = {},
  ): Promise<Result<T>> => {
    await wait(latencyMs());
    if (down) return no('desk.unavailable', 'connection refused');
    calls.push(`${call} ${what}`);
    const over = overLimit();
    if (over > 0) {
      tooMany += 1;
      return no('desk.limited', '429', over);
    }
    const fault = draw(call) ?? faults.take(requestOf(call));
    if (!taken) {
      const blind = options.strangersSeeNothing === true ? nothing : undefined;
      return blind === undefined ? no('desk.unauthorised', '401') : blind();
    }
    switch (fault?.kind) {
      case undefined:
        return run();
      case 'error-before':
      case 'reset':
        return no('desk.uncertain', fault.kind);
      case 'lose-answer':
      case 'error-after':
      case 'garbage':
        run();
        return no('desk.uncertain', fault.kind);
      case 'hang':
        await wait(limits.deskCallMs);
        return no('desk.uncertain', 'time-out');
      case 'hang-after':
        run();
        await wait(limits.deskCallMs);
        return no('desk.uncertain', 'time-out');
      case 'late':
        clock.after(limits.deskCallMs + fault.ms, () => run());
        await wait(limits.deskCallMs);
        return no('desk.uncertain', 'time-out');
      case 'lie':
        return (lie ?? run)();
      case 'limit':
        return no('desk.limited', '429', (fault.retryAfterS ?? 7) * 1_000);
      case 'refuse':
        return [408, 409, 425].includes(fault.status ?? 422)
          ? no('desk.uncertain', String(fault.status))
          : no('desk.refused', '422');
      case 'delay': {
        const done = run();
        await wait(fault.ms);
        return done;
      }
      default:
        throw new Error(`no such fault: ${JSON.stringify(fault satisfies never)}`);
    }
  };
  return {
    faults,
    calls,
    pass,
    tooMany: () => tooMany,
    takeCredential: (value: boolean) => {
      taken = value;
    },
    setDown: (value: boolean) => {
      down = value;
    },
  };
}

type Door = ReturnType<typeof createDoor>;

interface ClientParts {
  readonly capabilities: DeskCapabilities;
  readonly store: Store;
  readonly door: Door;
}

function createClient({ capabilities, store, door }: ClientParts): DeskClient {
  const shown = (held: Held): DeskRecord => recordOf(held, capabilities);
  const done = (found: boolean): Result<void> => (found ? ok(undefined) : no('desk.refused', '404'));
  const noteTo = (protocol: string, { key, text }: DeskNote, more: Partial<Held> = {}): Result<void> => {
    if (capabilities.idempotent && store.isRepeated(key)) return ok(undefined);
    const held = store.get(protocol);
    const notes = capabilities.notes ? [...(held?.notes ?? []), text] : (held?.notes ?? []);
    return done(store.change(protocol, { ...more, notes }));
  };
  const lied = (): Result<void> => ok(undefined);
  return {
    name: 'generic',
    capabilities,
    probe: () => door.pass('probe', '', () => ok(undefined)),
    create: (draft) =>
      door.pass('create', draft.incident, () => ok({ protocol: `G-${store.add(draft).number}` }), {
        lie: () => ok({ protocol: 'G-0' }),
      }),
    find: (incident) =>
      door.pass('find', incident, () => ok(store.search(incident).map(shown)), { nothing: () => ok([]) }),
    read: (protocol) =>
      door.pass(
        'read',
        protocol,
        () => {
          const held = store.get(protocol);
          return ok(held && shown(held));
        },
        { nothing: () => ok(undefined) },
      ),
    note: (protocol, note) => door.pass('note', note.key, () => noteTo(protocol, note), { lie: lied }),
    setState: (protocol, state, note) =>
      door.pass('setState', note.key, () => noteTo(protocol, note, { state }), { lie: lied }),
    raise: (protocol, to) =>
      door.pass('raise', protocol, () => done(store.change(protocol, to)), { lie: lied }),
    claim:
      capabilities.externalId === 'field'
        ? (protocol, incident) =>
            door.pass('claim', incident, () => done(store.change(protocol, { incident })), { lie: lied })
        : undefined,
    changedSince: (since) =>
      door.pass('changedSince', '', () =>
        ok([...store.held.values()].filter(({ updatedAt }) => updatedAt >= since).map(shown)),
      ),
    close: async () => {},
  };
}

function controlOf(store: Store, door: Door): GenericDesk['control'] {
  return {
    faults: door.faults,
    records: () => [...store.held.values()].map(asPeopleSeeIt),
    takeCredential: door.takeCredential,
    catchUp: () => {
      for (const each of [...store.held.values()]) {
        store.held.set(each.number, { ...each, visibleAt: each.updatedAt });
      }
    },
    closeByHand: (protocol) => {
      store.change(protocol, { state: 'closed' });
    },
    removeByHand: (protocol) => {
      store.held.delete(numberOf(protocol));
    },
    loseIncident: (protocol) => {
      store.change(protocol, { incident: undefined });
    },
    goDown: async () => door.setDown(true),
  };
}

function asPeopleSeeIt(held: Held): GenericRecord {
  const { number, incident, title, body, state, priority, notes } = held;
  return { protocol: `G-${number}`, incident, title, body, state, priority, notes, marks: marksOf(held) };
}

function recordOf(held: Held, { externalId, readsNotes }: DeskCapabilities): DeskRecord {
  const { number, title, body, state, priority, updatedAt } = held;
  const marked = /\[VIGIA-([^\]]+)\]/.exec(title)?.[1];
  const incident =
    externalId === 'field' ? held.incident : marked === undefined ? undefined : incidentIdFrom(marked);
  const record = { protocol: `G-${number}`, incident, title, body, state, priority, updatedAt };
  return readsNotes ? { ...record, noteMarks: marksOf(held) } : record;
}

function marksOf({ notes }: Held): readonly string[] {
  return notes.flatMap((text) => [...text.matchAll(noteMark)].map((match) => match[1] ?? ''));
}

function numberOf(protocol: string): number {
  return Number(protocol.slice('G-'.length));
}

function requestOf(call: GenericCall): FakeRequest {
  const reads: readonly GenericCall[] = ['probe', 'find', 'read', 'changedSince'];
  const method = reads.includes(call) ? 'GET' : 'POST';
  return { method, url: new URL('http://desk.invalid/'), headers: {}, raw: Buffer.alloc(0) };
}

function no(code: FailureCode, message: string, retryAfterMs?: number) {
  return fail(failure(code, message, { retryable: code !== 'desk.refused', retryAfterMs }));
}
