// The evidence of one incident out of the journal: found by halves where it begins (instants rise with numbers), then read
// in short turns with a breath between, so that the server's loop never waits for a dossier. Reads only.
import { setImmediate as breath } from 'node:timers/promises';
import type { DossierEntry } from '../../../shared/api/dossier.ts';
import { limits } from '../../../shared/limits.ts';
import { type EvidenceQuestion, evidenceOf } from '../../core/report/evidence.ts';
import type { Span } from '../../core/report/spans.ts';
import type { Journal, JournalEntry } from '../../ports/journal.ts';

export interface FoundEvidence {
  readonly entries: readonly DossierEntry[];
  /** False: there was more than a dossier reads or holds, or some of it was removed by its age. */
  readonly complete: boolean;
}

export interface EvidenceSearch extends EvidenceQuestion {
  readonly journal: Pick<Journal, 'evidence'>;
  readonly span: Span;
  /** Of the last input applied. */
  readonly lastSeq: number;
}

export async function findEvidence(search: EvidenceSearch): Promise<FoundEvidence> {
  const { journal, span, lastSeq } = search;
  const entries: DossierEntry[] = [];
  const whole = isWhole(search);
  let afterSeq = firstSince(search) - 1;
  let looked = 0;
  while (afterSeq < lastSeq) {
    const turn = readTurn(journal, afterSeq);
    for (const entry of turn) {
      if (entry.input.input.at > span.to) return { entries, complete: whole };
      const evidence = evidenceOf(entry, entries.length + 1, search);
      if (evidence === undefined) continue;
      if (entries.length >= limits.dossierEntriesMax) return { entries, complete: false };
      entries.push(evidence);
    }
    const last = turn.at(-1);
    if (last === undefined) break;
    afterSeq = last.input.seq;
    looked += turn.length;
    if (looked >= limits.dossierInputsMax) return { entries, complete: false };
    await breath();
  }
  return { entries, complete: whole };
}

/** Whether the journal still begins at its beginning, or at least before the span. */
function isWhole({ journal, span }: EvidenceSearch): boolean {
  const first = firstAfter(journal, 0);
  return first === undefined || first.input.seq === 1 || first.input.input.at <= span.from;
}

/** The number of the first input that is not before the span; one past the last where there is none. */
function firstSince({ journal, span, lastSeq }: EvidenceSearch): number {
  let low = 1;
  let high = lastSeq + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const found = firstAfter(journal, middle - 1);
    if (found === undefined || found.input.input.at >= span.from) high = middle;
    else low = found.input.seq + 1;
  }
  return low;
}

function firstAfter(journal: Pick<Journal, 'evidence'>, afterSeq: number): JournalEntry | undefined {
  for (const entry of journal.evidence(afterSeq)) return entry;
  return undefined;
}

function readTurn(journal: Pick<Journal, 'evidence'>, afterSeq: number): readonly JournalEntry[] {
  const turn: JournalEntry[] = [];
  for (const entry of journal.evidence(afterSeq)) {
    turn.push(entry);
    if (turn.length >= limits.dossierTurnInputs) break;
  }
  return turn;
}
