// Takes what the desk tells by itself: checks who says it, keeps it, answers at once, and looks at the record afterwards,
// one event after the other. Stands between the HTTP route and the teller. Must never believe what is not signed, look
// twice at one event, nor lose one that was answered.
import { createHash } from 'node:crypto';
import { assertNever } from '../../../shared/assert.ts';
import { backoffMs } from '../../../shared/backoff.ts';
import { type Failure, failure } from '../../../shared/failure.ts';
import { limits } from '../../../shared/limits.ts';
import type { Random } from '../../../shared/random.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import { type Instant, instant, later, plus, second } from '../../../shared/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Correlator } from '../../ports/correlator.ts';
import type { DeskClient, DeskHint, DeskHintRequest } from '../../ports/desk-client.ts';
import type { DeskEvent, DeskEvents } from '../../ports/desk-events.ts';
import type { Journal } from '../../ports/journal.ts';
import { requestsOf } from './delivery.ts';
import type { DeskGate } from './gate.ts';
import type { Teller } from './teller.ts';

const retryPolicy = { baseMs: second, capMs: 30 * second, floorMs: 200 } as const;

export interface DeskEarOptions {
  readonly client: Pick<DeskClient, 'name' | 'hint' | 'capabilities'>;
  readonly gate: Pick<DeskGate, 'waitFor'>;
  readonly events: DeskEvents;
  readonly teller: Pick<Teller, 'look'>;
  readonly journal: Pick<Journal, 'incident' | 'incidentByProtocol'>;
  readonly correlator: Pick<Correlator, 'state'>;
  readonly clock: Clock;
  readonly random: Random;
  /** The store failed, or a bug: the process must end. */
  readonly onFatal: (error: unknown) => void;
}

export interface DeskEarCounts {
  taken: number;
  /** Came before. */
  seen: number;
  /** Not signed, or unreadable. */
  refused: number;
  /** About no ticket of ours. */
  unknown: number;
  /** About an incident that has ended. */
  over: number;
  /** No room: the desk was told to come again. */
  full: number;
  told: number;
  /** Looked, and the incident knew it. */
  same: number;
  gone: number;
  retried: number;
  /** Left to the slow poll. */
  givenUp: number;
}

export interface DeskEar {
  /**
   * On disk when it answers; what follows from it comes later. Failures: `auth.refused`, `input.invalid`; `not-found`
   * (no ticket of ours, or this desk tells nothing); `limit.reached` (too many wait).
   */
  hear(request: DeskHintRequest): Result<void>;
  /** Goes on with what a run before left. */
  start(): void;
  stop(): void;
  counters(): Readonly<DeskEarCounts> & { readonly waiting: number; readonly forgottenEarly: number };
}

interface Queued {
  readonly event: DeskEvent;
  tries: number;
  /** After trouble of its own; others go first. */
  notBefore: Instant;
}

function queued(event: DeskEvent): Queued {
  return { event, tries: 0, notBefore: instant(0) };
}

export function createDeskEar(options: DeskEarOptions): DeskEar {
  const { client, events } = options;
  const counts = noCounts();
  const looks = createLooks(options, counts);
  return {
    hear: (request) => {
      const hints = client.hint?.(request) ?? fail(failure('not-found', 'this desk tells nothing'));
      if (!hints.ok) {
        counts.refused += 1;
        return hints;
      }
      const kept = keep(options, counts, { request, hints: hints.value });
      if (!kept.ok) return kept;
      looks.add(kept.value);
      return ok(undefined);
    },
    start: () => looks.add([]),
    stop: looks.stop,
    counters: () => ({ ...counts, waiting: looks.waiting(), forgottenEarly: events.forgottenEarly() }),
  };
}

function noCounts(): DeskEarCounts {
  return {
    taken: 0,
    seen: 0,
    refused: 0,
    unknown: 0,
    over: 0,
    full: 0,
    told: 0,
    same: 0,
    gone: 0,
    retried: 0,
    givenUp: 0,
  };
}

/** The queue of looks: one at a time, in the order of the events; while the desk is away all of them wait. */
function createLooks(options: DeskEarOptions, counts: DeskEarCounts) {
  const { events, clock, onFatal } = options;
  const queue: Queued[] = events.waiting().map(queued);
  const streak = { failures: 0 };
  let pausedUntil = instant(0);
  let looking = false;
  let stopped = false;
  let cancelTimer = (): void => {};

  const due = (): Queued | undefined => {
    const now = clock.now();
    return now < pausedUntil ? undefined : queue.find(({ notBefore }) => notBefore <= now);
  };
  const settle = (each: Queued, after: After): void => {
    if (after.kind === 'wait') pausedUntil = plus(clock.now(), after.waitMs);
    if (after.kind === 'last') each.notBefore = plus(clock.now(), after.waitMs);
    if (after.kind !== 'done') return;
    queue.splice(queue.indexOf(each), 1);
    events.done(each.event.id);
  };
  const pump = async (): Promise<void> => {
    if (looking || stopped) return;
    cancelTimer();
    looking = true;
    for (let next = due(); next !== undefined; next = due()) {
      const after = await lookAt(options, counts, { queued: next, streak });
      if (stopped) return;
      settle(next, after);
    }
    looking = false;
    const [first] = queue.map(({ notBefore }) => notBefore).sort((a, b) => a - b);
    if (first === undefined) return;
    cancelTimer = clock.after(Math.max(1, later(first, pausedUntil) - clock.now()), wake);
  };
  const wake = (): void => {
    void pump().catch((error: unknown) => {
      stopped = true;
      onFatal(error);
    });
  };
  return {
    add: (more: readonly DeskEvent[]): void => {
      queue.push(...more.map(queued));
      wake();
    },
    waiting: () => queue.length,
    stop: (): void => {
      stopped = true;
      cancelTimer();
    },
  };
}

interface Heard {
  readonly request: DeskHintRequest;
  readonly hints: readonly DeskHint[];
}

/** 1. only what is about tickets of ours; 2. only what still matters; 3. only what is new; on disk. */
function keep(
  options: DeskEarOptions,
  counts: DeskEarCounts,
  { request, hints }: Heard,
): Result<readonly DeskEvent[]> {
  const ours = new Map(hints.flatMap((hint) => eventOf(options, hint) ?? []).map((each) => [each.id, each]));
  if (hints.length > 0 && ours.size === 0) {
    counts.unknown += 1;
    return fail(failure('not-found', 'there is no such ticket'));
  }
  const { incidents } = options.correlator.state();
  const standing = [...ours.values()].filter(({ incident }) => incidents.has(incident));
  if (standing.length === 0) {
    counts.over += ours.size;
    return ok([]);
  }
  const taken = options.events.take({ id: requestId(request), at: request.now, events: standing });
  switch (taken.kind) {
    case 'taken':
      counts.taken += taken.events.length;
      return ok(taken.events);
    case 'seen':
      counts.seen += 1;
      return ok([]);
    case 'full':
      counts.full += 1;
      return fail(failure('limit.reached', 'too many events wait; come again', { retryable: true }));
    default:
      return assertNever(taken);
  }
}

/** Undefined: it is about no ticket of ours, or about another than the incident's own. */
function eventOf(
  { journal, client }: DeskEarOptions,
  { id, incident: named, protocol, action, by, at, text }: DeskHint,
): DeskEvent | undefined {
  const byProtocol = protocol === undefined ? undefined : journal.incidentByProtocol(protocol);
  const incident = named === undefined ? byProtocol : journal.incident(named);
  const ticket = incident?.ticket;
  if (incident === undefined || ticket === undefined) return undefined;
  const otherTicket = protocol !== undefined && ticket.protocol !== undefined && ticket.protocol !== protocol;
  const otherDesk = ticket.desk !== undefined && ticket.desk !== client.name;
  if (otherTicket || otherDesk) return undefined;
  return { id, incident: incident.id, action, by, at, text: text?.slice(0, limits.noteCharsMax) };
}

/** The bytes, and when they were signed: the same words may be true again later. */
function requestId({ raw, headers }: DeskHintRequest): string {
  const hash = createHash('sha256').update(raw).update('\n');
  return hash.update(headers['vigia-signature'] ?? '').digest('hex');
}

interface Looking {
  readonly queued: Queued;
  /** Looks in a row that the desk as a whole did not answer. */
  readonly streak: { failures: number };
}

/** `wait`: nobody's look is of use until then. `last`: only this one's is not. */
type After =
  | { readonly kind: 'done' }
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'last'; readonly waitMs: number };

async function lookAt(
  { client, gate, teller, random }: DeskEarOptions,
  counts: DeskEarCounts,
  { queued, streak }: Looking,
): Promise<After> {
  const { event } = queued;
  const roomMs = client.capabilities.read ? gate.waitFor(1, requestsOf.open) : 0;
  if (roomMs > 0) return { kind: 'wait', waitMs: roomMs };
  const looked = await teller.look(event.incident, event);
  if (looked.ok) {
    streak.failures = 0;
    counts[looked.value] += 1;
    return { kind: 'done' };
  }
  const after = afterFailure(looked.failure, { queued, streak }, random);
  if (after.kind === 'done') counts.givenUp += 1;
  else counts.retried += 1;
  return after;
}

/** A desk that is away is waited for, whatever it takes; a record that cannot be read is left to the poll after a while. */
function afterFailure({ code, retryAfterMs }: Failure, { queued, streak }: Looking, random: Random): After {
  switch (code) {
    case 'desk.refused':
      return { kind: 'done' };
    case 'conflict':
    case 'desk.uncertain': {
      queued.tries += 1;
      if (queued.tries >= limits.deskEventTriesMax) return { kind: 'done' };
      return { kind: 'last', waitMs: retryAfterMs ?? backoffMs(retryPolicy, queued.tries, random) };
    }
    default: {
      const waitMs = retryAfterMs ?? backoffMs(retryPolicy, streak.failures, random);
      streak.failures += 1;
      return { kind: 'wait', waitMs: Math.min(waitMs, limits.deskRetryAfterMsMax) };
    }
  }
}
