// Turns a client of an outside desk into a `Desk`: exactly once in effect, at a system that promises nothing of the kind.
// Route step 15, between the outbox worker and the adapter. Must never perform anything without the incident's lease,
// nor forget on the way what it sent.
import { failure } from '../../../shared/failure.ts';
import type { EffectKey, IncidentId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { TicketEffect } from '../../core/effect.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Desk, DeskTicket } from '../../ports/desk.ts';
import type { DeskAttempts } from '../../ports/desk-attempts.ts';
import type { DeskClient } from '../../ports/desk-client.ts';
import { draftOfEffect } from './draft.ts';
import { ownRecords, winnerOf } from './duplicates.ts';
import { createDeskGate, type DeskGate } from './gate.ts';
import { openRecord } from './open-record.ts';
import {
  attemptOf,
  canLook,
  caseOf,
  type DeskCounts,
  type FoundAtWork,
  isPending,
  keepCase,
  keepState,
  leaseLost,
  noCounts,
  type OnUncertain,
  search,
  type Turn,
  type TurnParts,
  waitFailure,
} from './turn.ts';
import { protocolOf, standing, tellAgain, writeRecord } from './write-record.ts';

export interface DeskDeliveryOptions {
  readonly client: DeskClient;
  /** Closed by `close`. */
  readonly attempts: DeskAttempts;
  readonly clock: Pick<Clock, 'now'>;
  /** At desks that cannot be searched; see `OnUncertain`. */
  readonly onUncertain: OnUncertain;
  /** How long a proof of the credential is believed, ms. */
  readonly probeFreshMs?: number;
  /** Where others ask the same desk too, so that all of it stays within one rate; absent: one of its own. */
  readonly gate?: DeskGate;
  /** Names this process among those that may hold the file; a new one for each run. */
  readonly owner: string;
  /** For the link in the ticket. */
  readonly publicUrl?: string;
}

/** What a person found at the desk about a delivery that is held. */
export type HeldVerdict =
  | { readonly kind: 'exists'; readonly protocol: string }
  | { readonly kind: 'absent' };

export interface DeskDelivery extends Desk {
  counters(): DeskCounts & { readonly rateWaits: number };
  /**
   * A person's word on a held delivery; after it the worker is nudged. Fails with `conflict` while a delivery of that
   * incident is under way, or when the key is not held.
   */
  settleHeld(effect: Pick<TicketEffect, 'key' | 'incident'>, verdict: HeldVerdict): Result<void>;
  /**
   * Looks whether the incident's ticket is still there, makes it anew if it has vanished and tells again what the desk
   * has lost. The protocol may be
   * another one than before: tell the correlator. Undefined: it has none from here.
   */
  audit(incident: IncidentId): Promise<Result<{ readonly protocol: string } | undefined>>;
  /** Whether the desk answers and takes our credential, now. */
  probe(): Promise<Result<void>>;
  /** Asked before a ticket in which a person is at work is left open; while there is nobody to ask, its closing waits. */
  onFoundAtWork(tell: FoundAtWork | undefined): void;
}

/** Requests of a whole delivery on a quiet day, and with a proof of the credential. Kept free before it begins. */
export const requestsOf = { open: 4, write: 4 } as const;

/**
 * `perform`: 1. the same effect under way here: the same answer; 2. room within the desk's rate, so that a delivery
 * does not stop half-way; 3. the incident's lease; 4. `openRecord` or `writeRecord`; 5. the lease is given back.
 *
 * Failures: those of the client by their meaning (`server/ports/desk-client.ts`); `desk.held` (a person must look);
 * `limit.reached` (our own rate: not begun); `conflict` (nothing asked: another delivery of the incident is under way,
 * or an uncertain one is not settled yet). The last two say nothing about the desk; `retryAfterMs` says when.
 */
export function createDeskDelivery(options: DeskDeliveryOptions): DeskDelivery {
  const { client, attempts, clock, owner, publicUrl, onUncertain } = options;
  const { probeFreshMs = limits.deskProbeFreshMs } = options;
  const gate = options.gate ?? createDeskGate({ client, clock, probeFreshMs });
  const counts = noCounts();
  const underWay = new Map<EffectKey, Promise<Result<{ readonly protocol: string }>>>();

  let found: FoundAtWork | undefined;
  const foundAtWork = () => found;
  const parts = { client, gate, attempts, clock, onUncertain, counts, foundAtWork };
  const { take, inTurn } = turnTaker(parts, owner);
  const deliver = async (effect: TicketEffect): Promise<Result<{ readonly protocol: string }>> => {
    const room = roomFor(gate, effect);
    if (!room.ok) return room;
    const done = await inTurn(effect.incident, (turn) =>
      effect.kind === 'ticket.open'
        ? openRecord(turn, { draft: draftOfEffect(effect, publicUrl), renewals: 0 })
        : writeRecord(turn, effect),
    );
    return done.ok ? ok({ protocol: done.value }) : done;
  };

  return {
    name: client.name,
    // A desk that counts requests gets one delivery at a time: each has its room before it begins.
    placesMax: gate.limited ? 1 : undefined,
    perform: (effect) => {
      const already = underWay.get(effect.key);
      if (already !== undefined) return already;
      const delivery = deliver(effect).finally(() => underWay.delete(effect.key));
      underWay.set(effect.key, delivery);
      return delivery;
    },
    find: (incident) => inTurn(incident, findTicket),
    audit: (incident) => inTurn(incident, auditTicket),
    settleHeld: ({ key, incident }, verdict) => {
      const turn = take(incident);
      if (turn === undefined) return fail(leaseLost());
      const settled = settle(turn, key, verdict);
      attempts.release(turn.lease);
      return settled;
    },
    probe: () => gate.proveAnew(),
    onFoundAtWork: (tell) => {
      found = tell;
    },
    counters: () => ({ ...counts, rateWaits: gate.rateWaits() }),
    close: async () => {
      await client.close();
      attempts.close();
    },
  };
}

/** Whose turn it is at an incident: the lease tells processes apart, `busy` two turns of this one. */
function turnTaker(parts: TurnParts, owner: string) {
  const { attempts, clock } = parts;
  const busy = new Set<IncidentId>();
  const take = (incident: IncidentId): Turn | undefined => {
    if (busy.has(incident)) return undefined;
    const lease = attempts.acquire(incident, { owner, now: clock.now(), forMs: limits.deskLeaseMs });
    return lease && { ...parts, lease };
  };
  const inTurn = async <T>(
    incident: IncidentId,
    run: (turn: Turn) => Promise<Result<T>>,
  ): Promise<Result<T>> => {
    const turn = take(incident);
    if (turn === undefined) return fail(leaseLost());
    busy.add(incident);
    try {
      return await run(turn);
    } finally {
      busy.delete(incident);
      attempts.release(turn.lease);
    }
  };
  return { take, inTurn };
}

/** Opening of criticals begins whenever it fits; all else leaves room for one of them. */
function roomFor(gate: DeskGate, effect: TicketEffect): Result<void> {
  const opens = effect.kind === 'ticket.open';
  const urgent = opens && effect.priority === 'critical';
  const waitMs = gate.waitFor(opens ? requestsOf.open : requestsOf.write, urgent ? 0 : requestsOf.open);
  if (waitMs === 0) return ok(undefined);
  const again = { retryable: true, retryAfterMs: waitMs };
  return fail(failure('limit.reached', 'a central aceita poucas chamadas por minuto: na fila', again));
}

async function findTicket(turn: Turn): Promise<Result<DeskTicket | undefined>> {
  const { incident } = turn.lease;
  const { draft, protocol } = caseOf(turn);
  if (!canLook(turn)) {
    if (protocol === undefined) return ok(undefined);
    return ok({ protocol, incident, title: draft?.title ?? '', open: true });
  }
  const found = await search(turn, incident);
  if (!found.ok) return found;
  const winner = winnerOf(ownRecords(turn, found.value, draft?.detectedAt));
  if (winner === undefined) return ok(undefined);
  return ok({ protocol: winner.protocol, incident, title: winner.title, open: winner.state === 'open' });
}

async function auditTicket(turn: Turn): Promise<Result<{ readonly protocol: string } | undefined>> {
  if (caseOf(turn).protocol === undefined) return ok(undefined);
  const known = await protocolOf(turn);
  if (!known.ok) return known;
  const current = await standing(turn, known.value);
  if (!current.ok) return current;
  const again = await tellAgain(turn, current.value);
  return again.ok ? ok({ protocol: again.value.protocol }) : again;
}

function settle(turn: Turn, key: EffectKey, verdict: HeldVerdict): Result<void> {
  if (!isPending(attemptOf(turn, key))) {
    return fail(failure('conflict', 'esta entrega não está à espera de uma pessoa'));
  }
  if (verdict.kind === 'absent') return keepState(turn, key, { kind: 'waiting' }, { lies: 0 });
  const { protocol } = verdict;
  if (protocol === '') return fail(waitFailure('falta o número do chamado', 1));
  const kept = keepCase(turn, { ...caseOf(turn), protocol });
  return kept.ok ? keepState(turn, key, { kind: 'written', protocol }) : kept;
}
