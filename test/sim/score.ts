// Compares what the desk holds with what the oracle expects, and the books with each other. Gives failures, one line
// each, and the figures of one run. Judges outputs only: tickets, incident records, spools, books.
import { hour, minute, second } from '../../shared/time.ts';
import type { DeskTicket } from './desk.ts';
import { epochMs } from './frame.ts';
import type { IncidentBook } from './ledger.ts';
import type { Expectation } from './oracle.ts';
import type { Name, Span, SpeedClass } from './oracle-words.ts';
import { clock, seconds } from './readable.ts';

export type FailureKind =
  | 'missed'
  | 'false'
  | 'duplicate'
  | 'late'
  | 'wrong-kind'
  | 'wrong-priority'
  | 'wrong-cause'
  | 'after-the-fact'
  | 'sla-start'
  | 'noisy'
  | 'lost-or-doubled'
  | 'not-healed'
  | 'books-differ'
  | 'assertion';

export interface SimFailure {
  readonly kind: FailureKind;
  /** Kernel time it is about. */
  readonly at: number;
  readonly what: string;
}

export interface Score {
  readonly failures: SimFailure[];
  readonly expected: number;
  readonly optional: number;
  readonly found: number;
  readonly optionalFound: number;
  /** `untellable`: those of the unknown of which nobody could know more. */
  readonly causes: { right: number; unknown: number; untellable: number; wrong: number };
  /** Fault to the verdict's own instant, to the commit that asks for the ticket, to its registration, in ms. */
  readonly confirmedMs: Record<SpeedClass, number[]>;
  readonly askedMs: Record<SpeedClass, number[]>;
  readonly registeredMs: Record<SpeedClass, number[]>;
  /** Asked for to registered ticket while the desk was healthy. */
  readonly deskMs: number[];
  /** |detectedAt - truth| of tickets not touched by blindness. */
  readonly slaErrorMs: Record<SpeedClass, number[]>;
}

export interface Evidence {
  readonly expectations: readonly Expectation[];
  readonly tickets: readonly DeskTicket[];
  readonly incidents: ReadonlyMap<string, IncidentBook>;
  readonly deskDown: readonly Span[];
  readonly blind: readonly Span[];
}

/** A matching ticket may come this long after the end of its outage (agents return through backoff). */
const matchMs = 12 * minute;

export function scoreTickets(evidence: Evidence): Score {
  const score = emptyScore(evidence);
  const taken = new Set<Expectation>();
  for (const ticket of evidence.tickets) {
    const book = evidence.incidents.get(ticket.incident);
    if (book === undefined) {
      fail(score, 'books-differ', ticket.registeredAt, `ticket ${ticket.protocol} has no incident`);
      continue;
    }
    judgeTicket(score, evidence, { ticket, book, taken });
  }
  let expected = 0;
  let optional = 0;
  for (const expectation of evidence.expectations) {
    if (expectation.ticket === 'must') expected += 1;
    if (expectation.ticket === 'may') optional += 1;
    if (expectation.ticket === 'must' && !taken.has(expectation)) {
      fail(score, 'missed', expectation.truthAt, `no ticket: ${describe(expectation)}`);
    }
  }
  const found = [...taken].filter((one) => one.ticket === 'must').length;
  return { ...score, expected, optional, found, optionalFound: taken.size - found };
}

interface Case {
  readonly ticket: DeskTicket;
  readonly book: IncidentBook;
  readonly taken: Set<Expectation>;
}

function judgeTicket(score: Score, evidence: Evidence, { ticket, book, taken }: Case): void {
  const { last } = book;
  const askedAt = book.ticketAskedAt ?? ticket.registeredAt;
  const what = `${ticket.protocol} ${last.kind} ${last.causeKey} ${last.priority} "${ticket.opened.text.title}"`;
  if (last.kind === 'own-outage') {
    if (last.site !== undefined) fail(score, 'false', askedAt, `own outage at a customer: ${what}`);
    return;
  }
  const about = last.site ?? `provider:${last.provider}`;
  const near = evidence.expectations.filter(
    (one) => one.site === about && one.truthAt - second <= askedAt && askedAt <= one.restoredAt + matchMs,
  );
  const nearest = near.at(-1);
  if (nearest === undefined || nearest.ticket === 'none') {
    const why = nearest === undefined ? 'nothing was wrong' : `only ${describe(nearest)}`;
    return fail(score, 'false', askedAt, `${what}: ${why}`);
  }
  const fits = ({ kind, link, host }: Name): boolean =>
    kind === last.kind &&
    (link === undefined || link === last.link) &&
    (host === undefined || host === last.host);
  if (!nearest.names.some(fits))
    return fail(score, 'wrong-kind', askedAt, `${what}: it was ${describe(nearest)}`);
  if (taken.has(nearest) && !nearest.again)
    return fail(score, 'duplicate', askedAt, `${what}: second for ${describe(nearest)}`);
  taken.add(nearest);
  // What must be critical may have been raised to it; what must not be is judged as it was opened. A poor link has no
  // reason to be raised: to be called dead by the chance of its losses is the same mistake as to be opened as dead.
  const isFinal = nearest.priority === 'critical' || nearest.happened.fault.kind === 'link.poor';
  const judged = isFinal ? ticket.priority : ticket.opened.priority;
  const isCritical = judged === 'critical';
  if (nearest.priority !== 'either' && isCritical !== (nearest.priority === 'critical')) {
    fail(score, 'wrong-priority', askedAt, `${what}: ${describe(nearest)}`);
  }
  if (askedAt > nearest.restoredAt + nearest.overMs) {
    fail(score, 'after-the-fact', askedAt, `${what}: over since ${clock(nearest.restoredAt)}`);
  }
  if (nearest.happened.fault.kind === 'link.flaps' && ticket.notes > notesAllowed(nearest)) {
    fail(score, 'noisy', askedAt, `${what}: ${ticket.notes} notes, ${describe(nearest)}`);
  }
  judgeTimes(score, evidence, { expectation: nearest, ticket, book, askedAt, what });
}

/** Of something unstable: two falls told one by one, from then on two notes an hour, the end, and a word on its cause. */
function notesAllowed({ truthAt, restoredAt }: Expectation): number {
  return 6 + 2 * Math.ceil((restoredAt - truthAt) / hour);
}

interface Matched {
  readonly expectation: Expectation;
  readonly ticket: DeskTicket;
  readonly book: IncidentBook;
  readonly askedAt: number;
  readonly what: string;
}

function judgeTimes(score: Score, evidence: Evidence, matched: Matched): void {
  const { expectation, ticket, book, askedAt, what } = matched;
  const { speed, truthAt, clean } = expectation;
  if (expectation.ticket === 'must' && askedAt > expectation.latestAt) {
    const lateMs = askedAt - expectation.latestAt;
    fail(
      score,
      'late',
      askedAt,
      `${what}: ${seconds(lateMs)} after the last moment, ${describe(expectation)}`,
    );
  }
  if (expectation.priority !== 'critical') return;
  const slaErrorMs = book.last.detectedAt - epochMs - truthAt;
  const [low, high] = expectation.startMs ?? slaBounds(expectation, evidence.blind);
  if (slaErrorMs < low || slaErrorMs > high) {
    fail(score, 'sla-start', askedAt, `${what}: clock starts ${seconds(slaErrorMs)} from the truth`);
  }
  judgeCause(score, matched);
  // A promise that was not kept is known when its time has come, however long that is.
  if (!clean || expectation.ticket !== 'must' || expectation.startMs !== undefined) return;
  score.confirmedMs[speed].push(book.first.confirmedAt - epochMs - truthAt);
  score.askedMs[speed].push(askedAt - truthAt);
  score.slaErrorMs[speed].push(Math.abs(slaErrorMs));
  const healthy = evidence.deskDown.every((span) => span.to + 2 * minute < askedAt || span.from > askedAt);
  if (!healthy) return;
  score.registeredMs[speed].push(ticket.registeredAt - truthAt);
  score.deskMs.push(ticket.registeredAt - askedAt);
}

/**
 * How far the clock's start may lie from the truth. A link's own agent dates it to a probe interval and a half; silence
 * is dated by the last sign of life or the first missed one. What began in blindness has its true start between the two
 * ends of it at worst.
 */
function slaBounds(
  { speed, truthAt, clean }: Expectation,
  blind: readonly Span[],
): readonly [number, number] {
  const low = speed === 'link' ? -second : -12 * second;
  const high = speed === 'link' ? 7 * second : 32 * second;
  if (clean) return [low, high];
  const around = blind.filter((span) => span.from - 2 * minute < truthAt && truthAt < span.to + 2 * minute);
  const first = Math.min(truthAt, ...around.map((span) => span.from));
  let last = Math.max(truthAt, ...around.map((span) => span.to));
  // A restart that meets a cut, or follows before anybody could dial anew, prolongs the blindness: nothing was seen between.
  for (const { from, to } of [...blind].sort((a, b) => a.from - b.from)) {
    if (from > first && from < last + minute) last = Math.max(last, to);
  }
  return [first - truthAt + low, last - truthAt + high];
}

function judgeCause(score: Score, { expectation, book, askedAt, what }: Matched): void {
  const { cause } = book.last;
  if (cause === 'unknown') {
    score.causes.unknown += 1;
    if (expectation.causes.every((each) => each === 'unknown')) score.causes.untellable += 1;
  } else if (expectation.causes.includes(cause)) score.causes.right += 1;
  else {
    score.causes.wrong += 1;
    fail(score, 'wrong-cause', askedAt, `${what}: cause ${cause}, ${describe(expectation)}`);
  }
}

function emptyScore(_evidence: Evidence): Score {
  return {
    failures: [],
    expected: 0,
    optional: 0,
    found: 0,
    optionalFound: 0,
    causes: { right: 0, unknown: 0, untellable: 0, wrong: 0 },
    confirmedMs: { link: [], witnessed: [], alone: [] },
    askedMs: { link: [], witnessed: [], alone: [] },
    registeredMs: { link: [], witnessed: [], alone: [] },
    deskMs: [],
    slaErrorMs: { link: [], witnessed: [], alone: [] },
  };
}

function fail(score: Score, kind: FailureKind, at: number, what: string): void {
  score.failures.push({ kind, at, what });
}

export function describe({ happened, site, truthAt, restoredAt, names, ticket }: Expectation): string {
  const { fault } = happened;
  const target = 'links' in fault ? fault.links.join('+') : 'host' in fault ? fault.host : '';
  const span = `${clock(truthAt)}-${clock(restoredAt)} (${seconds(restoredAt - truthAt)})`;
  return `fault ${fault.id} ${fault.kind} ${site} ${target} ${span}, wanted ${ticket} ${names.map((name) => name.kind).join('|')}`;
}
