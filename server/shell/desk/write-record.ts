// Notes, closing, reopening and raising of an incident's record, each with the effect of once: looked for before it is
// sent again, looked at after it was sent. Called with the incident's lease.
// Must never take a ticket for gone on the word of a desk that may only have hidden it from a stranger.
import { assertNever } from '../../../shared/assert.ts';
import { failure } from '../../../shared/failure.ts';
import { effectKey } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { TicketEffect } from '../../core/effect.ts';
import type { DeskTold } from '../../ports/desk-attempts.ts';
import type { DeskRecord } from '../../ports/desk-client.ts';
import { titleAtDesk } from './draft.ts';
import { closeOthers, noteOf, ownRecords, winnerOf } from './duplicates.ts';
import { noTicket, openRecord } from './open-record.ts';
import { leftOpenText, leftToPeople } from './people-at-work.ts';
import {
  attemptOf,
  canLook,
  caseOf,
  isPending,
  keepCase,
  keepState,
  type Look,
  lied,
  look,
  search,
  send,
  settledAt,
  type Turn,
  waitFailure,
} from './turn.ts';

type WriteEffect = Exclude<TicketEffect, { readonly kind: 'ticket.open' }>;

/** What is written, without when: also what is told again from disk. */
type Writing = Omit<DeskTold, 'again'>;

/**
 * 1. written before: answered from disk; 2. the ticket's protocol, from disk or by a search; 3. in doubt: duplicates are
 * looked for; 4. the record as it stands; gone for certain -> made anew with what was told so far; 5. what of the effect
 * is missing is sent, `sending` on disk first (a closing only where no person is at work); 6. looked at again; 7. `written` on disk.
 */
export async function writeRecord(turn: Turn, effect: WriteEffect): Promise<Result<string>> {
  const { state } = attemptOf(turn, effect.key);
  if (state.kind === 'written') return ok(state.protocol);
  const known = await protocolOf(turn);
  if (!known.ok) return known;
  const current = await standing(turn, known.value);
  if (!current.ok) return current;
  const again = await tellAgain(turn, current.value);
  if (!again.ok) return again;
  const { protocol, looked } = again.value;
  const writing = await writingOf(turn, effect, looked);
  if (!writing.ok) return writing;
  const { key } = effect;
  const done = await perform(turn, writing.value, { protocol, looked });
  if (!done.ok) return done;
  const before = caseOf(turn);
  const earlier = before.history.filter((told) => told.key !== key);
  const history = [...earlier, { ...writing.value, again: 0 }].slice(-limits.deskHistoryNotesMax);
  const kept = keepCase(turn, { ...before, protocol, history });
  if (!kept.ok) return kept;
  const written = keepState(turn, key, { kind: 'written', protocol });
  return written.ok ? ok(protocol) : written;
}

/** A ticket in which a person works is not closed, but told that the outage is over. */
async function writingOf(turn: Turn, effect: WriteEffect, looked: Look): Promise<Result<Writing>> {
  const { key, kind, text } = effect;
  if (kind === 'ticket.note') return ok({ key, kind, text, raise: effect.raise });
  if (kind === 'ticket.reopen') return ok({ key, kind, text });
  // A person who asked for it knows who works there.
  if (effect.by !== undefined) return ok({ key, kind, text });
  const left = await leftToPeople(turn, looked);
  if (!left.ok) return left;
  return ok(left.value ? { key, kind: 'ticket.note', text: leftOpenText } : { key, kind, text });
}

/**
 * A desk restored from a backup has the ticket but not the latest notes: they are told again, in order. Only where all of
 * the latest are missing; one missing among others was taken away by a person.
 */
export async function tellAgain(turn: Turn, target: Target): Promise<Result<Target>> {
  const { history } = caseOf(turn);
  const { protocol, looked } = target;
  const { readsNotes, notes } = turn.client.capabilities;
  if (looked.kind !== 'there') return ok(target);
  if (!readsNotes || !notes) return closeRenewed(turn, target);
  const lastKept = history.findLastIndex((told) => isMarked(looked, told));
  const missing = history.slice(lastKept + 1).filter(({ again }) => again < limits.deskTellAgainMax);
  let now = looked as Look;
  for (const told of missing) {
    const done = await perform(turn, told, { protocol, looked: now });
    if (!done.ok) return done;
    turn.counts.toldAgain += 1;
    const before = caseOf(turn);
    const counted = before.history.map((each) =>
      each.key === told.key ? { ...each, again: each.again + 1 } : each,
    );
    const kept = keepCase(turn, { ...before, history: counted });
    if (!kept.ok) return kept;
    const written = keepState(turn, told.key, { kind: 'written', protocol });
    if (!written.ok) return written;
    const after = await look(turn, protocol);
    if (!after.ok) return after;
    now = after.value;
  }
  return ok({ protocol, looked: now });
}

/** A ticket made anew has the notes in its text where they cannot be read back; one that was closed is closed again. */
async function closeRenewed(turn: Turn, target: Target): Promise<Result<Target>> {
  const { renewals, history } = caseOf(turn);
  const last = history.findLast(({ kind }) => kind !== 'ticket.note');
  if (renewals === 0 || last?.kind !== 'ticket.close') return ok(target);
  const key = effectKey(`${last.key}:again:${renewals}`);
  if (attemptOf(turn, key).state.kind === 'written') return ok(target);
  const done = await perform(turn, { ...last, key }, target);
  if (!done.ok) return done;
  const kept = keepState(turn, key, { kind: 'written', protocol: target.protocol });
  if (!kept.ok) return kept;
  const after = await look(turn, target.protocol);
  return after.ok ? ok({ ...target, looked: after.value }) : after;
}

/** Where the ticket stands. In doubt, or with nothing on disk, the desk is searched and duplicates are repaired. */
export async function protocolOf(turn: Turn): Promise<Result<string>> {
  const { attempts, lease } = turn;
  const { protocol, draft } = caseOf(turn);
  const doubts = attempts.doubts(lease.incident);
  if (protocol !== undefined && (doubts === 0 || !canLook(turn))) return ok(protocol);
  if (!canLook(turn)) return noTicket(lease.incident);
  const found = await search(turn, lease.incident);
  if (!found.ok) return found;
  const own = ownRecords(turn, found.value, draft?.detectedAt);
  const winner = winnerOf(own)?.protocol ?? protocol;
  if (winner === undefined) return noTicket(lease.incident);
  const closed = await closeOthers(turn, own, winner);
  if (!closed.ok) return closed;
  attempts.settleDoubts(lease, doubts);
  const kept = keepCase(turn, { ...caseOf(turn), protocol: winner });
  return kept.ok ? ok(winner) : kept;
}

export interface Target {
  readonly protocol: string;
  readonly looked: Look;
}

/** The record of this protocol, or the one that took its place because it is gone. */
export async function standing(turn: Turn, protocol: string): Promise<Result<Target>> {
  const looked = await look(turn, protocol);
  if (!looked.ok) return looked;
  if (looked.value.kind !== 'gone') return claimed(turn, protocol, looked.value);
  // A desk hides records from those it does not know: proven again before anything is believed to be gone.
  const proven = await turn.gate.proveAnew();
  if (!proven.ok) return proven;
  const again = await look(turn, protocol);
  if (!again.ok) return again;
  if (again.value.kind !== 'gone') return ok({ protocol, looked: again.value });
  const renewed = await renew(turn, protocol);
  if (!renewed.ok) return renewed;
  const fresh = await look(turn, renewed.value);
  return fresh.ok ? ok({ protocol: renewed.value, looked: fresh.value }) : fresh;
}

/** A record that lost our id (edited, imported, restored) gets it back; what the desk refuses is counted. */
async function claimed(turn: Turn, protocol: string, looked: Look): Promise<Result<Target>> {
  const { client, gate, lease, counts } = turn;
  const lost = looked.kind === 'there' && looked.record.incident === undefined && !isMerged({ looked });
  if (lost && client.capabilities.externalId === 'field' && client.claim !== undefined) {
    const answer = await gate.ask(async () => client.claim?.(protocol, lease.incident) ?? ok(undefined));
    if (!answer.ok && answer.failure.code !== 'desk.refused') return answer;
    if (answer.ok) counts.repaired += 1;
    else counts.unrepaired += 1;
  }
  return ok({ protocol, looked });
}

/** The ticket vanished (a desk restored from a backup, a record deleted): the same is told again, in one text. */
async function renew(turn: Turn, gone: string): Promise<Result<string>> {
  const { lease, counts } = turn;
  const before = caseOf(turn);
  if (before.draft === undefined) return noTicket(lease.incident);
  const number = before.renewals + 1;
  // Where notes can be read, `tellAgain` finds them missing and writes each as what it was.
  const retold = before.history.length === 0 || turn.client.capabilities.readsNotes;
  const body = [
    `ATENÇÃO: o chamado ${gone} deste incidente não existe mais na central (apagado, ou central restaurada de uma cópia). Este o substitui.`,
    before.draft.body,
    ...(retold ? [] : ['Já informado no chamado anterior:', ...before.history.map(({ text }) => text)]),
  ].join('\n\n');
  const key = effectKey(`${lease.incident}:open:again:${number}`);
  const draft = { ...before.draft, key, body: body.slice(0, limits.deskBodyCharsMax) };
  const opened = await openRecord(turn, { draft, renewals: number });
  if (opened.ok) counts.renewed += 1;
  return opened;
}

/** The note comes last: its mark in the record proves that all of the effect was done, also to a desk restored since. */
async function perform(turn: Turn, effect: Writing, target: Target): Promise<Result<void>> {
  const { raise: to } = effect;
  const raised = to === undefined ? ok(undefined) : await raise(turn, effect, to, target);
  if (!raised.ok) return raised;
  const written = await write(turn, effect, target);
  if (written.ok || written.failure.code !== 'desk.refused') return written;
  // Removed since it was looked at? Then it is made anew with the next turn.
  const again = await look(turn, target.protocol);
  if (!again.ok || again.value.kind !== 'gone') return written;
  return fail(waitFailure('o chamado acabou de sumir da central', limits.deskLeaseAskMs));
}

function write(turn: Turn, effect: Writing, target: Target): Promise<Result<void>> {
  const { close, reopen } = turn.client.capabilities;
  // One ticket for several incidents, by a person's choice: closing it for one would close it for the others.
  if (isMerged(target)) return note(turn, effect, target);
  switch (effect.kind) {
    case 'ticket.note':
      return note(turn, effect, target);
    case 'ticket.close':
      return close ? setState(turn, effect, { ...target, state: 'closed' }) : note(turn, effect, target);
    case 'ticket.reopen':
      return reopen ? setState(turn, effect, { ...target, state: 'open' }) : note(turn, effect, target);
    default:
      return assertNever(effect.kind);
  }
}

async function note(turn: Turn, effect: Writing, { protocol, looked }: Target): Promise<Result<void>> {
  const { client } = turn;
  if (!client.capabilities.notes || isMarked(looked, effect)) return ok(undefined);
  // Taken before, and only what comes after it failed: told where notes cannot be read.
  const taken = attemptOf(turn, effect.key).state;
  if (taken.kind === 'created' && taken.protocol === protocol && !client.capabilities.readsNotes)
    return ok(undefined);
  const free = mayRepeat(turn, effect);
  if (!free.ok) return free;
  const sent = await send(turn, effect.key, () =>
    client.note(protocol, noteOf(turn, effect.key, effect.text)),
  );
  if (!sent.ok) return sent;
  if (!client.capabilities.readsNotes) return keepState(turn, effect.key, { kind: 'created', protocol });
  const after = await look(turn, protocol);
  if (!after.ok) return after;
  return isMarked(after.value, effect) ? ok(undefined) : lied(turn, effect.key, refusedNote(protocol));
}

/**
 * A pending write that does not show may still arrive: on top of what comes after it, so nothing is sent before it is
 * settled. Where notes cannot be read it is then sent again, and may stand there twice.
 */
function mayRepeat(turn: Turn, { key }: Writing): Result<void> {
  const attempt = attemptOf(turn, key);
  const { client, clock, counts } = turn;
  if (!isPending(attempt) || client.capabilities.idempotent) return ok(undefined);
  const waitMs = settledAt(turn, attempt) - clock.now();
  if (waitMs > 0) return fail(waitFailure('o envio anterior ainda pode aparecer na central', waitMs));
  if (!client.capabilities.readsNotes) counts.repeated += 1;
  return ok(undefined);
}

interface StateTarget extends Target {
  readonly state: DeskRecord['state'];
}

async function setState(turn: Turn, effect: Writing, target: StateTarget): Promise<Result<void>> {
  const { client } = turn;
  const { protocol, looked, state } = target;
  const record = looked.kind === 'there' ? looked.record : undefined;
  const marked = isMarked(looked, effect);
  if (record?.state === state) {
    // A person did it before; or our request did, at a desk that does not show its notes.
    const ours = isPending(attemptOf(turn, effect.key)) && !client.capabilities.readsNotes;
    return marked || ours ? ok(undefined) : note(turn, effect, target);
  }
  const free = mayRepeat(turn, effect);
  if (!free.ok) return free;
  // A note that is there already is not written twice for the sake of the state that is not.
  const told = marked
    ? noteOf(turn, effectKey(`${effect.key}:again`), 'Situação acertada pelo Vigia.')
    : noteOf(turn, effect.key, effect.text);
  const sent = await send(turn, effect.key, () => client.setState(protocol, state, told));
  if (!sent.ok) return sent;
  const after = await look(turn, protocol);
  if (!after.ok) return after;
  if (after.value.kind === 'unknown') return ok(undefined);
  const good = after.value.kind === 'there' && after.value.record.state === state;
  return good ? ok(undefined) : lied(turn, effect.key, refusedState(protocol, state));
}

/** Not lowered and not repeated: what stands there already is left alone. What does not take is counted, not held up. */
async function raise(
  turn: Turn,
  { key }: Writing,
  to: NonNullable<Writing['raise']>,
  { protocol, looked }: Target,
): Promise<Result<void>> {
  const { client, gate, counts, lease } = turn;
  const title = titleAtDesk(to.title, lease.incident);
  const isRaised = (at: Look): boolean =>
    at.kind === 'there' && at.record.title === title && (at.record.priority ?? to.priority) === to.priority;
  const before = caseOf(turn);
  if (before.draft !== undefined) {
    const draft = { ...before.draft, title, priority: to.priority };
    const kept = keepCase(turn, { ...before, draft });
    if (!kept.ok) return kept;
  }
  if (!client.capabilities.raise || isRaised(looked) || isMerged({ looked })) return ok(undefined);
  const answer = await gate.ask(() => client.raise(protocol, { priority: to.priority, title }));
  if (!answer.ok && answer.failure.code !== 'desk.refused') return answer;
  const after = await look(turn, protocol);
  if (!after.ok) return after;
  if (after.value.kind === 'unknown' || isRaised(after.value)) return ok(undefined);
  const again = answer.ok
    ? lied(turn, effectKey(`${key}:raise`), failure('desk.refused', 'não subiu'))
    : answer;
  if (!again.ok && again.failure.code !== 'desk.refused') return again;
  counts.unrepaired += 1;
  return ok(undefined);
}

function isMerged({ looked }: Pick<Target, 'looked'>): boolean {
  return looked.kind === 'there' && looked.record.mergedInto !== undefined;
}

function isMarked(looked: Look, { key }: Pick<Writing, 'key'>): boolean {
  return looked.kind === 'there' && (looked.record.noteMarks?.includes(key) ?? false);
}

function refusedNote(protocol: string) {
  return failure('desk.refused', `a central não guardou a anotação no chamado ${protocol}`);
}

function refusedState(protocol: string, state: DeskRecord['state']) {
  const word = state === 'closed' ? 'fechado' : 'aberto';
  return failure('desk.refused', `a central não deixou o chamado ${protocol} ${word}`);
}
