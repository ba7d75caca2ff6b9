// The last look before a ticket is closed: a person may have begun to work in it since the incident last heard of its desk.
// Called by `write-record.ts` with the record as it stands. Must never close a ticket under a person.
import { limits } from '../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { DeskRecord } from '../../ports/desk-client.ts';
import { caseOf, type Look, type Turn, waitFailure } from './turn.ts';

/** In place of what a closing would say. */
export const leftOpenText =
  'O serviço voltou e o incidente está encerrado no Vigia. Há trabalho de uma pessoa neste chamado: ele fica aberto, e quem o atende o encerra.';

/**
 * Whether the ticket is left to the person who works in it; then the incident has heard of it. Closings are asked for only
 * while nobody has touched the incident, so whatever a person did in the record is news. Fails with `conflict` while
 * nobody can tell the incident, else as telling does.
 */
export async function leftToPeople(turn: Turn, looked: Look): Promise<Result<boolean>> {
  if (looked.kind !== 'there' || !isAtWork(turn, looked.record)) return ok(false);
  const tell = turn.foundAtWork();
  if (tell === undefined) {
    return fail(waitFailure('o Vigia ainda está começando: o encerramento espera', limits.deskLeaseAskMs));
  }
  const told = await tell(turn.lease.incident, looked.record);
  if (!told.ok) return told;
  turn.counts.leftToPeople += 1;
  return ok(true);
}

/** Of one that was merged the other ticket's people show; it is not closed anyway. */
function isAtWork(turn: Turn, { state, mergedInto, assignedTo, peopleNotes = [] }: DeskRecord): boolean {
  if (state === 'closed' || mergedInto !== undefined) return false;
  const { assignedAtOpening, draft } = caseOf(turn);
  if (assignedTo !== undefined && assignedTo !== assignedAtOpening) return true;
  // As the incident hears them: a ticket that a person named for it may be older than the incident.
  return peopleNotes.some(
    ({ at }) => at === undefined || draft === undefined || at >= draft.detectedAt - limits.deskPollFirstMs,
  );
}
