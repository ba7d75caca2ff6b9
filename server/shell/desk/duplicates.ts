// Which of several records is the incident's ticket, and what is done with the others. They come about when an answer is
// lost and the request arrives after all, or when two installations share a desk.
// Must never close the only open record, nor one that only happens to carry the same id.
import { failure } from '../../../shared/failure.ts';
import { type EffectKey, effectKey } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import { day, type Instant } from '../../../shared/time.ts';
import { type DeskNote, type DeskRecord, noteMarkOf } from '../../ports/desk-client.ts';
import { caseOf, type Turn, waitFailure } from './turn.ts';

/** A desk's clock may be a zone off; a record last touched a day before its incident began is not of that incident. */
const namesakeAgeMs = day;

/**
 * Ids are counted by each installation from its first day: one that was set up anew counts through the same ids again.
 * Records not touched since before the incident began belong to the old one.
 */
export function ownRecords(
  turn: Turn,
  found: readonly DeskRecord[],
  detectedAt: Instant | undefined,
): readonly DeskRecord[] {
  if (detectedAt === undefined) return found;
  const own = found.filter(
    ({ updatedAt }) => updatedAt === undefined || updatedAt >= detectedAt - namesakeAgeMs,
  );
  turn.counts.namesakes += found.length - own.length;
  return own;
}

/** An open one before a closed one (a person may have closed the other as the duplicate), then the lowest protocol. */
export function winnerOf(records: readonly DeskRecord[]): DeskRecord | undefined {
  const sorted = records.toSorted((a, b) => compareProtocols(a.protocol, b.protocol));
  return sorted.find(({ state }) => state === 'open') ?? sorted[0];
}

const byNumber = new Intl.Collator('en', { numeric: true });

export function compareProtocols(a: string, b: string): number {
  return byNumber.compare(a, b);
}

/**
 * Each open record beside the winner gets a note that says where the work is, and is closed. What a desk cannot close
 * keeps its note. Fails as the desk fails: asked again, those that are closed by then are left alone.
 */
export async function closeOthers(
  turn: Turn,
  records: readonly DeskRecord[],
  winner: string,
): Promise<Result<void>> {
  const others = records.filter(({ protocol, state }) => protocol !== winner && state === 'open');
  for (const other of others) {
    const closed = await closeOther(turn, other, winner);
    if (!closed.ok) return closed;
  }
  return ok(undefined);
}

async function closeOther(turn: Turn, other: DeskRecord, winner: string): Promise<Result<void>> {
  const { client, gate, lease, attempts, clock, counts } = turn;
  const { close, notes } = client.capabilities;
  const key = effectKey(`${lease.incident}:duplicate:${other.protocol}`);
  const told = other.noteMarks?.includes(key) ?? false;
  if (!close && (!notes || told)) return ok(undefined);
  if (!attempts.renew(lease, { now: clock.now(), forMs: limits.deskLeaseMs })) {
    counts.leaseLost += 1;
    return fail(waitFailure('outra entrega cuida deste incidente', limits.deskLeaseAskMs));
  }
  const text = told
    ? 'Fechado pelo Vigia.'
    : `Chamado duplicado: o atendimento segue no chamado ${winner}. Fechado pelo Vigia.`;
  const note = noteOf(turn, told ? effectKey(`${key}:again`) : key, text);
  const answer = await gate.ask(() =>
    close ? client.setState(other.protocol, 'closed', note) : client.note(other.protocol, note),
  );
  if (answer.ok) {
    counts.duplicatesRepaired += 1;
    return answer;
  }
  // What the desk will not close stays; a person sees its note, and the delivery is not held up for it.
  if (answer.failure.code !== 'desk.refused') return answer;
  counts.unrepaired += 1;
  return ok(undefined);
}

/** With what the incident's ticket is by now: a note that raises it comes after the raise. */
export function noteOf(turn: Turn, key: EffectKey, text: string): DeskNote {
  const { draft } = caseOf(turn);
  const note = { key, text: `${text}\n\n${noteMarkOf(key)}` };
  if (draft === undefined) return note;
  const { key: _key, incident: _incident, body: _body, ...about } = draft;
  return { ...note, about };
}

export function heldFailure(message: string) {
  return failure('desk.held', message, { retryable: true });
}
