// Looks at one incident's record and tells the correlator what people did there. Asked by the events' queue and by the
// slow poll. Must never tell what the record does not show, where it can be read, nor judge its state while a write of
// ours to it is under way.
import { failure } from '../../../shared/failure.ts';
import type { IncidentId } from '../../../shared/ids.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import { type Instant, later, second } from '../../../shared/time.ts';
import type { Incident } from '../../core/incident.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Correlator } from '../../ports/correlator.ts';
import type { DeskClient, DeskRecord } from '../../ports/desk-client.ts';
import type { Outbox } from '../../ports/journal.ts';
import { submit } from '../http/submit.ts';
import type { DeskGate } from './gate.ts';
import { type OwnWrites, ownWrites, type Said, type Shown, shownBy, type Telling, wordsOf } from './told.ts';
import { isForeign } from './turn.ts';

export interface TellerOptions {
  readonly client: Pick<DeskClient, 'capabilities' | 'read' | 'find'>;
  readonly gate: Pick<DeskGate, 'ask'>;
  readonly correlator: Correlator;
  readonly outbox: Pick<Outbox, 'rowsOf'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Whom the desk itself made responsible as it opened the ticket. */
  readonly assignedAtOpening: (incident: IncidentId) => string | undefined;
}

/** `over`: the incident has ended. `gone`: its record is not there, or another's stands in its place. */
export type Looked = 'told' | 'same' | 'over' | 'gone';

/** Of people's notes as read in records. */
export interface NoteCounts {
  told: number;
  /** Too many to tell in one look, or told by an older release. */
  passedOver: number;
}

export interface Teller {
  /**
   * One look, with at most one request. `said`: after which event. Failures: those of the client's `read`; `conflict`
   * (the ticket has no protocol yet), `limit.reached` (our own rate, or the correlator's inbox is full), `unavailable`
   * (this server is stopping).
   */
  look(id: IncidentId, said?: Said): Promise<Result<Looked>>;
  /** Whether a look could tell anything, by a record that may be a little old; costs nothing. */
  differs(record: DeskRecord): boolean;
  /** Whether reading the record may tell what a list does not show: notes. */
  mayTellMore(record: DeskRecord): boolean;
  /** Tells who was found at work in the record as it was to be closed; told again it changes nothing. */
  foundAtWork(incident: Incident, record: DeskRecord): Promise<Result<void>>;
  notes(): Readonly<NoteCounts>;
  /** Nothing is told after this. */
  stop(): void;
}

export function createTeller(options: TellerOptions): Teller {
  const { client, gate, correlator, outbox } = options;
  let stopped = false;
  const standing = (id: IncidentId) => standingIn(correlator, id);
  const shownIn = (record: DeskRecord, id: IncidentId): Shown =>
    shownOf(record, { reads: client.capabilities.read, assignedAtOpening: options.assignedAtOpening(id) });
  const own = (id: IncidentId): OwnWrites => ownWrites(outbox.rowsOf(id));
  const reads = createReads(correlator);
  const notes: NoteCounts = { told: 0, passedOver: 0 };

  return {
    look: async (id, said) => {
      const before = standing(id);
      if (before === undefined) return ok('over');
      if (!client.capabilities.read && (said !== undefined || !canBeAsked(client))) {
        const shown = said === undefined ? {} : shownBy(said);
        return tell(options, notes, { incident: before, shown, own: own(id), said });
      }
      const protocol = before.ticket?.protocol;
      if (protocol === undefined) {
        const again = { retryable: true, retryAfterMs: second };
        return fail(failure('conflict', 'o chamado ainda não tem protocolo', again));
      }
      const ownBefore = own(id);
      const record = await gate.ask(() => recordOf(client, id, protocol));
      if (stopped) return fail(failure('unavailable', 'this server is stopping'));
      if (!record.ok) return record;
      if (record.value === undefined || isForeign(record.value, id)) return ok('gone');
      const incident = standing(id);
      if (incident === undefined) return ok('over');
      const ownNow = own(id);
      const settled = ownBefore.settled && ownNow.settled && ownBefore.last === ownNow.last;
      const shown = shownIn(record.value, id);
      const told = await tell(options, notes, { incident, shown, own: { ...ownNow, settled }, said });
      if (told.ok) reads.add(id, record.value);
      return told;
    },
    differs: (record) => {
      const incident = record.incident === undefined ? undefined : standing(record.incident);
      // Others under the same id are duplicates, or tickets that were made anew since.
      if (incident === undefined || incident.ticket?.protocol !== record.protocol) return false;
      return wordsOf({ incident, shown: shownIn(record, incident.id), own: own(incident.id) }).length > 0;
    },
    mayTellMore: (record) => {
      const { read, readsNotes } = client.capabilities;
      const incident = record.incident === undefined ? undefined : standing(record.incident);
      if (!read || !readsNotes || incident?.ticket?.protocol !== record.protocol) return false;
      return record.peopleNotes === undefined && !reads.has(incident.id, record);
    },
    foundAtWork: async (incident, record) => {
      const shown = shownIn(record, incident.id);
      const told = await tell(options, notes, { incident, shown, own: unsettled });
      return told.ok ? ok(undefined) : told;
    },
    notes: () => ({ ...notes }),
    stop: () => {
      stopped = true;
    },
  };
}

/** With a ticket. */
function standingIn(correlator: Pick<Correlator, 'state'>, id: IncidentId): Incident | undefined {
  const incident = correlator.state().incidents.get(id);
  return incident?.ticket === undefined ? undefined : incident;
}

function shownOf(
  { state, assignedTo, mergedInto, peopleNotes }: DeskRecord,
  { reads, assignedAtOpening }: { readonly reads: boolean; readonly assignedAtOpening: string | undefined },
): Shown {
  return {
    // A search may call everything open that it knows no more of (the generic webhook's): that is no word of people. Nor
    // is what became of the ticket that this one was merged into, and what was written there.
    state: mergedInto === undefined && (reads || state === 'closed') ? state : undefined,
    assignedTo: assignedTo === assignedAtOpening ? undefined : assignedTo,
    ...(mergedInto === undefined ? { peopleNotes } : {}),
  };
}

/** Its state is not judged. */
const unsettled: OwnWrites = { settled: false, closed: false, last: '' };

/** By when, on the desk's clock, each standing incident's record was read: a list tells what changed after that. */
function createReads(correlator: Pick<Correlator, 'state'>) {
  const newest = new Map<IncidentId, Instant>();
  return {
    add: (id: IncidentId, { updatedAt }: DeskRecord): void => {
      if (updatedAt !== undefined) newest.set(id, later(updatedAt, newest.get(id) ?? updatedAt));
      const { incidents } = correlator.state();
      if (newest.size <= incidents.size) return;
      for (const each of newest.keys()) if (!incidents.has(each)) newest.delete(each);
    },
    /** A list without an instant tells nothing of changes. */
    has: (id: IncidentId, { updatedAt }: DeskRecord): boolean =>
      updatedAt === undefined || updatedAt <= (newest.get(id) ?? Number.NEGATIVE_INFINITY),
  };
}

/** Whether there is any way to see what became of a record, without an event. */
export function canBeAsked({ capabilities: { read, search } }: Pick<DeskClient, 'capabilities'>): boolean {
  return read || search.kind === 'immediate';
}

async function recordOf(
  client: TellerOptions['client'],
  id: IncidentId,
  protocol: string,
): Promise<Result<DeskRecord | undefined>> {
  if (client.capabilities.read) return client.read(protocol);
  const found = await client.find(id);
  return found.ok ? ok(found.value.find((each) => each.protocol === protocol)) : found;
}

async function tell(
  { correlator, clock }: TellerOptions,
  counts: NoteCounts,
  telling: Telling,
): Promise<Result<Looked>> {
  const words = wordsOf(telling);
  for (const word of words) {
    const { id: incident } = telling.incident;
    const told = await submit(correlator, { kind: 'desk.told', at: clock.now(), incident, ...word });
    if (!told.ok) return told;
    counts.told += word.note === undefined ? 0 : 1;
    counts.passedOver += word.passedOver?.length ?? 0;
  }
  return ok(words.length === 0 ? 'same' : 'told');
}
