// Makes the one record of an incident at a desk that promises nothing: the sequence that turns "maybe" into exactly one.
// Called with the incident's lease. Must never send a create while an earlier one may still be doing its work.
import { failure } from '../../../shared/failure.ts';
import type { IncidentId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import { type DeskDraft, type DeskRecord, markerOf } from '../../ports/desk-client.ts';
import { closeOthers, heldFailure, ownRecords, winnerOf } from './duplicates.ts';
import {
  attemptOf,
  canLook,
  caseOf,
  isForeign,
  isPending,
  keepCase,
  keepState,
  leaseLost,
  lied,
  look,
  search,
  send,
  settledAt,
  type Turn,
  waitFailure,
} from './turn.ts';

export interface Opening {
  /** Its key is the attempt's: each renewal has its own. */
  readonly draft: DeskDraft;
  /** As the case shall say once this one is written. */
  readonly renewals: number;
  /** It was found at the desk, not made in this turn. */
  readonly adopted?: true;
}

/**
 * 1. written before: answered from disk; created before: on to 6;
 * 2. search, believed only with a proven credential: found -> adopted, on to 6;
 * 3. nothing found, but an earlier request is pending: wait until it is settled and the search has caught up; where no
 *    search is possible, `hold` for a person unless the desk knows keys again or `retry` was chosen;
 * 4. `sending` on disk, then create; 5. `created(protocol)` on disk;
 * 6. read after write: there? our id, class, marker? repaired by `claim` and `raise`;
 * 7. more than one: the winner stays, the others get a note and are closed; 8. `written` on disk.
 *
 * Any failure ends the turn; the next begins at 1 with what is on disk.
 */
export async function openRecord(turn: Turn, opening: Opening): Promise<Result<string>> {
  const { draft } = opening;
  const { state } = attemptOf(turn, draft.key);
  if (state.kind === 'written') return ok(state.protocol);
  if (state.kind === 'created') return verified(turn, opening, state.protocol);
  const found = await searched(turn, draft);
  if (!found.ok) return found;
  const winner = winnerOf(found.value);
  if (winner === undefined) {
    const free = mayCreate(turn, draft);
    return free.ok ? created(turn, opening) : free;
  }
  turn.counts.adopted += 1;
  const kept = keepState(turn, draft.key, { kind: 'created', protocol: winner.protocol });
  return kept.ok ? verified(turn, { ...opening, adopted: true }, winner.protocol) : kept;
}

/** Empty where the desk cannot be searched. */
async function searched(
  turn: Turn,
  { incident, detectedAt }: DeskDraft,
): Promise<Result<readonly DeskRecord[]>> {
  if (!canLook(turn)) {
    const proven = await turn.gate.proven();
    return proven.ok ? ok([]) : proven;
  }
  const found = await search(turn, incident);
  return found.ok ? ok(ownRecords(turn, found.value, detectedAt)) : found;
}

function mayCreate(turn: Turn, { key }: DeskDraft): Result<void> {
  const attempt = attemptOf(turn, key);
  const { client, clock, onUncertain, counts } = turn;
  if (attempt.lies >= limits.deskLiesMax) {
    counts.held += 1;
    return fail(heldFailure('a central diz que abriu o chamado, mas ele não aparece: conferir na central'));
  }
  if (!isPending(attempt) || client.capabilities.idempotent) return ok(undefined);
  if (!canLook(turn)) {
    if (onUncertain === 'retry') return ok(undefined);
    counts.held += 1;
    return fail(
      heldFailure('não se sabe se a central abriu o chamado: conferir na central antes de reenviar'),
    );
  }
  const waitMs = settledAt(turn, attempt) - clock.now();
  if (waitMs <= 0) return ok(undefined);
  return fail(waitFailure('a abertura anterior ainda pode aparecer na central', waitMs));
}

async function created(turn: Turn, opening: Opening): Promise<Result<string>> {
  const { draft } = opening;
  const { client, attempts, counts, lease } = turn;
  const before = caseOf(turn);
  const kept = before.draft === undefined ? keepCase(turn, { ...before, draft }) : ok(undefined);
  if (!kept.ok) return kept;
  const answer = await send(turn, draft.key, () => client.create(draft));
  if (!answer.ok) return answer;
  const { protocol } = answer.value;
  counts.created += 1;
  if (!keepState(turn, draft.key, { kind: 'created', protocol }).ok) {
    // Another took over while this request was on its way: it must look for two.
    attempts.doubt(lease.incident);
    return fail(leaseLost());
  }
  return verified(turn, opening, protocol);
}

async function verified(turn: Turn, opening: Opening, protocol: string): Promise<Result<string>> {
  const { draft } = opening;
  const { attempts, lease } = turn;
  const doubts = attempts.doubts(lease.incident);
  const seen = await lookAround(turn, draft, protocol);
  if (!seen.ok) return seen;
  const records = seen.value;
  if (records === 'unknown') return finish(turn, opening, protocol);
  if (!records.some((each) => each.protocol === protocol && !isForeign(each, lease.incident))) {
    return lied(turn, draft.key, heldFailure(`a central deu o protocolo ${protocol}, mas ele não existe`));
  }
  const winner = winnerOf(records) ?? { protocol };
  if (winner.protocol !== protocol) {
    const kept = keepState(turn, draft.key, { kind: 'created', protocol: winner.protocol });
    if (!kept.ok) return kept;
  }
  if ('title' in winner) {
    const repaired = await repair(turn, winner, draft);
    if (!repaired.ok) return repaired;
  }
  const closed = await closeOthers(turn, records, winner.protocol);
  if (!closed.ok) return closed;
  if (turn.client.capabilities.search.kind === 'immediate') attempts.settleDoubts(lease, doubts);
  // Of one that was found, people may have had it for a while.
  const ownNew = opening.adopted === undefined && 'title' in winner;
  return finish(turn, opening, winner.protocol, ownNew ? winner.assignedTo : undefined);
}

/** The record and those beside it, in one request where an immediate search shows both. */
async function lookAround(
  turn: Turn,
  { incident, detectedAt }: DeskDraft,
  protocol: string,
): Promise<Result<readonly DeskRecord[] | 'unknown'>> {
  const { search: searching, read } = turn.client.capabilities;
  const immediate = canLook(turn) && searching.kind === 'immediate';
  let found: readonly DeskRecord[] = [];
  if (immediate) {
    const answer = await search(turn, incident);
    if (!answer.ok) return answer;
    found = ownRecords(turn, answer.value, detectedAt);
    if (!read || found.some((each) => each.protocol === protocol)) return ok(found);
  }
  const looked = await look(turn, protocol);
  if (!looked.ok) return looked;
  if (looked.value.kind === 'unknown') return ok('unknown');
  return ok(looked.value.kind === 'there' ? [...found, looked.value.record] : found);
}

/** Our id, our marker and the class: put right once, looked at again, and counted when it did not help. */
export async function repair(turn: Turn, record: DeskRecord, wanted: DeskDraft): Promise<Result<void>> {
  const { client, gate, counts } = turn;
  const { capabilities } = client;
  const { protocol } = record;
  const claim =
    capabilities.externalId === 'field' && record.incident === undefined ? client.claim : undefined;
  const raise = capabilities.raise && record.state === 'open' && !isAsWanted(record, wanted);
  if (claim === undefined && !raise) return ok(undefined);
  for (const request of [
    claim && (() => claim.call(client, protocol, wanted.incident)),
    raise && (() => client.raise(protocol, { priority: wanted.priority, title: wanted.title })),
  ]) {
    if (request === undefined || request === false) continue;
    const answer = await gate.ask(request);
    if (!answer.ok && answer.failure.code !== 'desk.refused') return answer;
  }
  const again = await look(turn, protocol);
  if (!again.ok) return again;
  const good =
    again.value.kind === 'there' &&
    isAsWanted(again.value.record, wanted) &&
    (claim === undefined || again.value.record.incident === wanted.incident);
  if (good) counts.repaired += 1;
  else counts.unrepaired += 1;
  return ok(undefined);
}

function isAsWanted({ title, priority }: DeskRecord, wanted: DeskDraft): boolean {
  return title.includes(markerOf(wanted.incident)) && (priority ?? wanted.priority) === wanted.priority;
}

/** The first text stays what a later renewal tells; `renewals` rises in the same write as the protocol changes. */
function finish(
  turn: Turn,
  { draft, renewals }: Opening,
  protocol: string,
  assignedAtOpening?: string,
): Result<string> {
  const before = caseOf(turn);
  const opened = { ...before, draft: before.draft ?? draft, protocol, renewals };
  const kept = keepCase(turn, assignedAtOpening === undefined ? opened : { ...opened, assignedAtOpening });
  if (!kept.ok) return kept;
  const written = keepState(turn, draft.key, { kind: 'written', protocol });
  return written.ok ? ok(protocol) : written;
}

/** Of a note whose incident has no ticket here nor there. */
export function noTicket(incident: IncidentId) {
  return fail(failure('desk.refused', `não há chamado do incidente ${incident}`));
}
