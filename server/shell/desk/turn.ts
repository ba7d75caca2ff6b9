// One delivery's turn at one incident: the client behind the gate, the lease, and the words that go to disk before and
// after each request. The procedures in `open-record.ts` and `write-record.ts` are written with these.
// Must never let a request leave whose attempt is not on disk, or whose lease went to another.
import { type Failure, failure } from '../../../shared/failure.ts';
import type { EffectKey, IncidentId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import { type Instant, plus } from '../../../shared/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  DeskAttempt,
  DeskAttemptState,
  DeskAttempts,
  DeskCase,
  DeskLease,
} from '../../ports/desk-attempts.ts';
import {
  type DeskCapabilities,
  type DeskClient,
  type DeskRecord,
  markerOf,
} from '../../ports/desk-client.ts';
import type { DeskGate } from './gate.ts';

/** What deliveries count; each word labels the metric `vigia_desk_total`. */
export interface DeskCounts {
  created: number;
  /** Found at the desk before it was created: an answer that was lost, or another's work. */
  adopted: number;
  uncertain: number;
  /** Said to be done, and was not there. */
  lies: number;
  duplicatesRepaired: number;
  /** Tickets that had vanished (a desk restored from a backup) and were made anew. */
  renewed: number;
  /** Notes and closings that the desk had taken and lost (restored from a backup), told again. */
  toldAgain: number;
  /** Our id, class or title put back into a record. */
  repaired: number;
  unrepaired: number;
  held: number;
  /** Notes sent again although the first may have arrived, at desks that do not show their notes. */
  repeated: number;
  leaseLost: number;
  /** Records under the incident's id that are older than the incident: another installation's. */
  namesakes: number;
  /** Tickets that were not closed, because a person was found at work in them. */
  leftToPeople: number;
}

export function noCounts(): DeskCounts {
  return {
    created: 0,
    adopted: 0,
    uncertain: 0,
    lies: 0,
    duplicatesRepaired: 0,
    renewed: 0,
    toldAgain: 0,
    repaired: 0,
    unrepaired: 0,
    held: 0,
    repeated: 0,
    leaseLost: 0,
    namesakes: 0,
    leftToPeople: 0,
  };
}

export const onUncertainWords = ['hold', 'retry'] as const;
/** After an uncertain write: `hold` = a person looks at the desk; `retry` = sent again, a duplicate is accepted. */
export type OnUncertain = (typeof onUncertainWords)[number];

export interface TurnParts {
  readonly client: DeskClient;
  readonly gate: DeskGate;
  readonly attempts: DeskAttempts;
  readonly clock: Pick<Clock, 'now'>;
  readonly onUncertain: OnUncertain;
  readonly counts: DeskCounts;
  /** Who tells the incident of a person at work; undefined: nobody can now. */
  readonly foundAtWork: () => FoundAtWork | undefined;
}

/** Resolves when it is committed. */
export type FoundAtWork = (incident: IncidentId, record: DeskRecord) => Promise<Result<void>>;

export interface Turn extends TurnParts {
  readonly lease: DeskLease;
}

export function attemptOf({ attempts, lease, clock }: Turn, key: EffectKey): DeskAttempt {
  const fresh = { key, incident: lease.incident, at: clock.now(), sent: 0, lies: 0 };
  return attempts.attempt(key) ?? { ...fresh, state: { kind: 'waiting' } };
}

/** Whether a request may have done its work without our knowing. */
export function isPending({ state }: DeskAttempt): boolean {
  return state.kind === 'sending' || state.kind === 'uncertain';
}

export function keepState(
  turn: Turn,
  key: EffectKey,
  state: DeskAttemptState,
  more: Partial<Pick<DeskAttempt, 'sent' | 'lies'>> = {},
): Result<void> {
  const { attempts, lease, clock, counts } = turn;
  const attempt = { ...attemptOf(turn, key), ...more, state, at: clock.now() };
  if (attempts.keepAttempt(lease, attempt)) return ok(undefined);
  counts.leaseLost += 1;
  return fail(leaseLost());
}

export function keepCase({ attempts, lease, counts }: Turn, kept: DeskCase): Result<void> {
  if (attempts.keepCase(lease, kept)) return ok(undefined);
  counts.leaseLost += 1;
  return fail(leaseLost());
}

export function caseOf({ attempts, lease }: Turn): DeskCase {
  return attempts.caseOf(lease.incident) ?? { incident: lease.incident, renewals: 0, history: [] };
}

/**
 * One write: 1. the lease is lengthened past the request's longest time; 2. `sending` is on disk; 3. the request;
 * 4. what its failure means is on disk. A success stays `sending` until the caller has looked at it.
 */
export async function send<T>(
  turn: Turn,
  key: EffectKey,
  request: () => Promise<Result<T>>,
): Promise<Result<T>> {
  const { attempts, lease, clock, gate, counts } = turn;
  const before = attemptOf(turn, key);
  if (!attempts.renew(lease, { now: clock.now(), forMs: limits.deskLeaseMs })) {
    counts.leaseLost += 1;
    return fail(leaseLost());
  }
  const sending = keepState(turn, key, { kind: 'sending' }, { sent: before.sent + 1 });
  if (!sending.ok) return sending;
  const answer = await gate.ask(request);
  if (answer.ok) return answer;
  const uncertain = answer.failure.code === 'desk.uncertain';
  if (uncertain) counts.uncertain += 1;
  // A definite no to this request says nothing of an earlier one that nobody could look for.
  const still = uncertain || (isPending(before) && !canLook(turn));
  const kept = keepState(turn, key, { kind: still ? 'uncertain' : 'waiting' });
  if (kept.ok) return answer;
  // Another works on it since; what this request did may come on top of what that one does.
  if (uncertain) attempts.doubt(lease.incident);
  return kept;
}

/** The desk said it was done and it was not: counted, and given up after `limits.deskLiesMax` times. */
export function lied(turn: Turn, key: EffectKey, last: Failure): Result<never> {
  const lies = attemptOf(turn, key).lies + 1;
  turn.counts.lies += 1;
  const kept = keepState(turn, key, { kind: 'uncertain' }, { lies });
  if (!kept.ok) return kept;
  if (lies >= limits.deskLiesMax) return fail(last);
  return fail(failure('desk.uncertain', 'a central respondeu que fez, mas não fez', { retryable: true }));
}

export function searchable({ externalId, search }: DeskCapabilities): boolean {
  return search.kind !== 'none' && externalId !== 'none';
}

/** A record of the incident can be looked for without its protocol. */
export function canLook({ client }: Pick<Turn, 'client'>): boolean {
  return searchable(client.capabilities);
}

/** From when on an empty search proves that a pending request did nothing and will do nothing. */
export function settledAt({ client }: Pick<Turn, 'client'>, attempt: DeskAttempt): Instant {
  const { search } = client.capabilities;
  // `sending` is from before the request: a run that died left a request that may have had its whole time.
  const underWayMs = attempt.state.kind === 'sending' ? limits.deskCallMs : 0;
  const lagMs = search.kind === 'lagging' ? search.lagMs : 0;
  return plus(attempt.at, underWayMs + limits.deskSettleMs + lagMs);
}

/** Every record of the incident, believed only from one whose credential is proven. */
export async function search(turn: Turn, incident: IncidentId): Promise<Result<readonly DeskRecord[]>> {
  const proven = await turn.gate.proven();
  if (!proven.ok) return proven;
  return turn.gate.ask(() => turn.client.find(incident));
}

/** The record under this protocol; `unknown` where the desk cannot be asked, or would not know yet. */
export type Look =
  | { readonly kind: 'there'; readonly record: DeskRecord }
  | { readonly kind: 'gone' | 'unknown' };

export async function look(turn: Turn, protocol: string): Promise<Result<Look>> {
  const { client, gate, lease } = turn;
  const { read, search: searching } = client.capabilities;
  if (read) {
    const answer = await gate.ask(() => client.read(protocol));
    if (!answer.ok) return answer;
    const there = answer.value !== undefined && !isForeign(answer.value, lease.incident);
    return ok(there ? { kind: 'there', record: answer.value } : { kind: 'gone' });
  }
  if (!canLook(turn)) return ok({ kind: 'unknown' });
  const found = await search(turn, lease.incident);
  if (!found.ok) return found;
  const record = found.value.find((each) => each.protocol === protocol);
  if (record !== undefined) return ok({ kind: 'there', record });
  return ok({ kind: searching.kind === 'immediate' ? 'gone' : 'unknown' });
}

/**
 * A restored desk gives its numbers anew: what stands under our protocol may be somebody else's. Where the desk tells too
 * little to know, it is ours; and so is the one that a person merged ours into.
 */
export function isForeign({ incident, title, body, mergedInto }: DeskRecord, wanted: IncidentId): boolean {
  if (mergedInto !== undefined) return false;
  if (incident !== undefined) return incident !== wanted;
  return body !== undefined && !title.includes(markerOf(wanted)) && !body.includes(wanted);
}

/** Our own wait: says nothing about the desk. */
export function waitFailure(message: string, retryAfterMs: number): Failure {
  return failure('conflict', message, { retryable: true, retryAfterMs: Math.max(1, retryAfterMs) });
}

export function leaseLost(): Failure {
  return waitFailure('outra entrega cuida deste incidente', limits.deskLeaseAskMs);
}
